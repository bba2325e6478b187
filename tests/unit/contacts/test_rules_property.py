"""Contacts from any stays at all: exactly as the slow reference has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from server.contacts.months import Month
from server.contacts.rules import Contact, ContactRules, Staff, contact_of
from server.contacts.stays import Stay
from server.rooms.state import Place
from tests.unit.contacts import slow_reference as slow
from tests.unit.contacts.moments import HOUR, LONDON, MINUTE, MOMENTS, TIMES, at, moments, times_of, unix


def as_outcome(contact: Contact) -> tuple[str, int | None, int | None, int | None]:
    return (contact.status.value, unix(contact.starts_at), unix(contact.ends_at), contact.duration_minutes)


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


@pytest.mark.timeout(120 * TIMES)
@settings(max_examples=400 * TIMES, deadline=None)
@given(
    moment=moments,
    data=st.data(),
    length=st.integers(20 * MINUTE, 60 * MINUTE),
    late_after=st.integers(0, 10 * MINUTE),
    seen_after=st.integers(0, 10 * MINUTE),
    talk_after=st.integers(0, 10 * MINUTE) | st.sampled_from([30 * MINUTE, 13 * HOUR]),
)
def test_a_contact_is_what_the_slow_reference_says(
    moment: str, data: st.DataObject, length: int, late_after: int, seen_after: int, talk_after: int
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
    physios = data.draw(any_stays(start, Place.IN_CLASS, data.draw(often)))
    staff = [*physios, *data.draw(any_stays(start, Place.IN_CLASS, data.draw(st.integers(0, 1))))]
    if patient and staff and data.draw(rarely):
        last = max(stay.known_end for stay in staff)
        gone = max(last + timedelta(seconds=data.draw(st.integers(-40, 5))), at(start))
        patient = [replace(stay, seen_until=min(stay.seen_until, gone), ended_at=gone) for stay in patient]
        patient = [stay for stay in patient if stay.started_at <= gone]
    now = start + data.draw(st.sampled_from([2 * HOUR, length + 12 * HOUR]))
    now = max(now, planned.ended or now)
    expected = slow.outcome(
        planned,
        told=told,
        patient_came=arrivals(patient, Place.WAITING, Place.IN_CLASS),
        patient_there=seconds(patient, Place.WAITING, Place.IN_CLASS),
        patient_in_class=seconds(patient, Place.IN_CLASS),
        physio_came=arrivals(physios, Place.IN_CLASS),
        staff_came=arrivals(staff, Place.IN_CLASS),
        staff_in_class=seconds(staff, Place.IN_CLASS),
        late_after=late_after,
        seen_after=seen_after,
        talk_after=talk_after,
        now=now,
    )
    rules = ContactRules(
        timedelta(seconds=late_after), timedelta(seconds=seen_after), LONDON, timedelta(seconds=talk_after)
    )
    contact = contact_of(
        times_of(planned),
        told_at=None if told is None else at(told),
        patient=patient,
        staff=Staff(physios, staff),
        rules=rules,
        now=at(now),
    )
    event(f"status {expected.status} {contact.cancelled_reason}")
    assert as_outcome(contact) == (expected.status, expected.start, expected.end, expected.minutes)
    local = contact.starts_at.astimezone(LONDON)
    there = slow.london(expected.start)
    assert (local.year, local.month, local.day, local.hour, local.minute) == there[:5]
    month = Month.of(contact.starts_at, LONDON)
    assert (month.year, month.month) == there[:2]
    assert month.starts(LONDON) <= contact.starts_at < month.ends(LONDON)
