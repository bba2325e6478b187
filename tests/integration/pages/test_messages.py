"""`/staff/messages`: staff see what became of e-mails, and try again what was given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from server.people.staff import StaffRole
from server.post.letters import write_letter
from server.storage.tables import AuditEntry, CourseMember, Letter, Patient, Person, Service
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import World

HERE = "/staff/messages"


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.LEAD)


async def letters(world: World, number: int = 1, **columns: object) -> str:
    """Write so many to the patients of the demo's course; returns the course."""
    service_id = await the_service(world)

    async def work(session) -> str:
        query = select(CourseMember).where(CourseMember.seat.is_not(None)).order_by(CourseMember.seat)
        member = (await session.scalars(query.limit(1))).one()
        for count in range(number):
            await write_letter(
                session,
                letter_id=f"letter{count}",
                key=f"{count}",
                kind="invitation",
                to_address="margaret@patients.example",
                subject="Your online class: how to join",
                text="https://classes.example/j/secret",
                now=world.clock() + timedelta(seconds=count),
                service_id=service_id,
                person_id=member.person_id,
                course_id=member.course_id,
            )
        for row in await session.scalars(select(Letter)):
            for name, value in columns.items():
                setattr(row, name, value)
        return member.course_id

    return await world.database.write(work)


async def the_letter(world: World) -> Letter:
    async with world.database.reading() as session:
        return await session.get_one(Letter, "letter0")


async def test_what_failed_is_said_in_plain_words_and_without_the_address(world: World, lead: StaffBrowser):
    said = "The mail server said: 550 5.1.1 (address): no such mailbox"
    await letters(world, next_at=None, failed_at=world.clock(), problem=said)
    page = await lead.open(HERE)
    assert page.status == 200
    assert "Margaret Ellis" in page.html
    assert "There is no mailbox at this email address" in page.html
    assert said in page.html
    assert "margaret@patients.example" not in page.html
    assert "secret" not in page.html


async def email_of_margaret(world: World, address: str | None) -> None:
    async def work(session) -> None:
        query = select(Patient).join(Person, Person.id == Patient.person_id)
        (await session.scalars(query.where(Person.full_name == "Margaret Ellis"))).one().email = address

    await world.database.write(work)


async def test_a_letter_that_was_given_up_is_tried_again_once(world: World, lead: StaffBrowser):
    await email_of_margaret(world, "margaret@patients.example")
    await letters(world, next_at=None, failed_at=world.clock(), attempts=20, problem="away")
    world.clock.move(minutes=5)
    for _ in range(2):
        done = await lead.post(f"{HERE}/letter0/again")
        assert done.status == 303
    row = await the_letter(world)
    assert (row.failed_at, row.next_at, row.attempts) == (None, world.clock(), 0)
    async with world.database.reading() as session:
        noted = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "send_message_again"))
        ).one()
    assert noted.detail == {"letter_id": "letter0"}
    assert noted.account_id == lead.account_id


async def test_trying_again_goes_to_the_address_that_was_put_right(world: World, lead: StaffBrowser):
    entry = "BEGIN:VEVENT\r\nUID:1\r\nATTENDEE;RSVP=FALSE:mailto:margaret@patients.example\r\nEND:VEVENT\r\n"
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{entry}END:VCALENDAR\r\n"
    await letters(world, next_at=None, failed_at=world.clock(), calendar=calendar, method="REQUEST")
    await email_of_margaret(world, "right@patients.example")
    await lead.post(f"{HERE}/letter0/again")
    row = await the_letter(world)
    assert row.to_address == "right@patients.example"
    unfolded = (row.calendar or "").replace("\r\n ", "")
    assert "mailto:right@patients.example" in unfolded
    assert "margaret@" not in unfolded


async def test_what_would_contradict_newer_news_is_not_sent(world: World, lead: StaffBrowser):
    await email_of_margaret(world, "margaret@patients.example")
    await letters(world, 2, next_at=None, failed_at=world.clock())

    async def newer_was_sent(session) -> None:
        row = await session.get_one(Letter, "letter1")
        row.failed_at, row.sent_at = None, world.clock()

    await world.database.write(newer_was_sent)
    refused = await lead.post(f"{HERE}/letter0/again")
    assert "Send them their link again instead" in refused.html
    assert (await the_letter(world)).failed_at is not None


