"""Tells the patients of a course by e-mail: their place, and whatever changes about their classes.

Each function is called within the transaction that makes the letter necessary (`database.write`), after the
change itself, and returns to whom it wrote: those on the course who have an e-mail address and did not ask us
to leave them alone. The others are to be told by phone or letter. Nothing is written while the installation
sends no e-mail. The same change is told once: the letters' keys hold the class, its sequence and the person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.links import hash_of
from server.post.letterhead import Letterhead
from server.post.record import try_again
from server.storage.tables import ClassSession, Letter, Patient
from server.timetable.calendar import Method, readdressed
from server.timetable.course_letters import About, Reader, about_course, readers, write_about
from server.timetable.letter_words import When, Words, back_on, cancelled, invitation, moved, removed


class Invited(Protocol):
    """Somebody with a new link, at the moment when its token is known."""

    @property
    def person_id(self) -> str: ...  # noqa: D102
    @property
    def link_id(self) -> str: ...  # noqa: D102
    @property
    def token(self) -> str: ...  # noqa: D102


async def invite(
    session: AsyncSession,
    course_id: str,
    invited: Sequence[Invited],
    letterhead: Letterhead,
    now: datetime,
    *,
    codes: Mapping[str, str] | None = None,
) -> list[str]:
    """Send these people the link they were just given, with all classes that lie ahead.

    `codes` are short codes as they are read, by person, for those who have one. An invitation that was not
    sent yet is taken back: its link opens nothing any more. Returns whom an e-mail goes to.
    """
    if not letterhead.sends_mail or not invited:
        return []
    about = await about_course(session, course_id)
    by_person = {each.person_id: each for each in invited}
    ahead = [row for row in about.classes if row.ends_at > now and row.cancelled_at is None]
    written = []
    for reader in await readers(session, course_id, among=by_person):
        mine = by_person[reader.person_id]
        link = f"{letterhead.base_url}/j/{mine.token}"
        words = invitation(
            reader.name,
            about.group,
            [_when(row) for row in ahead],
            link=link,
            code=(codes or {}).get(reader.person_id),
            code_page=f"{letterhead.base_url}/code",
            now=now,
            zone=letterhead.zone,
        )
        await _take_back(session, reader.person_id, course_id)
        method = Method.PUBLISH if len(ahead) > 1 else Method.REQUEST
        key = f"invitation:{mine.link_id}:{hash_of(mine.token)[:32]}"
        if await write_about(
            session, about, reader, "invitation", key, words, letterhead, now, method, ahead, link
        ):
            written.append(reader.person_id)
    return written


async def classes_moved(
    session: AsyncSession, class_ids: Collection[str], letterhead: Letterhead, now: datetime
) -> list[str]:
    """Tell a course's patients of new days or times of classes; one letter each, however many classes."""

    def words(reader: Reader, about: About, told: Sequence[ClassSession]) -> Words:
        when = [_when(row) for row in told]
        return moved(reader.name, about.group, when, now=now, zone=letterhead.zone)

    return await _tell(session, class_ids, letterhead, now, "class_moved", Method.REQUEST, words)


async def classes_cancelled(
    session: AsyncSession, class_ids: Collection[str], letterhead: Letterhead, now: datetime
) -> list[str]:
    """Tell a course's patients that classes were called off, and which is their next one."""

    def words(reader: Reader, about: About, told: Sequence[ClassSession]) -> Words:
        ahead = (row for row in about.classes if row.starts_at > now and row.cancelled_at is None)
        coming = next(ahead, None)
        return cancelled(
            reader.name,
            about.group,
            [_when(row) for row in told],
            next_class=None if coming is None else _when(coming),
            now=now,
            zone=letterhead.zone,
        )

    return await _tell(session, class_ids, letterhead, now, "class_cancelled", Method.CANCEL, words)


async def classes_back_on(
    session: AsyncSession, class_ids: Collection[str], letterhead: Letterhead, now: datetime
) -> list[str]:
    """Tell a course's patients that classes take place after all."""

    def words(reader: Reader, about: About, told: Sequence[ClassSession]) -> Words:
        when = [_when(row) for row in told]
        return back_on(reader.name, about.group, when, now=now, zone=letterhead.zone)

    return await _tell(session, class_ids, letterhead, now, "class_back_on", Method.REQUEST, words)


