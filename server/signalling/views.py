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
from server.rooms.policy import presenter
from server.rooms.state import Place, RoomState
from server.signalling import schemas
from server.timetable.courses import ClassDetails, Enrolled

LATEST_MESSAGES = 200
"""So much of the course's chat is sent on joining."""
_INSIDE = frozenset({Place.IN_CLASS, Place.DROPPED})
_PRESENT = _INSIDE | {Place.WAITING}


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
            return person.place in _PRESENT
        return person.place in _INSIDE and (self.is_inside or person.is_staff)

    def may_see_help(self, call: s.HelpCall) -> bool:
        """Calls for help are for staff in class, and the caller's own for the caller."""
        return call.person_id == self.person_id or (self.is_staff and self.is_inside)

    def may_see_line(self, person_id: str) -> bool:
        """How a line is, is for the person whose it is, and for staff in class."""
        if person_id == self.person_id:
            return True
        return self.is_staff and self.is_inside and self.may_see(person_id)

    def whole(self, slots: Mapping[str, str], now: datetime) -> schemas.ClassView:
        """Return everything this person may see."""
        state, details = self.state, self.details
        inside = self.is_inside
        return schemas.ClassView(
            class_id=details.id,
            title=details.title,
            number=details.number,
            of=details.of,
            starts_at=details.starts_at,
            ends_at=details.ends_at,
            server_time=now,
            service_name=details.service_name,
            service_phone=details.service_phone,
            ended=state.ended_at is not None,
            here=self.here().here,
            seats=sum(1 for each in details.people if each.role is Role.PATIENT),
            presenter=self.here().presenter,
            me=self.me(),
            people=tuple(self.person(person_id) for person_id in state.people if self.may_see(person_id)),
            questions=tuple(self.question(each) for each in state.questions) if inside else (),
            chat=tuple(self.message(each) for each in list(state.chat)[-LATEST_MESSAGES:]) if inside else (),
            help=tuple(self.help(each.id) for each in state.help.values() if self.may_see_help(each)),
            slots=dict(slots) if inside else {},
            lines=tuple(self.line(each) for each in self.lines if self.may_see_line(each)),
        )

    def me(self) -> schemas.MeView:
        """Return the viewer's own state."""
        enrolled, person = self._enrolled(self.person_id), self.state.people.get(self.person_id)
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
        )

    def person(self, person_id: str) -> schemas.PersonView:
        """Return somebody else; only after `may_see`."""
        person, enrolled = self.state.people[person_id], self._enrolled(person_id)
        for_staff = enrolled is not None and self.is_staff
        return schemas.PersonView(
            id=person_id,
            role=person.role.value,
            name=self._name(person_id),
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
        )

    def question(self, question_id: str) -> schemas.QuestionView:
        """Return a question as the viewer sees it."""
        question = self.state.questions[question_id]
        answerer = question.answered_by
        return schemas.QuestionView(
            id=question.id,
            asker=question.asker_id,
            asker_name=self._name(question.asker_id),
            mine=question.asker_id == self.person_id,
            text=question.text,
            state=question.state.value,
            asked_at=question.asked_at,
            votes=len(question.voters),
            voted=self.person_id in question.voters,
            answer=question.answer,
            answered_by_name=self._name(answerer) if answerer else None,
            answered_by_role=self._role(answerer) if answerer else None,
        )

    def message(self, message_id: str) -> schemas.MessageView:
        """Return a chat message as the viewer sees it."""
        message = self.state.chat[message_id]
        return schemas.MessageView(
            id=message.id,
            author=message.author_id,
            author_name=self._name(message.author_id),
            author_role=self._role(message.author_id),
            mine=message.author_id == self.person_id,
            text=message.text,
            posted_at=message.posted_at,
        )

    def help(self, help_id: str) -> schemas.HelpView:
        """Return a call for help; only after `may_see_help`."""
        call = self.state.help[help_id]
        enrolled = self._enrolled(call.person_id)
        return schemas.HelpView(
            id=call.id,
            person=call.person_id,
            name=self._name(call.person_id),
            phone=enrolled.phone if enrolled and self.is_staff else None,
            kind=call.kind.value,
            called_at=call.called_at,
            settled_at=call.settled_at,
        )

    def line(self, person_id: str) -> schemas.LineView:
        """Return how somebody's connection is; only after `may_see_line`."""
        line = self.lines.get(person_id, GOOD)
        levels: dict[int, schemas.LineLevel] = {0: "good", 1: "fair", 2: "poor"}
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
            presenter=presenter(people, self.state.lead_id),
        )

    def _enrolled(self, person_id: str) -> Enrolled | None:
        return self.details.person(person_id)

    def _name(self, person_id: str) -> str:
        """The shown name; someone who has been taken off the course list has none any more."""
        enrolled = self._enrolled(person_id)
        return enrolled.shown_name if enrolled else "Someone who has left the course"

    def _role(self, person_id: str) -> schemas.Role:
        member = self.state.members.get(person_id)
        return member.role.value if member else Role.PATIENT.value
