"""Reading a browser's SDP offer, strictly: what comes out may be trusted, everything else is refused.

The grammar is left to `aiortc.sdp`; it drops simulcast lines (RFC 8853), so those are read here. Nothing
that a client wrote gets into an answer except mids, payload types, header extension ids, rids and the
transport profile, and each of these is checked against what it may look like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.errors import ProtocolError
from server.media.spec import Fingerprint, IceCredentials, Kind

if TYPE_CHECKING:
    from aiortc import sdp as aiortc_sdp

MAX_MEDIA_LINES = 64
MAX_LINES_PER_SECTION = 300
MAX_WILDCARD_FEEDBACK = 256
"""Feedback lines for all codecs at once: the parser multiplies each by the number of codecs."""
LAYERS = ("l", "m", "h")
"""The simulcast layers (rids) the server knows, lowest first."""

MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID_URI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
ABS_SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
_KNOWN_URIS = frozenset(
    (MID_URI, RID_URI, REPAIRED_RID_URI, AUDIO_LEVEL_URI, TRANSPORT_CC_URI, ABS_SEND_TIME_URI)
)

_MID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
_PROFILE = re.compile(r"(?:UDP|TCP)/(?:TLS/RTP/SAVPF|DTLS/SCTP)", re.ASCII)
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}", re.ASCII)
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}", re.ASCII)
_FINGERPRINT_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_CODECS: dict[str, tuple[str, int, int | None]] = {"audio": ("opus", 48000, 2), "video": ("vp8", 90000, None)}


@dataclass(frozen=True)
class MediaLine:
    """One m-line of an offer, as far as it concerns us."""

    mid: str
    kind: str
    """audio, video or application."""
    profile: str
    format: str
    """The first media format, for refusing the m-line."""
    direction: str
    port: int
    bundle_only: bool
    rtcp_mux: bool
    setup: str | None
    """auto, client or server, as aiortc names the DTLS roles (RFC 4145)."""
    fingerprints: tuple[Fingerprint, ...]
    ice: IceCredentials | None
    """None where they are missing, or are none (RFC 8839, section 5.4)."""
    codec: Codec | None
    """Opus or VP8; None when it is not offered."""
    extensions: dict[str, int]
    """Known header extensions with a one-byte id (RFC 8285), by URI."""
    rids: tuple[str, ...]
    """Simulcast layers in the order offered; empty for a single stream."""
    ssrcs: tuple[int, ...]
    """(media,) or (media, rtx) as declared; empty when not declared."""

    @property
    def stopped(self) -> bool:
        """Whether the browser itself has switched the m-line off (RFC 3264; RFC 8843 for bundle-only)."""
        return self.port == 0 and not self.bundle_only


@dataclass(frozen=True)
class Codec:
    """The codec chosen on an m-line, with the feedback (`type parameter`) that the browser offers for it."""

    payload_type: int
    rtx_payload_type: int | None
    feedback: frozenset[str]


@dataclass(frozen=True)
class ReadOffer:
    """An offer that holds together."""

    lines: tuple[MediaLine, ...]
    bundled: tuple[str, ...]
    """The mids of the BUNDLE group, the tagged one first (RFC 8843)."""


def kind_of(line: MediaLine) -> Kind:
    """The kind of an m-line that carries RTP."""
    if line.kind == "audio":
        return "audio"
    if line.kind == "video":
        return "video"
    raise wrong("wrong_kind", f"m-line {line.mid} carries no audio or video")


def wrong(code: str, detail: str) -> ProtocolError:
    """A `ProtocolError` about an offer; its code begins with `sdp_`."""
    return ProtocolError(f"sdp_{code}", detail)


def read_offer(text: str) -> ReadOffer:
    """Read an SDP offer (RFC 8866, RFC 9429). Raises `ProtocolError` for whatever is wrong with it."""
    from aiortc import sdp as aiortc_sdp  # brings FFmpeg: imported beside the first requests (`server.app`)

    sections = _sections(text)
    try:
        parsed = aiortc_sdp.SessionDescription.parse(text)
    except Exception as problem:  # aiortc's parser asserts, and raises whatever its parts raise
        raise wrong("malformed", f"SDP cannot be parsed ({type(problem).__name__})") from problem
    if len(parsed.media) != len(sections) or not sections:
        raise wrong("malformed", "SDP has no m-lines")
    lines = tuple(_media_line(media, section) for media, section in zip(parsed.media, sections, strict=True))
    if len({line.mid for line in lines}) != len(lines):
        raise wrong("duplicate_mid", "two m-lines have the same mid")
    _check_ids_agree(lines)
    groups = [group for group in parsed.group if group.semantic == "BUNDLE"]
    if len(groups) != 1:
        raise wrong("not_bundled", "there must be one BUNDLE group")
    return ReadOffer(lines, tuple(str(mid) for mid in groups[0].items))


def _sections(text: str) -> list[list[str]]:
    """The attribute lines of each m-line, split and bounded: aiortc's parser is quadratic in places."""
    if text.count("a=rtcp-fb:*") > MAX_WILDCARD_FEEDBACK:
        raise wrong("too_large", f"more than {MAX_WILDCARD_FEEDBACK} feedback lines for all codecs")
    sections: list[list[str]] = []
    session_lines = 0
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append([])
        elif not sections:
            session_lines += 1
        elif len(sections[-1]) < MAX_LINES_PER_SECTION:
            sections[-1].append(line)
        else:
            raise wrong("too_large", f"more than {MAX_LINES_PER_SECTION} lines in one section")
        if len(sections) > MAX_MEDIA_LINES or session_lines > MAX_LINES_PER_SECTION:
            raise wrong("too_large", f"more than {MAX_MEDIA_LINES} m-lines")
    return sections


