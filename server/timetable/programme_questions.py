"""Whether staff approve the questions that patients of a programme ask before the group sees them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.people.auditing import audit
from server.people.staff import StaffMember
from server.storage.tables import Programme


async def set_questions_held(
    session: AsyncSession,
    member: StaffMember,
    programme: Programme,
    held: bool,
    now: datetime,
    *,
    audit_id: str,
) -> None:
    """Have questions wait for approval, or no longer; a class room that is open goes on as it was opened."""
    if programme.questions_held == held:
        return
    programme.questions_held = held
    action = "hold_questions" if held else "release_questions"
    detail = {"programme_id": programme.id}
    audit(session, member, action, now, audit_id, service_id=programme.service_id, detail=detail)
