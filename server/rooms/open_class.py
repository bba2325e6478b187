"""One class as it runs: its room, the sockets of who is connected to it, and its media."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from server.errors import Refused
from server.ids import Clock
from server.media.spec import PeerView
from server.rooms.audience import Audience
from server.rooms.chat import is_said_here
from server.rooms.class_media import ClassMedia
from server.rooms.commands import Join
from server.rooms.events import Admitted, Event, Returned
from server.rooms.live_room import LiveRoom
from server.rooms.media_orders import MediaLink, MediaOrders
from server.rooms.policy import LARGE_TILES
from server.rooms.presence import ANY_DEVICE, Attendance, Connection, Device, Presence
from server.rooms.refusals import other_device
from server.rooms.scribe import Scribe
from server.rooms.state import Place
from server.rooms.timers import Later, Timers
from server.rooms.unattended import EndUnattended, ends_by_itself_at
from server.storage.database import Database

Kept = Literal["kept", "needed"]
GRACE_S = 10.0
"""How long people who were in class before the web process restarted may take to come back."""
LOOKED_FOR_STAFF_S = 60.0
"""How often it is looked whether a class has been without staff for too long."""
RECHECK_S = 1.0
"""After a rebuild, when to look again whether anybody was lost whose loss could not be stored."""


LARGE_LINES = 360
"""A picture that is shown higher than this is looked at: it gets the upper layer, on a wall of any size."""


def shown_large(view: PeerView) -> frozenset[str]:
    """Return the slots that are shown large; none where all of a wall are, on a screen of many pixels."""
    large = frozenset(each.slot for each in view.slots if each.height > LARGE_LINES)
    return large if len(large) <= LARGE_TILES and not view.sound_only else frozenset()


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
        chat_changed: Callable[[OpenClass, tuple[Event, ...]], None],
        over: Callable[[OpenClass], None],
    ) -> None:
        self.class_id = class_id
        self._somebody_connected = somebody_connected
        self._chat_changed = chat_changed
        self._over = over
        self.room = LiveRoom(database, class_id, self, clock, new_id, scribe)
        self.presence = Presence()
        self._audience = audience
        self._timers = Timers(later)
        self.media = ClassMedia(
            class_id,
            room=self.room,
            presence=self.presence,
            media=media,
            orders=orders,
            timers=self._timers,
            new_id=new_id,
            slots_changed=lambda person_ids: audience.slots_changed(self, person_ids),
            line_changed=lambda person_id: audience.line_changed(self, person_id),
            layers_changed=lambda person_id: audience.layers_changed(self, person_id),
        )

    async def open(self) -> None:
        """Read the class; people who were in it get `GRACE_S` to be connected again."""
        await self.room.open()
        self._timers.start(GRACE_S, self.media.look_again)
        self._timers.start(LOOKED_FOR_STAFF_S, self._look_for_staff)

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
            self.media.note_loss(attendance)
            raise Refused("not_connected", "The connection was lost. Please try again.")
        if attendance.connection is not older:  # another device was quicker
            self._check_device(attendance, connection, peer, device)
        known_device = attendance.device
        older, attendance.connection, attendance.device = attendance.connection, connection, device.key
        if older is not None and older is not connection:
            older.replaced()
        if device.key != known_device:
            self._choose(attendance, sound_only=False)
        self._knock(attendance, connection, False)
        kept = peer is not None and self.media.keep(attendance, peer)
        if not kept:
            self.media.close_peer(attendance)
        self.media.refresh()
        if kept:
            self._audience.layers_changed(self, connection.person_id)
        self._somebody_connected()
        return "kept" if kept else "needed"

    def disconnected(self, connection: Connection) -> None:
        """The socket is gone."""
        attendance = self.presence.of(connection.person_id)
        self._knock(attendance, connection, False)
        if attendance.connection is connection:
            attendance.connection = None
            self.media.note_loss(attendance)

    # ---- what a page shows

    async def show(self, person_id: str, view: PeerView) -> None:
        """Have the worker send what somebody's page shows, and staff know whether pictures are wanted."""
        await self.media.show(view)
        attendance, large = self.presence.of(person_id), shown_large(view)
        if attendance.peer == view.peer and attendance.large != large:
            attendance.large = large
            self.media.refresh()
        self._choose(self.presence.of(person_id), sound_only=view.sound_only)

    def _choose(self, attendance: Attendance, *, sound_only: bool) -> None:
        if attendance.sound_only != sound_only:
            attendance.sound_only = sound_only
            self._audience.chose_sound_only(self, attendance.person_id)

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

    # ---- the room's listener

    def changed(self, events: Sequence[Event]) -> None:
        """Tell the people, then bring the media up to it."""
        self._audience.changed(self, events)
        self.media.refresh()
        if of_chat := tuple(event for event in events if is_said_here(event)):
            self._chat_changed(self, of_chat)
        if self.is_over:
            self._over(self)
        for event in events:
            if isinstance(event, Admitted) or (isinstance(event, Returned) and event.actor is None):
                self.media.note_silence(event.person_id)

    def rebuilt(self) -> None:
        """Tell the people everything, and look again for what could not be stored."""
        if self.room.state.cancelled_at is not None:
            self._audience.called_off(self)
        else:
            self._audience.rebuilt(self)
        self.media.refresh()
        self._timers.start(RECHECK_S, self.media.look_again)

    def _look_for_staff(self) -> None:
        """Have the room end itself when no staff have been there for long. Due moments are of what is stored:
        they hold across a restart of the process.
        """
        state = self.room.state
        if state.ended_at is None and ends_by_itself_at(state) is not None:
            self.room.submit(EndUnattended())
        if state.ended_at is None:
            self._timers.start(LOOKED_FOR_STAFF_S, self._look_for_staff)

    def _place(self, attendance: Attendance) -> Place | None:
        return self.room.state.place_of(attendance.person_id)
