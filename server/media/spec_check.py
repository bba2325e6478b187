"""What a peer must be like to be opened at all."""

from __future__ import annotations

from server.errors import ProtocolError
from server.media.dtls import check_fingerprints
from server.media.spec import PeerSpec


def check_spec(spec: PeerSpec) -> None:
    """Refuse, as ProtocolError, a peer that could not work."""
    check_fingerprints(spec.remote_fingerprints)
    slots = spec.slots
    ours = [s for slot in slots for s in (slot.ssrc, slot.rtx_ssrc) if s is not None]
    named: list[tuple[str, list[str] | list[int]]] = [
        ("mid", [source.mid for source in spec.sources] + [slot.mid for slot in slots]),
        ("source", [str(source.source) for source in spec.sources]),
        ("slot", [slot.slot for slot in slots]),
        ("ssrc", ours),
        ("ssrc", [ssrc for source in spec.sources for ssrc in source.ssrcs]),
        *(("rid", list(source.rids)) for source in spec.sources),
    ]
    for what, values in named:
        if len(set(values)) != len(values):
            raise ProtocolError("duplicate", f"{what} stands twice in the peer")
    if any((slot.rtx_ssrc is None) != (slot.rtx_payload_type is None) for slot in slots):
        raise ProtocolError("rtx", "a slot needs both rtx_ssrc and rtx_payload_type, or neither")
