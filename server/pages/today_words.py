"""The words of Today and of the waiting room: what staff read of each patient. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.people.device_checks import CheckedDevice
from server.people.staff import Action, StaffMember
from server.rooms.state import Place
from server.timetable.check_in_rules import CLEARED, Comes, Stage, State
from server.timetable.doors import Doors, doors, doors_open_at
from server.timetable.identity import identity_question
from server.timetable.spoken import clock_time, duration, full_date, weekday_near
from server.timetable.symptoms import in_words, symptoms_of
from server.timetable.today import ComingPatient, OwnClass

STATE_WORDS: Mapping[State, str] = {
    State.OPEN: "Not yet",
    State.READY: "Done",
    State.HELD: "Held: new symptoms",
    State.RED_FLAG: "Red flag: told to get help",
    State.ALLOWED: "Physio: may take part",
    State.REFUSED: "Not today",
}
STATE_COLOURS: Mapping[State, str] = {
    State.OPEN: "grey",
    State.READY: "green",
    State.HELD: "red",
    State.RED_FLAG: "red",
    State.ALLOWED: "green",
    State.REFUSED: "grey",
}
_ORDER = (State.RED_FLAG, State.HELD, State.OPEN, State.READY, State.ALLOWED, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a colour; the word says it all."""

    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class PatientRow:
    """A patient on Today."""

    person_id: str
    name: str
    shown_name: str
    phone: str
    device: Tag
    check_in: Tag | None
    """None where nobody checks in."""
    notes: tuple[str, ...]
    decide: bool
    """Whether there is something for the physio to decide."""
    is_ready: bool
    is_absent: bool
    flag: str
    """`red_flag` or `held` while nobody has decided, else empty: what an open page tells as new."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody in the waiting room."""

    person_id: str
    name: str
    since: str
    ask: str
    check_in: Tag | None
    may_come_in: bool
    said: str
    """What the patient wrote about the symptoms; empty for who may not read it."""


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in the list at the top of Today."""

    id: str
    time: str
    day: str
    """Empty: today."""
    title: str
    about: str
    flags: tuple[Tag, ...]
    can_open: bool
    is_cancelled: bool
    is_over: bool


def class_line(each: OwnClass, now: datetime, zone: ZoneInfo) -> ClassLine:
    """Say what a class is, and whether it can be opened."""
    session = each.session
    is_today = session.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    state = doors(session, now)
    red, held = each.states.get(State.RED_FLAG, 0), each.states.get(State.HELD, 0)
    flags = [Tag("1 red flag" if red == 1 else f"{red} red flags", "red")] if red else []
    if held:
        flags.append(Tag(f"{held} held", "red"))
    return ClassLine(
        id=session.id,
        time=clock_time(session.starts_at, zone),
        day="" if is_today else full_date(session.starts_at, zone),
        title=class_title(each),
        about=" · ".join(_about(each, now, zone)),
        flags=tuple(flags),
        can_open=state is Doors.OPEN,
        is_cancelled=state is Doors.CANCELLED,
        is_over=state is Doors.CLOSED,
    )


def class_title(each: OwnClass) -> str:
    """Return `Knee and hip group, class 5 of 12`."""
    of = max(each.programme.class_count, each.session.number)
    return f"{each.course.title}, class {each.session.number} of {of}"


def patient_row(
    each: ComingPatient, own: OwnClass, member: StaffMember, now: datetime, zone: ZoneInfo
) -> PatientRow:
    """Say what staff should know of a patient before class."""
    asks = own.programme.has_check_in
    may_read = member.may(Action.SEE_CHECK_INS, own.service.id)
    is_ready = not asks or (each.has_agreed and is_cleared(each) and each.device is not None)
    return PatientRow(
        person_id=each.person.id,
        name=each.person.full_name,
        shown_name=each.person.shown_name,
        phone=each.person.phone,
        device=device_tag(each.device, now, zone),
        check_in=state_tag(each) if asks else None,
        notes=tuple(_notes(each, asks=asks, may_read=may_read, is_ready=is_ready)),
        decide=asks and may_read and each.state in (State.HELD, State.RED_FLAG),
        is_ready=is_ready,
        is_absent=each.is_absent,
        flag=each.state.value if asks and each.state in (State.RED_FLAG, State.HELD) else "",
    )


def in_order(people: Sequence[ComingPatient]) -> list[ComingPatient]:
    """Return red flags first, then who is held, then the others by seat; who cannot come last."""
    return sorted(
        people,
        key=lambda each: (
            each.is_absent and each.state not in (State.RED_FLAG, State.HELD),
            _ORDER.index(each.state) if each.state in (State.RED_FLAG, State.HELD) else len(_ORDER),
            each.seat or 0,
        ),
    )


def waiting_row(
    each: ComingPatient, own: OwnClass, member: StaffMember, now: datetime, zone: ZoneInfo
) -> WaitingRow:
    """Say who waits, for how long, what to ask, and whether they may come in."""
    asks = own.programme.has_check_in
    may_read = member.may(Action.SEE_CHECK_INS, own.service.id)
    since = each.participation.place_since if each.participation else now
    return WaitingRow(
        person_id=each.person.id,
        name=each.person.full_name,
        since=duration(now - since) if (now - since).total_seconds() >= 60 else "just now",
        ask=ask(each),
        check_in=state_tag(each) if asks else None,
        may_come_in=not asks or each.state in CLEARED,
        said=" · ".join(said_by(each)) if asks and may_read else "",
    )


def ask(each: ComingPatient) -> str:
    """Return what to ask aloud before this one is let in."""
    born = each.patient.date_of_birth if each.patient else None
    return identity_question(each.person.full_name, born, each.person.phone)


def said_by(each: ComingPatient) -> list[str]:
    """Return the symptoms in words, and what the patient wrote; for who may read it."""
    if each.check_in is None:
        return []
    words = in_words(symptoms_of(each.check_in.symptoms))
    return [*words, f"“{each.check_in.told}”"] if each.check_in.told else words


def is_cleared(each: ComingPatient) -> bool:
    """Whether all is answered, or staff have decided, and the patient may come in."""
    return each.state in CLEARED


def state_tag(each: ComingPatient) -> Tag:
    """Return how far the check-in is."""
    if each.check_in is not None and each.state is State.OPEN and each.check_in.stage != Stage.DONE:
        return Tag("Begun", "grey")
    return Tag(STATE_WORDS[each.state], STATE_COLOURS[each.state])


def device_tag(device: CheckedDevice | None, now: datetime, zone: ZoneInfo) -> Tag:
    """Return when the device was tried, what does not work, or that the check was put off untried."""
    if device is None:
        return Tag("Not checked", "yellow")
    if device.check.was_left_out:
        return Tag("Put off", "grey")
    if not device.has_passed:
        return Tag(f"Not passed: {', '.join(device.not_passed)}", "yellow")
    is_today = device.at.astimezone(zone).date() == now.astimezone(zone).date()
    date = device.at.astimezone(zone)
    when = "today" if is_today else weekday_near(device.at, now, zone) or f"{date.day} {date:%B}"
    return Tag(f"Passed {when}", "")


def joins(each: ComingPatient) -> str:
    """Return who is in front of the device, where that is not the patient alone."""
    if each.check_in is None:
        return ""
    words = {
        Comes.WITH_CARER: "Joins with {}",
        Comes.PROXY: "{} joins for the patient, who is not there",
    }.get(Comes(each.check_in.comes), "")
    name = f"{each.carer.full_name} ({each.carer.relation})" if each.carer else "a carer"
    return words.format(name)


def _about(each: OwnClass, now: datetime, zone: ZoneInfo) -> Iterable[str]:
    yield f"{each.patients} on the list"
    yield f"{each.lead_name} leads"
    yield f"{each.helper_name} helps" if each.helper_name else "no helper yet"
    match doors(each.session, now):
        case Doors.CANCELLED:
            yield "cancelled"
        case Doors.CLOSED:
            yield "finished"
        case Doors.OPEN:
            yield "doors are open"
        case Doors.NOT_YET:
            opens = doors_open_at(each.session)
            if (opens - now).total_seconds() < 3600:
                yield f"doors open in {duration(opens - now)}"
            else:
                yield f"doors open at {clock_time(opens, zone)}"
    if each.states and (done := each.states.get(State.READY, 0) + each.states.get(State.ALLOWED, 0)):
        yield f"{done} checked in"


def _notes(each: ComingPatient, *, asks: bool, may_read: bool, is_ready: bool) -> Iterable[str]:
    if each.participation and each.participation.place in (Place.IN_CLASS, Place.WAITING):
        yield "In class." if each.participation.place == Place.IN_CLASS else "In the waiting room."
    if each.is_absent:
        yield "Cannot come."
    if asks and may_read:
        yield from (f"{words}." if words[-1] not in ".”" else words for words in said_by(each))
    if words := joins(each):
        yield f"{words}."
    row = each.check_in
    if row is not None and row.stage == Stage.DONE:
        yield f"With: {row.with_whom}." if row.with_whom else "Alone at home."
        if not row.is_space_clear:
            yield "Space or shoes: needs help."
    if asks and not each.has_agreed:
        yield "Group agreement not accepted."
    if each.patient is not None:
        if each.patient.interpreter:
            yield f"Interpreter: {each.patient.interpreter}."
        if each.patient.needs_note:
            yield f"{each.patient.needs_note.rstrip('.')}."
    if each.missed_last:
        yield "Missed the last class."
    if asks and not is_ready and not each.is_absent and each.state is State.OPEN and each.person.phone:
        yield f"Call before class: {each.person.phone}"
