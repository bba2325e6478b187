"""Personal links, one per person and course, and the browsers in which they were opened.

The link's token opens the class; only its SHA-256 is stored, which is enough for a random token of 256 bits.
Pressing Join starts a session: a secret of its own in a cookie that is named after the link, so that two
people (or a demo's physio and patient) can use one browser. Opening the link alone starts nothing: mail
scanners open links too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import LinkSession, PersonalLink

SESSION_LASTS = timedelta(days=120)
"""Longer than a course (12 classes in 6 weeks, with breaks), so that nobody has to find the letter again."""


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


def hash_of(secret: str) -> str:
    """Return what is stored of a token or a cookie's secret: SHA-256, 64 hexadecimal characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cookie_name(link_id: str) -> str:
    """Return the name of the cookie that holds this link's session."""
    return f"mr_{link_id}"


async def link_by_token(session: AsyncSession, token: str) -> Link | None:
    """Find the link of a token. Revoked and ended ones are found too: their holder is told so, no more."""
    row = await session.scalar(select(PersonalLink).where(PersonalLink.token_hash == hash_of(token)))
    return _link(row)


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


async def holder_of_session(
    session: AsyncSession, link_id: str, secret: str, now: datetime
) -> LinkHolder | None:
    """Return whose browser sent this link's cookie; None when the cookie opens nothing (any more)."""
    query = (
        select(PersonalLink)
        .join(LinkSession, LinkSession.link_id == PersonalLink.id)
        .where(
            PersonalLink.id == link_id,
            PersonalLink.revoked_at.is_(None),
            or_(PersonalLink.expires_at.is_(None), PersonalLink.expires_at > now),
            LinkSession.secret_hash == hash_of(secret),
            LinkSession.expires_at > now,
        )
    )
    row = await session.scalar(query)
    return None if row is None else LinkHolder(row.id, row.course_id, row.person_id)


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