async def removed_from_course(
    session: AsyncSession, course_id: str, person_id: str, letterhead: Letterhead, now: datetime
) -> bool:
    """Tell a patient that their place has ended, and clear their calendar.

    Call it in the same transaction, before they are taken off. An invitation that waits is taken back, and
    nothing is told if it never went out.
    """
    if not letterhead.sends_mail:
        return False
    taken_back = await _take_back(session, person_id, course_id)
    known = await session.scalar(
        select(Letter.id)
        .where(Letter.person_id == person_id, Letter.course_id == course_id, Letter.failed_at.is_(None))
        .limit(1)
    )
    if taken_back and known is None:
        return False
    about = await about_course(session, course_id)
    ahead = [row for row in about.classes if row.ends_at > now and row.cancelled_at is None]
    for reader in await readers(session, course_id, among=[person_id]):
        key = f"course_ended:{course_id}:{person_id}:{now:%Y%m%d%H%M%S}"
        return await write_about(
            session,
            about,
            reader,
            "course_ended",
            key,
            removed(reader.name, about.group),
            letterhead,
            now,
            Method.CANCEL,
            ahead,
        )
    return False


async def send_again(session: AsyncSession, letter: Letter, now: datetime) -> bool:
    """Have a letter to a patient that was given up sent once more, to the address that they have now.

    False when there is nothing to send. Raises `Refused`: no_email when they have no address any more,
    newer_sent when they were told something newer since, which this would contradict.
    """
    patient = await session.get_one(Patient, letter.person_id)
    if not patient.email or patient.refuses_email:
        raise Refused(
            "no_email",
            "This patient has no email address now, or does not want emails. Tell them by phone or letter.",
        )
    newer = select(Letter.id).where(
        Letter.person_id == letter.person_id,
        Letter.course_id == letter.course_id,
        Letter.written_at > letter.written_at,
        Letter.sent_at.is_not(None),
    )
    if await session.scalar(newer.limit(1)) is not None:
        raise Refused(
            "newer_sent",
            "This patient has had a newer email about this course. Send them their link again instead: that"
            " email has all times as they are now.",
        )
    calendar = letter.calendar
    if calendar and patient.email != letter.to_address:
        calendar = readdressed(calendar, patient.email)
    return await try_again(session, letter, now, to_address=patient.email, calendar=calendar)


async def _tell(
    session: AsyncSession,
    class_ids: Collection[str],
    letterhead: Letterhead,
    now: datetime,
    kind: str,
    method: Method,
    words: Callable[[Reader, About, Sequence[ClassSession]], Words],
) -> list[str]:
    if not letterhead.sends_mail or not class_ids:
        return []
    await session.flush()
    course_id = await session.scalar(select(ClassSession.course_id).where(ClassSession.id.in_(class_ids)))
    assert course_id is not None
    about = await about_course(session, course_id)
    told = [row for row in about.classes if row.id in class_ids and row.ends_at > now]
    if not told:
        return []
    written = []
    more = f"+{len(told) - 1}" if len(told) > 1 else ""
    for reader in await readers(session, course_id):
        key = f"{kind}:{told[0].id}{more}:{told[0].sequence}:{reader.person_id}"
        letter = words(reader, about, told)
        if await write_about(session, about, reader, kind, key, letter, letterhead, now, method, told):
            written.append(reader.person_id)
    return written


async def _take_back(session: AsyncSession, person_id: str, course_id: str) -> bool:
    """Take back the invitations to a course that have not gone out; return whether there was one."""
    taken = await session.scalars(
        delete(Letter)
        .where(
            Letter.person_id == person_id,
            Letter.course_id == course_id,
            Letter.kind == "invitation",
            Letter.sent_at.is_(None),
            Letter.sending_since.is_(None),
        )
        .returning(Letter.id)
    )
    return bool(taken.all())


def _when(row: ClassSession) -> When:
    return When(row.number, row.starts_at, row.ends_at)
