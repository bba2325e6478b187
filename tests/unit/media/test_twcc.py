import struct

from hypothesis import given
from hypothesis import strategies as st

from server.media.twcc import ArrivalLog, read


def decode(body: bytes) -> tuple[int, dict[int, int | None], int]:
    """(feedback count, arrival in ticks of 250 µs by number, reference); by the draft, section 3.1."""
    first, count, word = struct.unpack_from("!HHI", body)
    reference, messages = word >> 8, word & 0xFF
    at, symbols = 8, []
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", body, at)
        at += 2
        if chunk & 0x8000:
            assert chunk & 0x4000, "two-bit symbols"
            symbols += [chunk >> (12 - 2 * i) & 3 for i in range(7)]
        else:
            symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
    arrivals: dict[int, int | None] = {}
    ticks = reference * 256
    for i, symbol in enumerate(symbols[:count]):
        arrivals[(first + i) & 0xFFFF] = None
        if symbol == 1:
            ticks += body[at]
            at += 1
        elif symbol == 2:
            ticks += struct.unpack_from("!h", body, at)[0]
            at += 2
        if symbol:
            arrivals[(first + i) & 0xFFFF] = ticks
    assert len(body) % 4 == 0
    assert not any(body[at:]), "nothing but padding is left"
    return messages, arrivals, reference


def test_arrivals_and_losses_are_told() -> None:
    log = ArrivalLog()
    for number, at in ((10, 1.0), (11, 1.01), (13, 1.05)):
        log.note(number, at)
    (body,) = log.feedback()
    _, arrivals, _ = decode(body)
    assert arrivals == {10: 4000, 11: 4040, 12: None, 13: 4200}


def test_nothing_new_is_nothing_said() -> None:
    log = ArrivalLog()
    assert log.feedback() == []
    log.note(1, 1.0)
    assert log.feedback()
    assert log.feedback() == []


def test_a_loss_between_two_messages_is_told() -> None:
    log = ArrivalLog()
    log.note(1, 1.0)
    log.feedback()
    log.note(4, 1.1)
    (body,) = log.feedback()
    messages, arrivals, _ = decode(body)
    assert list(arrivals) == [2, 3, 4]
    assert arrivals[2] is None
    assert messages == 1


def test_a_late_packet_takes_back_its_loss() -> None:
    log = ArrivalLog()
    log.note(1, 1.0)
    log.note(3, 1.0)
    log.feedback()
    log.note(2, 1.2)
    (body,) = log.feedback()
    assert decode(body)[1][2] == 4800


def test_numbers_wrap() -> None:
    log = ArrivalLog()
    for number in (65534, 65535, 0, 1):
        log.note(number, 2.0)
    (body,) = log.feedback()
    assert list(decode(body)[1]) == [65534, 65535, 0, 1]


def test_the_first_arrival_counts_when_a_number_comes_twice() -> None:
    log = ArrivalLog()
    log.note(5, 1.0)
    log.note(5, 2.0)
    (body,) = log.feedback()
    assert decode(body)[1] == {5: 4000}


def test_a_long_silence_and_a_far_jump_fit_into_messages() -> None:
    log = ArrivalLog()
    log.note(1, 1.0)
    log.feedback()
    log.note(30000, 500.0)
    bodies = log.feedback()
    assert decode(bodies[-1])[1][30000] == 2_000_000
    assert all(len(body) < 1200 for body in bodies)


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 8000)), min_size=1, max_size=300))
def test_every_arrival_is_told_as_it_was(arrived: list[tuple[int, int]]) -> None:
    log = ArrivalLog()
    expected: dict[int, int] = {}
    for number, ticks in arrived:
        log.note(number, (ticks + 0.5) / 4000)  # in the middle, where no rounding reaches
        expected.setdefault(number, ticks)
    told: dict[int, int] = {}
    for body in log.feedback():
        told |= {number: at for number, at in decode(body)[1].items() if at is not None}
    newest = max(expected)
    assert told == {number: at for number, at in expected.items() if number >= newest - 1000}


def test_what_we_say_we_understand() -> None:
    log = ArrivalLog()
    for number, at in ((65534, 1.0), (65535, 1.01), (1, 1.5)):
        log.note(number, at)
    (body,) = log.feedback()
    assert read(body) == [(65534, 1.0), (65535, 1.01), (0, None), (1, 1.5)]


def test_one_bit_statuses_are_understood_as_the_draft_has_them() -> None:
    """Section 3.1.4: a vector of 14 symbols of one bit; Chromium sends these."""
    chunk = 0x8000 | 0b10110000000000
    body = struct.pack("!HHIH", 10, 4, 16 << 8, chunk) + bytes([4, 8, 12])
    assert read(body) == [(10, 1.024 + 0.001), (11, None), (12, 1.024 + 0.003), (13, 1.024 + 0.006)]


def test_a_run_and_a_large_delta_that_goes_back_are_understood() -> None:
    body = struct.pack("!HHIHhh", 5, 2, 16 << 8, 2 << 13 | 2, 4000, -400)
    assert read(body) == [(5, 2.024), (6, 1.924)]


def test_a_body_that_contradicts_itself_says_nothing() -> None:
    whole = struct.pack("!HHIH", 10, 4, 16 << 8, 1 << 13 | 4) + bytes([1, 2, 3, 4])
    assert len(read(whole)) == 4
    for broken in (
        b"",
        whole[:7],
        whole[:9],
        whole[:-1],
        struct.pack("!HHIH", 10, 0, 0, 1 << 13 | 4),
        struct.pack("!HHIH", 10, 65535, 0, 0x1FFF),
        struct.pack("!HHIH", 10, 4, 0, 1 << 13) + bytes(8),
        struct.pack("!HHIH", 10, 1, 0, 0xF000) + bytes(8),
    ):
        assert read(broken) == []


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reader(body: bytes) -> None:
    assert len(read(body)) <= 400
