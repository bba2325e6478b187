"""Who is in a class though the device is another's, and for whom somebody else came.

A couple has one device: when one of the two checks in with "my partner too", the stay of the one is that of
the other. A proxy comes by the patient's own link, so the stay is the patient's own; the check-in says that
it was a proxy.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.tables import CheckIn, ClassSession, CourseMember, Patient

COMES_BY_PROXY = "proxy"
"""Of `check_ins.comes`."""


async def who_sat_beside(session: AsyncSession, class_id: str) -> dict[str, str]:
    """Return by person id whose stays are theirs too: the partner's, who checked in for both.

    Only of two who are a couple on the course list, each of the other.
    """
    other = CourseMember.__table__.alias("other")
    query = (
        select(CourseMember.partner_id, CourseMember.person_id)
        .join(ClassSession, ClassSession.course_id == CourseMember.course_id)
        .join(CheckIn, (CheckIn.class_id == ClassSession.id) & (CheckIn.person_id == CourseMember.person_id))
        .join(
            other,
            (other.c.course_id == CourseMember.course_id)
            & (other.c.person_id == CourseMember.partner_id)
            & (other.c.partner_id == CourseMember.person_id),
        )
        .where(ClassSession.id == class_id, CheckIn.partner_too)
    )
    rows = await session.execute(query)
    return {partner_id: person_id for partner_id, person_id in rows if partner_id is not None}


async def subjects_by_proxy(session: AsyncSession, class_id: str) -> frozenset[str]:
    """Return, as the ledger knows them, the patients of a class for whom a proxy checked in."""
    query = (
        select(Patient.subject_id)
        .join(CheckIn, CheckIn.person_id == Patient.person_id)
        .where(CheckIn.class_id == class_id, CheckIn.comes == COMES_BY_PROXY)
    )
    return frozenset(await session.scalars(query))
