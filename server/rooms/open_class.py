"""One class as it runs: its room, who is connected to it, and what the media worker forwards in it.

Turns what happens to sockets and peers into commands of the system, and each change of the room or of the
peers into routes for the worker and slots for the people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from server.errors import Refused
from server.ids import Clock
from server.media.client import MediaUnavailable
from server.media.spec import (
    IceCredentials,
    LineNotice,
    NeedsNotice,
    PeerNotice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    VoicesNotice,
    WorkerHello,
)
from server.rooms.audience import Audience
from server.rooms.commands import PRESENT, ComeBack, Join, Lost
from server.rooms.events import Admitted, Event, Returned
from server.rooms.forwarding import Forwarding
from server.rooms.live_room import LiveRoom
from server.rooms.media_orders import MediaLink, MediaOrders
from server.rooms.presence import ANY_DEVICE, Attendance, Connection, Device, Media, Presence, person_of
from server.rooms.refusals import media_unavailable, other_device
from server.rooms.scribe import Scribe
from server.rooms.state import Place
from server.rooms.timers import Later, Timers
from server.storage.database import Database

Kept = Literal["kept", "needed"]
GRACE_S = 10.0
"""How long people who were in class before the web process restarted may take to come back."""
UNCLAIMED_S = 30.0
"""How long a peer that the worker has, and nobody has claimed by joining, is kept."""
RECHECK_S = 1.0
"""After a rebuild, when to look again whether anybody was lost whose loss could not be stored."""


class OpenClass:
    """A class that is open in this process."""

    def __init__(
        self,
        class_id: str,
        *,
        database: Database,
        media: MediaLink,
        orders: MediaOrders,
        audience: Audience,
        later: Later,
        clock: Clock,
        new_id: Callable[[], str],
        scribe: Scribe,
        somebody_connected: Callable[[], None],
    ) -> None:
        self.class_id = class_id
        self._somebody_connected = somebody_connected
        self.room = LiveRoom(database, class_id, self, clock, new_id, scribe)
        self.presence = Presence()
        self._media = media
        self._orders = orders
        self._audience = audience
        self._timers = Timers(later)
        self._new_id = new_id
        self._forwarding = Forwarding(class_id, media, orders)

    async def open(self) -> None:
        """Read the class; people who were in it get `GRACE_S` to be connected again."""
        await self.room.open()
        self._timers.start(GRACE_S, self._look_again)

    async def close(self) -> None:
        """Finish what was begun. The worker goes on forwarding."""
        self._timers.close()
        await self.room.close()

    @property
    def is_over(self) -> bool:
        """The class has ended and nobody looks at it any more."""
        return self.room.state.ended_at is not None and not self.presence.connections()

    def here(self) -> dict[str, Place]:
        """Return who is connected now, and where."""
        places = ((each, self._place(each)) for each in self.presence)
        there = ((each, place) for each, place in places if place in (Place.WAITING, Place.IN_CLASS))
        return {each.person_id: place for each, place in there if place and not each.is_lost(place)}

    def slots_for(self, person_id: str) -> dict[str, str]:
        """Return who is in this person's slots, by slot name."""
        return self._forwarding.slots_for(person_id)

    # ---- sockets

    async def join(self, connection: Connection, peer: str | None, device: Device = ANY_DEVICE) -> Kept:
        """Bring somebody in by this socket; it replaces an older one. Who is in class on another device, and
        did not say that she wants this one instead, is refused, and staff see her knock.

        `peer` is what the client says its media still run on. Returns whether they go on.
        """
        attendance = self.presence.of(connection.person_id)
        self._check_device(attendance, connection, peer, device)
        older = attendance.connection
        await self.room.do(Join(), connection.person_id)
        if not connection.is_open:
            self._note_loss(attendance)
            raise Refused("not_connected", "The connection was lost. Please try again.")
        if attendance.connection is not older:  # another device was quicker
            self._check_device(attendance, connection, peer, device)
        older, attendance.connection, attendance.device = attendance.connection, connection, device.key
        if older is not None and older is not connection:
            older.replaced()
        self._knock(attendance, connection, False)
        kept = peer is not None and self._keep(attendance, peer)
        if not kept:
            self._close_peer(attendance)
        self.refresh()
        self._somebody_connected()
        return "kept" if kept else "needed"

    def disconnected(self, connection: Connection) -> None:
        """The socket is gone."""
        attendance = self.presence.of(connection.person_id)
        self._knock(attendance, connection, False)
        if attendance.connection is connection:
            attendance.connection = None
            self._note_loss(attendance)

    def _check_device(
        self, attendance: Attendance, connection: Connection, peer: str | None, device: Device
    ) -> None:
        """Refuse a second device while the first is in class by a socket that is there."""
        there = self._place(attendance) in (Place.WAITING, Place.IN_CLASS)
        if device.take_over or not there or not attendance.is_on_another(connection, peer, device.key):
            return
        self._knock(attendance, connection, True)
        raise other_device()

    def _knock(self, attendance: Attendance, connection: Connection, knocks: bool) -> None:
        if attendance.knock(connection, knocks):
            self._audience.knocks(self, attendance.person_id)

    # ---- media

    def new_peer(self, person_id: str) -> str:
        """Return a name for a new peer of this person, from which it can be told whose it is."""
        return f"{person_id}.{self._new_id()}"

    async def open_media(self, connection: Connection, spec: PeerSpec) -> None:
        """Open the negotiated peer; it takes the place of the person's older one."""
        try:
            await self._media.open_peer(spec)
        except MediaUnavailable:
            raise media_unavailable() from None
        attendance = self.presence.of(connection.person_id)
        if attendance.connection is not connection:
            self._orders.close_peer(spec.peer)
            raise Refused("not_connected", "The connection was lost. Please try again.")
        self._close_peer(attendance)
        attendance.peer, attendance.media = spec.peer, Media.OPENING
        self.refresh()

    async def show(self, view: PeerView) -> None:
        """This is what somebody's page shows now."""
        try:
            await self._media.set_view(view)
        except MediaUnavailable:
            raise media_unavailable() from None

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Go on with somebody's media under fresh credentials."""
        try:
            await self._media.restart_ice(peer, ours, remote)
        except MediaUnavailable:
            raise media_unavailable() from None

    def plays(self, person_id: str, *, over_s: float, frozen_s: float, concealed_s: float) -> None:
        """Somebody's browser says how the last seconds have played."""

    def worker_attached(self, hello: WorkerHello) -> None:
        """Reconcile with a worker: it, or we, may have been restarted."""
        theirs = {each.peer: each for each in hello.peers if each.room == self.class_id}
        for attendance in self.presence:
            if attendance.peer is not None and attendance.peer not in theirs:
                attendance.forget_media()
        for snapshot in theirs.values():
            self._adopt(snapshot)
        for attendance in self.presence:
            if attendance.peer is None and attendance.connection is not None and self._present(attendance):
                attendance.connection.restart_media()
            self._note_loss(attendance)
        self._forwarding.forget()
        self.refresh()

    def noticed(self, notice: PeerNotice | NeedsNotice | VoicesNotice | LineNotice) -> None:
        """The worker tells of a peer."""
        attendance = self.presence.by_peer(notice.peer)
        if attendance is not None and isinstance(notice, PeerNotice):
            self._life(attendance, notice)

    def _life(self, attendance: Attendance, notice: PeerNotice) -> None:
        if notice.what in ("connected", "back"):
            self._flows(attendance)
            return
        if notice.what == "silent":
            attendance.media = Media.SILENT
        else:
            attendance.forget_media()
            self.refresh()
        if notice.what == "closed" and self._place(attendance) is Place.IN_CLASS:
            self.room.submit(Lost(attendance.person_id))
        else:
            self._note_loss(attendance)
        if notice.what == "gone" and attendance.connection is not None and self._present(attendance):
            attendance.connection.restart_media()

    def refresh(self) -> None:
        """Bring the worker's routes and everyone's slots up to what the policy says now."""
        state = self.room.state
        for attendance in self.presence:
            if not self._present(attendance):
                self._close_peer(attendance)
        if differ := self._forwarding.update(state, self.presence.peers()):
            self._audience.slots_changed(self, differ)

    # ---- the room's listener

    def changed(self, events: Sequence[Event]) -> None:
        """Tell the people, then bring the media up to it."""
        self._audience.changed(self, events)
        self.refresh()
        for event in events:
            if isinstance(event, Admitted) or (isinstance(event, Returned) and event.actor is None):
                attendance = self.presence.of(event.person_id)
                if attendance.media is Media.SILENT:  # the notice of that came too early to count
                    self._note_loss(attendance)

    def rebuilt(self) -> None:
        """Tell the people everything, and look again for what could not be stored."""
        if self.room.state.cancelled_at is not None:
            self._audience.called_off(self)
        else:
            self._audience.rebuilt(self)
        self.refresh()
        self._timers.start(RECHECK_S, self._look_again)

    def _place(self, attendance: Attendance) -> Place | None:
        return self.room.state.place_of(attendance.person_id)

    def _present(self, attendance: Attendance) -> bool:
        return self._place(attendance) in PRESENT

    def _keep(self, attendance: Attendance, peer: str) -> bool:
        """Whether this person's media go on over `peer`. Without a worker to ask, they are believed to."""
        if attendance.peer == peer:
            return attendance.media is not Media.SILENT
        if self._media.hello is None and person_of(peer) == attendance.person_id:
            attendance.peer, attendance.media = peer, Media.FLOWING
            return True
        return False

    def _adopt(self, snapshot: PeerSnapshot) -> None:
        """Take in a peer that the worker has, until its person claims it or `UNCLAIMED_S` are over."""
        person_id = person_of(snapshot.peer)
        attendance = self.presence.of(person_id) if person_id in self.room.state.members else None
        if attendance is None or snapshot.state == "gone":
            self._orders.close_peer(snapshot.peer)
            return
        if attendance.peer is None and attendance.connection is None and self._present(attendance):
            attendance.peer = snapshot.peer
            self._timers.start(UNCLAIMED_S, lambda: self._close_unclaimed(attendance, snapshot.peer))
        if attendance.peer != snapshot.peer:
            self._orders.close_peer(snapshot.peer)
            return
        if snapshot.state == "connected":
            self._flows(attendance)
        else:
            attendance.media = Media.SILENT if snapshot.state == "silent" else Media.OPENING

    def _flows(self, attendance: Attendance) -> None:
        """The media flow: whoever had dropped out is back. Whether she had, the room knows in her turn: what
        stands in line before may drop her yet.
        """
        attendance.media = Media.FLOWING
        self.room.submit(ComeBack(attendance.person_id))

    def _close_unclaimed(self, attendance: Attendance, peer: str) -> None:
        if attendance.peer == peer and attendance.connection is None:
            self._close_peer(attendance)
            self.refresh()
            self._note_loss(attendance)

    def _close_peer(self, attendance: Attendance) -> None:
        if attendance.peer is not None:
            self._orders.close_peer(attendance.peer)
            attendance.forget_media()

    def _note_loss(self, attendance: Attendance) -> None:
        if attendance.is_lost(self._place(attendance)):
            self.room.submit(Lost(attendance.person_id))

    def _look_again(self) -> None:
        """Look who is lost and who is back, for what could not be stored or was not noticed."""
        for person_id in list(self.room.state.people):
            attendance = self.presence.of(person_id)
            self._note_loss(attendance)
            if attendance.media is Media.FLOWING:
                self._flows(attendance)
