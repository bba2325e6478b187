"""Answering a browser's one SDP offer: which peer the media worker is to open, and the answer's text.

The client offers; the server is ICE-lite, passive in DTLS, and bundles everything on one transport. Of the
m-lines, those the client named as sources are received, those it named as slots are sent on, and all others
are refused. What is negotiated stands in `docs/protocol.md`. Pure: SSRCs and credentials are passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from server.media.spec import (
    ExtensionIds,
    Kind,
    PeerSpec,
    SlotSpec,
    Source,
    SourceSpec,
    WorkerHello,
)
from server.signalling import sdp_sound
from server.signalling.requests import Offer
from server.signalling.sdp_candidates import candidate_lines
from server.signalling.sdp_offer import (
    ABS_SEND_TIME_URI,
    AUDIO_LEVEL_URI,
    LAYERS,
    MID_URI,
    REPAIRED_RID_URI,
    RID_URI,
    TRANSPORT_CC_URI,
    Codec,
    MediaLine,
    ReadOffer,
    kind_of,
    read_offer,
    wrong,
)

SOURCE_KINDS: Mapping[Source, Kind] = {"microphone": "audio", "camera": "video", "side": "video"}
CLOCK_RATES: Mapping[Kind, int] = {"audio": 48000, "video": 90000}
_START = "x-google-start-bitrate=600"
"""Where the browser's bandwidth estimate begins (kbit/s): without it a single stream ramps up slowly."""
_CODEC_NAMES: Mapping[Kind, str] = {"audio": "opus/48000/2", "video": "VP8/90000"}
_FEEDBACK_UP = ("nack", "nack pli", "ccm fir", "transport-cc")
_FEEDBACK_DOWN = ("nack", "nack pli", "goog-remb", "transport-cc")


def negotiate(
    offer: Offer,
    hello: WorkerHello,
    *,
    room: str,
    peer: str,
    role_slots: Mapping[str, Kind],
    random_ssrc: Callable[[], int],
    random_credentials: Callable[[], tuple[str, str]],
    sends_music: bool = False,
    has_side_view: bool = False,
) -> tuple[PeerSpec, str]:
    """The peer to open at the worker that said `hello`, and the SDP answer for the browser.

    `role_slots` are the slots this person's role may negotiate, with their kinds. `random_ssrc` gives
    numbers of 1 to 2^32-1, `random_credentials` an ICE ufrag and pwd (RFC 8445: at least 4 and 22
    characters). `sends_music`: not only speech. `has_side_view`: may send one.
    Raises `ProtocolError` for whatever is wrong with the offer.
    """
    read = read_offer(offer.sdp)
    _check_names(offer, read, role_slots)
    if "side" in offer.sources.values() and not has_side_view:
        raise wrong("unknown_source", "a side view is for staff")
    used = [line for line in read.lines if line.mid in offer.sources or line.mid in offer.slots]
    _check_transport(used, read)
    sources = tuple(_source(line, offer.sources[line.mid]) for line in used if line.mid in offer.sources)
    taken = [ssrc for source in sources for ssrc in source.ssrcs]
    if len(set(taken)) != len(taken):
        raise wrong("bad_ssrc", "two sources declare the same SSRC")
    fresh = _distinct(random_ssrc, taken)
    slots = tuple(_slot(line, offer.slots[line.mid], fresh) for line in used if line.mid in offer.slots)
    ufrag, pwd = random_credentials()
    tagged = next(line for line in used if line.mid == _bundle(used, read)[0])
    spec = PeerSpec(
        room=room,
        peer=peer,
        ufrag=ufrag,
        pwd=pwd,
        remote=tagged.ice,
        remote_fingerprints=tagged.fingerprints,
        sources=sources,
        slots=slots,
    )
    microphone = sdp_sound.SPEECH_AND_MUSIC if sends_music else sdp_sound.SPEECH
    parameters: dict[Source, str] = {"microphone": microphone, "camera": _START, "side": _START}
    return spec, _answer(spec, read, hello, session=random_ssrc(), parameters=parameters)


def _check_names(offer: Offer, read: ReadOffer, role_slots: Mapping[str, Kind]) -> None:
    """Each name the client gave is known, given once, and stands on an m-line of its kind and direction."""
    lines = {line.mid: line for line in read.lines}
    if offer.sources.keys() & offer.slots.keys():
        raise wrong("two_meanings", "an m-line is named as a source and as a slot")
    if not offer.sources and not offer.slots:
        raise wrong("nothing_named", "no m-line is named as a source or as a slot")
    if len(set(offer.sources.values())) != len(offer.sources):
        raise wrong("duplicate_source", "two m-lines are named as the same source")
    if len(set(offer.slots.values())) != len(offer.slots):
        raise wrong("duplicate_slot", "two m-lines are named as the same slot")
    for mid, name in (offer.sources | offer.slots).items():
        if mid not in lines:
            raise wrong("unknown_mid", f"there is no m-line {mid}")
        line, is_source = lines[mid], mid in offer.sources
        if not is_source and name not in role_slots:
            raise wrong("unknown_slot", f"m-line {mid} is named as a slot that this role does not have")
        kind = SOURCE_KINDS[offer.sources[mid]] if is_source else role_slots[name]
        if kind_of(line) != kind:
            raise wrong("wrong_kind", f"m-line {mid} is not {kind}, as its name says")
        if line.direction not in (("sendonly", "sendrecv") if is_source else ("recvonly", "sendrecv")):
            raise wrong("wrong_direction", f"m-line {mid} is {line.direction}, other than its name says")


