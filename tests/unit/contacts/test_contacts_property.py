"""Contacts from random histories: exactly as the slow reference has them, and within 15 s of the truth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from server.contacts.months import Month
from server.contacts.rules import ClassTimes, Contact, ContactRules, contact_of
from server.contacts.stays import Stay
from server.rooms.state import Place
from tests.unit.contacts import slow_reference as slow
from tests.unit.contacts.history import PEOPLE, Do, History

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR = 60, 3600


def second(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[misc]


MOMENTS = {
    "an ordinary morning": second(2026, 11, 24, 10, 0),
    "midnight at the end of November": second(2026, 12, 1, 0, 0),
    "midnight at the end of June, in summer time": second(2026, 6, 30, 23, 0),
    "the turn of the year": second(2027, 1, 1, 0, 0),
    "the clocks go forward": second(2026, 3, 29, 1, 0),
    "the clocks go back": second(2026, 10, 25, 1, 0),
}
moments = st.sampled_from(sorted(MOMENTS))


def at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def unix(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def times_of(planned: slow.PlannedClass) -> ClassTimes:
    ended, cancelled = planned.ended, planned.cancelled
    return ClassTimes(
        at(planned.start),
        at(planned.end),
        None if ended is None else at(ended),
        None if cancelled is None else at(cancelled),
        None if cancelled is None else "other",
    )


def as_outcome(contact: Contact) -> tuple[str, int | None, int | None, int | None]:
    return (contact.status.value, unix(contact.starts_at), unix(contact.ends_at), contact.duration_minutes)


# ---- any stays at all


@st.composite
def any_stays(draw: st.DrawFn, start: int, usual: Place, least: int) -> list[Stay]:
    """Stays that may overlap, touch, have no length, go on, or lie far from a class that begins at `start`.

    At least so many belong to it."""
    stays = []
    for ordinary in [True] * least + draw(st.lists(st.booleans(), max_size=3)):
        began = start + draw(
            st.integers(-10 * MINUTE, 20 * MINUTE) if ordinary else st.integers(-HOUR, 2 * HOUR)
        )
        seen = began + draw(
            st.integers(0, 50 * MINUTE) if ordinary else st.sampled_from([0, MINUTE, 13 * HOUR])
        )
        end = draw(st.none() | st.integers(0, 15).map(seen.__add__))
        place = usual if ordinary else draw(st.sampled_from([Place.WAITING, Place.IN_CLASS]))
        stays.append(Stay(place, at(began), at(seen), None if end is None else at(end)))
    return stays


def seconds(stays: Iterable[Stay], *places: Place) -> set[int]:
    found: set[int] = set()
    for stay in stays:
        if stay.place in places:
            start, end = int(stay.started_at.timestamp()), int(stay.known_end.timestamp())
            found.update(range(start, end))
    return found


def arrivals(stays: Iterable[Stay], *places: Place) -> set[int]:
    return {int(stay.started_at.timestamp()) for stay in stays if stay.place in places}


ends = st.sampled_from([True, True, None])
ended_after = st.integers(-5 * MINUTE, 80 * MINUTE) | st.integers(12 * HOUR, 14 * HOUR)
rarely = st.sampled_from([None, None, None, None, None, True])


@settings(max_examples=400, deadline=None)
@given(
    moment=moments,
    data=st.data(),
    length=st.integers(20 * MINUTE, 60 * MINUTE),
    late_after=st.integers(0, 10 * MINUTE),
    seen_after=st.integers(0, 10 * MINUTE),
)
def test_a_contact_is_what_the_slow_reference_says(
    moment: str, data: st.DataObject, length: int, late_after: int, seen_after: int
) -> None:
    around = MOMENTS[moment]
    start = around + data.draw(st.integers(-30 * MINUTE, 30 * MINUTE))
    planned = slow.PlannedClass(
        start,
        start + length,
        ended=data.draw(ends) and start + data.draw(ended_after),
        cancelled=data.draw(rarely) and start - data.draw(st.integers(0, 2 * HOUR)),
    )
    told = data.draw(rarely) and start + data.draw(st.integers(-3 * HOUR, 3 * HOUR))
    often = st.sampled_from([1, 1, 1, 0])
    patient_place = data.draw(st.sampled_from([Place.IN_CLASS, Place.IN_CLASS, Place.WAITING]))
    patient = data.draw(any_stays(start, patient_place, data.draw(often)))
    staff = data.draw(any_stays(start, Place.IN_CLASS, data.draw(often)))
    now = start + data.draw(st.sampled_from([2 * HOUR, length + 12 * HOUR]))
    now = max(now, planned.ended or now)
    expected = slow.outcome(
        planned,
        told=told,
        patient_came=arrivals(patient, Place.WAITING, Place.IN_CLASS),
        patient_in_class=seconds(patient, Place.IN_CLASS),
        staff_came=arrivals(staff, Place.IN_CLASS),
        staff_in_class=seconds(staff, Place.IN_CLASS),
        late_after=late_after,
        seen_after=seen_after,
        now=now,
    )
    rules = ContactRules(timedelta(seconds=late_after), timedelta(seconds=seen_after), LONDON)
    contact = contact_of(
        times_of(planned),
        told_at=None if told is None else at(told),
        patient=patient,
        staff=staff,
        rules=rules,
        now=at(now),
    )
    event(f"status {expected.status}")
    assert as_outcome(contact) == (expected.status, expected.start, expected.end, expected.minutes)
    local = contact.starts_at.astimezone(LONDON)
    there = slow.london(expected.start)
    assert (local.year, local.month, local.day, local.hour, local.minute) == there[:5]
    month = Month.of(contact.starts_at, LONDON)
    assert (month.year, month.month) == there[:2]
    assert month.starts(LONDON) <= contact.starts_at < month.ends(LONDON)


# ---- histories as they happen

LATE_AFTER_S, SEEN_AFTER_S = 2 * MINUTE, MINUTE
RULES = ContactRules(timedelta(seconds=LATE_AFTER_S), timedelta(seconds=SEEN_AFTER_S), LONDON)
AT_MOST_WRONG_S = 15
TO_BE_HEARD_OF_S = 10
"""Whoever is together for this long is together in two heartbeats."""

names = st.sampled_from(["margaret", "margaret", "margaret", "li", "hannah", "tom"])
personal = st.builds(
    Do,
    after_s=st.integers(0, 40) | st.integers(0, 200),
    what=st.sampled_from(
        ["comes", "comes", "is_let_in", "is_let_in", "leaves", "network_lost", "network_back", "network_back"]
    ),
    who=names,
    takes_s=st.integers(0, 10),
)
crashes = st.tuples(
    st.builds(Do, after_s=st.integers(0, 60), what=st.just("crash")).map(lambda one: [one]),
    st.lists(personal, max_size=2),
    st.lists(
        st.builds(
            Do,
            after_s=st.integers(0, 20) | st.integers(0, 300),
            what=st.just("start"),
            takes_s=st.integers(0, 4),
        ),
        max_size=1,
    ),
).map(lambda parts: [step for part in parts for step in part])
steps = st.lists(personal.map(lambda one: [one]) | crashes, max_size=25).map(
    lambda groups: [step for group in groups for step in group]
)
tails = (
    st.sampled_from([[], [Do(60, "end")], [Do(5, "start"), Do(30, "end")]])
    # The process dies, people go or stay, and the class ends as soon as it can.
    | st.builds(
        lambda crash_s, gone, away_s, end_s: [
            Do(crash_s, "crash"),
            Do(2, gone, "margaret"),
            Do(away_s, "start"),
            Do(end_s, "end"),
        ],
        st.integers(0, 120),
        st.sampled_from(["leaves", "network_lost", "quiet"]),
        st.integers(0, 200),
        st.integers(0, 20),
    )
)
OPENING = [Do(0, "comes", "hannah"), Do(20, "comes", "margaret"), Do(10, "is_let_in", "margaret")]


def together(one: set[int], other: Iterable[set[int]]) -> set[int]:
    return one & set().union(*other)


def stretches(found: set[int], at_least: int) -> set[int]:
    """The seconds that lie in a row of so many."""
    return {
        one
        for one in found
        if any(all(one - back + ahead in found for ahead in range(at_least)) for back in range(at_least))
    }


def length(found: set[int]) -> int:
    """From the first second to the end of the last."""
    return max(found) + 1 - min(found) if found else 0


@settings(max_examples=300, deadline=None)
@given(
    moment=moments,
    early=st.integers(-4 * MINUTE, 4 * MINUTE),
    script=steps,
    tail=tails,
    late_beat_s=st.integers(0, 3),
    patient=st.sampled_from(["margaret", "margaret", "margaret", "li"]),
    opening=st.sampled_from([OPENING, [*OPENING, Do(60, "quiet")], []]),
)
def test_what_the_log_makes_of_a_history_is_within_fifteen_seconds_of_the_truth(
    moment: str,
    early: int,
    script: list[Do],
    tail: list[Do],
    late_beat_s: int,
    patient: str,
    opening: list[Do],
) -> None:
    start = MOMENTS[moment]
    history = History(start + early, [*opening, *script, *tail], late_beat_s)
    staff = [name for name, role in PEOPLE.items() if role.is_staff]
    stays = history.stays
    planned = slow.PlannedClass(start, start + HOUR, ended=history.ended_at)
    now = start + 14 * HOUR
    contact = contact_of(
        times_of(planned),
        told_at=None,
        patient=stays[patient],
        staff=[stay for name in staff for stay in stays[name]],
        rules=RULES,
        now=at(now),
    )
    note(f"{stays=}")
    # At most: also while the process was away for a moment, for whoever was in class before and after.
    perhaps = {name: set(history.truth[name].perhaps) for name in PEOPLE}
    for since, until in history.short_outages:
        for found in perhaps.values():
            if since - 1 in found:
                found.update(range(since, until + 5))
    sure = stretches(
        together(history.truth[patient].surely, (history.truth[name].surely for name in staff)),
        TO_BE_HEARD_OF_S,
    )
    at_most = together(perhaps[patient], (perhaps[name] for name in staff))
    if contact.ends_at is not None:
        logged_s = (contact.ends_at - contact.starts_at).total_seconds()
        event("seen")
        assert at_most, "who was never with staff is not seen"
        assert length(sure) - AT_MOST_WRONG_S <= logged_s <= length(at_most) + AT_MOST_WRONG_S
        assert contact.starts_at >= at(min(at_most) - AT_MOST_WRONG_S)
        assert contact.ends_at <= at(max(at_most) + 1 + AT_MOST_WRONG_S)
        if sure:
            assert contact.starts_at <= at(min(sure) + AT_MOST_WRONG_S)
            assert contact.ends_at >= at(max(sure) + 1 - AT_MOST_WRONG_S)
    else:
        event("not seen")
        pieces = sum(one - 1 not in sure for one in sure)
        assert len(sure) < SEEN_AFTER_S + AT_MOST_WRONG_S * pieces, "who was with staff is seen"
    if history.truth[patient].surely_there:
        came = min(stay.started_at for stay in stays[patient])
        assert came == at(min(history.truth[patient].surely_there)), "arriving is never missed"
