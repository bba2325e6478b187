from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import event, select, update

from server.pages.site import SITE
from server.people.staff import StaffRole
from server.storage.tables import AuditEntry, Letter, LinkSession, Patient, PersonalLink, Service
from tests.integration.pages.situations import buttons, end_links, know_birth_date, person_id
from tests.integration.pages.staff import StaffBrowser, signed_in
from tests.integration.pages.world import Page, World

WRONG = {"born-day": "1", "born-month": "1", "born-year": "1950"}
RIGHT = {"born-day": "31", "born-month": "3", "born-year": "1955"}


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.LEAD)


async def course(world: World) -> str:
    async with world.database.reading() as session:
        row = await session.get_one(PersonalLink, world.links.patients[0].link_id)
    return f"/staff/courses/{row.course_id}/links"


async def hers(world: World) -> str:
    return f"{await course(world)}/{await person_id(world, 'Margaret Ellis')}"


async def sends_mail_to_margaret(world: World) -> None:
    who = await person_id(world, "Margaret Ellis")
    changed = update(Patient).where(Patient.person_id == who).values(email="margaret@example.org")
    await world.database.write(lambda session: session.execute(changed))
    site = world.browser.app[SITE]
    world.browser.app._state[SITE] = dataclasses.replace(site, mail_from="groups@example.org")


async def after(lead: StaffBrowser, path: str, fields: dict[str, str] | None = None) -> Page:
    """The page that one sees after pressing a button."""
    answer = await lead.post(path, fields or {})
    assert answer.status == 303
    return await lead.open(answer.headers["Location"])


async def the_letter(world: World) -> Letter:
    async with world.database.reading() as session:
        return (await session.scalars(select(Letter).where(Letter.kind == "invitation"))).one()


async def test_the_links_of_a_course_say_how_each_stands(world: World, lead: StaffBrowser) -> None:
    await world.press_join(world.margaret)
    page = await lead.open(await course(world))
    assert page.status == 200
    rows = [" ".join(text.split()) for text in page.texts["tr"]]
    assert len(rows) == 1 + len(world.links.patients)
    assert "Margaret Ellis" in rows[1]
    assert "1 device" in rows[1]
    assert "No device yet" in rows[2]


async def test_a_link_shows_its_devices_and_what_was_done_on_them(world: World, lead: StaffBrowser) -> None:
    await know_birth_date(world, "Margaret Ellis")
    page = await lead.open(await hers(world))
    assert "It has not been opened on a device yet." in page.text("main")
    link_id = await world.link_id(world.margaret)
    page = await lead.open(await hers(world))
    assert "Since Tuesday 24 November, 9:50am" in page.text("main")
    assert "Date of birth not given yet" in page.text("main")
    await world.press_join(f"/me/{link_id}/birth", data=RIGHT)
    assert "Date of birth given" in (await lead.open(await hers(world))).text("main")


async def test_one_device_can_be_ended_and_comes_by_the_link_again(world: World, lead: StaffBrowser) -> None:
    link_id = await world.link_id(world.margaret)
    async with world.database.reading() as session:
        device = (await session.scalars(select(LinkSession.id))).one()
    page = await after(lead, f"{await hers(world)}/devices", {"device": device})
    assert "That device has to come by the link again." in page.text("main")
    assert (await world.open(f"/class/{link_id}")).status == 403
    assert (await world.press_join(world.margaret)).status == 303


async def test_a_device_of_somebody_else_cannot_be_ended_here(world: World, lead: StaffBrowser) -> None:
    await world.press_join(world.links.patients[1].url)
    async with world.database.reading() as session:
        device = (await session.scalars(select(LinkSession.id))).one()
    answer = await lead.post(f"{await hers(world)}/devices", {"device": device})
    assert answer.status == 403
    assert (await world.rows())["link_sessions"] == 1
    async with world.database.reading() as session:
        assert (
            await session.scalar(select(AuditEntry).where(AuditEntry.action == "link_device_ended")) is None
        )


async def test_a_revoked_link_opens_nothing_and_a_new_one_can_be_made(
    world: World, lead: StaffBrowser
) -> None:
    link_id = await world.link_id(world.margaret)
    page = await after(lead, f"{await hers(world)}/revoke")
    assert "Revoked on Tuesday 24 November 2026" in page.text("main")
    assert "Revoke the link" not in buttons(page)
    assert (await world.open(world.margaret)).status == 410
    assert (await world.open(f"/class/{link_id}")).status == 410
    page = await after(lead, f"{await hers(world)}/renew")
    assert "In use" in page.text("main")
    assert (await world.open(world.margaret)).status == 404, "the old token is nobody's now"
    assert (await world.rows())["link_sessions"] == 0


async def test_whose_way_in_ends_is_hung_up_on(world: World, lead: StaffBrowser) -> None:
    page = await hers(world)
    margaret = page.rpartition("/")[2]
    await world.press_join(world.margaret)
    async with world.database.reading() as session:
        device = (await session.scalars(select(LinkSession.id))).one()
    for change, fields in (("unlock", {}), ("devices", {"device": device}), ("revoke", {}), ("renew", {})):
        assert (await lead.post(f"{page}/{change}", fields)).status == 303
        assert world.hung_up_on == ([] if change == "unlock" else [margaret]), change
        world.hung_up_on.clear()