async def test_who_has_no_address_any_more_is_not_written_to(world: World, lead: StaffBrowser):
    await letters(world, next_at=None, failed_at=world.clock())
    await email_of_margaret(world, None)
    refused = await lead.post(f"{HERE}/letter0/again")
    assert "Tell them by phone or letter" in refused.html
    assert (await the_letter(world)).failed_at is not None


async def test_a_letter_whose_text_is_gone_cannot_be_tried_again(world: World, lead: StaffBrowser):
    await email_of_margaret(world, "margaret@patients.example")
    await letters(world, next_at=None, failed_at=world.clock(), text="")
    assert "Try again" not in (await lead.open(HERE)).html
    await lead.post(f"{HERE}/letter0/again")
    assert (await the_letter(world)).failed_at is not None


async def test_letters_are_shown_by_state_and_by_course(world: World, lead: StaffBrowser):
    course_id = await letters(world)
    assert "Margaret Ellis" in (await lead.open(f"{HERE}?state=waiting")).html
    assert "Margaret Ellis" not in (await lead.open(f"{HERE}?state=failed")).html
    assert "Margaret Ellis" in (await lead.open(f"{HERE}?course={course_id}")).html
    assert "Margaret Ellis" not in (await lead.open(f"{HERE}?course=another")).html


async def test_fifty_stand_on_a_page_and_the_statements_do_not_grow(world: World, lead: StaffBrowser):
    await letters(world, 120)
    statements: list[str] = []

    def count(connection, cursor, statement, *rest) -> None:
        statements.append(statement)

    engine = world.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        page = await lead.open(f"{HERE}?page=3")
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert page.html.count("Margaret Ellis") == 20
    assert "Page 2 of 3" in page.html
    assert len([each for each in statements if each.startswith("SELECT")]) <= 10


async def test_a_course_says_when_letters_about_it_were_not_sent(world: World, lead: StaffBrowser):
    course_id = await letters(world, 2)
    assert "could not be sent" not in (await lead.open(f"/staff/courses/{course_id}")).html
    await world.database.write(lambda session: _give_up(session, world))
    page = await lead.open(f"/staff/courses/{course_id}")
    assert "2 emails about this course could not be sent" in page.html
    assert f"{HERE}?course={course_id}&amp;state=failed" in page.html


async def _give_up(session, world: World) -> None:
    for row in await session.scalars(select(Letter)):
        row.next_at, row.failed_at = None, world.clock()


async def test_without_a_mail_server_the_page_says_so(world: World, lead: StaffBrowser):
    await letters(world)
    page = await lead.open(HERE)
    assert "Moveroom has not been given a mail server" in page.html
    assert "Waits until there is a mail server" in page.html
    assert "Will be sent now" not in page.html


@pytest.mark.parametrize("role", [StaffRole.HELPER, StaffRole.QUALITY_LEAD, StaffRole.SYSTEM_ADMIN])
async def test_who_does_not_invite_sees_no_letters(world: World, role: StaffRole):
    await letters(world, next_at=None, failed_at=world.clock())
    other = await signed_in(world, role)
    assert (await other.open(HERE)).status == 403
    assert (await other.post(f"{HERE}/letter0/again")).status == 403
    assert (await the_letter(world)).failed_at is not None


async def test_the_lead_of_another_service_neither_sees_nor_sends_them(world: World):
    async def work(session) -> None:
        session.add(Service(id="another", name="Another", phone="01632 960999"))

    await world.database.write(work)
    await letters(world, next_at=None, failed_at=world.clock())
    other = await signed_in(world, StaffRole.LEAD, "another")
    assert "Margaret Ellis" not in (await other.open(HERE)).html
    assert (await other.post(f"{HERE}/letter0/again")).status == 403
    assert (await other.post(f"{HERE}/unknown/again")).status == 403
    assert (await the_letter(world)).failed_at is not None
