from __future__ import annotations

import dataclasses
import re

import pytest
from sqlalchemy import select, update

from server.pages.letters import qr_of
from server.pages.site import SITE
from server.people.staff import StaffRole
from server.storage.tables import AuditEntry, Patient, PersonalLink, Service
from tests.integration.pages.situations import buttons, know_birth_date, person_id
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import Page, World


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.LEAD)


async def course_id(world: World) -> str:
    async with world.database.reading() as session:
        row = await session.get_one(PersonalLink, world.links.patients[0].link_id)
    return row.course_id


async def letters(world: World) -> str:
    return f"/staff/courses/{await course_id(world)}/letters"


async def margarets(world: World) -> str:
    return f"{await letters(world)}/{await person_id(world, 'Margaret Ellis')}"


def code_in(page: Page) -> str:
    found = re.search(r"\d{3}( \d{3}){4}", page.html)
    assert found
    return found.group()


async def give_email(world: World, name: str, email: str) -> None:
    who = await person_id(world, name)
    changed = update(Patient).where(Patient.person_id == who).values(email=email)
    await world.database.write(lambda session: session.execute(changed))


async def test_looking_at_the_letters_page_makes_nothing_anew(world: World, lead: StaffBrowser) -> None:
    page = await lead.open(await margarets(world))
    assert page.text("h1") == "Print a letter for Margaret Ellis"
    assert "stops working when you print a new one" in page.text("main")
    async with world.database.reading() as session:
        row = await session.get_one(PersonalLink, world.links.patients[0].link_id)
    assert (row.letter_hash, row.code_hash, row.letter_at) == (None, None, None)


async def test_a_letter_has_qr_code_short_code_four_steps_and_the_phone(
    world: World, lead: StaffBrowser
) -> None:
    page = await lead.post(await margarets(world))
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Dear Margaret Ellis" in page.text("article")
    assert len(page.all("svg")) >= 1
    assert page.html.count("<li>") >= 4
    assert "127.0.0.1:8080/code" in page.text("article")
    assert "01632 960123" in page.text("article")
    assert "Your next class is on Tuesday 24 November at 10am." in page.text("article")
    assert "999" not in page.text("article"), "no NHS number"


async def test_the_letters_code_opens_the_door_and_the_email_goes_on_working(
    world: World, lead: StaffBrowser
) -> None:
    page = await lead.post(await margarets(world))
    answer = await world.press_join("/code", data={"code": code_in(page)})
    assert answer.headers["Location"] == f"/me/{world.links.patients[0].link_id}"
    assert (await world.open(world.margaret)).status == 200


async def test_the_qr_code_is_of_the_letters_own_link(world: World, lead: StaffBrowser) -> None:
    token = "t" * 43
    world.browser.app._state[SITE] = dataclasses.replace(world.browser.app[SITE], new_secret=lambda: token)
    page = await lead.post(await margarets(world))
    assert str(qr_of(f"http://127.0.0.1:8080/j/{token}")) in page.html
    assert token not in page.text("article")
    assert (await world.open(f"/j/{token}")).text("h1") == (await world.open(world.margaret)).text("h1")


async def test_printing_again_ends_the_letter_before(world: World, lead: StaffBrowser) -> None:
    first = code_in(await lead.post(await margarets(world)))
    second = code_in(await lead.post(await margarets(world)))
    assert first != second
    assert "could not find that code" in (await world.press_join("/code", data={"code": first})).html
    assert (await world.press_join("/code", data={"code": second})).status == 303


async def test_neither_code_nor_token_is_stored(world: World, lead: StaffBrowser) -> None:
    code = code_in(await lead.post(await margarets(world)))
    async with world.database.reading() as session:
        row = await session.get_one(PersonalLink, world.links.patients[0].link_id)
        entries = (await session.scalars(select(AuditEntry))).all()
    stored = f"{row.code_hash} {row.letter_hash} {[entry.detail for entry in entries]}"
    for secret in (code, code.replace(" ", "")):
        assert secret not in stored


