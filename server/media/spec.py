"""What the web process tells a media worker, and what it hears: peers, sources, slots, routes and notices.

These models are the whole vocabulary of the channel (see `channel.py`). A *source* is what a peer sends
(its microphone, its camera, its side view); a *slot* is a receive-only m-line negotiated once at join, into
which the worker forwards whatever source a `Route` names. The worker knows nobody's name and nobody's role.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["audio", "video"]
Source = Literal["microphone", "camera", "side"]
"""`side` is a second camera or a screen."""
LayerName = Literal["l", "m", "h"]
"""Simulcast layers by height: 180, 360 and 720 lines."""
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


class IceCredentials(_Message):
    """One side's user name fragment and password (RFC 8445, section 5.3)."""

    ufrag: str
    pwd: str


class PeerSpec(_Message):
    """A browser's one media connection to one room. `peer` is unique over the life of the installation."""

    room: str
    peer: str
    ufrag: str
    pwd: str
    """Our ICE-lite credentials (RFC 8445), minted by the web process for the answer."""
    remote: IceCredentials | None = None
    """The browser's own, with which a path to it can be proven; None where it does not tell them."""
    remote_fingerprints: tuple[Fingerprint, ...]
    sources: tuple[SourceSpec, ...] = ()
    slots: tuple[SlotSpec, ...] = ()


class Route(_Message):
    """Forward `source` of `from_peer` into `slot` of `to_peer`, at most at simulcast layer `layer`."""

    to_peer: str
    slot: str
    from_peer: str
    source: Source
    layer: LayerName = "h"
    priority: int = Field(default=0, ge=0, le=9)
    """Where bandwidth is short, lower numbers get theirs first: 0 presenter, 1 enlarged tile, 2 others."""


class VoiceChoice(_Message):
    """Forward the loudest microphones of `from_peers` into `slots` of `to_peer` (RFC 6464 levels)."""

    to_peer: str
    slots: Annotated[tuple[str, ...], Field(min_length=1)]
    from_peers: tuple[str, ...]


class SlotWish(_Message):
    """How large a picture slot is shown: `height` in device pixels, 0 while it cannot be seen."""

    slot: str
    height: Annotated[int, Field(ge=0, le=4320)]


class PeerView(_Message):
    """What a browser shows. Picture slots that are not named cannot be seen; before the first, all can."""

    peer: str
    slots: tuple[SlotWish, ...] = ()
    sound_only: bool = False
    """No picture at all is wanted: chosen by the person, or the page is hidden."""


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
    tcp_addresses: tuple[tuple[str, int], ...] = ()
    """(IP address, TCP port) pairs for ICE-TCP, passive (RFC 6544)."""
    draining: bool = False
    """It takes no new rooms, and ends when its last peer has gone."""
    peers: tuple[PeerSnapshot, ...]
    routes: dict[str, tuple[Route, ...]] = {}
    """By room, what is being forwarded now."""


class PeerNotice(_Message):
    """What the worker tells of a peer, unasked.

    connected: DTLS is up (once per peer). silent: no datagram of any kind for 5 s. back: datagrams came
    again after silent. closed: the peer said goodbye (DTLS close_notify), its state is freed. gone:
    30 s of silence, or never connected within 30 s, its state is freed.
    """

    tells: Literal["peer"] = "peer"
    room: str
    peer: str
    what: Literal["connected", "silent", "back", "closed", "gone"]


class NeedsNotice(_Message):
    """Which layers of a camera anybody takes now, told on each change: a publisher may stop the others.

    A camera without simulcast is needed as ("h",) or not at all, ().
    """

    tells: Literal["needs"] = "needs"
    room: str
    peer: str
    layers: tuple[LayerName, ...]


class VoicesNotice(_Message):
    """Whose voices now fill a peer's slots that a `VoiceChoice` names, told on each change."""

    tells: Literal["voices"] = "voices"
    room: str
    peer: str
    slots: dict[str, str]
    """Slot to the peer heard in it; slots in which nobody is heard are left out."""


class LineNotice(_Message):
    """How a connected peer's line is, told every 2 s. Rates in kbit/s, losses as fractions of the packets."""

    tells: Literal["line"] = "line"
    room: str
    peer: str
    rtt_ms: float | None = None
    loss_up: float = 0.0
    """Of what the browser sent, before repair."""
    loss_down: float = 0.0
    """Of what we sent, before repair."""
    estimate_kbps: float | None = None
    """What the line to the browser is believed to carry; None while that is not known."""
    sent_kbps: float = 0.0
    wanted_kbps: float = 0.0
    """What all that it would like to see and hear would take."""
    withheld: tuple[str, ...] = ()
    """Picture slots that carry nothing because the line is too slow."""
    reduced: tuple[str, ...] = ()
    """Picture slots that carry a lower layer than asked for, because the line is too slow."""
    pictures: int = 0
    """How many picture slots carry something."""
    unsent: tuple[LayerName, ...] = ()
    """Layers of its camera that somebody takes and that do not come, while a lower one does."""


class WorkerNotice(_Message):
    """The worker tells of itself. draining: move your rooms elsewhere, it will end."""

    tells: Literal["worker"] = "worker"
    what: Literal["draining"]


Notice = PeerNotice | NeedsNotice | VoicesNotice | LineNotice | WorkerNotice
"""What a worker tells unasked; `tells` says which it is."""
