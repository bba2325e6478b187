"""Which address of a browser is hers for certain, and what is sent where until then."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.paths import (
    MOST_REPEATS,
)
from tests.unit.media.paths_world import (
    ANSWER,
    CHECK_BYTES,
    FORGED,
    HOME,
    NEW,
    THEIRS,
    World,
)


def test_a_first_check_is_answered_and_earns_no_more_than_it_brought() -> None:
    world = World()
    world.check(HOME)
    assert world.sent == [(ANSWER, HOME)]
    assert world.counts.checks_answered == 1


def test_we_ask_back_as_soon_as_the_address_has_earned_it() -> None:
    world = World()
    for _ in range(2):
        world.check(HOME)
        assert not world.asked(HOME)
    world.check(HOME)
    (request,) = world.asked(HOME)
    assert request.attributes["USERNAME"] == "hers:ours"
    assert request.check_message_integrity(THEIRS.pwd.encode())
    assert "ICE-CONTROLLED" in request.attributes
    assert "USE-CANDIDATE" not in request.attributes
    assert world.bytes_to(HOME) <= 3 * CHECK_BYTES


def test_dtls_waits_until_the_address_is_proven_and_goes_on_then_in_order() -> None:
    world = World()
    world.checks(HOME)
    world.paths.talk(world.known[HOME])
    for record in (b"1" * 600, b"2" * 600):
        world.paths.send_record(record)
    assert world.bytes_to(HOME) <= 3 * CHECK_BYTES
    assert world.answer(HOME)
    assert [datagram[:1] for datagram, _ in world.sent[-2:]] == [b"1", b"2"]


def test_dtls_goes_at_once_where_her_hello_was_larger_as_chromiums_is() -> None:
    world = World()
    world.check(HOME)
    path = world.known[HOME]
    path.received += 1463
    world.paths.talk(path)
    world.paths.send_record(b"x" * 782)
    assert world.sent[-1] == (b"x" * 782, HOME)


def test_what_waits_is_bounded_and_the_oldest_goes() -> None:
    world = World()
    world.check(HOME)
    world.paths.talk(world.known[HOME])
    for n in range(100):
        world.paths.send_record(bytes([n]) * 1000)
    world.known[HOME].received += 100_000
    world.check(HOME)
    assert [datagram[0] for datagram, _ in world.sent if len(datagram) == 1000] == [96, 97, 98, 99]


def test_a_browser_that_answers_no_checks_is_proven_by_dtls() -> None:
    world = World(remote=None)
    world.connect()
    assert world.paths.current is not None
    assert world.paths.current.proven
    assert world.went == [HOME]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("check"), st.sampled_from([HOME, NEW, FORGED]), st.booleans()),
            st.tuples(st.just("again"), st.sampled_from([HOME, NEW, FORGED]), st.booleans()),
            st.tuples(st.just("record"), st.sampled_from([HOME, NEW, FORGED]), st.integers(1, 1500)),
            st.tuples(st.just("speak"), st.sampled_from([HOME, NEW, FORGED]), st.integers(12, 1500)),
            st.tuples(st.just("flight"), st.just(HOME), st.integers(1, 1500)),
            st.tuples(st.just("up"), st.just(HOME), st.just(0)),
            st.tuples(st.just("time"), st.just(HOME), st.integers(1, 60)),
        ),
        max_size=60,
    )
)
def test_no_address_ever_gets_more_than_it_sent_before_it_is_proven(steps: list[tuple]) -> None:
    world = World()
    came: dict[object, int] = dict.fromkeys((HOME, NEW, FORGED), 0)
    last, shown, is_up = None, None, False
    for what, address, extra in steps:
        if what in ("check", "again"):
            transaction = b"the same one" if what == "again" else None
            if world.check(address, nominates=bool(extra), transaction=transaction):
                came[address] += CHECK_BYTES
        elif what == "record" and address in world.known:
            world.known[address].received += extra
            came[address] += extra
            world.paths.talk(world.known[address])
            last = address
        elif what == "up" and last is not None and not is_up:
            is_up = True
            if {to for datagram, to in world.sent if datagram[:1] == b"f"} == {last}:
                shown = last  # it has read all that we said
            world.paths.up()
        elif what == "speak" and (address in world.known or world.paths.current is not None):
            world.speak(address, extra)
            came[address] += extra
        elif what == "flight":
            world.paths.send_record(b"f" * extra)
        elif what == "time":
            world.pass_time(extra / 20)
        for each in {*came} - {shown}:
            assert world.bytes_to(each) <= came[each]
            assert each not in world.known or not world.known[each].proven
            assert each not in world.went


# ---- proof


def test_dtls_proves_nothing_when_its_last_record_comes_from_elsewhere() -> None:
    world = World()
    world.check(FORGED)
    world.checks(HOME)
    world.paths.talk(world.known[HOME])
    world.paths.send_record(b"f" * 20)
    world.paths.talk(world.known[FORGED])
    world.paths.send_record(b"f" * 20)
    world.paths.up()
    assert world.went == []
    assert not world.known[FORGED].proven
    world.answer(HOME)
    assert world.went == [HOME], "who answers gets what is hers"


def test_whose_address_changed_within_the_handshake_is_asked_at_the_new_one_and_goes_on_there() -> None:
    for is_proven in (False, True):
        world = World()
        world.checks(HOME)
        if is_proven:
            world.answer(HOME)
        world.checks(NEW)
        world.paths.talk(world.known[HOME])
        world.paths.send_record(b"f" * 20)
        world.known[NEW].received += 1000
        world.paths.talk(world.known[NEW])
        world.paths.send_record(b"f" * 20)
        world.paths.up()
        assert world.went == [HOME] * is_proven
        world.answer(NEW)
        assert world.went[-1] == NEW


def test_only_her_answer_to_our_own_question_proves() -> None:
    world = World()
    world.checks(HOME)
    transaction = world.asked(HOME)[0].transaction_id
    assert not world.answer(HOME, pwd="a guess of enough length, but wrong")
    assert not world.answer(HOME, transaction=b"another one.")
    assert not world.known[HOME].proven
    assert world.answer(HOME, transaction=transaction)
    assert world.known[HOME].proven
    assert not world.answer(HOME, transaction=transaction), "an answer counts once"


def test_an_answer_from_elsewhere_proves_neither_address() -> None:
    world = World()
    for address in (HOME, NEW):
        world.checks(address)
    assert not world.answer(NEW, transaction=world.asked(HOME)[0].transaction_id)
    assert not world.known[HOME].proven
    assert not world.known[NEW].proven


def test_what_is_not_answered_is_asked_again_ever_less_often_and_not_for_ever() -> None:
    world = World()
    world.check(HOME)
    world.known[HOME].received += 10_000
    world.check(HOME)
    assert len(world.asked(HOME)) == 1
    world.pass_time(1)
    assert 3 <= len(world.asked(HOME)) <= 5
    world.pass_time(60)
    assert len(world.asked(HOME)) == MOST_REPEATS


def test_a_connection_by_tcp_is_proven_by_tcp() -> None:
    class Connection:
        source = HOME

    world = World()
    connection = Connection()
    world.check(connection)
    assert world.known[connection].proven


# ---- where media go
