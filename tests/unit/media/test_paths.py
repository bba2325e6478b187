"""Which address of a browser is hers for certain, what is sent where, and when media go elsewhere."""

from __future__ import annotations

import itertools
import random

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from server.media import ice
from server.media.counts import Counts
from server.media.path import Credentials, Path
from server.media.paths import (
    ASK_AFTER_S,
    ASK_EVERY_S,
    MOST_ADDRESSES,
    MOST_REPEATS,
    QUIET_S,
    Paths,
)
from server.media.spec import IceCredentials

HOME, NEW, FORGED = ("192.0.2.1", 1000), ("192.0.2.1", 2000), ("203.0.113.9", 3000)
OURS = IceCredentials(ufrag="ours", pwd="our-password-of-enough-length")
THEIRS = IceCredentials(ufrag="hers", pwd="her-password-of-enough-length")
AGAIN = IceCredentials(ufrag="oursagain", pwd="another-password-of-enough-length")
THEIRS_AGAIN = IceCredentials(ufrag="hersagain", pwd="her-other-password-of-enough-length")
CHECK_BYTES, ANSWER = 100, b"a" * 64


class World:
    """Paths, a mux that only takes notes, and a network on which all that is sent lies open."""

    def __init__(self, remote: IceCredentials | None = THEIRS) -> None:
        self.now = 1000.0
        self.counts = Counts()
        self.names: dict[str, str] = {}
        self.known: dict[object, Path] = {}
        self.sent: list[tuple[bytes, object]] = []
        self.went: list[object] = []
        self._transactions = itertools.count()
        self.paths = Paths(
            self, Credentials(OURS, remote), self, self.take, self.counts, lambda: self.now,  # type: ignore[arg-type]
            random.Random(1).randrange, self.went.append,
        )  # fmt: skip

    # what paths want of the mux

    def add(self, ufrag: str, pwd: str, endpoint: object) -> None:
        self.names[ufrag] = pwd

    def retire(self, ufrag: str, endpoint: object) -> None:
        self.names.pop(ufrag, None)

    def learn(self, path: Path) -> None:
        self.known[path.address] = path

    def forget(self, path: Path) -> None:
        del self.known[path.address]

    def take(self, datagram: bytes, address: object) -> bool:
        self.sent.append((datagram, address))
        return True

    # what a browser does

    def check(
        self,
        address: object,
        *,
        nominates: bool = False,
        ufrag: str = "ours",
        transaction: bytes | None = None,
    ) -> bool:
        transaction = transaction or next(self._transactions).to_bytes(12, "big")
        said = ice.Check(ufrag, transaction, nominates, ANSWER)
        return self.paths.take_check(said, address, self.known.get(address), CHECK_BYTES)

    def checks(self, address: object, *, nominates: bool = False, ufrag: str = "ours") -> None:
        """As many checks as earn one of ours."""
        for _ in range(3):
            self.check(address, nominates=nominates, ufrag=ufrag)

    def speak(self, address: object, size: int = 200) -> None:
        path = self.known.get(address) or self.paths.stranger(address, 0)
        path.received += size
        if path is self.paths.current:
            path.heard_at = self.paths.heard_at = self.now
        else:
            self.paths.take_media(path, self.now)

    def connect(self, address: object = HOME) -> None:
        self.check(address, nominates=True)
        self.paths.talk(self.known[address])
        self.paths.send_record(b"f")
        self.paths.up()
        self.sent.clear()

    def asked(self, address: object) -> list[stun.Message]:
        """Our checks that went there."""
        return [stun.parse_message(d) for d, to in self.sent if to == address and d[:2] == b"\0\1"]

    def answer(self, address: object, *, pwd: str = THEIRS.pwd, transaction: bytes | None = None) -> bool:
        """She answers our last check there, or whatever `transaction` says."""
        said = stun.Message(
            stun.Method.BINDING, stun.Class.RESPONSE, transaction or self.asked(address)[-1].transaction_id
        )
        said.attributes["XOR-MAPPED-ADDRESS"] = ("198.51.100.1", 9)
        said.add_message_integrity(pwd.encode())
        return self.paths.take_answer(self.known[address], bytes(said))

    def bytes_to(self, address: object) -> int:
        return sum(len(datagram) for datagram, to in self.sent if to == address)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            self.paths.tick(self.now)


# ---- what an address has earned


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
