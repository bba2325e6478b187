"""How staff come into class: by a link of their own that nobody was sent, and only after they signed in.

The link's token is known to nobody. Its browsers are let into class for as long as a sign-in lasts at most,
and no longer than until staff sign out, change the password, or are signed out by an administrator; half an
hour without a request ends the sign-in and not the class. The pages beside the class ask for the sign-in, too
(`pages.known_person`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import Link, hash_of, link_by_id, make_link
from server.people.staff_sessions import LASTS
from server.storage.tables import LinkSession, Person, PersonalLink


async def staff_link(
    session: AsyncSession,
    course_id: str,
    person_id: str,
    now: datetime,
    *,
    new_id: Callable[[], str],
    new_secret: Callable[[], str],
) -> Link:
    """Return a member of staff's link to a course, made or made anew if there is none that opens anything."""
    query = select(PersonalLink).where(
        PersonalLink.course_id == course_id, PersonalLink.person_id == person_id
    )
    row = await session.scalar(query)
    usable = row is not None and row.revoked_at is None and (row.expires_at is None or row.expires_at > now)
    if row is not None and usable:
        link_id = row.id
    else:
        link_id = await make_link(
            session, link_id=new_id(), course_id=course_id, person_id=person_id, token=new_secret(), now=now
        )
        await session.flush()
    link = await link_by_id(session, link_id)
    assert link is not None
    return link


def start_staff_session(
    session: AsyncSession, link: Link, now: datetime, secret: str, session_id: str, staff_session_id: str
) -> None:
    """Let this browser in by the link of a staff member who is signed in in it by `staff_session_id`, for as
    long as a sign-in lasts at most.
    """
    session.add(
        LinkSession(
            id=session_id,
            link_id=link.link_id,
            secret_hash=hash_of(secret),
            created_at=now,
            expires_at=now + LASTS,
            staff_session_id=staff_session_id,
        )
    )


async def end_staff_browser(
    session: AsyncSession, cookies: Collection[str], *, staff_session_id: str | None, people: Collection[str]
) -> frozenset[str]:
    """Let nobody into class any more in the browser that holds these cookies; returns who came in by it.

    Its staff have signed out in it: as `people`, by `staff_session_id`; or later than that had ended by
    itself (None), while the class went on. Another browser, in which they may be teaching, is left alone.
    """
    links = select(PersonalLink.id).where(PersonalLink.person_id.in_(sorted(people)))
    here = LinkSession.secret_hash.in_([hash_of(secret) for secret in cookies])
    by_staff = or_(LinkSession.staff_session_id.is_not(None), LinkSession.link_id.in_(links))
    this = and_(here, by_staff)
    if staff_session_id is not None:
        this = or_(this, LinkSession.staff_session_id == staff_session_id)
    return await _end(session, this)


async def end_staff_browsers(
    session: AsyncSession, account_id: str, *, but: Collection[str] = ()
) -> frozenset[str]:
    """Let nobody into class any more by this account's links, but in the browser that holds the cookies
    `but`: the account is signed out in all others. Returns as whom they were let in.
    """
    links = (
        select(PersonalLink.id)
        .join(Person, Person.id == PersonalLink.person_id)
        .where(Person.account_id == account_id)
    )
    others = LinkSession.secret_hash.not_in([hash_of(secret) for secret in but])
    return await _end(session, and_(LinkSession.link_id.in_(links), others))


async def _end(session: AsyncSession, which: ColumnElement[bool]) -> frozenset[str]:
    ended = (
        await session.scalars(
            delete(LinkSession)
            .where(which)
            .returning(LinkSession.link_id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    if not ended:
        return frozenset()
    people = select(PersonalLink.person_id).where(PersonalLink.id.in_(sorted(set(ended))))
    return frozenset(await session.scalars(people))
