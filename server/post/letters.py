"""Writes letters into the outbox, in the transaction that makes them necessary.

A letter is written or not together with what it tells of; `server.post.sending` sends it after the commit.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.stored import note
from server.storage.tables import Letter

OUTBOX = "outbox"
"""What the sender listens for."""


async def write_letter(
    session: AsyncSession,
    *,
    letter_id: str,
    key: str,
    kind: str,
    to_address: str,
    subject: str,
    text: str,
    now: datetime,
    service_id: str | None = None,
    person_id: str | None = None,
    account_id: str | None = None,
    course_id: str | None = None,
    calendar: str | None = None,
    method: str | None = None,
) -> bool:
    """Put an e-mail into the outbox, to be sent at once; False, and nothing written, when `key` is there.

    `key` (up to 120 characters) says what the letter is about, such as `class_moved:CLASS:3:PERSON`: whoever
    says the same thing again writes nothing. `calendar` is an iCalendar stream (RFC 5545) and `method` what
    it asks for (RFC 5546). Call it within `database.write`; the sender wakes by itself once that is stored.
    Lines may be of any length (they are wrapped); `text` and `calendar` are wiped once the letter is sent.
    """
    if await session.scalar(select(Letter.id).where(Letter.key == key)) is not None:
        return False
    session.add(
        Letter(
            id=letter_id,
            key=key,
            kind=kind,
            service_id=service_id,
            person_id=person_id,
            account_id=account_id,
            course_id=course_id,
            to_address=to_address,
            subject=subject,
            text=text,
            calendar=calendar,
            method=method,
            written_at=now,
            next_at=now,
        )
    )
    await session.flush()
    note(session, OUTBOX)
    return True
