"""Personal links, one per person and course, and the browsers in which they were opened.

Three ways lead in by one link, each of which can be made anew without the others:

| way | where it stands | stored as |
|---|---|---|
| token | the e-mail | SHA-256, which is enough for a random token of 256 bits |
| letter's token | the QR code of the printed letter | the same |
| short code | the printed letter, to be typed | see `short_codes` |

Printing a letter makes new ones for the letter only, since what stood in the last one is not kept: older
letters stop working, e-mails do not. `renew_link` makes all of them anew.

Pressing Join starts a session: a secret of its own in a cookie that is named after the link, so that two
people (or a demo's physio and patient) can use one browser. Opening the link alone starts nothing: mail
scanners open links too. Where the patient's record has a date of birth, the browser is known (`browser_of`)
but not its holder (`holder_of_session`) until the date was given in it (see `birth_dates`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.short_codes import ShortCode
from server.storage.tables import ClassSession, LinkSession, Patient, Person, PersonalLink

_HOST_PREFIX = "__Host-"
SESSION_LASTS = timedelta(days=120)
"""Longer than a course (12 classes in 6 weeks, with breaks), so that nobody has to find the letter again."""
OUTLASTS_COURSE = timedelta(days=14)
"""How long after the course's last class its links still open something: to say how it was, to exercise."""


@dataclass(frozen=True, slots=True)
class Link:
    """A personal link as it was found."""

    link_id: str
    course_id: str
    person_id: str
    revoked: bool
    """A newer one has taken its place."""
    expires_at: datetime | None = None

    def has_ended(self, now: datetime) -> bool:
        """Return whether its time is over: from `expires_at` on it opens nothing."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Whose browser this is: the person behind a cookie."""

    link_id: str
    course_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class LinkBrowser:
    """A browser in which Join was pressed."""

    session_id: str
    holder: LinkHolder
    birth_date_due: bool
    """The date of birth is known, and has not been given in this browser: nothing stored is to be shown."""
    service_id: str
    """The holder's."""
    staff_session_id: str | None
    """By which sign-in staff opened a class in it; None for who came by the link."""