async def test_without_email_a_new_link_asks_for_a_letter(world: World, lead: StaffBrowser) -> None:
    page = await after(lead, f"{await hers(world)}/renew")
    assert "No email goes out: print a letter." in page.text("main")
    assert "Send the email again" not in buttons(page)
    assert (await lead.post(f"{await hers(world)}/send")).status == 403
    assert (await world.rows())["outbox"] == 0


async def test_a_new_link_goes_out_by_email_and_works(world: World, lead: StaffBrowser) -> None:
    await sends_mail_to_margaret(world)
    page = await after(lead, f"{await hers(world)}/renew")
    assert "the email with it is on its way" in page.text("main")
    letter = await the_letter(world)
    assert letter.to_address == "margaret@example.org"
    [link] = {word for word in letter.text.split() if "/j/" in word}
    assert (await world.open("/j/" + link.rsplit("/", 1)[1])).status == 200


async def test_sending_again_ends_earlier_emails_and_no_letter_and_no_device(
    world: World, lead: StaffBrowser
) -> None:
    await sends_mail_to_margaret(world)
    link_id = await world.link_id(world.margaret)
    printed = await lead.post((await hers(world)).replace("/links/", "/letters/"))
    code = "".join(part for part in printed.texts["p"] if part.replace(" ", "").isdigit())
    await after(lead, f"{await hers(world)}/send")
    assert (await world.open(world.margaret)).status == 404
    assert (await world.open(f"/class/{link_id}")).status == 200
    assert (await world.press_join("/code", data={"code": code})).status == 303


async def test_staff_see_a_lock_and_let_the_person_try_again(world: World, lead: StaffBrowser) -> None:
    await know_birth_date(world, "Margaret Ellis")
    link_id = await world.link_id(world.margaret)
    for _ in range(5):
        await world.press_join(f"/me/{link_id}/birth", data=WRONG)
    assert "Locked after wrong dates of birth" in (await lead.open(await course(world))).text("main")
    page = await lead.open(await hers(world))
    assert "Nothing is taken until Tuesday 24 November, 10:05am." in page.text("main")
    page = await after(lead, f"{await hers(world)}/unlock")
    assert "Locked" not in page.text("main")
    assert (await world.press_join(f"/me/{link_id}/birth", data=RIGHT)).status == 303


@pytest.mark.parametrize(
    ("button", "action"),
    [("renew", "link_renewed"), ("revoke", "link_revoked"), ("unlock", "birth_date_unlocked")],
)
async def test_what_staff_do_to_a_link_is_noted(
    world: World, lead: StaffBrowser, button: str, action: str
) -> None:
    await lead.post(f"{await hers(world)}/{button}")
    async with world.database.reading() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == action))).one()
    assert (entry.account_id, entry.subject_id) == (
        lead.account_id,
        await person_id(world, "Margaret Ellis"),
    )


async def test_a_link_that_has_ended_says_so(world: World, lead: StaffBrowser) -> None:
    await end_links(world)
    assert "Ended with the course" in (await lead.open(await hers(world))).text("main")


async def test_a_helper_and_another_services_staff_are_refused(world: World) -> None:
    async def add(session) -> None:
        session.add(Service(id="another", name="Hillside", phone="1"))

    await world.database.write(add)
    before = await world.rows()
    for role, service in ((StaffRole.HELPER, None), (StaffRole.LEAD, "another")):
        browser = await signed_in(world, role, service)
        for path in (await course(world), await hers(world)):
            assert (await browser.open(path)).status == 403
        for button in ("send", "renew", "revoke", "unlock", "devices"):
            assert (await browser.post(f"{await hers(world)}/{button}")).status == 403
    assert (await world.open(world.margaret)).status == 200
    assert (await world.rows())["audit"] == before["audit"]


async def test_a_patient_who_is_not_on_the_course_is_not_there(world: World, lead: StaffBrowser) -> None:
    for stranger in ("nobody", await person_id(world, "Hannah Okafor")):
        assert (await lead.open(f"{await course(world)}/{stranger}")).status == 403


async def test_the_lists_take_few_statements_whatever_their_length(world: World, lead: StaffBrowser) -> None:
    counted: list[str] = []
    engine = world.database._reader.sync_engine
    paths = (await course(world), await hers(world))

    def count(_connection, _cursor, statement, *_rest) -> None:
        if statement != "BEGIN":
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        for path in paths:
            counted.clear()
            assert (await lead.open(path)).status == 200
            assert 0 < len(counted) <= 10
    finally:
        event.remove(engine, "before_cursor_execute", count)


async def test_a_session_that_is_too_old_is_no_device(world: World) -> None:
    await world.press_join(world.margaret)
    world.clock.move(days=121)
    lead = await signed_in(world, StaffRole.LEAD)
    page = await lead.open(await course(world))
    assert "No device yet" in page.text("main")
    assert "1 device" not in page.text("main")
