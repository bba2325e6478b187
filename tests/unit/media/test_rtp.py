import struct

from hypothesis import given
from hypothesis import strategies as st

from server.media import rtp
from tests.synthetic.client import rtp as build


def parse(packet: bytes) -> rtp.Packet | None:
    return rtp.parse(memoryview(packet), len(packet))


def test_a_packet_is_taken_apart() -> None:
    packet = build(
        payload_type=96, number=7, timestamp=8, ssrc=9, payload=b"abc", marker=True, extensions={1: b"x"}
    )
    found = parse(packet)
    assert found is not None
    assert (found.marker_and_type, found.sequence, found.timestamp, found.ssrc) == (0x80 | 96, 7, 8, 9)
    assert packet[found.payload_at : found.payload_end] == b"abc"


def test_contributing_sources_are_passed_over() -> None:
    packet = struct.pack("!BBHII", 0x82, 96, 1, 2, 3) + bytes(8) + b"payload"
    found = parse(packet)
    assert found is not None
    assert packet[found.payload_at : found.payload_end] == b"payload"


def test_padding_is_no_payload() -> None:
    found = parse(build(payload_type=96, number=1, timestamp=1, ssrc=1, payload=b"", padding=200))
    assert found is not None
    assert found.payload_at == found.payload_end


def test_headers_that_contradict_themselves_are_refused() -> None:
    plain = build(payload_type=96, number=1, timestamp=1, ssrc=1, payload=b"abc")
    assert parse(plain[:11]) is None
    assert parse(b"\x40" + plain[1:]) is None, "version 1"
    assert parse(b"\x90" + plain[1:]) is None, "an extension that is not there"
    assert parse(b"\x8f" + plain[1:]) is None, "sources that are not there"
    assert parse(b"\xa0" + plain[1:-1] + b"\x00") is None, "padding of nothing"
    assert parse(b"\xa0" + plain[1:-1] + b"\x04") is None, "more padding than packet"


def test_extensions_are_found_in_both_forms() -> None:
    one = build(
        payload_type=1, number=1, timestamp=1, ssrc=1, payload=b"", extensions={3: b"abc", 5: b"\x01\x02"}
    )
    two = struct.pack("!BBHIIHH", 0x90, 1, 1, 1, 1, 0x1000, 3) + b"\x03\x03abc\x00\x05\x02\x01\x02\x00\x00"
    for packet in (one, two):
        found = parse(packet)
        assert found is not None
        at, end = found.extension_at, found.payload_at
        view = memoryview(packet)
        assert rtp.extension(view, at, end, 3) == b"abc"
        assert rtp.extension(view, at, end, 4) is None
        assert rtp.transport_sequence(view, at, end, 5) == 0x0102
        assert rtp.transport_sequence(view, at, end, 6) is None


def test_the_audio_level_is_found_in_both_forms_without_the_bit_for_voice() -> None:
    one = build(
        payload_type=1, number=1, timestamp=1, ssrc=1, payload=b"", extensions={3: b"abc", 5: b"\x9e"}
    )
    two = struct.pack("!BBHIIHH", 0x90, 1, 1, 1, 1, 0x1000, 2) + b"\x03\x03abc\x05\x01\x1e"
    for packet in (one, two):
        found = parse(packet)
        assert found is not None
        at, end = found.extension_at, found.payload_at
        assert rtp.audio_level(memoryview(packet), at, end, 5) == 30
        assert rtp.audio_level(memoryview(packet), at, end, 6) is None
        assert rtp.audio_level(memoryview(packet), at, end, None) is None
    assert rtp.audio_level(memoryview(one), 0, 12, 5) is None, "a packet without extensions"


@given(st.binary(max_size=80), st.integers(0, 15))
def test_no_bytes_whatever_break_the_parser(packet: bytes, wanted: int) -> None:
    found = parse(packet)
    if found is not None:
        assert 12 <= found.payload_at <= found.payload_end <= len(packet)
        if found.extension_at:
            view = memoryview(packet)
            rtp.extension(view, found.extension_at, found.payload_at, wanted)
            rtp.transport_sequence(view, found.extension_at, found.payload_at, wanted)
            rtp.audio_level(view, found.extension_at, found.payload_at, wanted)


@given(st.binary(max_size=60), st.sampled_from([0xBEDE, 0x1000]), st.integers(0, 15))
def test_no_extension_values_break_the_parser(values: bytes, profile: int, wanted: int) -> None:
    values += bytes(-len(values) % 4)
    packet = struct.pack("!BBHIIHH", 0x90, 1, 1, 1, 1, profile, len(values) // 4) + values
    found = parse(packet)
    assert found is not None
    assert found.payload_at == len(packet)
    rtp.extension(memoryview(packet), found.extension_at, found.payload_at, wanted)
    rtp.transport_sequence(memoryview(packet), found.extension_at, found.payload_at, wanted)
    rtp.audio_level(memoryview(packet), found.extension_at, found.payload_at, wanted)