def hash_of(secret: str) -> str:
    """Return what is stored of a token or a cookie's secret: SHA-256, 64 hexadecimal characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cookie_name(link_id: str, *, is_https: bool = False) -> str:
    """Return the name of the cookie that holds this link's session.

    Over https it is bound to this host, so that no neighbouring host can set one (RFC 6265bis, 4.1.3.2).
    """
    return f"{_HOST_PREFIX if is_https else ''}mr_{link_id}"


def secret_in(cookies: Mapping[str, str], link_id: str, *, is_https: bool = False) -> str:
    """Return what the browser's cookies hold for this link; empty when there is nothing.

    Over https only the cookie counts that is bound to this host: another may be a neighbour's.
    """
    return cookies.get(cookie_name(link_id, is_https=is_https), "")


async def link_by_token(session: AsyncSession, token: str) -> Link | None:
    """Find the link of a token. Revoked and ended ones are found too: their holder is told so, no more."""
    hashed = hash_of(token)
    query = select(PersonalLink).where(
        or_(PersonalLink.token_hash == hashed, PersonalLink.letter_hash == hashed)
    )
    return _link(await session.scalar(query))


async def link_by_code(session: AsyncSession, code_hash: str) -> Link | None:
    """Find the link of a short code by what is stored of it; revoked and ended ones too."""
    return _link(await session.scalar(select(PersonalLink).where(PersonalLink.code_hash == code_hash)))


async def link_by_id(session: AsyncSession, link_id: str) -> Link | None:
    """Find a link by its public name, which opens nothing."""
    return _link(await session.get(PersonalLink, link_id))


def _link(row: PersonalLink | None) -> Link | None:
    if row is None:
        return None
    return Link(
        row.id,
        row.course_id,
        row.person_id,
        revoked=row.revoked_at is not None,
        expires_at=row.expires_at,
    )


async def start_session(
    session: AsyncSession, link: Link, now: datetime, secret: str, session_id: str
) -> None:
    """Let this browser in by the link: store the hash of the cookie's secret."""
    stored = await link_by_id(session, link.link_id)
    if stored is None or stored.revoked:
        raise Refused("link_revoked", "This link has been replaced. Use the newest one we sent you.")
    if stored.has_ended(now):
        raise Refused("link_ended", "This link has ended. Call us if you want to come to class again.")
    session.add(
        LinkSession(
            id=session_id,
            link_id=link.link_id,
            secret_hash=hash_of(secret),
            created_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )


async def browser_of(session: AsyncSession, link_id: str, secret: str, now: datetime) -> LinkBrowser | None:
    """Return the browser that sent this link's cookie, whether the date of birth was given in it or not.

    None when the cookie opens nothing (any more).
    """
    query = (
        select(PersonalLink, LinkSession, Patient.date_of_birth, Person.service_id)
        .join(LinkSession, LinkSession.link_id == PersonalLink.id)
        .join(Person, Person.id == PersonalLink.person_id)
        .outerjoin(Patient, Patient.person_id == PersonalLink.person_id)
        .where(
            PersonalLink.id == link_id,
            PersonalLink.revoked_at.is_(None),
            or_(PersonalLink.expires_at.is_(None), PersonalLink.expires_at > now),
            LinkSession.secret_hash == hash_of(secret),
            LinkSession.expires_at > now,
        )
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    row, browser, born, service_id = found
    return LinkBrowser(
        browser.id,
        LinkHolder(row.id, row.course_id, row.person_id),
        born is not None and browser.proven_at is None,
        service_id,
        browser.staff_session_id,
    )


async def holder_of_session(
    session: AsyncSession, link_id: str, secret: str, now: datetime
) -> LinkHolder | None:
    """Return whose browser sent this link's cookie; None when the cookie opens nothing (any more), or
    nothing yet, because the date of birth is to be given first.
    """
    browser = await browser_of(session, link_id, secret, now)
    return None if browser is None or browser.birth_date_due else browser.holder


async def link_that_let_in(session: AsyncSession, link_id: str, secret: str) -> Link | None:
    """Return the link when this very cookie came from it, whether it still opens anything or not."""
    let_in = await session.scalar(
        select(LinkSession.id).where(
            LinkSession.link_id == link_id, LinkSession.secret_hash == hash_of(secret)
        )
    )
    return await link_by_id(session, link_id) if let_in is not None else None


async def purge_sessions(session: AsyncSession, now: datetime) -> int:
    """Delete the sessions that are too old; returns how many there were.

    Those of a link that was replaced or has ended stay until then: their browsers are told so.
    """
    purged = await session.scalars(
        delete(LinkSession).where(LinkSession.expires_at <= now).returning(LinkSession.id)
    )
    return len(purged.all())


async def make_link(
    session: AsyncSession,
    *,
    link_id: str,
    course_id: str,
    person_id: str,
    token: str,
    now: datetime,
    code: ShortCode | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Give somebody a link to a course and return its id. `token` is for the e-mail; hashes are stored only.

    Who had a link to this course before, and left, keeps its id, and everything that led in by it ends.
    Without `expires_at` the link ends with the course (see `end_with_course`). The code is drawn when a
    letter is printed (`print_letter`), unless one is wanted now.
    """
    row = await session.scalar(
        select(PersonalLink).where(PersonalLink.course_id == course_id, PersonalLink.person_id == person_id)
    )
    expires_at = expires_at or await _end_of(session, course_id)
    if row is not None:
        row.expires_at = expires_at
        await renew_link(session, link_id=row.id, token=token, code=code, now=now)
        return row.id
    session.add(
        PersonalLink(
            id=link_id,
            course_id=course_id,
            person_id=person_id,
            token_hash=hash_of(token),
            code_hash=code.hashed if code else None,
            created_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return link_id


async def renew_link(
    session: AsyncSession, *, link_id: str, token: str, now: datetime, code: ShortCode | None = None
) -> None:
    """Make all ways in anew: e-mails, letters and codes that were sent open nothing, and every device that
    was let in is to come by the new way. Also puts a revoked link back into use.
    """
    row = await session.get_one(PersonalLink, link_id)
    row.token_hash, row.created_at, row.revoked_at = hash_of(token), now, None
    row.code_hash, row.letter_hash, row.letter_at = code.hashed if code else None, None, None
    row.birth_failures, row.birth_locked_until = 0, None
    await session.execute(delete(LinkSession).where(LinkSession.link_id == link_id))


async def renew_token(session: AsyncSession, *, link_id: str, token: str) -> None:
    """Make the e-mail's way in anew, to send it once more: earlier e-mails stop working, letters do not."""
    row = await session.get_one(PersonalLink, link_id)
    row.token_hash = hash_of(token)


async def print_letter(
    session: AsyncSession, *, link_id: str, token: str, code: ShortCode, now: datetime
) -> None:
    """Make the letter's ways in anew: earlier letters stop working, e-mails do not."""
    row = await session.get_one(PersonalLink, link_id)
    row.letter_hash, row.code_hash, row.letter_at = hash_of(token), code.hashed, now


async def revoke_link(session: AsyncSession, *, link_id: str, now: datetime) -> None:
    """Let nobody in by this link (any more): for who leaves the course, or a link in the wrong hands."""
    row = await session.get_one(PersonalLink, link_id)
    row.revoked_at = row.revoked_at or now


async def end_with_course(session: AsyncSession, course_id: str) -> None:
    """Have all links of a course end 14 days after its last class, as it is laid out now.

    To be called in the transaction that adds, moves or cancels classes.
    """
    await session.flush()
    await session.execute(
        update(PersonalLink)
        .where(PersonalLink.course_id == course_id)
        .values(expires_at=await _end_of(session, course_id))
    )


async def _end_of(session: AsyncSession, course_id: str) -> datetime | None:
    ends_at = await session.scalar(
        select(func.max(ClassSession.ends_at)).where(ClassSession.course_id == course_id)
    )
    return ends_at + OUTLASTS_COURSE if ends_at is not None else None
