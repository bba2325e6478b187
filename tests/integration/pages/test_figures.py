"""The month of a service for who is signed in, above all for the quality lead."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from server.contacts.experience_question import Choice
from server.contacts.export import CYP201_COLUMNS
from server.pages.site import SITE
from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.test_measures import settle_class_5, tell
from tests.integration.pages.world import Page, World

OTHER = "another"
NOVEMBER = "month=2026-11"


@pytest.fixture
async def quality_lead(world: World) -> StaffBrowser:
    async def work(session: Any) -> None:
        session.add(t.Service(id=OTHER, name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    return await signed_in(world, StaffRole.QUALITY_LEAD, at=datetime.fromisoformat("2026-12-03T09:00:00Z"))


@pytest.fixture
async def in_december(world: World) -> None:
    await settle_class_5(world, "555632")
    await tell(world, [Choice.VERY_GOOD] * 8 + [Choice.POOR] + [Choice.DONT_KNOW], why="<i>Kind</i> staff")
    world.clock.now = now = datetime.fromisoformat("2026-12-03T09:00:00+00:00")
    contact_log = world.browser.app[SITE].contact_log
    await world.database.write(lambda session: contact_log.settle_due(session, now))


def links(page: Page) -> list[str | None]:
    return [link.get("href") for link in page.all("a")]


async def test_a_quality_lead_begins_at_the_figures_and_finds_nothing_else(
    world: World, quality_lead: StaffBrowser, in_december: None
) -> None:
    sign_in = await quality_lead.open("/staff/sign-in")
    assert (sign_in.status, sign_in.headers["Location"]) == (303, "/staff/figures")
    page = await quality_lead.open("/staff/figures")
    assert page.status == 200
    assert [text.strip() for text in page.texts["nav"][0].split("\n") if text.strip()] == [
        "Figures",
        "Your account",
    ]


async def test_x_stands_beside_y_for_the_service_and_month_chosen(
    world: World, quality_lead: StaffBrowser, in_december: None
) -> None:
    first = await quality_lead.open("/staff/figures")
    assert "Hillside pain groups. No patient is named here." in first.text("main")
    assert "There was no class in December 2026." in first.text("main")
    assert "Riverside MSK groups" in first.text("select")
    service_id = await the_service(world)

    page = await quality_lead.open(f"/staff/figures?service={service_id}&{NOVEMBER}")

    x, y = (" ".join(text.split()) for text in page.texts["section"][:2])
    assert "4 target 80 Below target" in x
    assert "80% target 90% · 10 answers Below target" in y
    assert page.text("h1") == "November 2026: contacts below target, experience below target"
    assert f"/staff/figures/{service_id}?month=2026-10" in links(page)
    async with world.database.reading() as session:
        for name in await session.scalars(select(t.Person.full_name).where(t.Person.role == "patient")):
            assert not any(part in page.html for part in name.split())


async def test_what_people_said_is_read_without_names_and_times(
    world: World, quality_lead: StaffBrowser, in_december: None
) -> None:
    address = f"/staff/figures/{await the_service(world)}"
    assert f"{address}/comments?{NOVEMBER}" in links(await quality_lead.open(f"{address}?{NOVEMBER}"))
    page = await quality_lead.open(f"{address}/comments?{NOVEMBER}")
    assert "&lt;i&gt;Kind&lt;/i&gt; staff" in page.html
    assert "24 November" not in page.text("main")


async def test_of_fewer_than_five_answers_nothing_is_shown(world: World, quality_lead: StaffBrowser) -> None:
    await tell(world, [Choice.VERY_GOOD] * 4, why="It was kind")
    world.clock.now = datetime.fromisoformat("2026-12-03T09:00:00+00:00")
    address = f"/staff/figures/{await the_service(world)}"
    page = await quality_lead.open(f"{address}?{NOVEMBER}")
    assert "Too few answers to show" in page.texts["section"][1]
    assert "It was kind" not in (await quality_lead.open(f"{address}/comments?{NOVEMBER}")).html


async def test_a_quality_lead_downloads_no_contacts(
    world: World, quality_lead: StaffBrowser, in_december: None
) -> None:
    address = f"/staff/figures/{await the_service(world)}"
    page = await quality_lead.open(f"{address}?{NOVEMBER}")
    assert "contacts.csv" not in page.html
    assert (await quality_lead.post(f"{address}/contacts.csv?{NOVEMBER}")).status == 403
    assert (await world.rows())["audit"] == 0


@pytest.mark.parametrize("role", [StaffRole.LEAD, StaffRole.SERVICE_ADMIN])
async def test_who_keeps_the_patients_downloads_the_contacts_and_the_audit_says_so(
    world: World, role: StaffRole, in_december: None
) -> None:
    service_id = await the_service(world)
    browser = await signed_in(world, role)
    page = await browser.open(f"/staff/figures?{NOVEMBER}")
    action = f"/staff/figures/{service_id}/contacts.csv?{NOVEMBER}"
    assert action in [form["action"] for form in page.all("form")]

    file = await browser.post(action)

    assert file.headers["Content-Disposition"] == 'attachment; filename="contacts-2026-11.csv"'
    assert next(csv.reader(io.StringIO(file.html))) == list(CYP201_COLUMNS)
    async with world.database.reading() as session:
        (noted,) = await session.scalars(select(t.AuditEntry))
    assert (noted.action, noted.account_id, noted.service_id, noted.detail) == (
        "export_contacts",
        browser.account_id,
        service_id,
        {"month": "2026-11"},
    )


@pytest.mark.parametrize("role", [StaffRole.HELPER, StaffRole.SYSTEM_ADMIN])
async def test_who_sees_no_figures_is_refused(world: World, role: StaffRole) -> None:
    service_id = await the_service(world)
    browser = await signed_in(world, role)
    for address in ("", f"/{service_id}", f"/{service_id}/comments"):
        assert (await browser.open(f"/staff/figures{address}")).status == 403
    assert (await browser.post(f"/staff/figures/{service_id}/contacts.csv")).status == 403


async def test_another_services_figures_are_as_if_they_were_not_there(
    world: World, quality_lead: StaffBrowser, in_december: None
) -> None:
    lead = await signed_in(world, StaffRole.LEAD)
    assert "Hillside" not in (await lead.open("/staff/figures")).html
    for shape in ("/staff/figures?service={}", "/staff/figures/{}", "/staff/figures/{}/comments"):
        theirs, nobodys = [await lead.open(shape.format(each)) for each in (OTHER, "nothing")]
        assert (theirs.status, theirs.text("main")) == (403, nobodys.text("main"))
    assert (await lead.post(f"/staff/figures/{OTHER}/contacts.csv")).status == 403
    for shape in ("/staff/figures/{}", "/staff/figures/{}/comments", "/staff/figures?service={}"):
        assert (await quality_lead.open(shape.format("nothing"))).status == 403


@pytest.mark.parametrize(
    ("month", "words"),
    [("2027-02", "February 2027 has not begun yet."), ("November", "We need a year and a month")],
)
async def test_a_month_that_cannot_be_shown_is_said_plainly(
    world: World, quality_lead: StaffBrowser, in_december: None, month: str, words: str
) -> None:
    for path in ("", "/comments"):
        page = await quality_lead.open(f"/staff/figures/{OTHER}{path}?month={month}")
        assert (page.status, page.text("h1")) == (404, "We have no figures for that month")
        assert words in page.text("main")
        assert f"/staff/figures/{OTHER}?month=2026-12" in links(page)


async def test_looking_writes_nothing(world: World, quality_lead: StaffBrowser, in_december: None) -> None:
    before = await world.rows()
    await quality_lead.open(f"/staff/figures/{await the_service(world)}?{NOVEMBER}")
    assert await world.rows() == before
