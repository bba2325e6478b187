"""The audit: one row for each thing that staff did to a person or a service. Append-only.

`detail` holds ids, months and flags, never a name or what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.staff import StaffMember
from server.storage.tables import AuditEntry


def audit(
    session: AsyncSession,
    member: StaffMember,
    action: str,
    now: datetime,
    audit_id: str,
    *,
    service_id: str | None = None,
    subject_id: str | None = None,
    class_id: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Note, in the transaction that does it, that this member of staff did `action` (at most 40 characters).

    `subject_id` is the person whom it was done to; `service_id` is the one that it belongs to, so that its
    administrators find it.
    """
    session.add(
        AuditEntry(
            id=audit_id,
            at=now,
            actor_id=member.people.get(service_id) if service_id else None,
            account_id=member.account_id,
            service_id=service_id,
            subject_id=subject_id,
            class_id=class_id,
            action=action,
            detail=dict(detail) if detail is not None else None,
        )
    )


def audit_account(
    session: AsyncSession,
    account_id: str | None,
    action: str,
    now: datetime,
    audit_id: str,
    *,
    service_id: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Note what was done under an account, or in vain to get into one, where nobody is signed in.

    `account_id` is None where there is no such account.
    """
    session.add(
        AuditEntry(
            id=audit_id,
            at=now,
            account_id=account_id,
            service_id=service_id,
            action=action,
            detail=dict(detail) if detail is not None else None,
        )
    )


async def audit_each(
    session: AsyncSession,
    member: StaffMember,
    action: str,
    now: datetime,
    new_id: Callable[[], str],
    *,
    service_id: str,
    subject_ids: Collection[str],
    detail: Mapping[str, object] | None = None,
) -> None:
    """As `audit`, for the same thing done to many people at once: one statement."""
    if not subject_ids:
        return
    rows = [
        {
            "id": new_id(),
            "at": now,
            "actor_id": member.people.get(service_id),
            "account_id": member.account_id,
            "service_id": service_id,
            "subject_id": subject_id,
            "action": action,
            "detail": dict(detail) if detail is not None else None,
        }
        for subject_id in subject_ids
    ]
    await session.execute(insert(AuditEntry), rows, execution_options={"render_nulls": True})
