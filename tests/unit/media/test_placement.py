"""Which worker a room is on: chosen by load, kept for as long as it can be, never two at once."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.media.placement import LEAST_LOAD, Change, Move, Placement
from server.media.spec import PeerSnapshot


def of(room: str, *names: str, state: str = "connected") -> list[PeerSnapshot]:
    return [PeerSnapshot(room=room, peer=f"{room}.{name}", state=state) for name in names]


def with_workers(number: int, *, there: int | None = None) -> Placement:
    """Workers without rooms; only the first `there` are attached."""
    placement = Placement(number)
    for worker in range(number if there is None else there):
        placement.attached(worker, [])
    placement.settle()
    return placement


def enter(placement: Placement, room: str, *names: str) -> int:
    """Open peers in a room, and route it; the worker."""
    worker = placement.place(room)
    assert worker is not None
    for name in names:
        placement.opened(worker, room, f"{room}.{name}")
    placement.routed(room, bool(names))
    return worker


# ---- on the least loaded


def test_rooms_go_to_the_least_loaded_worker():
    placement = with_workers(2)
    assert [enter(placement, f"r{number}", "a") for number in range(4)] == [0, 1, 0, 1]


def test_ten_classes_that_begin_with_one_person_each_are_spread_evenly():
    placement = with_workers(3)
    for number in range(10):
        enter(placement, f"r{number}", "physio")
    assert [placement.rooms_on(worker) for worker in range(3)] == [4, 3, 3]


def test_a_large_class_counts_for_more_than_two_that_begin():
    placement = with_workers(2)
    enter(placement, "large", *(f"p{number}" for number in range(3 * LEAST_LOAD)))
    assert [enter(placement, f"r{number}", "a") for number in range(3)] == [1, 1, 1]


def test_a_room_keeps_its_worker_for_as_long_as_it_has_peers_or_routes():
    placement = with_workers(2)
    assert enter(placement, "r", "a", "b") == 0
    placement.closed("r.a")
    placement.noted("r.b", "gone")
    assert placement.worker_of("r") == 0
    placement.routed("r", False)
    assert placement.worker_of("r") is None


def test_without_a_worker_a_room_waits_and_hears_when_there_is_one():
    placement = Placement(1)
    assert placement.place("asked") is None
    assert not placement.is_known("looked")
    assert placement.attached(0, []).told == {"asked": (), "looked": ()}
    assert placement.place("asked") == 0


# ---- after a restart of the web process


def test_nothing_is_placed_before_every_worker_has_said_what_it_has():
    placement = Placement(2)
    assert placement.attached(0, []) == Change()
    assert placement.place("r") is None
    change = placement.attached(1, of("r", "a"))
    assert change.told == {"r": tuple(of("r", "a"))}
    assert placement.place("r") == 1


def test_a_worker_that_does_not_come_is_not_waited_for_longer():
    placement = Placement(2)
    placement.attached(0, of("r", "a"))
    assert placement.settle().told == {"r": tuple(of("r", "a"))}
    assert placement.place("other") == 0


def test_a_room_found_on_two_workers_stays_where_more_of_its_peers_are():
    placement = Placement(2)
    placement.attached(0, of("r", "a"))
    change = placement.attached(1, of("r", "b", "c"))
    assert placement.worker_of("r") == 1
    assert change.closed == [(0, "r.a")]
    assert change.cleared == {(0, "r")}
    assert change.told == {"r": tuple(of("r", "b", "c"))}


def test_what_became_of_peers_before_all_workers_came_is_in_what_the_room_hears():
    placement = Placement(2)
    placement.attached(0, of("r", "a", "b"))
    placement.noted("r.a", "closed")
    placement.noted("r.b", "silent")
    assert placement.attached(1, []).told == {"r": tuple(of("r", "b", state="silent"))}


def test_a_worker_that_comes_late_with_more_of_a_room_takes_it_and_with_fewer_gives_it_up():
    placement = with_workers(2, there=1)
    enter(placement, "r", "new")
    late = placement.attached(1, of("r", "a", "b"))
    assert late.moves == [Move("r", 0, 1, "conflict")]
    assert late.closed == [(0, "r.new")]

    placement = with_workers(2, there=1)
    enter(placement, "r", "new", "newer")
    late = placement.attached(1, of("r", "a", "b"))
    assert (late.moves, late.told) == ([], {})
    assert late.closed == [(1, "r.a"), (1, "r.b")]


def test_connected_peers_count_for_more_than_any_number_of_silent_ones():
    placement = with_workers(2, there=1)
    enter(placement, "r")
    placement.lost(0)
    live = of("r", *(f"new{number}" for number in range(16)))
    left = of("r", *(f"old{number}" for number in range(17)), state="silent")
    placement.attached(1, live)
    assert placement.worker_of("r") == 1
    change = placement.attached(0, left)
    assert (change.moves, change.told) == ([], {})
    assert change.closed == [(0, each.peer) for each in left]
    assert placement.worker_of("r") == 1


def test_a_room_that_waits_for_its_people_does_not_go_back_to_those_that_fell_silent():
    placement = with_workers(2)
    enter(placement, "r", "a", "b")
    assert placement.lost(0).moves == [Move("r", 0, 1, "lost")]
    placement.routed("r", True)
    assert placement.place("r") == 1
    assert placement.attached(0, of("r", "a", "b", state="silent")).moves == []
    assert placement.worker_of("r") == 1


def test_where_all_are_silent_a_room_stays_where_more_of_them_are():
    placement = Placement(2)
    placement.attached(0, of("r", "a", state="silent"))
    placement.attached(1, of("r", "b", "c", state="silent"))
    assert placement.worker_of("r") == 1


def test_a_room_found_on_two_workers_is_not_left_on_the_one_that_drains():
    placement = Placement(2)
    placement.attached(1, of("r", "new"))
    change = placement.attached(0, of("r", "a", "b", "c"), draining=True)
    assert placement.worker_of("r") == 1
    assert change.moves == []
    assert change.told == {"r": tuple(of("r", "new"))}


# ---- death


def test_the_rooms_of_a_worker_that_died_move_at_once_and_the_others_stay():
    placement = with_workers(3)
    rooms = {enter(placement, room, "a"): room for room in ("r0", "r1", "r2")}
    change = placement.lost(1)
    assert [(move.room, move.source, move.reason) for move in change.moves] == [(rooms[1], 1, "lost")]
    assert change.told == {"r1": ()}
    assert placement.worker_of("r1") in (0, 2)
    assert (placement.worker_of("r0"), placement.worker_of("r2")) == (0, 2)


def test_the_rooms_of_a_lone_worker_wait_for_the_new_one():
    placement = with_workers(1)
    enter(placement, "r", "a")
    assert placement.lost(0) == Change()
    assert not placement.is_known("r")
    change = placement.attached(0, [])
    assert (change.moves, change.told) == ([], {"r": ()})
    assert placement.place("r") == 0


def test_a_lone_worker_whose_channel_broke_has_its_room_as_before():
    placement = with_workers(1)
    enter(placement, "r", "a")
    placement.lost(0)
    assert placement.attached(0, of("r", "a")).told == {"r": tuple(of("r", "a"))}


def test_when_all_have_died_the_first_that_comes_takes_all_rooms():
    placement = with_workers(2)
    enter(placement, "r0", "a")
    enter(placement, "r1", "a")
    placement.lost(0)
    placement.lost(1)
    assert placement.attached(1, []).told == {"r0": (), "r1": ()}
    assert (placement.worker_of("r0"), placement.worker_of("r1")) == (1, 1)


# ---- draining


def test_a_worker_that_drains_gives_its_rooms_to_others_and_gets_no_new_ones():
    placement = with_workers(2)
    enter(placement, "r", "a")
    change = placement.drain(0)
    assert change.moves == [Move("r", 0, 1, "draining")]
    assert change.closed == [(0, "r.a")]
    assert change.told == {"r": ()}
    assert [enter(placement, f"n{number}", "a") for number in range(3)] == [1, 1, 1]


def test_a_lone_worker_that_drains_keeps_its_class_and_serves_new_ones_until_another_is_there():
    placement = with_workers(2, there=1)
    enter(placement, "r", "a")
    assert placement.drain(0) == Change()
    assert enter(placement, "new", "a") == 0
    assert {move.room for move in placement.attached(1, []).moves} == {"r", "new"}


def test_a_worker_may_be_found_draining():
    placement = Placement(2)
    placement.attached(0, of("r", "a"), draining=True)
    assert placement.attached(1, []).moves == [Move("r", 0, 1, "draining")]


def test_who_cannot_go_elsewhere_is_better_off_on_a_draining_worker_than_on_none():
    placement = with_workers(2)
    enter(placement, "r0", "a")
    enter(placement, "r1", "a")
    placement.drain(1)
    placement.lost(0)
    assert (placement.worker_of("r0"), placement.worker_of("r1")) == (1, 1)


# ---- whatever happens

WORKERS = st.integers(0, 2)
ROOMS = st.sampled_from(["r0", "r1", "r2", "r3"])


class AnyHistory(RuleBasedStateMachine):
    """Workers come, die and drain in any order, with rooms on them."""

    def __init__(self) -> None:
        super().__init__()
        self.placement = Placement(3)
        self.attached: dict[int, bool] = {}
        self.on_worker: dict[int, dict[str, str]] = {0: {}, 1: {}, 2: {}}
        """What each worker process really has: rooms by peer."""
        self.silent: set[str] = set()
        self.names = 0

    def settle_all(self, change: Change, allowed: set[str]) -> None:
        assert {move.reason for move in change.moves} <= allowed
        assert all(move.source != move.target for move in change.moves)
        for worker, peer in change.closed:
            self.on_worker[worker].pop(peer, None)

    @initialize(
        there=st.sets(WORKERS, min_size=1),
        found=st.lists(st.tuples(WORKERS, st.sampled_from(["r0", "r1"]), st.booleans()), max_size=12),
    )
    def first(self, there: set[int], found: list[tuple[int, str, bool]]) -> None:
        for number, (worker, room, is_silent) in enumerate(found):
            peer = f"{room}.found{number}"
            self.on_worker[worker][peer] = room
            if is_silent:
                self.silent.add(peer)
        for worker in there:
            self.attach(worker, False)
        self.settle_all(self.placement.settle(), set())

    @rule(worker=WORKERS, drains=st.booleans())
    def attach(self, worker: int, drains: bool) -> None:
        if worker not in self.attached:
            self.attached[worker] = drains
            has = [
                PeerSnapshot(room=room, peer=peer, state="silent" if peer in self.silent else "connected")
                for peer, room in self.on_worker[worker].items()
            ]
            change = self.placement.attached(worker, has, draining=drains)
            self.settle_all(change, {"lost", "draining", "conflict"})
            live = {room for peer, room in self.on_worker[worker].items() if peer not in self.silent}
            for move in change.moves:
                if move.reason == "conflict":
                    assert move.target != worker or (move.room in live and not drains)

    @rule(worker=WORKERS, is_dead=st.booleans())
    def lose(self, worker: int, is_dead: bool) -> None:
        if self.attached.pop(worker, None) is None:
            return
        if is_dead:
            self.on_worker[worker].clear()
        self.settle_all(self.placement.lost(worker), {"lost"})

    @rule(worker=WORKERS)
    def drain(self, worker: int) -> None:
        if worker in self.attached:
            self.attached[worker] = True
            self.settle_all(self.placement.drain(worker), {"draining"})

    @rule(room=ROOMS)
    def enter(self, room: str) -> None:
        before = self.placement.worker_of(room)
        worker = self.placement.place(room)
        assert (worker is None) == (not self.attached)
        if worker is None:
            return
        assert before in (None, worker), "a room moved though nothing happened to its worker"
        self.names += 1
        peer = f"{room}.{self.names}"
        self.placement.opened(worker, room, peer)
        self.placement.routed(room, True)
        self.on_worker[worker][peer] = room

    @rule(room=ROOMS)
    def fall_silent(self, room: str) -> None:
        for peers in self.on_worker.values():
            fallen = {peer for peer, each in peers.items() if each == room}
            self.silent |= fallen
            for peer in fallen:
                self.placement.noted(peer, "silent")

    @rule(room=ROOMS)
    def leave_all(self, room: str) -> None:
        for there in self.on_worker.values():
            for peer in [peer for peer, each in there.items() if each == room]:
                self.placement.closed(peer)
                del there[peer]
        self.placement.routed(room, False)

    @invariant()
    def every_room_is_on_one_live_worker_and_so_are_its_peers(self) -> None:
        if not self.attached:
            return
        staying = {worker for worker, drains in self.attached.items() if not drains}
        for worker, peers in self.on_worker.items():
            for peer, room in peers.items():
                if worker in self.attached:
                    assert self.placement.worker_of(room) == worker
                    assert self.placement.worker_of_peer(peer) == worker
        for room in ("r0", "r1", "r2", "r3"):
            on = self.placement.worker_of(room)
            assert on is None or on in (staying or self.attached)


AnyHistory.TestCase.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
TestAnyHistory = AnyHistory.TestCase