def _check_transport(used: Iterable[MediaLine], read: ReadOffer) -> None:
    for line in used:
        if line.stopped:
            raise wrong("stopped", f"m-line {line.mid} is named but stopped")
        if line.mid not in read.bundled:
            raise wrong("not_bundled", f"m-line {line.mid} is not in the BUNDLE group")
        if not line.profile.endswith("/SAVPF"):
            raise wrong("unknown_transport", f"m-line {line.mid} is not DTLS-SRTP with feedback (RFC 5764)")
        if not line.rtcp_mux:
            raise wrong("no_rtcp_mux", f"m-line {line.mid} does not offer rtcp-mux (RFC 5761)")
        if line.setup not in ("auto", "client"):
            raise wrong("wrong_setup", f"m-line {line.mid} must offer setup actpass or active (RFC 5763)")
        if not line.fingerprints:
            raise wrong("no_fingerprint", f"m-line {line.mid} has no usable fingerprint (RFC 8122)")
        if line.ice is None:
            raise wrong("no_ice", f"m-line {line.mid} has no ICE credentials (RFC 8839)")


def _codec_of(line: MediaLine) -> Codec:
    if line.codec is None:
        raise wrong("no_codec", f"m-line {line.mid} does not offer {_CODEC_NAMES[kind_of(line)]}")
    return line.codec


def _source(line: MediaLine, source: Source) -> SourceSpec:
    codec, kind = _codec_of(line), kind_of(line)
    if kind == "audio" and line.rids:
        raise wrong("bad_simulcast", f"m-line {line.mid} is audio and offers simulcast")
    ids = line.extensions
    if line.rids and (RID_URI not in ids or MID_URI not in ids):
        raise wrong("bad_simulcast", f"m-line {line.mid} offers simulcast without the extensions mid and rid")
    if not line.rids and not line.ssrcs and MID_URI not in ids:
        raise wrong("no_ssrc", f"m-line {line.mid} has neither an SSRC nor the extension mid")
    feedback_works = "transport-cc" in codec.feedback
    return SourceSpec(
        mid=line.mid,
        source=source,
        kind=kind,
        payload_type=codec.payload_type,
        rtx_payload_type=codec.rtx_payload_type,
        clock_rate=CLOCK_RATES[kind],
        rids=tuple(layer for layer in LAYERS if layer in line.rids),
        ssrcs=() if line.rids else line.ssrcs if codec.rtx_payload_type is not None else line.ssrcs[:1],
        extensions=ExtensionIds(
            mid=ids.get(MID_URI),
            rid=ids.get(RID_URI) if line.rids else None,
            repaired_rid=ids.get(REPAIRED_RID_URI) if line.rids else None,
            audio_level=ids.get(AUDIO_LEVEL_URI) if kind == "audio" else None,
            transport_cc=ids.get(TRANSPORT_CC_URI) if feedback_works else None,
        ),
    )


def _slot(line: MediaLine, slot: str, fresh: Callable[[], int]) -> SlotSpec:
    codec, kind = _codec_of(line), kind_of(line)
    return SlotSpec(
        mid=line.mid,
        slot=slot,
        kind=kind,
        payload_type=codec.payload_type,
        rtx_payload_type=codec.rtx_payload_type,
        clock_rate=CLOCK_RATES[kind],
        ssrc=fresh(),
        rtx_ssrc=None if codec.rtx_payload_type is None else fresh(),
        extensions=ExtensionIds(
            abs_send_time=line.extensions.get(ABS_SEND_TIME_URI),
            transport_cc=line.extensions.get(TRANSPORT_CC_URI)
            if kind == "video" and "transport-cc" in codec.feedback
            else None,
        ),
    )


def _distinct(random_ssrc: Callable[[], int], taken: Collection[int]) -> Callable[[], int]:
    """SSRCs that are none of `taken` and no two the same (RFC 3550, section 8)."""
    used = set(taken)

    def fresh() -> int:
        while (ssrc := random_ssrc()) in used:
            pass
        used.add(ssrc)
        return ssrc

    return fresh


def _bundle(used: Iterable[MediaLine], read: ReadOffer) -> list[str]:
    """The answer's BUNDLE group: the accepted mids in the order offered."""
    accepted = {line.mid for line in used}
    return [mid for mid in dict.fromkeys(read.bundled) if mid in accepted]


