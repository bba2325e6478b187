from hypothesis import given
from hypothesis import strategies as st

from server.media import vp8
from tests.synthetic.client import picture


def test_the_first_packet_of_a_key_frame_is_known() -> None:
    assert vp8.parse(picture(key=True)).keyframe
    assert not vp8.parse(picture(key=False)).keyframe


def test_a_later_packet_of_a_key_frame_is_no_beginning() -> None:
    later = bytes([0x80]) + picture(key=True)[1:]
    assert not vp8.parse(later).keyframe
    second_partition = bytes([0x91]) + picture(key=True)[1:]
    assert not vp8.parse(second_partition).keyframe


def test_a_descriptor_without_extension_has_no_numbers() -> None:
    found = vp8.parse(b"\x10\x00rest")
    assert found.keyframe
    assert (found.picture_at, found.tl0_at) == (0, 0)


def test_numbers_are_shifted_and_wrap_in_their_width() -> None:
    payload = bytearray(picture(picture_id=0x7FFE, tl0=0xFF))
    vp8.rewrite(payload, 0, vp8.parse(bytes(payload)), 3, 2)
    found = vp8.parse(bytes(payload))
    assert (found.picture_id, found.picture_mask, found.tl0) == (1, 0x7FFF, 1)


def test_a_picture_id_of_seven_bits_stays_one() -> None:
    payload = bytearray(b"\x90\x80\x7f\x01rest")
    assert vp8.parse(bytes(payload)).picture_mask == 0x7F
    vp8.rewrite(payload, 0, vp8.parse(bytes(payload)), 2, 0)
    assert payload == b"\x90\x80\x01\x01rest"


def test_rewriting_leaves_the_picture_alone() -> None:
    payload = bytearray(b"head" + picture(key=True, picture_id=5, tl0=6, body=b"body"))
    vp8.rewrite(payload, 4, vp8.parse(bytes(payload[4:])), 10, 20)
    assert payload == b"head" + picture(key=True, picture_id=15, tl0=26, body=b"body")


@given(st.binary(max_size=12), st.integers(0, 0x7FFF), st.integers(0, 255))
def test_no_bytes_whatever_break_it(payload: bytes, add_picture: int, add_tl0: int) -> None:
    found = vp8.parse(payload)
    if found is not None:
        changed = bytearray(payload)
        vp8.rewrite(changed, 0, found, add_picture, add_tl0)
        assert len(changed) == len(payload)
        assert vp8.parse(bytes(changed)).keyframe == found.keyframe
