"""The date of birth, by which a browser shows that it is in the patient's hands: once per device.

The link alone may be in anybody's hands: a forwarded e-mail, a letter on the doormat. So before anything that
is stored about the person is shown, the browser that came by it gives the date of birth.

Wrong dates are counted for each link, whichever browser gives them: after every fifth in a row nothing is
taken for 15 minutes, then 30, 60 and so on up to a day, also not the right date (OWASP ASVS 4.0.3, 2.2.1). A
right one ends the count, and so can staff (`forgive_birth_dates`). That somebody was locked out stands in the
audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import AuditEntry, LinkSession, Patient, Person, PersonalLink

TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
LOCKED_ACTION = "birth_date_locked"


@dataclass(frozen=True, slots=True)
class BirthAnswer:
    """What became of a date of birth that was given."""

    right: bool
    tries_left: int = TRIES
    """How many more may be wrong before the next lock."""
    locked_until: datetime | None = None


def lock_after(failures: int) -> timedelta | None:
    """How long nothing is taken after so many wrong dates in a row; None when the next one is."""
    if failures == 0 or failures % TRIES:
        return None
    doublings = min(failures // TRIES - 1, 10)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


async def has_birth_date(session: AsyncSession, person_id: str) -> bool:
    """Whether this person's record has a date of birth, which each browser is then asked for."""
    query = select(Patient.date_of_birth).where(Patient.person_id == person_id)
    return await session.scalar(query) is not None


async def locked_until(session: AsyncSession, link_id: str, now: datetime) -> datetime | None:
    """Until when no date is taken for this link; None when one is."""
    row = await session.get(PersonalLink, link_id)
    until = row.birth_locked_until if row is not None else None
    return until if until is not None and now < until else None


async def give_birth_date(
    session: AsyncSession, *, link_id: str, session_id: str, given: date, now: datetime, audit_id: str
) -> BirthAnswer:
    """Take the date of birth that was given in a browser which came by this link.

    Raises `Refused` when the link or the browser is not there (any more).
    """
    link = await session.get(PersonalLink, link_id, with_for_update=True)
    browser = await session.get(LinkSession, session_id)
    if link is None or browser is None or browser.link_id != link_id:
        raise Refused("not_let_in", "Open the link we sent you again, and press Join class.")
    if link.birth_locked_until is not None and now < link.birth_locked_until:
        return BirthAnswer(False, 0, link.birth_locked_until)
    born = await session.scalar(select(Patient.date_of_birth).where(Patient.person_id == link.person_id))
    if born is None or given == born:
        link.birth_failures, link.birth_locked_until = 0, None
        browser.proven_at = now
        return BirthAnswer(True)
    link.birth_failures += 1
    lock = lock_after(link.birth_failures)
    if lock is None:
        return BirthAnswer(False, TRIES - link.birth_failures % TRIES)
    link.birth_locked_until = now + lock
    session.add(
        AuditEntry(
            id=audit_id,
            at=now,
            service_id=await session.scalar(select(Person.service_id).where(Person.id == link.person_id)),
            subject_id=link.person_id,
            action=LOCKED_ACTION,
            detail={"link": link_id, "wrong_in_a_row": link.birth_failures},
        )
    )
    return BirthAnswer(False, 0, link.birth_locked_until)


async def forgive_birth_dates(session: AsyncSession, link_id: str) -> None:
    """Let the person try again at once: for staff who have spoken to them."""
    row = await session.get_one(PersonalLink, link_id)
    row.birth_failures, row.birth_locked_until = 0, None
