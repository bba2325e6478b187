"""Contacts from random histories, as they happen: within 15 s of the truth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from server.contacts.rules import ContactRules, Staff, contact_of
from server.people.roles import Role
from tests.unit.contacts import slow_reference as slow
from tests.unit.contacts.history import PEOPLE, Do, History
from tests.unit.contacts.moments import HOUR, LONDON, MINUTE, MOMENTS, TIMES, at, moments, times_of

LATE_AFTER_S, SEEN_AFTER_S, TALK_AFTER_S = 2 * MINUTE, MINUTE, 30 * MINUTE
RULES = ContactRules(
    timedelta(seconds=LATE_AFTER_S), timedelta(seconds=SEEN_AFTER_S), LONDON, timedelta(seconds=TALK_AFTER_S)
)
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


@pytest.mark.timeout(120 * TIMES)
@settings(max_examples=300 * TIMES, deadline=None)
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
    physios = [name for name, role in PEOPLE.items() if role is Role.PHYSIO]
    stays = history.stays
    planned = slow.PlannedClass(start, start + HOUR, ended=history.ended_at)
    now = start + 14 * HOUR
    contact = contact_of(
        times_of(planned),
        told_at=None,
        patient=stays[patient],
        staff=Staff(
            [stay for name in physios for stay in stays[name]],
            [stay for name in staff for stay in stays[name]],
        ),
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
    sure, at_most = ({one for one in found if one < start + HOUR + TALK_AFTER_S} for found in (sure, at_most))
    if contact.ends_at is not None:
        logged_s = (contact.ends_at - contact.starts_at).total_seconds()
        event("seen")
        assert at_most, "who was never with staff is not seen"
        assert any(history.truth[name].perhaps for name in physios), "without a physio nobody is seen"
        assert length(sure) - AT_MOST_WRONG_S <= logged_s <= length(at_most) + AT_MOST_WRONG_S
        assert contact.starts_at >= at(min(at_most) - AT_MOST_WRONG_S)
        assert contact.ends_at <= at(max(at_most) + 1 + AT_MOST_WRONG_S)
        if sure:
            assert contact.starts_at <= at(min(sure) + AT_MOST_WRONG_S)
            assert contact.ends_at >= at(max(sure) + 1 - AT_MOST_WRONG_S)
    elif not any(history.truth[name].surely for name in physios):
        event("no physio")
    else:
        event("not seen")
        pieces = sum(one - 1 not in sure for one in sure)
        assert len(sure) < SEEN_AFTER_S + AT_MOST_WRONG_S * pieces, "who was with staff is seen"
    if history.truth[patient].surely_there:
        came = min(stay.started_at for stay in stays[patient])
        assert came == at(min(history.truth[patient].surely_there)), "arriving is never missed"