async def test_each_letter_is_noted_in_the_audit(world: World, lead: StaffBrowser) -> None:
    await lead.post(await margarets(world))
    async with world.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action == "letter_printed")
        entry = (await session.scalars(query)).one()
    assert entry.account_id == lead.account_id
    assert entry.subject_id == await person_id(world, "Margaret Ellis")
    assert entry.service_id == await the_service(world)


async def test_a_course_has_its_letters_one_each(world: World, lead: StaffBrowser) -> None:
    page = await lead.post(await letters(world), {"whom": "everybody"})
    assert len(page.all("article")) == len(world.links.patients)
    assert len(set(re.findall(r"\d{3}(?: \d{3}){4}", page.html))) == len(world.links.patients)
    assert "Print" in buttons(page)


async def test_letters_go_to_those_without_email_alone_when_asked(world: World, lead: StaffBrowser) -> None:
    await give_email(world, "Margaret Ellis", "margaret@example.org")
    page = await lead.post(await letters(world), {"whom": "without_email"})
    assert len(page.all("article")) == len(world.links.patients) - 1
    assert "Dear Margaret Ellis" not in page.html


async def test_whom_has_to_be_said(world: World, lead: StaffBrowser) -> None:
    page = await lead.post(await letters(world), {})
    assert page.text("title").startswith("Error: ")
    assert "Select for whom you want to print letters" in page.text("main")


@pytest.mark.parametrize(("needs", "fields", "is_large"), [([], {}, False), (["large_print"], {}, True)])
async def test_who_needs_large_print_gets_it(
    world: World, lead: StaffBrowser, needs: list[str], fields: dict[str, str], is_large: bool
) -> None:
    who = await person_id(world, "Margaret Ellis")
    changed = update(Patient).where(Patient.person_id == who).values(needs=needs)
    await world.database.write(lambda session: session.execute(changed))
    page = await lead.post(await margarets(world), fields)
    assert ("mr-letter--large" in (page.all("article")[0]["class"] or "")) is is_large


async def test_large_print_can_be_asked_for(world: World, lead: StaffBrowser) -> None:
    page = await lead.post(await letters(world), {"whom": "everybody", "large": "yes"})
    assert all("mr-letter--large" in (each["class"] or "") for each in page.all("article"))


async def test_the_date_of_birth_is_in_the_steps_where_it_is_asked_for(
    world: World, lead: StaffBrowser
) -> None:
    assert "date of birth" not in (await lead.post(await margarets(world))).text("article")
    await know_birth_date(world, "Margaret Ellis")
    assert "Enter your date of birth." in (await lead.post(await margarets(world))).text("article")


async def test_no_letter_is_printed_for_a_link_that_was_revoked(world: World, lead: StaffBrowser) -> None:
    await world.revoke_links()
    page = await lead.post(await margarets(world))
    assert page.all("article") == []
    assert "Make it anew first" in page.text("main")


async def test_other_roles_and_other_services_print_nothing(world: World) -> None:
    await world.database.write(
        lambda session: _add(session, Service(id="another", name="Hillside", phone="1"))
    )
    for role, service in (
        (StaffRole.HELPER, None),
        (StaffRole.QUALITY_LEAD, None),
        (StaffRole.SYSTEM_ADMIN, None),
        (StaffRole.LEAD, "another"),
        (StaffRole.SERVICE_ADMIN, "another"),
    ):
        browser = await signed_in(world, role, service)
        for path in (await letters(world), await margarets(world)):
            for page in (await browser.open(path), await browser.post(path, {"whom": "everybody"})):
                assert page.status == 403, (role, path)
                assert "Margaret" not in page.html
    async with world.database.reading() as session:
        query = select(PersonalLink.id).where(PersonalLink.letter_hash.is_not(None))
        assert (await session.scalars(query)).all() == []


async def _add(session, row) -> None:
    session.add(row)


async def test_who_is_not_signed_in_is_asked_to(world: World) -> None:
    page = await world.open(await margarets(world))
    assert page.status == 303
    assert page.headers["Location"].startswith("/staff/sign-in")
