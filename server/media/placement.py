"""Which media worker each room is on: bookkeeping without I/O, which `pool.py` carries out.

A room is placed when its first peer is to be opened, on the worker with the least load, and stays there for
as long as it has peers or routes. It moves for three reasons only:

| reason   | when                                                             | to                        |
|----------|------------------------------------------------------------------|---------------------------|
| lost     | its worker died (or hangs), and another is attached              | the least loaded          |
| draining | its worker is to end, and another that is not draining is there  | the least loaded          |
| conflict | a worker attaches with more of the room's peers than its own has | the worker that has them  |

Peers that have fallen silent do not count for that, unless none is left that has not: they may be what people
left behind on a worker that was away.

**Load is the number of peers, and at least `LEAST_LOAD` for each room.** A placement lasts for a class, so
what counts is what the class will cost. Packets out per second say what it costs now: ten classes that begin
on the hour have sent none yet, and would all go to one worker. In class topology packets out grow with peers.

Nothing is decided before every worker has said what it has, or `settle` was called: a restarted web process
must not place a class anew whose pictures still go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from server.media.spec import PeerSnapshot

LEAST_LOAD = 8
"""In peers: what a room is expected to grow to, when only its first peer is there."""

Reason = Literal["lost", "draining", "conflict"]
What = Literal["connected", "silent", "back", "closed", "gone"]


@dataclass(frozen=True, slots=True)
class Move:
    """A room goes from one worker to another."""

    room: str
    source: int
    target: int
    reason: Reason


@dataclass(slots=True)
class Change:
    """What follows when a worker comes, goes or drains."""

    told: dict[str, tuple[PeerSnapshot, ...]] = field(default_factory=dict)
    """Rooms that are to hear which peers they have now; all others of theirs are lost."""
    moves: list[Move] = field(default_factory=list)
    closed: list[tuple[int, str]] = field(default_factory=list)
    """Peers to close, by worker: nobody is to use them any more."""
    cleared: set[tuple[int, str]] = field(default_factory=set)
    """Rooms that a worker is to forward nothing in any more."""


class Placement:
    """Rooms on workers 0 to `workers` - 1."""

    def __init__(self, workers: int) -> None:
        self._unheard = set(range(workers))
        self._settled = False
        self._attached: dict[int, bool] = {}
        """Each attached worker, and whether it drains."""
        self._rooms: dict[str, int] = {}
        self._peers: dict[str, tuple[int, PeerSnapshot]] = {}
        self._routed: set[str] = set()
        self._waiting: set[str] = set()
        """Rooms that asked for a worker while there was none."""

    @property
    def is_ready(self) -> bool:
        """Whether a room that needs a worker gets one."""
        return self._settled and bool(self._attached)

    def worker_of(self, room: str) -> int | None:
        """Return the worker that the room is on, attached or not."""
        return self._rooms.get(room)

    def worker_of_peer(self, peer: str) -> int | None:
        """Return the worker that has this peer."""
        found = self._peers.get(peer)
        return None if found is None else found[0]

    def rooms_on(self, worker: int) -> int:
        """Return how many rooms are on this worker."""
        return sum(1 for each in self._rooms.values() if each == worker)

    def load_of(self, worker: int) -> int:
        """Return the load of this worker, in peers."""
        here = Counter(snapshot.room for _, snapshot in self._peers.values())
        return sum(max(LEAST_LOAD, here[room]) for room, each in self._rooms.items() if each == worker)

    def is_draining(self, worker: int) -> bool:
        """Whether this worker is attached and drains."""
        return self._attached.get(worker, False)

    # ---- rooms

    def is_known(self, room: str) -> bool:
        """Whether the workers have said what they have of the room; if not, it hears (`Change.told`) when
        they have.
        """
        if self.is_ready:
            return True
        self._waiting.add(room)
        return False

    def place(self, room: str) -> int | None:
        """Return the worker of this room, chosen now if it has none; None while none can be had, then the
        room hears (`Change.told`) when there is one.
        """
        if not self.is_known(room):
            return None
        worker = self._rooms.get(room)
        if worker is None:
            worker = self._rooms[room] = self._least_loaded()
        return worker

    def routed(self, room: str, has_routes: bool) -> None:
        """Note whether anything is to be forwarded in the room."""
        if has_routes:
            self._routed.add(room)
        else:
            self._routed.discard(room)
            self._release(room)

    def opened(self, worker: int, room: str, peer: str) -> None:
        """A peer was opened on this worker."""
        self._peers[peer] = worker, PeerSnapshot(room=room, peer=peer, state="new")

    def closed(self, peer: str) -> None:
        """A peer is there no more."""
        worker_and_snapshot = self._peers.pop(peer, None)
        if worker_and_snapshot is not None:
            self._release(worker_and_snapshot[1].room)

    def noted(self, peer: str, what: What) -> None:
        """A worker tells this of a peer."""
        if what in ("closed", "gone"):
            self.closed(peer)
        elif peer in self._peers:
            worker, snapshot = self._peers[peer]
            state = "silent" if what == "silent" else "connected"
            self._peers[peer] = worker, snapshot.model_copy(update={"state": state})

    # ---- workers

    def attached(self, worker: int, peers: Sequence[PeerSnapshot], *, draining: bool = False) -> Change:
        """This worker is there, and has these peers and no others."""
        self._attached[worker] = draining
        self._unheard.discard(worker)
        self._forget_peers(worker)
        self._peers |= {each.peer: (worker, each) for each in peers}
        if not self._settled:
            return Change() if self._unheard else self.settle()
        change = Change()
        concerned = {each.room for each in peers} | self._on(worker)
        self._reconcile(concerned, change)
        for room in concerned | self._waiting:
            if self._rooms.get(room) in (worker, None):
                change.told[room] = self._peers_of(room)
        self._waiting.clear()
        self._rehome(change)
        return change

    def settle(self) -> Change:
        """Whoever has not attached by now is not waited for. Again it does nothing."""
        change = Change()
        if self._settled or not self._attached:
            return change
        self._settled = True
        found = {snapshot.room for _, snapshot in self._peers.values()}
        self._reconcile(found, change)
        for room in found | self._waiting:
            change.told[room] = self._peers_of(room)
        self._waiting.clear()
        self._rehome(change)
        return change

    def lost(self, worker: int) -> Change:
        """This worker is not there any more, or does not answer."""
        change = Change()
        if self._attached.pop(worker, None) is None:
            return change
        if not self._settled:
            self._forget_peers(worker)
        else:
            self._rehome(change)
        return change

    def drain(self, worker: int) -> Change:
        """This worker is to end: no new rooms for it, and its own go elsewhere if there is an elsewhere."""
        change = Change()
        if worker in self._attached:
            self._attached[worker] = True
            if self._settled:
                self._rehome(change)
        return change

    def _reconcile(self, rooms: Iterable[str], change: Change) -> None:
        """Have each room on one worker, see `_best_of`; other peers of it are closed."""
        for room in sorted(rooms):
            current = self._rooms.get(room)
            winner = self._best_of(room, current)
            if winner is None:
                continue
            self._rooms[room] = winner
            if current is not None and current != winner:
                self._note_move(Move(room, current, winner, self._why(current, winner)), change)
            self._close_elsewhere(room, winner, change)

    def _best_of(self, room: str, current: int | None) -> int | None:
        """Return which attached worker that has peers of the room is to have it all: one that does not drain
        before one that does, then the one with most peers that are not silent, then the one it is on.
        """
        every = Counter(worker for worker, snapshot in self._peers.values() if snapshot.room == room)
        live = Counter(
            worker
            for worker, snapshot in self._peers.values()
            if snapshot.room == room and snapshot.state in ("new", "connected")
        )
        there = {worker for worker in every if worker in self._attached}
        if there and current in self._attached:
            there.add(current)
        return max(
            there,
            key=lambda each: (not self._attached[each], live[each], each == current, every[each], -each),
            default=None,
        )

    def _why(self, current: int, winner: int) -> Reason:
        if current not in self._attached:
            return "lost"
        return "draining" if self._attached[current] and not self._attached[winner] else "conflict"

    def _rehome(self, change: Change) -> None:
        """Move the rooms of workers that are lost or drain, as far as there is a better one."""
        if not self._attached:
            return
        somewhere_to_stay = any(not draining for draining in self._attached.values())
        for room, worker in sorted(self._rooms.items()):
            if worker not in self._attached:
                reason: Reason = "lost"
            elif self._attached[worker] and somewhere_to_stay:
                reason = "draining"
            else:
                continue
            del self._rooms[room]
            target = self._rooms[room] = self._least_loaded()
            self._note_move(Move(room, worker, target, reason), change)
            self._close_elsewhere(room, target, change)
            change.told[room] = ()
            self._release(room)

    def _note_move(self, move: Move, change: Change) -> None:
        change.moves.append(move)
        change.cleared.add((move.source, move.room))

    def _close_elsewhere(self, room: str, worker: int, change: Change) -> None:
        for peer, (holder, snapshot) in list(self._peers.items()):
            if snapshot.room == room and holder != worker:
                del self._peers[peer]
                change.closed.append((holder, peer))
                change.cleared.add((holder, room))

    def _least_loaded(self) -> int:
        staying = [worker for worker, draining in self._attached.items() if not draining]
        return min(staying or self._attached, key=lambda each: (self.load_of(each), each))

    def _on(self, worker: int) -> set[str]:
        return {room for room, each in self._rooms.items() if each == worker}

    def _peers_of(self, room: str) -> tuple[PeerSnapshot, ...]:
        return tuple(snapshot for _, snapshot in self._peers.values() if snapshot.room == room)

    def _forget_peers(self, worker: int) -> None:
        self._peers = {peer: each for peer, each in self._peers.items() if each[0] != worker}

    def _release(self, room: str) -> None:
        """Forget where a room is that has neither peers nor routes."""
        if room not in self._routed and not self._peers_of(room):
            self._rooms.pop(room, None)
