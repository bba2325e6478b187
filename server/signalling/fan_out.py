"""Who is told what when something has become true: the room's audience.

`messages` is pure and says what one viewer is sent for a batch of events; `FanOut` hands it to the sockets,
which send each at their own pace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from server.ids import Clock
from server.rooms import chat, questions
from server.rooms import events as e
from server.rooms.floor import APPLY as FLOOR_EVENTS
from server.rooms.floor import PresenterSet
from server.rooms.losses import LossAccounted, may_change_losses
from server.rooms.open_class import OpenClass
from server.rooms.presence import Connection
from server.rooms.removing import BroughtBack, Removed
from server.rooms.seeing import AsideEnded, AsideTaken, CameraStopped, GroupChosen
from server.rooms.signs import HandSet
from server.rooms.state import Place
from server.signalling.connection import SocketConnection
from server.signalling.encoded import EncodedOnce
from server.signalling.fan_out_signs import people_whose_signs_change, pulse_and_cards
from server.signalling.kinds import View
from server.signalling.schemas import LayersView, PersonLeftView, SlotsView
from server.signalling.told_chat import of_chat, of_question
from server.signalling.views import Viewer

log = structlog.get_logger(__name__)

Sent = tuple[str, View]
_OF_THE_FLOOR = (*FLOOR_EVENTS, AsideTaken, AsideEnded)
_AT_ONE_STROKE = (e.CameIn, e.Admitted, e.Returned, e.HeldBack, e.WentOut)
"""When one of these happens to oneself, what one may see changes altogether."""


def messages(
    viewer: Viewer, events: Sequence[e.Event], slots: Mapping[str, str], now: datetime
) -> list[Sent]:
    """Return what this viewer is sent after `events`, each thing once, as it is after all of them."""
    turned = [
        ("turned_away", viewer.turned_away(event.text))
        for event in events
        if isinstance(event, e.TurnedAway | Removed) and event.person_id == viewer.person_id
    ]
    if any(_is_at_one_stroke(viewer, event) for event in events):
        return [("class", viewer.whole(slots, now)), *turned]
    sent: dict[tuple[str, str], Sent] = {}
    if viewer.is_inside and any(_moves_the_floor(viewer, event) for event in events):
        sent["floor", ""] = "floor", viewer.floor()
    for event in events:
        told = (*_of_event(viewer, event), *_of_losses(viewer, event), *_of_signs(viewer, event))
        for subject, message in told:
            sent[message[0], subject] = message
    return list(sent.values())


def _is_at_one_stroke(viewer: Viewer, event: e.Event) -> bool:
    if isinstance(event, e.ClassEnded):
        return True
    return isinstance(event, _AT_ONE_STROKE) and event.person_id == viewer.person_id


def _moves_the_floor(viewer: Viewer, event: e.Event) -> bool:
    """Whether it may be another who leads or presents, or anything else of how the class is led."""
    if isinstance(event, e.CameIn | e.Dropped | e.Returned | e.WentOut):
        return viewer.state.people[event.person_id].is_staff
    if isinstance(event, e.MutedByStaff | HandSet):
        return viewer.is_staff and viewer.state.floor.undo is not None
    return isinstance(event, _OF_THE_FLOOR)


def _of_event(viewer: Viewer, event: e.Event) -> Iterator[tuple[str, Sent]]:
    match event:
        case e.WentOut() | e.HeldBack():
            if viewer.may_see(event.person_id):
                yield from _of_person(viewer, event.person_id)
            elif _could_see(viewer, event):
                yield event.person_id, ("person_left", PersonLeftView(id=event.person_id))
            yield "", ("here", viewer.here())
        case e.CameIn() | e.Admitted() | e.Dropped() | e.Returned():
            yield from _of_person(viewer, event.person_id)
            yield from _of_line(viewer, event)
            yield "", ("here", viewer.here())
        case e.CheckInNoted() | e.Allowed() | e.TurnedAway():
            if viewer.may_see_check_in(event.person_id):
                yield event.person_id, ("check_in", viewer.check_in(event.person_id))
            if viewer.is_checked_in_with(event.person_id):
                yield viewer.person_id, ("me", viewer.me())
        case e.WaitingTold() if event.person_id == viewer.person_id:
            yield event.person_id, ("me", viewer.me())
        case AsideTaken() | AsideEnded():
            yield from _of_person(viewer, event.person_id)
            yield from _of_person(viewer, event.staff_id)
            yield "", ("here", viewer.here())
        case BroughtBack() if viewer.is_staff and viewer.is_inside:
            yield event.person_id, ("person_left", PersonLeftView(id=event.person_id))
        case PresenterSet():
            yield "", ("here", viewer.here())
        case e.MediaSet() | e.MutedByStaff() | GroupChosen() | CameraStopped():
            yield from _of_person(viewer, event.person_id)
        case _ if type(event) in questions.EVENTS:
            yield from of_question(viewer, event)
        case _ if type(event) in chat.EVENTS:
            yield from of_chat(viewer, event)
        case e.HelpCalled() | e.HelpSeen() | e.HelpSettled():
            if viewer.may_see_help(viewer.state.help[event.help_id]):
                yield event.help_id, ("help", viewer.help(event.help_id))


def _of_person(viewer: Viewer, person_id: str) -> Iterator[tuple[str, Sent]]:
    if person_id == viewer.person_id:
        yield person_id, ("me", viewer.me())
    elif viewer.may_see(person_id):
        yield person_id, ("person", viewer.person(person_id))


def _of_signs(viewer: Viewer, event: e.Event) -> Iterator[tuple[str, Sent]]:
    for person_id in people_whose_signs_change(viewer, event):
        yield from _of_person(viewer, person_id)
    yield from pulse_and_cards(viewer, event)


def _of_losses(viewer: Viewer, event: e.Event) -> Iterator[tuple[str, Sent]]:
    if may_change_losses(viewer.state, event) and viewer.may_see_unaccounted():
        yield "", ("unaccounted", viewer.unaccounted())
    if isinstance(event, LossAccounted) and viewer.is_staff and viewer.may_see(event.person_id):
        yield event.person_id, ("person", viewer.person(event.person_id))


def _of_line(viewer: Viewer, event: e.Event) -> Iterator[tuple[str, Sent]]:
    """Her line as it is now: what was told of it before she went out may stand no more."""
    if isinstance(event, e.CameIn) and viewer.may_see_line(event.person_id):
        yield event.person_id, ("line", viewer.line(event.person_id))


def _could_see(viewer: Viewer, event: e.WentOut | e.HeldBack) -> bool:
    """Whether the viewer was shown this person until now: who waits is shown to staff only."""
    if isinstance(event, e.WentOut) and event.was is Place.WAITING:
        return viewer.is_inside and viewer.is_staff
    return viewer.is_inside or viewer.state.people[event.person_id].is_staff


class FanOut:
    """Tells everyone who is connected to a class, each what they may see."""

    def __init__(self, clock: Clock, connected: Callable[[str], Iterable[SocketConnection]]) -> None:
        """`connected`: all sockets of a class, also those that have not joined."""
        self._clock = clock
        self._connected = connected

    def changed(self, open_class: OpenClass, events: Sequence[e.Event]) -> None:
        """Tell everyone what `events` mean for them."""
        now = self._clock()
        self._tell_each(
            open_class,
            lambda viewer: messages(viewer, events, open_class.media.slots_for(viewer.person_id), now),
        )

    def rebuilt(self, open_class: OpenClass) -> None:
        """Send everyone the whole class."""
        now = self._clock()
        self._tell_each(
            open_class,
            lambda viewer: [("class", viewer.whole(open_class.media.slots_for(viewer.person_id), now))],
        )

    def called_off(self, open_class: OpenClass) -> None:
        """Hang up on everyone, also who has not joined yet: their clients connect again, and the door tells
        them why they are not let in.
        """
        for connection in self._connected(open_class.class_id):
            connection.hang_up()

    def slots_changed(self, open_class: OpenClass, person_ids: Sequence[str]) -> None:
        """Tell these persons who is in their slots now."""

        def slots(viewer: Viewer) -> list[Sent]:
            if viewer.person_id not in person_ids:
                return []
            return [("slots", SlotsView(slots=open_class.media.slots_for(viewer.person_id)))]

        self._tell_each(open_class, slots)

    def line_changed(self, open_class: OpenClass, person_id: str) -> None:
        """Tell the person herself, and staff, how her connection is now."""

        def line(viewer: Viewer) -> list[Sent]:
            return [("line", viewer.line(person_id))] if viewer.may_see_line(person_id) else []

        self._tell_each(open_class, line)

    def layers_changed(self, open_class: OpenClass, person_id: str) -> None:
        """Tell the person whose camera it is which layers of it anybody takes."""
        peer = open_class.presence.of(person_id).peer
        if peer is None:
            return
        layers = LayersView(peer=peer, camera=open_class.media.lines.layers_for(person_id))

        def camera(viewer: Viewer) -> list[Sent]:
            return [("layers", layers)] if viewer.person_id == person_id else []

        self._tell_each(open_class, camera)

    def knocks(self, open_class: OpenClass, person_id: str) -> None:
        """Tell staff that this person asks, or does not ask any more, to come in on another device."""
        self._tell_staff_of(open_class, person_id)

    def chose_sound_only(self, open_class: OpenClass, person_id: str) -> None:
        """Tell staff whether this person wants pictures."""
        self._tell_staff_of(open_class, person_id)

    def _tell_staff_of(self, open_class: OpenClass, person_id: str) -> None:
        def person(viewer: Viewer) -> list[Sent]:
            if not viewer.is_staff or not viewer.may_see(person_id):
                return []
            return [("person", viewer.person(person_id))]

        self._tell_each(open_class, person)

    def _tell_each(self, open_class: OpenClass, what: Callable[[Viewer], list[Sent]]) -> None:
        """Tell everyone `what` they are to be told. One who cannot be told costs nobody else anything: she is
        hung up on, and gets the whole class when she comes again; as is who was taken off the course list,
        and is refused then.
        """
        see, once = viewers_of(open_class), EncodedOnce()
        for connection in open_class.presence.connections():
            assert isinstance(connection, SocketConnection), "signalling makes all connections"
            if connection.person_id not in open_class.room.state.members:
                connection.hang_up()
                continue
            try:
                sent = what(see(connection))
            except Exception:
                log.exception("a viewer could not be told", class_id=open_class.class_id)
                connection.hang_up()
                continue
            for event, view in sent:
                connection.tell_encoded(once.of(event, view))


def viewer_of(open_class: OpenClass, connection: Connection) -> Viewer:
    """Return the class as the person at this socket may see it."""
    return viewers_of(open_class)(connection)


def viewers_of(open_class: OpenClass) -> Callable[[Connection], Viewer]:
    """Return how to see the class, as it is now, as the person at a socket may."""
    state, details = open_class.room.state, open_class.room.details
    knocking, sound_only = open_class.presence.knocking(), open_class.presence.sound_only()
    lines = open_class.media.lines.not_good()
    return lambda connection: Viewer(state, details, connection.person_id, knocking, lines, sound_only)
