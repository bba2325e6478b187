from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.situations import class_row, person_id
from tests.integration.pages.staff import signed_in, the_service
from tests.integration.pages.world import World


async def asked_and_written(world: World) -> str:
    """Margaret has asked what looks like a formula, and a message of hers was reported; the course."""
    row, who = await class_row(world), await person_id(world, "Margaret Ellis")

    async def work(session) -> None:
        session.add(
            t.Question(
                id="q1",
                class_id=row.id,
                asker_id=who,
                key="key-of-q1",
                text="=1+1, is that so?",
                state="answered_in_writing",
                asked_at=world.clock(),
                answer="It is.",
                answered_by=who,
                answered_at=world.clock(),
                anonymous=True,
            )
        )
        session.add(
            t.ChatMessage(
                id="m1",
                course_id=row.course_id,
                author_id=who,
                key="key-of-m1",
                text="Take double the tablets",
                posted_at=world.clock(),
            )
        )
        await session.flush()
        reply = {"id": "r1", "question_id": "q1", "author_id": who, "key": "key-of-r1", "text": "Mine too"}
        session.add(t.QuestionReply(**reply, posted_at=world.clock(), hidden=True, hidden_reason="private"))
        report = {"question_id": "q1", "reply_id": "r1", "person_id": who, "reason": "private"}
        session.add(t.QuestionReport(**report, reported_at=world.clock()))
        session.add(t.ChatReport(message_id="m1", person_id=who, reason="unsafe", reported_at=world.clock()))

    await world.database.write(work)
    return row.course_id


async def test_staff_read_what_was_asked_and_what_was_reported(world: World) -> None:
    course_id = await asked_and_written(world)
    lead = await signed_in(world, StaffRole.LEAD)
    assert f"/staff/courses/{course_id}/talk" in (await lead.open(f"/staff/courses/{course_id}")).html
    words = (await lead.open(f"/staff/courses/{course_id}/talk")).text("main")
    for part in (
        "Take double the tablets",
        "it is not safe advice",
        "=1+1",
        "Answered in writing",
        "Mine too (hidden from the group)",
        "Reported by 1: it tells something private",
    ):
        assert part in words


async def test_the_questions_are_a_file_without_formulas_and_the_audit_says_who_has_it(world: World) -> None:
    course_id = await asked_and_written(world)
    lead = await signed_in(world, StaffRole.LEAD)
    file = await lead.post(f"/staff/courses/{course_id}/questions.csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="questions.csv"'
    names, row = csv.reader(io.StringIO(file.html))
    asked = dict(zip(names, row, strict=True))
    assert asked["Asked by"] == "Margaret Ellis"
    assert (asked["Question"], asked["Answer"], asked["Without a name"]) == (
        "'=1+1, is that so?",
        "It is.",
        "yes",
    )
    async with world.database.reading() as session:
        (noted,) = await session.scalars(select(t.AuditEntry))
    assert (noted.action, noted.service_id, noted.detail) == (
        "export_questions",
        await the_service(world),
        {"course_id": course_id},
    )


@pytest.mark.parametrize("role", [StaffRole.HELPER, StaffRole.QUALITY_LEAD, StaffRole.SYSTEM_ADMIN])
async def test_who_does_not_keep_patients_gets_neither(world: World, role: StaffRole) -> None:
    course_id = await asked_and_written(world)
    browser = await signed_in(world, role)
    assert (await browser.open(f"/staff/courses/{course_id}/talk")).status == 403
    assert (await browser.post(f"/staff/courses/{course_id}/questions.csv")).status == 403
    assert (await world.rows())["audit"] == 0
