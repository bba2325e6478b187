"""Browsers in which staff have signed in: a cookie's secret, ended by time, by sign-out, by an admin.

A session begins with the right password and opens nothing but the page that asks for the code (TOTP) until
`second_factor_at` is set; then its secret is another one (OWASP ASVS 4.0.3, 3.2.1). It ends after `IDLE`
without a request and after `LASTS` whatever happens (3.3.2, level 2: 12 hours or 30 minutes of inactivity).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, String, delete, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import hash_of
from server.people.staff import Grant, StaffMember, StaffRole
from server.storage.tables import Person, StaffAccount, StaffSession
from server.storage.tables import StaffRole as RoleRow

IDLE = timedelta(minutes=30)
LASTS = timedelta(hours=12)
CODE_WITHIN = timedelta(minutes=10)
"""How long after the password the code may be given."""
TOUCHED_EVERY = timedelta(minutes=1)
"""A session's last use is stored at most this often."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which an account is signed in, as its owner sees it."""

    session_id: str
    created_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class HalfSession:
    """A browser in which the password was right, and the code is still to come."""

    session_id: str
    account: StaffAccount


async def member_of_session(session: AsyncSession, secret: str, now: datetime) -> StaffMember | None:
    """Who is signed in with this cookie, code given; None for nobody (any more). Two statements."""
    found = await _live(session, secret, now)
    if found is None or found[0].second_factor_at is None:
        return None
    row, account = found
    roles = select(literal("role", String), RoleRow.role, RoleRow.service_id).where(
        RoleRow.account_id == account.id
    )
    people = select(literal("person", String), Person.id, Person.service_id).where(
        Person.account_id == account.id
    )
    grants, persons = set[Grant](), dict[str, str]()
    query: CompoundSelect[str, str, str | None] = union_all(roles, people)
    for kind, value, service_id in (await session.execute(query)).all():
        if kind == "role":
            grants.add(Grant(StaffRole(value), service_id))
        elif service_id is not None:
            persons[service_id] = value
    return StaffMember(
        account_id=account.id,
        session_id=row.id,
        full_name=account.full_name,
        shown_name=account.shown_name,
        grants=frozenset(grants),
        people=persons,
        used_at=row.used_at,
        session_ends_at=row.expires_at,
    )


async def people_of_session(session: AsyncSession, secret: str, now: datetime) -> frozenset[str] | None:
    """As whom somebody is in classes who is signed in with this cookie, code given; None for nobody (any
    more). One statement.
    """
    query = (
        select(Person.id)
        .select_from(StaffSession)
        .join(StaffAccount, StaffAccount.id == StaffSession.account_id)
        .outerjoin(Person, Person.account_id == StaffAccount.id)
        .where(*_lives(secret, now), StaffSession.second_factor_at.is_not(null()))
    )
    found = (await session.scalars(query)).all()
    return frozenset(each for each in found if each is not None) if found else None


async def half_session(session: AsyncSession, secret: str, now: datetime) -> HalfSession | None:
    """Whose password was given in this browser, when the code is still to come; None for anybody else."""
    found = await _live(session, secret, now)
    if found is None or found[0].second_factor_at is not None:
        return None
    return HalfSession(found[0].id, found[1])


async def _live(
    session: AsyncSession, secret: str, now: datetime
) -> tuple[StaffSession, StaffAccount] | None:
    query = (
        select(StaffSession, StaffAccount)
        .join(StaffAccount, StaffAccount.id == StaffSession.account_id)
        .where(*_lives(secret, now))
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


def _lives(secret: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        StaffSession.secret_hash == hash_of(secret),
        StaffSession.expires_at > now,
        StaffSession.used_at > now - IDLE,
        StaffAccount.disabled_at.is_(None),
    )


def start_half_session(
    session: AsyncSession, account_id: str, now: datetime, secret: str, session_id: str
) -> None:
    """The password was right: let this browser give the code, for `CODE_WITHIN`."""
    session.add(
        StaffSession(
            id=session_id,
            account_id=account_id,
            secret_hash=hash_of(secret),
            created_at=now,
            used_at=now,
            expires_at=now + CODE_WITHIN,
            second_factor_at=None,
        )
    )


async def complete_session(session: AsyncSession, session_id: str, now: datetime, new_secret: str) -> None:
    """The code was right too: the session begins, under a new secret."""
    row = await session.get_one(StaffSession, session_id)
    row.secret_hash = hash_of(new_secret)
    row.created_at = row.used_at = row.second_factor_at = now
    row.expires_at = now + LASTS


async def renew_secret(session: AsyncSession, session_id: str, new_secret: str) -> None:
    """The session goes on under another secret: after a change of password or of the second factor."""
    (await session.get_one(StaffSession, session_id)).secret_hash = hash_of(new_secret)


async def touch(session: AsyncSession, session_id: str, now: datetime) -> None:
    """Note that the session was used, if it is still there."""
    row = await session.get(StaffSession, session_id)
    if row is not None:
        row.used_at = now


def needs_touch(member: StaffMember, now: datetime) -> bool:
    """Whether it is time to store that this session is used."""
    return member.used_at is not None and now - member.used_at >= TOUCHED_EVERY


def ends_if_idle(member: StaffMember, now: datetime) -> datetime:
    """When this session ends if nothing more is asked for, as of a request at `now` that was noted."""
    used_at = now if member.used_at is None or needs_touch(member, now) else member.used_at
    return min(used_at + IDLE, member.session_ends_at or used_at + LASTS)


async def end_session(session: AsyncSession, account_id: str, session_id: str) -> bool:
    """Sign this browser of the account out; False when the account has no such session."""
    ended = await session.scalars(
        delete(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.account_id == account_id)
        .returning(StaffSession.id)
    )
    return bool(ended.all())


async def end_all_sessions(session: AsyncSession, account_id: str, *, but: str | None = None) -> int:
    """Sign the account out everywhere, but for the session `but`; returns in how many browsers."""
    query = delete(StaffSession).where(StaffSession.account_id == account_id)
    if but is not None:
        query = query.where(StaffSession.id != but)
    return len((await session.scalars(query.returning(StaffSession.id))).all())


async def open_sessions(session: AsyncSession, account_id: str, now: datetime) -> list[OpenSession]:
    """In which browsers the account is signed in, the last used first."""
    rows = await session.scalars(
        select(StaffSession)
        .where(
            StaffSession.account_id == account_id,
            StaffSession.second_factor_at.is_not(null()),
            StaffSession.expires_at > now,
            StaffSession.used_at > now - IDLE,
        )
        .order_by(StaffSession.used_at.desc(), StaffSession.id)
    )
    return [OpenSession(row.id, row.created_at, row.used_at) for row in rows]


async def purge_staff_sessions(session: AsyncSession, now: datetime) -> int:
    """Delete the sessions that have ended by time; returns how many there were."""
    purged = await session.scalars(
        delete(StaffSession)
        .where(or_(StaffSession.expires_at <= now, StaffSession.used_at <= now - IDLE))
        .returning(StaffSession.id)
    )
    return len(purged.all())