def _media_line(media: aiortc_sdp.MediaDescription, section: Sequence[str]) -> MediaLine:
    mid = media.rtp.muxId
    if not mid:
        raise wrong("no_mid", "an m-line has no mid")
    if not _MID.fullmatch(mid):
        raise wrong("bad_mid", "a mid may have 1 to 16 letters, digits, - and _")
    if media.kind not in ("audio", "video", "application") or not _PROFILE.fullmatch(media.profile):
        raise wrong("unknown_transport", f"m-line {mid} has an unknown kind or profile")
    first = str(media.fmt[0]) if media.fmt else ""
    return MediaLine(
        mid=mid,
        kind=media.kind,
        profile=media.profile,
        format=first if _TOKEN.fullmatch(first) else "0",
        direction=media.direction or "sendrecv",
        port=media.port,
        bundle_only="a=bundle-only" in section,
        rtcp_mux=bool(media.rtcp_mux),
        setup=media.dtls.role if media.dtls else None,
        fingerprints=_fingerprints(media),
        ice=_ice(media),
        codec=_codec(media),
        extensions=_extensions(media),
        rids=_rids(mid, section),
        ssrcs=_ssrcs(media),
    )


def _fingerprints(media: aiortc_sdp.MediaDescription) -> tuple[Fingerprint, ...]:
    """The usable certificate fingerprints (RFC 8122); others, of weak algorithms say, are passed over."""
    found = []
    for fingerprint in media.dtls.fingerprints if media.dtls else ():
        algorithm, value = fingerprint.algorithm.lower(), fingerprint.value.upper()
        size = _FINGERPRINT_BYTES.get(algorithm)
        if size and re.fullmatch(rf"[0-9A-F]{{2}}(?::[0-9A-F]{{2}}){{{size - 1}}}", value):
            found.append(Fingerprint(algorithm=algorithm, value=value))
    return tuple(found)


def _ice(media: aiortc_sdp.MediaDescription) -> IceCredentials | None:
    ufrag, pwd = media.ice.usernameFragment or "", media.ice.password or ""
    if not _UFRAG.fullmatch(ufrag) or not _PWD.fullmatch(pwd):
        return None
    return IceCredentials(ufrag=ufrag, pwd=pwd)


def _codec(media: aiortc_sdp.MediaDescription) -> Codec | None:
    if media.kind not in _CODECS:
        return None
    name, clock_rate, channels = _CODECS[media.kind]
    offered = {codec.payloadType: codec for codec in media.rtp.codecs if codec.payloadType in media.fmt}
    for payload_type, codec in offered.items():
        if (codec.name.lower(), codec.clockRate, codec.channels) != (name, clock_rate, channels):
            continue
        rtx = [
            pt
            for pt, other in offered.items()
            if (other.name.lower(), other.clockRate) == ("rtx", clock_rate)
            and other.parameters.get("apt") == payload_type
        ]
        feedback = frozenset(f"{fb.type} {fb.parameter or ''}".strip() for fb in codec.rtcpFeedback)
        if 0 <= payload_type <= 127 and all(0 <= pt <= 127 for pt in rtx):
            return Codec(payload_type, rtx[0] if rtx else None, feedback)
    return None


def _extensions(media: aiortc_sdp.MediaDescription) -> dict[str, int]:
    return {
        extension.uri: extension.id
        for extension in media.rtp.headerExtensions
        if extension.uri in _KNOWN_URIS and 1 <= extension.id <= 14
    }


def _rids(mid: str, section: Sequence[str]) -> tuple[str, ...]:
    """The simulcast layers offered (RFC 8851, RFC 8853): each known, named once, without alternatives."""
    simulcast = [line for line in section if line.startswith("a=simulcast:")]
    if not simulcast:
        return ()
    offered = re.fullmatch(r"a=simulcast:send (\S+)", simulcast[0], re.ASCII)
    rids = tuple(offered.group(1).split(";")) if offered and len(simulcast) == 1 else ()
    declared = [line.split(" ")[0].removeprefix("a=rid:") for line in section if _declares_rid(line)]
    once = len(set(rids)) == len(rids) and sorted(rids) == sorted(declared)
    if not rids or not once or not set(rids) <= set(LAYERS):
        raise wrong("bad_simulcast", f"m-line {mid} may send the layers l, m and h, each declared once")
    return rids


def _declares_rid(line: str) -> bool:
    return line.startswith("a=rid:") and line.split(" ")[1:2] == ["send"]


def _ssrcs(media: aiortc_sdp.MediaDescription) -> tuple[int, ...]:
    """The media SSRC and, by its FID group (RFC 5576), that of its retransmissions."""
    declared = [description.ssrc for description in media.ssrc]
    if not declared:
        return ()
    pairs = [group.items for group in media.ssrc_group if group.semantic == "FID" and len(group.items) == 2]
    ssrcs = tuple(int(ssrc) for ssrc in pairs[0]) if pairs else (declared[0],)
    if len(set(ssrcs)) != len(ssrcs) or not all(0 < ssrc <= 0xFFFFFFFF for ssrc in (*ssrcs, *declared)):
        raise wrong("bad_ssrc", f"m-line {media.rtp.muxId} declares SSRCs that cannot be")
    return ssrcs


def _check_ids_agree(lines: Sequence[MediaLine]) -> None:
    """Within a BUNDLE group an extension has one id, and an id one extension (RFC 8843, section 9)."""
    by_uri: dict[str, int] = {}
    for line in lines:
        for uri, number in line.extensions.items():
            if by_uri.setdefault(uri, number) != number:
                raise wrong("extension_ids", "a header extension has two ids")
    if len(set(by_uri.values())) != len(by_uri):
        raise wrong("extension_ids", "two header extensions have the same id")