def _answer(
    spec: PeerSpec, read: ReadOffer, hello: WorkerHello, *, session: int, parameters: Mapping[Source, str]
) -> str:
    sources = {source.mid: source for source in spec.sources}
    slots = {slot.mid: slot for slot in spec.slots}
    used = [line for line in read.lines if line.mid in sources or line.mid in slots]
    bundle = _bundle(used, read)
    out = [
        "v=0",
        f"o=- {session} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(bundle)}",
        "a=msid-semantic:WMS *",
    ]
    for line in read.lines:
        if line.mid in sources:
            body = _source_lines(line, sources[line.mid], parameters[sources[line.mid].source])
        elif line.mid in slots:
            body = _slot_lines(line, slots[line.mid], _streams(slots[line.mid], spec))
        else:
            out += [f"m={line.kind} 0 {line.profile} {line.format}", "c=IN IP4 0.0.0.0", "a=inactive"]
            out += [f"a=mid:{line.mid}"]
            continue
        codec = _codec_of(line)
        formats = [str(pt) for pt in (codec.payload_type, codec.rtx_payload_type) if pt is not None]
        out += [f"m={line.kind} 9 {line.profile} {' '.join(formats)}", "c=IN IP4 0.0.0.0"]
        out += [f"a=mid:{line.mid}", *body, "a=rtcp-mux", "a=rtcp-rsize"]
        out += [f"a=ice-ufrag:{spec.ufrag}", f"a=ice-pwd:{spec.pwd}"]
        out += [f"a=fingerprint:{hello.fingerprint.algorithm} {hello.fingerprint.value}", "a=setup:passive"]
        # On every m-line: the tagged one would do (RFC 8843), but some clients look at another.
        out += [*candidate_lines(hello), "a=end-of-candidates"]
    return "\r\n".join(out) + "\r\n"


def _source_lines(line: MediaLine, source: SourceSpec, parameters: str) -> Iterable[str]:
    yield "a=recvonly"
    yield from (f"a=rid:{rid} recv" for rid in line.rids)
    if line.rids:
        yield f"a=simulcast:recv {';'.join(line.rids)}"
    ids = source.extensions
    yield from _extension_line(ids.mid, MID_URI)
    yield from _extension_line(ids.rid, RID_URI)
    yield from _extension_line(ids.repaired_rid, REPAIRED_RID_URI)
    yield from _extension_line(ids.audio_level, AUDIO_LEVEL_URI)
    yield from _extension_line(ids.transport_cc, TRANSPORT_CC_URI)
    wanted = [fb for fb in _FEEDBACK_UP if fb != "transport-cc" or ids.transport_cc is not None]
    yield from _codec_lines(source.kind, _codec_of(line), wanted, parameters)


def _streams(slot: SlotSpec, spec: PeerSpec) -> tuple[str, ...]:
    """The streams to which a slot's track belongs; the last one has the slot's name.

    Browsers play sound and picture in step (lip sync) when the first stream of both is the same: the slot
    `x-voice` therefore belongs to the stream of the picture slot `x` first.
    """
    picture = slot.slot.removesuffix("-voice")
    paired = picture != slot.slot and any(other.slot == picture for other in spec.slots)
    return (picture, slot.slot) if paired else (slot.slot,)


def _slot_lines(line: MediaLine, slot: SlotSpec, streams: Iterable[str]) -> Iterable[str]:
    yield "a=sendonly"
    yield from (f"a=msid:{stream} {slot.slot}" for stream in streams)
    yield from _extension_line(slot.extensions.abs_send_time, ABS_SEND_TIME_URI)
    yield from _extension_line(slot.extensions.transport_cc, TRANSPORT_CC_URI)
    told = [fb for fb in _FEEDBACK_DOWN if fb != "transport-cc" or slot.extensions.transport_cc is not None]
    parameters = sdp_sound.HEARD if slot.kind == "audio" else None
    yield from _codec_lines(slot.kind, _codec_of(line), told, parameters)
    if slot.rtx_ssrc is not None:
        yield f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}"
    yield from (f"a=ssrc:{ssrc} cname:moveroom" for ssrc in (slot.ssrc, slot.rtx_ssrc) if ssrc is not None)


def _extension_line(number: int | None, uri: str) -> Iterable[str]:
    return () if number is None else (f"a=extmap:{number} {uri}",)


def _codec_lines(kind: Kind, codec: Codec, wanted: Iterable[str], parameters: str | None) -> Iterable[str]:
    """The codec, the feedback both wanted and offered (RFC 4585), and its retransmissions (RFC 4588)."""
    payload_type, rtx = codec.payload_type, codec.rtx_payload_type
    yield f"a=rtpmap:{payload_type} {_CODEC_NAMES[kind]}"
    yield from (f"a=rtcp-fb:{payload_type} {fb}" for fb in wanted if fb in codec.feedback)
    if parameters:
        yield f"a=fmtp:{payload_type} {parameters}"
    if rtx is not None:
        yield f"a=rtpmap:{rtx} rtx/{CLOCK_RATES[kind]}"
        yield f"a=fmtp:{rtx} apt={payload_type}"
