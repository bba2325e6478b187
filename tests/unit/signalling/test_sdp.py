"""Answers to real offers of Chromium 156, and refusals of everything that is not an offer."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription

from server.errors import ProtocolError
from server.media.spec import Fingerprint, IceCredentials, PeerSpec, WorkerHello
from server.signalling.requests import Offer
from server.signalling.sdp import negotiate

OFFERS = Path(__file__).parent / "offers"
HELLO = WorkerHello(
    boot="boot",
    fingerprint=Fingerprint(algorithm="sha-256", value=":".join(["AB"] * 32)),
    addresses=(("192.0.2.7", 8090), ("2001:db8::7", 8090)),
    tcp_addresses=(("192.0.2.7", 8090), ("2001:db8::7", 8090)),
    peers=(),
)
PATIENT_VOICES = ("stage-voice", "side-voice", "voice0", "voice1", "voice2")
PATIENT_SLOTS = dict.fromkeys(("stage", "side", "mate0", "mate1", "mate2", "mate3"), "video")
PATIENT_SLOTS |= dict.fromkeys(PATIENT_VOICES, "audio")
STAFF_SEATS = [f"seat{n}" for n in range(16)] + ["staff0", "staff1"]
STAFF_SLOTS = dict.fromkeys(STAFF_SEATS, "video") | {f"{seat}-voice": "audio" for seat in STAFF_SEATS}
PATIENT, STAFF, EVERY_CODEC = "patient", "staff", "patient_every_codec"
SLOTS = {PATIENT: PATIENT_SLOTS, STAFF: STAFF_SLOTS, EVERY_CODEC: PATIENT_SLOTS}


def real_offer(name: str = PATIENT) -> Offer:
    return Offer.model_validate(json.loads((OFFERS / f"{name}.json").read_text()))


def answered(
    offer: Offer,
    slots: dict[str, str] | None = None,
    *,
    sends_music: bool = False,
    has_side_view: bool = False,
) -> tuple[PeerSpec, str]:
    numbers = itertools.count(1000)
    return negotiate(
        offer,
        HELLO,
        room="room",
        peer="peer",
        role_slots=PATIENT_SLOTS if slots is None else slots,
        random_ssrc=lambda: next(numbers),
        random_credentials=lambda: ("ufrag", "p" * 22),
        sends_music=sends_music,
        has_side_view=has_side_view,
    )


def changed(change: Callable[[str], str], name: str = PATIENT, **named: dict[str, str]) -> Offer:
    offer = real_offer(name)
    sdp = change(offer.sdp)
    assert sdp != offer.sdp or named, "the change found nothing to change"
    return offer.model_copy(update={"sdp": sdp, **named})


def section(answer: str, mid: str) -> list[str]:
    (found,) = [s.split("\r\n") for s in re.split(r"(?m)^(?=m=)", answer)[1:] if f"\r\na=mid:{mid}\r\n" in s]
    return found


def refusal(offer: Offer, slots: dict[str, str] | None = None) -> str:
    with pytest.raises(ProtocolError) as refused:
        answered(offer, slots)
    assert refused.value.detail
    return refused.value.code


# ---- what is answered


@pytest.mark.parametrize("name", [PATIENT, STAFF, EVERY_CODEC])
def test_every_named_m_line_is_accepted_in_one_bundle(name):
    offer = real_offer(name)
    spec, answer = answered(offer, SLOTS[name])
    parsed = SessionDescription.parse(answer)
    mids = [media.rtp.muxId for media in SessionDescription.parse(offer.sdp).media]
    assert [media.rtp.muxId for media in parsed.media] == mids
    assert parsed.group[0].semantic == "BUNDLE"
    assert parsed.group[0].items == mids
    assert {s.mid: s.source for s in spec.sources} == offer.sources
    assert {s.mid: s.slot for s in spec.slots} == offer.slots
    assert all(media.port == 9 and media.rtcp_mux for media in parsed.media)


def test_the_worker_is_told_the_browsers_own_credentials_to_prove_its_address_with():
    spec, _ = answered(real_offer())
    assert spec.remote == IceCredentials(ufrag="eKk3", pwd="Bm+y1NDd2o5uWOmzd3mCUU8W")


def test_the_camera_is_received_in_layers_lowest_first():
    spec, answer = answered(real_offer(STAFF), STAFF_SLOTS)
    camera = next(s for s in spec.sources if s.source == "camera")
    assert (camera.rids, camera.ssrcs) == (("l", "m", "h"), ())
    lines = section(answer, camera.mid)
    assert {"a=recvonly", "a=rid:l recv", "a=rid:m recv", "a=rid:h recv", "a=simulcast:recv l;m;h"} < set(
        lines
    )
    assert "a=fmtp:96 x-google-start-bitrate=600" in lines
    assert {f"a=rtcp-fb:96 {fb}" for fb in ("nack", "nack pli", "ccm fir", "transport-cc")} < set(lines)
    assert not any("goog-remb" in line for line in lines)
    ids = camera.extensions
    assert None not in (ids.mid, ids.rid, ids.repaired_rid, ids.transport_cc)
    assert f"a=extmap:{ids.repaired_rid} urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id" in lines


def test_the_microphone_is_received_as_opus_with_its_declared_ssrc_and_its_level():
    offer = real_offer()
    spec, answer = answered(offer)
    microphone = next(s for s in spec.sources if s.source == "microphone")
    assert (microphone.payload_type, microphone.clock_rate, microphone.rids) == (111, 48000, ())
    assert microphone.ssrcs == (int(re.search(r"a=ssrc:(\d+)", offer.sdp).group(1)),)
    assert microphone.extensions.audio_level is not None
    assert "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1" in section(answer, microphone.mid)


def test_speech_is_sent_with_error_correction_and_in_silence_next_to_nothing_but_music_never_paused():
    for music, wanted in ((False, "usedtx=1"), (True, "maxaveragebitrate=32000")):
        spec, answer = answered(real_offer(), sends_music=music)
        microphone = next(s for s in spec.sources if s.source == "microphone")
        voice = next(s for s in spec.slots if s.slot == "stage-voice")
        assert f"a=fmtp:111 minptime=10;useinbandfec=1;{wanted}" in section(answer, microphone.mid)
        assert "a=fmtp:111 minptime=10;useinbandfec=1" in section(answer, voice.mid)


def test_a_slots_stream_id_is_its_name_and_its_ssrcs_are_those_the_worker_will_use():
    spec, answer = answered(real_offer())
    stage = next(s for s in spec.slots if s.slot == "stage")
    lines = section(answer, stage.mid)
    assert "a=sendonly" in lines
    assert "a=msid:stage stage" in lines
    assert f"a=ssrc-group:FID {stage.ssrc} {stage.rtx_ssrc}" in lines
    assert f"a=ssrc:{stage.ssrc} cname:moveroom" in lines
    assert f"a=extmap:{stage.extensions.abs_send_time} {ABS_SEND_TIME}" in lines
    assert "a=rtcp-fb:96 goog-remb" in lines
    assert "a=rtcp-fb:96 transport-cc" in lines, "of the few packets that carry its numbers"
    assert any(line.startswith(f"a=extmap:{stage.extensions.transport_cc} ") for line in lines)
    voice = next(s for s in spec.slots if s.slot == "stage-voice")
    assert not any("transport-cc" in line or "draft-holmer" in line for line in section(answer, voice.mid))


def test_a_voice_is_in_the_stream_of_its_picture_first_so_that_lips_and_words_keep_step():
    spec, answer = answered(real_offer())
    streams = {
        slot.slot: [line for line in section(answer, slot.mid) if line.startswith("a=msid:")]
        for slot in spec.slots
    }
    assert streams["side-voice"] == ["a=msid:side side-voice", "a=msid:side-voice side-voice"]
    assert streams["voice0"] == ["a=msid:voice0 voice0"]


ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


def test_no_two_streams_have_the_same_ssrc_even_if_chance_repeats_itself():
    offer = real_offer()
    declared = int(re.search(r"a=ssrc:(\d+)", offer.sdp).group(1))
    numbers = itertools.chain([declared, 5, 5, 5], itertools.count(6))
    spec, _ = negotiate(
        offer,
        HELLO,
        room="room",
        peer="peer",
        role_slots=PATIENT_SLOTS,
        random_ssrc=lambda: next(numbers),
        random_credentials=lambda: ("ufrag", "p" * 22),
    )
    ours = [ssrc for slot in spec.slots for ssrc in (slot.ssrc, slot.rtx_ssrc) if ssrc is not None]
    assert len(set(ours)) == len(ours)
    assert declared not in ours


def test_the_transport_is_the_workers_and_the_peer_knows_the_browsers_certificate():
    spec, answer = answered(real_offer())
    assert "\r\na=ice-lite\r\n" in answer
    first = section(answer, "0")
    assert "a=candidate:1 1 udp 2130706431 192.0.2.7 8090 typ host" in first
    assert "a=candidate:2 1 udp 2130706175 2001:db8::7 8090 typ host" in first
    assert "a=candidate:3 1 tcp 1520435199 192.0.2.7 8090 typ host tcptype passive" in first
    assert "a=candidate:4 1 tcp 1520434943 2001:db8::7 8090 typ host tcptype passive" in first
    assert {"a=end-of-candidates", "a=setup:passive", "a=ice-ufrag:ufrag"} < set(first)
    assert f"a=fingerprint:sha-256 {HELLO.fingerprint.value}" in first
    assert (spec.ufrag, spec.pwd) == ("ufrag", "p" * 22)
    assert len(spec.remote_fingerprints) == 1
    assert spec.remote_fingerprints[0].value in real_offer().sdp


def test_udp_is_preferred_to_tcp_and_earlier_addresses_to_later_ones():
    _, answer = answered(real_offer())
    lines = [line.split() for line in section(answer, "0") if line.startswith("a=candidate:")]
    priorities = [int(line[3]) for line in lines]
    assert [line[2] for line in lines] == ["udp", "udp", "tcp", "tcp"]
    assert priorities == sorted(set(priorities), reverse=True)
    assert len({line[0] for line in lines}) == 4, "each has a foundation of its own"


def test_vp8_and_opus_are_picked_out_of_every_codec_there_is():
    spec, answer = answered(real_offer(EVERY_CODEC))
    assert {s.payload_type for s in (*spec.sources, *spec.slots)} == {111, 96}
    assert not re.search(r"H264|VP9|AV1|red/|ulpfec|PCM", answer)


def test_an_m_line_that_nobody_named_is_refused_and_the_rest_is_accepted():
    offer = real_offer()
    left_out = next(iter(offer.slots))
    spec, answer = answered(
        offer.model_copy(update={"slots": {m: s for m, s in offer.slots.items() if m != left_out}})
    )
    lines = section(answer, left_out)
    assert lines[0] == "m=video 0 UDP/TLS/RTP/SAVPF 96"
    assert "a=inactive" in lines
    assert left_out not in re.search(r"a=group:BUNDLE (.*)\r", answer).group(1).split()
    assert all(slot.mid != left_out for slot in spec.slots)


def test_a_data_channel_is_refused_and_the_rest_is_accepted():
    data = (
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
        "a=setup:actpass\r\na=mid:d\r\na=sctp-port:5000\r\n"
    )
    _, answer = answered(changed(lambda sdp: sdp.replace("BUNDLE 0", "BUNDLE 0 d") + data))
    assert section(answer, "d")[0] == "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"


def test_a_camera_without_simulcast_is_bound_by_its_ssrcs():
    def single(sdp: str) -> str:
        return re.sub(
            r"a=rid:l send\r\na=rid:h send\r\na=simulcast:send l;h\r\n",
            "a=ssrc-group:FID 11 12\r\na=ssrc:11 cname:c\r\na=ssrc:12 cname:c\r\n",
            sdp,
        )

    spec, answer = answered(changed(single))
    camera = next(s for s in spec.sources if s.source == "camera")
    assert (camera.rids, camera.ssrcs) == ((), (11, 12))
    assert camera.extensions.rid is None
    assert "simulcast" not in answer


def test_a_browser_that_offers_no_retransmissions_gets_none():
    spec, answer = answered(changed(lambda sdp: sdp.replace("SAVPF 96 97", "SAVPF 96")))
    assert {s.rtx_payload_type for s in (*spec.sources, *spec.slots)} == {None}
    assert all(slot.rtx_ssrc is None for slot in spec.slots)
    assert "rtx" not in answer


# ---- what is refused


def drop(pattern: str) -> Callable[[str], str]:
    return lambda sdp: re.sub(rf"(?m)^{pattern}\r\n", "", sdp)


def swap(old: str, new: str, count: int = -1) -> Callable[[str], str]:
    return lambda sdp: sdp.replace(old, new, count)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sdp: "hello", "sdp_malformed"),
        (lambda sdp: sdp[:200], "sdp_no_mid"),
        (swap("m=audio 9", "m=audio nine"), "sdp_malformed"),
        (swap("a=fingerprint:sha-256 ", "a=fingerprint:sha-256"), "sdp_malformed"),
        (drop("a=mid:.*"), "sdp_no_mid"),
        (swap("a=mid:1\r", "a=mid:0\r"), "sdp_duplicate_mid"),
        (swap("a=mid:1\r", "a=mid:\u00e9\r"), "sdp_bad_mid"),
        (drop("a=group:.*"), "sdp_not_bundled"),
        (swap("BUNDLE 0 1", "BUNDLE 0"), "sdp_not_bundled"),
        (swap("VP8/90000", "VP9/90000"), "sdp_no_codec"),
        (swap("opus/48000/2", "PCMU/8000"), "sdp_no_codec"),
        (swap("opus/48000/2", "opus/48000"), "sdp_no_codec"),
        (drop("a=fingerprint:.*"), "sdp_no_fingerprint"),
        (swap("a=fingerprint:sha-256", "a=fingerprint:md5"), "sdp_no_fingerprint"),
        (lambda sdp: re.sub(r"(a=fingerprint:sha-256 ..:).*", r"\1AB\r", sdp), "sdp_no_fingerprint"),
        (drop("a=setup:.*"), "sdp_wrong_setup"),
        (swap("setup:actpass", "setup:passive"), "sdp_wrong_setup"),
        (swap("m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 UDP/DTLS/SCTP"), "sdp_unknown_transport"),
        (drop("a=ice-pwd:.*"), "sdp_no_ice"),
        (lambda sdp: re.sub("a=ice-ufrag:.*", "a=ice-ufrag:" + "x" * 300, sdp), "sdp_no_ice"),
        (drop("a=rtcp-mux"), "sdp_no_rtcp_mux"),
        (swap("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "sdp_unknown_transport"),
        (swap("m=video", "m=text"), "sdp_unknown_transport"),
        (swap("m=video 9", "m=video 0", 1), "sdp_stopped"),
        (swap("a=sendonly", "a=recvonly", 1), "sdp_wrong_direction"),
        (swap("a=recvonly", "a=inactive", 1), "sdp_wrong_direction"),
        (swap("simulcast:send l;h", "simulcast:send l;x"), "sdp_bad_simulcast"),
        (swap("simulcast:send l;h", "simulcast:send l;l"), "sdp_bad_simulcast"),
        (swap("simulcast:send l;h", "simulcast:send l,h"), "sdp_bad_simulcast"),
        (swap("simulcast:send l;h", "simulcast:send ~l;h"), "sdp_bad_simulcast"),
        (drop("a=rid:h send"), "sdp_bad_simulcast"),
        (drop("a=extmap:10 .*"), "sdp_bad_simulcast"),
        (swap("a=extmap:3 ", "a=extmap:5 ", 1), "sdp_extension_ids"),
        (lambda sdp: re.sub(r"a=ssrc:\d+", "a=ssrc:4294967296", sdp), "sdp_bad_ssrc"),
        (lambda sdp: sdp + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 60, "sdp_too_large"),
        (lambda sdp: sdp + "a=x\r\n" * 500, "sdp_too_large"),
        (lambda sdp: sdp + "a=rtcp-fb:* x\r\n" * 257, "sdp_too_large"),
        (lambda sdp: "a=x\r\n" * 500 + sdp, "sdp_too_large"),
    ],
)
def test_an_offer_that_cannot_be_answered_is_refused_with_its_reason(change, code):
    assert refusal(changed(change)) == code


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"sources": {}, "slots": {}}, "sdp_nothing_named"),
        ({"sources": {"0": "microphone", "1": "camera", "99": "camera"}}, "sdp_duplicate_source"),
        ({"sources": {"0": "microphone", "99": "camera"}}, "sdp_unknown_mid"),
        ({"sources": {"0": "camera", "1": "microphone"}}, "sdp_wrong_kind"),
        ({"slots": {"2": "stage", "3": "stage"}}, "sdp_duplicate_slot"),
        ({"slots": {"2": "seat0"}}, "sdp_unknown_slot"),
        ({"sources": {"0": "microphone", "1": "side"}}, "sdp_unknown_source"),
        ({"slots": {"2": "stage-voice"}}, "sdp_wrong_kind"),
        ({"slots": {"0": "voice0"}}, "sdp_two_meanings"),
        ({"sources": {"0": "microphone"}, "slots": {"1": "stage"}}, "sdp_wrong_direction"),
    ],
)
def test_names_that_do_not_fit_the_m_lines_are_refused(named, code):
    assert refusal(changed(lambda sdp: sdp, **named)) == code


def test_staff_may_offer_a_side_view():
    offer = changed(lambda sdp: sdp, sources={"0": "microphone", "1": "side"})
    spec, _ = answered(offer, has_side_view=True)
    assert [(each.source, each.kind) for each in spec.sources] == [("microphone", "audio"), ("side", "video")]


def test_a_refusal_repeats_nothing_of_what_was_sent():
    offer = changed(swap("a=mid:1\r", "a=mid:<script>\r"))
    with pytest.raises(ProtocolError) as refused:
        answered(offer)
    assert "script" not in str(refused.value)


# ---- whatever comes


def test_two_thousand_mangled_offers_are_refused_or_answered_properly():
    chance = random.Random(20260610)
    offers = [(name, real_offer(name)) for name in (PATIENT, PATIENT, PATIENT, STAFF, EVERY_CODEC)]
    outcomes = {"answered": 0, "refused": 0}
    for _ in range(2000):
        name, offer = chance.choice(offers)
        sdp = offer.sdp
        for _ in range(chance.choice((1, 1, 2, 5))):
            sdp = mangled(sdp, chance)
        attempt = Offer(sdp=sdp[:100_000] or "v", sources=offer.sources, slots=offer.slots)
        try:
            spec, answer = answered(attempt, SLOTS[name])
        except ProtocolError:
            outcomes["refused"] += 1
            continue
        outcomes["answered"] += 1
        assert_proper(attempt, spec, answer)
    assert min(outcomes.values()) > 200, outcomes


def mangled(sdp: str, chance: random.Random) -> str:
    lines = sdp.split("\r\n")
    at = chance.randrange(len(lines))
    line = lines[at]
    match chance.randrange(10):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, line)
        case 2:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], line
        case 3:
            lines[at] = line[: chance.randrange(len(line) + 1)]
        case 4:
            where = chance.randrange(len(line) + 1)
            lines[at] = line[:where] + chance.choice(ODD_TEXTS) + line[where:]
        case 5:
            lines[at] = re.sub(r"\d+", lambda _: chance.choice(ODD_NUMBERS), line)
        case 6:
            del lines[at : at + chance.randrange(40)]
        case 7:
            lines[at:at] = lines[: chance.randrange(60)]
        case 8:
            lines[at] = "".join(chance.sample(line, len(line)))
        case 9:
            lines[at] = line.split(":")[0] + ":" + lines[chance.randrange(len(lines))].split(":")[-1]
    return "\r\n".join(lines)


ODD_TEXTS = [
    " ",
    "\n",
    "\u2028",
    "\x00",
    "=",
    ":",
    ";",
    "/",
    "~",
    "\u00e9",
    "\U0001f600",
    "a=mid:0\r\n",
    "9" * 50,
]
ODD_NUMBERS = [
    "-1",
    "0",
    "1",
    "15",
    "97",
    "111",
    "128",
    "255",
    "65536",
    "4294967296",
    "9" * 30,
    "x",
    "\u0663",
    "1e3",
]


def assert_proper(offer: Offer, spec: PeerSpec, answer: str) -> None:
    assert answer.endswith("\r\n")
    assert all(re.fullmatch(r"[a-z]=[\x20-\x7e]+", line) for line in answer[:-2].split("\r\n"))
    asked, given = SessionDescription.parse(offer.sdp), SessionDescription.parse(answer)
    mids = [media.rtp.muxId for media in asked.media]
    assert [media.rtp.muxId for media in given.media] == mids
    assert [media.kind for media in given.media] == [media.kind for media in asked.media]
    named = {*offer.sources, *offer.slots}
    assert {s.mid for s in (*spec.sources, *spec.slots)} == named
    assert set(given.group[0].items) == named
    assert PeerSpec.model_validate_json(spec.model_dump_json()) == spec
