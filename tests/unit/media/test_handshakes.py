import contextlib

from OpenSSL import SSL

from server.media.handshakes import DEADLINE_S, MOST, MOST_PER_HOST, Handshakes, is_hello


def test_so_many_are_under_way_from_one_host_and_no_more() -> None:
    handshakes = Handshakes()
    begun = sum(handshakes.begin(f"peer{n}", "192.0.2.1", 0) for n in range(1000))
    assert begun == MOST_PER_HOST
    assert handshakes.begin("somebody", "192.0.2.2", 0), "others are not kept waiting"


def test_so_many_are_under_way_in_all() -> None:
    handshakes = Handshakes()
    begun = sum(handshakes.begin(f"peer{n}", f"192.0.2.{n % 250}", 0) for n in range(1000))
    assert begun == len(handshakes) == MOST


def test_who_is_done_makes_room_once() -> None:
    handshakes = Handshakes(most=2, most_per_host=2)
    assert handshakes.begin("ann", "192.0.2.1", 0)
    assert handshakes.begin("ben", "192.0.2.1", 0)
    assert not handshakes.begin("cleo", "192.0.2.1", 0)
    handshakes.end("ann")
    handshakes.end("ann")
    assert handshakes.begin("cleo", "192.0.2.1", 0)
    assert not handshakes.begin("dora", "192.0.2.1", 0)


def test_nothing_is_kept_of_those_who_are_done() -> None:
    handshakes = Handshakes()
    for n in range(100):
        assert handshakes.begin(f"peer{n}", f"192.0.2.{n}", 0)
        handshakes.end(f"peer{n}")
    assert not handshakes._by_host
    assert not handshakes._under_way


def test_one_that_takes_too_long_is_overdue() -> None:
    handshakes = Handshakes()
    handshakes.begin("ann", "192.0.2.1", 100)
    assert not handshakes.overdue("ann", 100 + DEADLINE_S - 0.1)
    assert handshakes.overdue("ann", 100 + DEADLINE_S)
    assert not handshakes.overdue("nobody", 1000)


def test_a_client_hello_is_told_from_other_records() -> None:
    connection = SSL.Connection(SSL.Context(SSL.DTLS_METHOD))
    connection.set_connect_state()
    with contextlib.suppress(SSL.WantReadError):
        connection.do_handshake()
    assert is_hello(connection.bio_read(1500))
    assert not is_hello(bytes.fromhex("15fefd000000000000000000020100"))
    assert not is_hello(b"\x16")
    assert not is_hello(bytes([22, 254, 253]) + bytes(40))
