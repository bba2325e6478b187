"""The group agreement: what everybody in a group accepts once per course, and again when its text changes.

The text has a version: a change of a word without a new `VERSION` fails a test, which knows the hash of each
version that was ever shown.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.tables import AgreementAccepted

VERSION = 1
TEXT: tuple[str, ...] = (
    "Share only what you want to share. You can keep your camera off, and you can just listen.",
    "What you hear and see in the group stays in the group.",
    "Do not record, and do not take pictures. We do not record you.",
    "Tell us who else is in the room with you. They can hear the group too.",
    "Everybody in the group can read what you write in the chat.",
    "You can leave at any time. You can ask staff for a private word at any time.",
    "If you come more than 5 minutes late, staff may ask you to come to the next class.",
    "Stop if something hurts or you feel unwell, and press Help.",
)


def text_hash() -> str:
    """Return the SHA-256 of the text, line by line, in hexadecimal."""
    return hashlib.sha256("\n".join(TEXT).encode()).hexdigest()


async def has_accepted(session: AsyncSession, course_id: str, person_id: str) -> bool:
    """Whether this person has accepted the present version for this course."""
    return await session.get(AgreementAccepted, (course_id, person_id, VERSION)) is not None


async def accept(session: AsyncSession, course_id: str, person_id: str, now: datetime) -> None:
    """Note that the present version is accepted; to accept it again changes nothing."""
    if not await has_accepted(session, course_id, person_id):
        session.add(
            AgreementAccepted(course_id=course_id, person_id=person_id, version=VERSION, accepted_at=now)
        )
