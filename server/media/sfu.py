"""The whole forwarding unit, as the worker process hosts it: peers, routes, notices and the tick."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
import time
from collections.abc import Callable, Container, Sequence
from typing import Any, Literal

from server.errors import ProtocolError
from server.ids import new_id
from server.media.counts import Counts
from server.media.dtls import Certificate
from server.media.guard import Guard, end_the_process, outlive
from server.media.handshakes import Handshakes
from server.media.line_report import LineReports
from server.media.liveness import State
from server.media.mux import Mux
from server.media.outlet import Outlet
from server.media.peer import Peer
from server.media.probing import STEP_S
from server.media.producer import RANKS
from server.media.spec import (
    IceCredentials,
    NeedsNotice,
    Notice,
    PeerNotice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    Route,
    Source,
    VoiceChoice,
    WorkerHello,
)
from server.media.spec_check import check_spec
from server.media.taps import Listener, Tap
from server.media.voices import Voices, check_choices

TICK_S = 0.05
_NEEDS_TICKS = 2
MOST_PEERS_PER_ROOM = 256
"""Far more than a class has, with those who are about to be replaced: one client may not fill the worker."""

What = Literal["connected", "silent", "back", "closed", "gone"]


class Sfu:
    """Forwards what routes say, and nothing else.

    A room's routes are a wish: those that name peers or slots not (yet) here wait for them. `forwarding`
    says what is really done. `notify` is called from the event loop, must not block, and may throw. `died`
    is called should the ticking end all the same: whoever does not tick forwards nothing for long.
    """

    def __init__(
        self,
        notify: Callable[[Notice], None],
        *,
        host: str,
        port: int,
        announced: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        randbelow: Callable[[int], int] = secrets.randbelow,
        died: Callable[[], None] = end_the_process,
    ) -> None:
        self._notify, self._clock, self._randbelow, self._died = notify, clock, randbelow, died
        self.boot = new_id()
        self._certificate = Certificate()
        self._counts = Counts()
        self._guard = Guard(self._counts)
        self._outlet = Outlet(self._counts)
        self._mux = Mux(host, port, self._counts, self._outlet, clock, announced)
        self._handshakes = Handshakes()
        self._peers: dict[str, Peer] = {}
        self._wishes: dict[str, dict[tuple[str, str], Route]] = {}
        self._voices = Voices(self._say)
        self._lines = LineReports(self._say, self._counts)
        self._closing: set[asyncio.Task[None]] = set()
        self._ticking: asyncio.Task[None] | None = None
        self._ticks = 0

    async def start(self) -> None:
        """Bind the port (0: any), by UDP and TCP, and begin to tick. OSError where it is not to be had."""
        await self._mux.open()
        self._ticking = asyncio.create_task(self._tick_for_ever(), name="ticking")
        outlive(self._ticking, self._died)

    async def close(self) -> None:
        """Say goodbye to all peers and await the end of every task. Idempotent."""
        ticking, self._ticking = self._ticking, None
        if ticking is not None:
            ticking.cancel()
            await asyncio.wait([ticking])
        for peer in list(self._peers):
            await self.close_peer(peer)
        while self._closing:
            await asyncio.gather(*self._closing)
        self._mux.close()

    def hello(self) -> WorkerHello:
        """Who we are, where to reach us, and what we have: whoever asks has forgotten what we told."""
        for peer in self._peers.values():
            for producer in peer.producers.values():
                producer.needs.tell_again()
        return WorkerHello(
            boot=self.boot,
            fingerprint=self._certificate.fingerprint,
            addresses=self._mux.addresses(),
            tcp_addresses=self._mux.addresses(),
            peers=tuple(
                PeerSnapshot(room=peer.spec.room, peer=peer.spec.peer, state=peer.state.value)
                for peer in self._peers.values()
            ),
            routes={room: self.forwarding(room) for room in self._wishes},
        )

    def open_peer(self, spec: PeerSpec) -> None:
        """Expect a browser. Again with the same spec it does nothing; ProtocolError for what cannot be."""
        known = self._peers.get(spec.peer)
        if known is not None:
            if known.spec != spec:
                raise ProtocolError("peer_exists", "this peer is open, with another spec")
            return
        check_spec(spec)
        if self._mux.has_ufrag(spec.ufrag):
            raise ProtocolError("ufrag_exists", "this ufrag is another peer's")
        if sum(peer.spec.room == spec.room for peer in self._peers.values()) >= MOST_PEERS_PER_ROOM:
            self._counts.peers_refused += 1
            raise ProtocolError("room_full", f"{MOST_PEERS_PER_ROOM} peers are open in this room")
        self._peers[spec.peer] = Peer(
            spec, self._certificate, self._mux, self._outlet, self._counts, self._handshakes, self._clock,
            self._randbelow,
            on_up=lambda peer: self._tell(peer, "connected"),
            on_down=self._went_down,
        )  # fmt: skip
        self._apply(spec.room)

    async def close_peer(self, peer: str) -> None:
        """Stop forwarding to and from a peer at once, say goodbye to it and free its state. Idempotent."""
        found = self._peers.pop(peer, None)
        if found is not None:
            await found.close()

    def set_routes(self, room: str, routes: Sequence[Route], voices: Sequence[VoiceChoice] = ()) -> None:
        """Forward in `room` what these routes and choices of voices say and nothing else: the full table,
        each time.

        ProtocolError, and no change, if two of them would fill one slot.
        """
        check_choices(routes, voices)
        if routes or voices:
            self._wishes[room] = {(route.to_peer, route.slot): route for route in routes}
        else:
            self._wishes.pop(room, None)
        self._voices.choose(room, voices, self._clock())
        self._apply(room)

    def set_view(self, view: PeerView) -> None:
        """This is what a browser shows now. One that is not here is passed over."""
        peer = self._peers.get(view.peer)
        if peer is not None:
            peer.allocation.set_view(view, self._clock())

    def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Take fresh credentials for a peer; ProtocolError where there is none of that name."""
        found = self._peers.get(peer)
        if found is None:
            raise ProtocolError("unknown_peer", "no such peer is open")
        if self._mux.has_ufrag(ours.ufrag):
            raise ProtocolError("ufrag_exists", "this ufrag is in use")
        found.restart_ice(ours, remote)

    def tap(self, room: str, peer: str, source: Source, listener: Listener) -> Tap:
        """Give `listener` the packets of a source; ProtocolError where there is none (see `taps`)."""
        found = self._peers.get(peer)
        here = found if found is not None and found.spec.room == room else None
        return Tap(here, source, listener, self._counts, self._clock)

    def _apply(self, room: str, receivers: Container[str] | None = None) -> None:
        """Forward as is wished; to `receivers` only, where nothing changed for others."""
        now = self._clock()
        wishes = self._wishes.get(room, {})
        voices = self._voices.heard(room)
        here = [peer for peer in self._peers.values() if peer.spec.room == room]
        self._voices.listen(room, [(p.spec.peer, m) for p in here if (m := p.producers.get("microphone"))])
        steps: list[tuple[Any, Any, int, float | None, int]] = []
        for peer in here:
            if receivers is not None and peer.spec.peer not in receivers:
                continue
            for slot, consumer in peer.consumers.items():
                key = peer.spec.peer, slot
                wish, heard_since = voices.get(key) or (wishes.get(key), None)
                source = self._peers.get(wish.from_peer) if wish is not None else None
                producer = None
                if wish is not None and source is not None and source.spec.room == room:
                    producer = source.producers.get(wish.source)
                if producer is None or wish is None or producer.spec.kind != consumer.spec.kind:
                    consumer.stop()
                else:
                    steps.append((consumer, producer, RANKS[wish.layer], heard_since, wish.priority))
        for step in steps:  # all that must end has ended before anything begins
            consumer, producer, ceiling, heard_since, priority = step
            consumer.follow(producer, ceiling, now, heard_since, priority)
        for peer in here:
            if receivers is None or peer.spec.peer in receivers:
                self._guard.run("the allocation of a peer", peer.allocation.renew, now)

    def forwarding(self, room: str) -> tuple[Route, ...]:
        """What is really being forwarded in `room`, from the consumers themselves, with its real layer."""
        owners = {
            id(producer): (peer.spec.peer, source)
            for peer in self._peers.values()
            for source, producer in peer.producers.items()
        }
        found = []
        for peer in self._peers.values():
            if peer.spec.room != room:
                continue
            for slot, consumer in peer.consumers.items():
                if consumer.layer is None or consumer.producer is None:
                    continue
                from_peer, source = owners[id(consumer.producer)]
                rid = consumer.layer.rid
                layer: Any = rid if rid in RANKS else "h"
                found.append(
                    Route(to_peer=peer.spec.peer, slot=slot, from_peer=from_peer, source=source, layer=layer)
                )
        return tuple(found)

    def stats(self) -> dict[str, int]:
        """The counters of `counts.Counts`, and how many peers there are."""
        return dataclasses.asdict(self._counts) | {"peers": len(self._peers)}

    async def _tick_for_ever(self) -> None:
        loop, ticked_at = asyncio.get_running_loop(), 0.0
        while True:
            probing = [peer for peer in self._peers.values() if peer.allocation.is_probing]
            asking = [peer for peer in self._peers.values() if peer.is_asking]
            await asyncio.sleep(STEP_S if probing or asking else TICK_S)
            for peer in asking:
                self._guard.run("the repair of a peer", peer.repair, self._clock())
            for peer in probing:
                self._guard.run("a probe", peer.allocation.step, self._clock())
            if loop.time() - ticked_at >= TICK_S - 0.001:
                ticked_at = loop.time()
                self.tick()

    def tick(self) -> None:
        """Do what time makes due; every 50 ms."""
        now = self._clock()
        self._guard.run("the tick of the mux", self._mux.tick, now)
        for peer in list(self._peers.values()):
            notice = self._guard.run("the tick of a peer", peer.tick, now)
            if notice == "gone":
                self._free(peer, "gone")
            elif notice is not None:
                self._tell(peer, notice)
        changed = self._guard.run("the choice of voices", self._voices.tick, now) or {}
        for room, receivers in changed.items():
            self._guard.run("the forwarding of voices", self._apply, room, receivers)
        self._ticks += 1
        if self._ticks % _NEEDS_TICKS == 0:
            self._guard.run("the needs of cameras", self._tell_needs, now)
        self._guard.run("the reports of lines", self._lines.tick, self._peers.values(), now)

    def _tell_needs(self, now: float) -> None:
        for peer in self._peers.values():
            camera = peer.producers.get("camera")
            layers = camera.needs_news(now) if camera is not None else None
            if layers is not None:
                self._say(NeedsNotice(room=peer.spec.room, peer=peer.spec.peer, layers=layers))

    def _went_down(self, peer: Peer) -> None:
        """DTLS ended: after a goodbye the peer has closed; a failed handshake will never connect."""
        self._free(peer, "gone" if peer.state is State.NEW else "closed")

    def _free(self, peer: Peer, what: What) -> None:
        if self._peers.get(peer.spec.peer) is not peer:
            return
        del self._peers[peer.spec.peer]
        peer.detach()
        closing = asyncio.get_running_loop().create_task(peer.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self._tell(peer, what)

    def _tell(self, peer: Peer, what: What) -> None:
        self._say(PeerNotice(room=peer.spec.room, peer=peer.spec.peer, what=what))

    def _say(self, notice: Notice) -> None:
        self._guard.run("the listener for notices", self._notify, notice)
