"""When media of a browser go elsewhere: nominated, moved, lost, restarted."""

from __future__ import annotations

from server.media.path import Credentials
from server.media.paths import (
    ASK_AFTER_S,
    ASK_EVERY_S,
    MOST_ADDRESSES,
    QUIET_S,
)
from server.media.spec import IceCredentials
from tests.unit.media.paths_world import (
    AGAIN,
    FORGED,
    HOME,
    NEW,
    OURS,
    THEIRS,
    THEIRS_AGAIN,
    World,
)


def test_media_go_nowhere_before_dtls_is_up() -> None:
    world = World()
    world.checks(HOME, nominates=True)
    world.answer(HOME)
    assert world.paths.current is None
    assert world.went == []


def test_a_nominated_address_is_gone_to_when_it_is_proven() -> None:
    world = World()
    world.connect()
    world.checks(NEW, nominates=True)
    assert world.went == [HOME]
    world.answer(NEW)
    assert world.went == [HOME, NEW]
    world.check(HOME, nominates=True)
    assert world.went == [HOME, NEW, HOME], "that one is proven already"
    assert world.counts.address_moves == 2


def test_another_address_that_is_proven_but_not_chosen_gets_no_media() -> None:
    world = World()
    world.connect()
    world.checks(NEW)
    world.answer(NEW)
    assert world.went == [HOME]


def test_media_follow_her_when_her_router_gives_her_another_address() -> None:
    world = World()
    world.connect()
    world.now += 0.02
    world.speak(NEW)
    assert len(world.asked(NEW)) == 1, "we ask at once"
    world.now += 0.08
    world.answer(NEW)
    assert world.went == [HOME], "the old address may be alive still"
    world.now += QUIET_S
    world.speak(NEW)
    assert world.went == [HOME, NEW]


def test_somebody_who_seldom_sends_is_followed_with_the_answer_itself() -> None:
    world = World()
    world.connect()
    world.now += 1.0
    world.speak(NEW)
    world.answer(NEW)
    assert world.went == [HOME, NEW]


def test_copies_of_her_packets_from_elsewhere_take_nothing_away() -> None:
    world = World()
    world.connect()
    for _ in range(100):
        world.now += 0.02
        world.speak(HOME)
        world.speak(FORGED)
    world.pass_time(1)
    assert world.went == [HOME]
    assert not world.known[FORGED].proven


def test_an_address_that_only_answers_is_not_followed_while_hers_is_heard() -> None:
    world = World()
    world.connect()
    world.speak(NEW)
    world.answer(NEW)
    for _ in range(50):
        world.now += 0.02
        world.speak(HOME)
        world.speak(NEW)
    assert world.went == [HOME]


def test_when_her_connection_by_tcp_ends_media_go_where_she_was_heard_last() -> None:
    class Connection:
        source = HOME

    world = World()
    for address in (HOME, NEW):
        world.checks(address)
        world.answer(address)
        world.now += 1
    world.checks(FORGED)
    connection = Connection()
    world.connect(connection)
    world.paths.lost(world.known.pop(connection))
    assert world.went == [connection, NEW]


def test_when_her_only_address_is_lost_media_go_on_there_until_she_comes_from_another() -> None:
    world = World()
    world.connect()
    world.paths.lost(world.known.pop(HOME))
    assert world.went == [HOME]
    world.checks(NEW, nominates=True)
    world.answer(NEW)
    assert world.went == [HOME, NEW]


# ---- silence


def test_a_silent_one_is_asked_and_her_answer_is_a_sign_of_life() -> None:
    world = World()
    world.connect()
    world.pass_time(ASK_AFTER_S - 0.1)
    assert not world.asked(HOME)
    world.pass_time(0.2)
    assert len(world.asked(HOME)) == 1
    world.answer(HOME)
    assert world.paths.heard_at == world.now
    world.pass_time(ASK_AFTER_S - 0.1)
    assert len(world.asked(HOME)) == 1


def test_one_who_does_not_answer_is_asked_once_a_second() -> None:
    world = World()
    world.connect()
    world.pass_time(ASK_AFTER_S + 10 * ASK_EVERY_S)
    assert 10 <= len(world.asked(HOME)) <= 11


# ---- restart


def test_after_a_restart_both_credentials_hold_until_the_new_ones_are_used() -> None:
    world = World()
    world.connect()
    world.paths.restart(Credentials(AGAIN, THEIRS_AGAIN))
    assert world.names == {"ours": OURS.pwd, "oursagain": AGAIN.pwd}
    world.check(HOME)
    assert world.names.keys() == {"ours", "oursagain"}
    world.checks(NEW, nominates=True, ufrag="oursagain")
    assert world.names == {"oursagain": AGAIN.pwd}
    assert world.asked(NEW)[0].attributes["USERNAME"] == "hersagain:oursagain"
    assert world.went == [HOME], "media go on where they went"
    assert not world.answer(NEW, pwd=THEIRS.pwd)
    world.answer(NEW, pwd=THEIRS_AGAIN.pwd)
    assert world.went == [HOME, NEW]
    assert world.counts.ice_restarts == 1


def test_a_second_restart_replaces_the_one_that_was_never_used() -> None:
    world = World()
    world.connect()
    world.paths.restart(Credentials(AGAIN, THEIRS_AGAIN))
    third = IceCredentials(ufrag="third", pwd="a-third-password-of-enough-length")
    world.paths.restart(Credentials(third, THEIRS_AGAIN))
    assert world.names.keys() == {"ours", "third"}


# ---- bounds and the end


def test_checks_are_bounded_by_address_and_those_from_elsewhere_together() -> None:
    world = World()
    world.connect()
    path = world.known[HOME]
    assert sum(world.paths.may_check(path) for _ in range(1000)) == 200
    assert sum(world.paths.may_check(None) for _ in range(1000)) == 100, "one does not use up the other"
    world.now += 1
    assert world.paths.may_check(path)


def test_packets_from_strangers_under_her_name_are_tried_so_often_and_not_before_she_is_here() -> None:
    world = World()
    assert not world.paths.may_try()
    world.connect()
    assert sum(world.paths.may_try() for _ in range(1000)) == 20
    world.now += 1
    assert world.paths.may_try()


def test_addresses_do_not_pile_up_and_what_is_proven_stays_longest() -> None:
    world = World()
    world.connect()
    for port in range(5000, 5100):
        world.check(("192.0.2.7", port))
    assert len(world.known) == MOST_ADDRESSES
    assert HOME in world.known
    assert ("192.0.2.7", 5099) in world.known


def test_a_copy_of_a_check_from_elsewhere_leaves_no_trace() -> None:
    world = World()
    world.check(HOME, transaction=b"the same one")
    assert not world.check(FORGED, transaction=b"the same one")
    assert FORGED not in world.known
    assert world.bytes_to(FORGED) == 0


def test_the_end_leaves_no_name_and_no_address() -> None:
    world = World()
    world.connect()
    world.paths.restart(Credentials(AGAIN, THEIRS_AGAIN))
    world.check(NEW)
    world.paths.close()
    world.paths.close()
    assert world.names == {}
    assert world.known == {}
