"""Takes a class's care contacts out of the ledger again: it was cancelled and is put back on."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.tables import CareContact, ClassSession


async def unsettle_class(session: AsyncSession, class_id: str) -> None:
    """Delete the contacts of a class that takes place after all, so that it is settled anew when it is over.

    In the transaction that puts it back on. The contacts of a class that has ended or is still cancelled
    stay as they are.
    """
    row = await session.get_one(ClassSession, class_id)
    if row.ended_at is not None or row.cancelled_at is not None:
        return
    await session.execute(delete(CareContact).where(CareContact.class_id == class_id))
    await session.execute(update(ClassSession).where(ClassSession.id == class_id).values(settled_at=None))
