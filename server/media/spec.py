"""What the web process tells a media worker: peers, their sources and slots, and who is forwarded to whom.

These models are the whole vocabulary of the channel (see `channel.py`). A *source* is what a peer sends
(its microphone or camera); a *slot* is a receive-only m-line negotiated once at join, into which the
worker forwards whatever source a `Route` names. The worker knows nobody's name and nobody's role.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["audio", "video"]
Source = Literal["microphone", "camera"]
PayloadType = Annotated[int, Field(ge=0, le=127)]
Ssrc = Annotated[int, Field(ge=1, le=0xFFFFFFFF)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fingerprint(_Message):
    """A certificate fingerprint of the remote side (RFC 8122)."""

    algorithm: str
    value: str


class ExtensionIds(_Message):
    """Negotiated one-byte header extension ids (RFC 8285); None where not negotiated."""

    mid: int | None = None
    rid: int | None = None
    repaired_rid: int | None = None
    audio_level: int | None = None
    transport_cc: int | None = None
    abs_send_time: int | None = None


class SourceSpec(_Message):
    """One m-line on which the peer sends."""

    mid: str
    source: Source
    kind: Kind
    payload_type: PayloadType
    rtx_payload_type: PayloadType | None = None
    clock_rate: int
    rids: tuple[str, ...] = ()
    """Simulcast layers, lowest first (RFC 8853); empty for a single stream."""
    ssrcs: tuple[Ssrc, ...] = ()
    """SSRCs declared in the SDP: (media,) or (media, rtx); empty with simulcast, where rid binds them."""
    extensions: ExtensionIds = ExtensionIds()


class SlotSpec(_Message):
    """One m-line on which the peer receives. `ssrc` and `rtx_ssrc` are ours and stand in the answer."""

    mid: str
    slot: str
    kind: Kind
    payload_type: PayloadType
    rtx_payload_type: PayloadType | None = None
    clock_rate: int
    ssrc: Ssrc
    rtx_ssrc: Ssrc | None = None
    extensions: ExtensionIds = ExtensionIds()


class PeerSpec(_Message):
    """A browser's one media connection to one room. `peer` is unique over the life of the installation."""

    room: str
    peer: str
    ufrag: str
    pwd: str
    """Our ICE-lite credentials (RFC 8445), minted by the web process for the answer."""
    remote_fingerprints: tuple[Fingerprint, ...]
    sources: tuple[SourceSpec, ...] = ()
    slots: tuple[SlotSpec, ...] = ()


class Route(_Message):
    """Forward `source` of `from_peer` into `slot` of `to_peer`, at most at simulcast layer `layer`."""

    to_peer: str
    slot: str
    from_peer: str
    source: Source
    layer: Literal["l", "m", "h"] = "h"


class PeerSnapshot(_Message):
    """A peer as the worker has it, for reconciling after either side was restarted."""

    room: str
    peer: str
    state: Literal["new", "connected", "silent", "gone"]


class WorkerHello(_Message):
    """A worker's first answer on the channel. `boot` changes whenever the worker process does."""

    boot: str
    fingerprint: Fingerprint
    """sha-256 of the worker's certificate, for every answer."""
    addresses: tuple[tuple[str, int], ...]
    """(IP address, UDP port) pairs that go into the answers as host candidates."""
    peers: tuple[PeerSnapshot, ...]
    routes: dict[str, tuple[Route, ...]] = {}
    """By room, what is being forwarded now."""


class PeerNotice(_Message):
    """What the worker tells of a peer, unasked.

    connected: DTLS is up (once per peer). silent: no datagram of any kind for 5 s. back: datagrams came
    again after silent. closed: the peer said goodbye (DTLS close_notify), its state is freed. gone:
    30 s of silence, or never connected within 30 s, its state is freed.
    """

    room: str
    peer: str
    what: Literal["connected", "silent", "back", "closed", "gone"]
