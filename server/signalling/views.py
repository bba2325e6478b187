"""What each person may see of a class. Pure: the room's state and the course's details become views.

Patients see first or chosen names, no telephone numbers but their own, and nobody who waits. Who waits sees
staff only, and neither questions nor chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.people.roles import Role
from server.rooms import state as s
from server.rooms.lines import GOOD, Judgement
from server.rooms.losses import is_accounted_for
from server.rooms.policy import presenter
from server.rooms.pulses import latest_pulse
from server.rooms.signs import place_of_hand
from server.rooms.state import Place, RoomState
from server.signalling import (
    kinds,
    schemas,
    schemas_chat,
    schemas_class,
    schemas_floor,
    schemas_help,
    schemas_questions,
)
from server.signalling.schemas_cards import CardView
from server.signalling.schemas_pulse import PulseView
from server.signalling.views_chat import chat_state_view, may_see_message, message_view
from server.signalling.views_floor import floor_view
from server.signalling.views_help import help_view, unaccounted_views
from server.signalling.views_questions import may_see_question, question_view
from server.signalling.views_signs import card_view, may_see_card, pulse_view, ready_card_views, signal_view
from server.timetable.check_in_rules import State
from server.timetable.courses import ClassDetails, Enrolled
from server.timetable.identity import identity_question

_INSIDE = frozenset({Place.IN_CLASS, Place.DROPPED})
_PRESENT = _INSIDE | {Place.WAITING}
_CHECK_IN_STATES: Mapping[State, kinds.CheckInState] = {
    State.OPEN: "not_yet",
    State.READY: "ready",
    State.HELD: "held",
    State.RED_FLAG: "red_flag",
    State.ALLOWED: "allowed",
    State.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A class as one person may see it."""

    state: RoomState
    details: ClassDetails
    person_id: str
    knocking: frozenset[str] = frozenset()
    """Who is in class and asks to come in on another device: for staff."""
    lines: Mapping[str, Judgement] = field(default_factory=dict)
    """The lines that are not good, by person id: everyone's own, and for staff in class all."""
    sound_only: frozenset[str] = frozenset()
    """Who chose to get no pictures: for staff."""

    @property
    def is_staff(self) -> bool:
        """Physio or helper."""
        return self.state.members[self.person_id].role.is_staff

    @property
    def is_inside(self) -> bool:
        """In class, or dropped out of it; not waiting, not left."""
        return self.state.place_of(self.person_id) in _INSIDE

    def may_see(self, person_id: str) -> bool:
        """Whether this person is shown to the viewer."""
        person = self.state.people.get(person_id)
        if person is None or person_id == self.person_id:
            return False
        if self.is_inside and self.is_staff:
            return person.place in _PRESENT or person.removed
        return person.place in _INSIDE and (self.is_inside or person.is_staff)

    def may_see_help(self, call: s.HelpCall) -> bool:
        """Calls for help are for staff in class, and the caller's own for the caller."""
        return call.person_id == self.person_id or (self.is_staff and self.is_inside)

    def may_see_line(self, person_id: str) -> bool:
        """How a line is, is for the person whose it is, and for staff in class."""
        if person_id == self.person_id:
            return True
        return self.is_staff and self.is_inside and self.may_see(person_id)

    def whole(self, slots: Mapping[str, str], now: datetime) -> schemas_class.ClassView:
        """Return everything this person may see."""
        state, details = self.state, self.details
        inside, floor = self.is_inside, self.floor()
        chat = chat_state_view(self)
        return schemas_class.ClassView(
            class_id=details.id,
            title=details.title,
            number=details.number,
            of=details.of,
            starts_at=details.starts_at,
            ends_at=floor.ends_at,
            server_time=now,
            service_name=details.service_name,
            service_phone=details.service_phone,
            questions_held=state.questions_held,
            ended=state.ended_at is not None,
            ended_unattended=state.ended_unattended,
            here=self.here().here,
            seats=sum(1 for each in details.people if each.role is Role.PATIENT),
            presenter=floor.presenter,
            me=self.me(),
            people=tuple(self.person(person_id) for person_id in state.people if self.may_see(person_id)),
            questions=tuple(self.question(each) for each in state.questions if may_see_question(self, each)),
            chat=tuple(
                message_view(self, each) for each in state.chat.values() if may_see_message(self, each)
            ),
            chat_more=inside and state.channel.more,
            chat_paused=chat.paused,
            chat_seen=chat.seen,
            chat_held=chat.held if inside else (),
            help=tuple(self.help(each.id) for each in state.help.values() if self.may_see_help(each)),
            unaccounted=self.unaccounted().people if self.may_see_unaccounted() else (),
            pulse=self.pulse(),
            cards=tuple(self.card(each.id) for each in state.cards.values() if self.may_see_card(each.id)),
            ready_cards=ready_card_views(details) if inside and self.is_staff else (),
            slots=dict(slots) if inside else {},
            lines=tuple(self.line(each) for each in self.lines if self.may_see_line(each)),
            check_ins=tuple(self.check_in(each) for each in self._checking_in()),
            locked=floor.locked,
            spotlight=floor.spotlight if inside else None,
            leader=floor.leader,
            undo=floor.undo if inside else None,
        )

    def me(self) -> schemas.MeView:
        """Return the viewer's own state."""
        enrolled, person = self._enrolled(self.person_id), self.state.people.get(self.person_id)
        beside = self.state.floor.aside_with(self.person_id)
        return schemas.MeView(
            id=self.person_id,
            role=self.state.members[self.person_id].role.value,
            name=enrolled.shown_name if enrolled else "",
            place=person.place.value if person else Place.LEFT.value,
            microphone_on=person is not None and person.microphone_on,
            camera_on=person is not None and person.camera_on,
            muted_by_staff=person is not None and person.muted_by_staff,
            seen_by_group=person is not None and person.seen_by_group,
            phone=enrolled.phone if enrolled else "",
            told=person.told if person else "",
            is_held=self.state.bar(self.person_id) is State.HELD,
            hand=place_of_hand(self.state, self.person_id),
            signal=signal_view(person),
            side_view=person.side_view.value if person and person.side_view else None,
            camera_stopped=person is not None and person.camera_stopped,
            aside=beside is not None,
            aside_with=beside,
        )

    def is_checked_in_with(self, person_id: str) -> bool:
        """Whether this check-in is the viewer's own, or of who sits in front of the same device."""
        own = self.state.before_class.get(self.person_id, s.NOT_YET)
        return self.person_id in self.state.people and person_id in (self.person_id, own.partner_id)

    def may_see_check_in(self, person_id: str) -> bool:
        """Check-ins are for staff in class."""
        return self.is_staff and self.is_inside and person_id in self._checking_in()

    def check_in(self, person_id: str) -> schemas.CheckInView:
        """Return how far a patient's check-in is; only after `may_see_check_in`."""
        before, enrolled = self.state.before_class.get(person_id, s.NOT_YET), self._enrolled(person_id)
        full_name = enrolled.full_name if enrolled else self.name(person_id)
        phone = before.phone or (enrolled.phone if enrolled else "")
        return schemas.CheckInView(
            person=person_id,
            name=self.name(person_id),
            full_name=full_name,
            state=_CHECK_IN_STATES[before.state],
            together_with=before.partner_id,
            ask=identity_question(full_name, before.date_of_birth, phone),
            phone=phone,
            place=before.place,
            with_whom=before.with_whom,
            emergency_name=before.emergency_name,
            emergency_phone=before.emergency_phone,
        )

    def turned_away(self, text: str) -> schemas.TurnedAwayView:
        """Return what somebody is told whom staff did not let in."""
        return schemas.TurnedAwayView(words=text, phone=self.details.service_phone)

    def person(self, person_id: str) -> schemas.PersonView:
        """Return somebody else; only after `may_see`."""
        person, enrolled = self.state.people[person_id], self._enrolled(person_id)
        for_staff = enrolled is not None and self.is_staff
        beside = self.state.floor.aside_with(person_id)
        return schemas.PersonView(
            id=person_id,
            role=person.role.value,
            name=self.name(person_id),
            full_name=enrolled.full_name if enrolled and for_staff else None,
            phone=enrolled.phone if enrolled and for_staff and not person.is_staff else None,
            seat=person.seat,
            place=person.place.value,
            place_since=person.place_since,
            microphone_on=person.microphone_on,
            camera_on=person.camera_on,
            muted_by_staff=person.muted_by_staff,
            seen_by_group=person.seen_by_group,
            other_device=for_staff and person_id in self.knocking,
            side_view=person.side_view.value if person.side_view else None,
            camera_stopped=for_staff and person.camera_stopped,
            # Classmates learn why the stage is empty, and not with whom staff talk.
            aside=beside is not None and (for_staff or person.is_staff),
            aside_with=beside if for_staff else None,
            removed=for_staff and person.removed,
            sound_only=for_staff and person_id in self.sound_only,
            hand=place_of_hand(self.state, person_id),
            signal=signal_view(person),
            drop_settled=for_staff
            and person.place is Place.DROPPED
            and is_accounted_for(self.state, person_id),
        )

    def question(self, question_id: str) -> schemas_questions.QuestionView:
        """Return a question as the viewer sees it; only after `may_see_question`."""
        return question_view(self, question_id)

    def message(self, message_id: str) -> schemas_chat.MessageView:
        """Return a chat message as the viewer sees it; only after `may_see_message`."""
        return message_view(self, self.state.chat.get(message_id) or self.state.recalled[message_id])

    def help(self, help_id: str) -> schemas_help.HelpView:
        """Return a call for help; only after `may_see_help`."""
        call = self.state.help[help_id]
        return help_view(self.state, self.details, call, for_staff=self.is_staff)

    def pulse(self) -> PulseView | None:
        """Return what staff last asked everyone; None for who is not in class, and until they ask."""
        pulse = latest_pulse(self.state) if self.is_inside else None
        return pulse_view(self.state, pulse, self.person_id) if pulse is not None else None

    def may_see_card(self, card_id: str) -> bool:
        """Staff in class see all cards, a patient in class those for her and for everyone."""
        return self.is_inside and may_see_card(self.state, self.state.cards[card_id], self.person_id)

    def card(self, card_id: str) -> CardView:
        """Return a card; only after `may_see_card`."""
        return card_view(self.details, self.state.cards[card_id])

    def may_see_unaccounted(self) -> bool:
        """Who is lost, and of whom nobody has said what became of them, is for staff in class."""
        return self.is_staff and self.is_inside

    def unaccounted(self) -> schemas_help.UnaccountedPeopleView:
        """Return them; only after `may_see_unaccounted`."""
        return schemas_help.UnaccountedPeopleView(people=unaccounted_views(self.state, self.details))

    def line(self, person_id: str) -> schemas.LineView:
        """Return how somebody's connection is; only after `may_see_line`."""
        line = self.lines.get(person_id, GOOD)
        levels: dict[int, kinds.LineLevel] = {0: "good", 1: "fair", 2: "poor"}
        return schemas.LineView(
            id=person_id,
            level=levels[line.level],
            reason=line.reason.value if line.reason else None,
            sound_only=line.sound_only,
        )

    def here(self) -> schemas.HereView:
        """Return how many people are here, and who presents."""
        people = self.state.people.values()
        return schemas.HereView(
            here=sum(1 for each in people if each.place in (Place.WAITING, Place.IN_CLASS)),
            presenter=presenter(people, self.state.lead_id, self.state.floor),
        )

    def floor(self) -> schemas_floor.FloorView:
        """Return how the class is led now."""
        return floor_view(self.state, self.details, is_staff=self.is_staff)

    def _checking_in(self) -> tuple[str, ...]:
        """The patients of the course where they check in, for staff in class."""
        if not (self.state.has_check_in and self.is_staff and self.is_inside):
            return ()
        return tuple(each.person_id for each in self.state.members.values() if not each.role.is_staff)

    def _enrolled(self, person_id: str) -> Enrolled | None:
        return self.details.person(person_id)

    def name(self, person_id: str) -> str:
        """Return the shown name; someone who has been taken off the course list has none any more."""
        enrolled = self._enrolled(person_id)
        return enrolled.shown_name if enrolled else "Someone who has left the course"

    def role(self, person_id: str) -> kinds.Role:
        """Return the role; a patient's for someone who has been taken off the list."""
        member = self.state.members.get(person_id)
        return member.role.value if member else Role.PATIENT.value
