from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import delete, select

from server.contacts.experience_answer import Given, store_answers
from server.contacts.experience_question import Choice
from server.contacts.export import CYP201_COLUMNS
from server.contacts.months import Month
from server.storage.database import StorageFailed
from server.storage.faults import StorageFault
from server.storage.tables import (
    AuditEntry,
    CareContact,
    ClassSession,
    Participation,
    Patient,
    Person,
    PresenceInterval,
    Programme,
)
from tests.integration.pages.world import Page, World

NOVEMBER = Month(2026, 11)
STRANGERS = (403, "Open the link in your letter or email again")


@pytest.fixture
async def hannah(world: World) -> str:
    """The public id of the physio's link, opened in this browser before class."""
    return await world.link_id(world.hannah)


async def opened(world: World, link_id: str, month: str = "") -> Page:
    return await world.open(f"/measures/{link_id}" + (f"?month={month}" if month else ""))


async def settle_class_5(world: World, statuses: str) -> None:
    """Class 5 is over, the only one with contacts: these statuses, and 40 minutes for those who were seen."""

    async def work(session) -> None:
        await session.execute(delete(CareContact))
        for earlier in await session.scalars(select(ClassSession).where(ClassSession.number < 5)):
            earlier.settled_at = earlier.ended_at
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        row.ended_at = row.settled_at = row.ends_at
        service_id = (await session.scalars(select(Programme.service_id))).one()
        for number, status in enumerate(statuses):
            patient = (await session.scalars(select(Patient).order_by(Patient.nhs_number))).all()[number]
            session.add(
                CareContact(
                    id=f"C{number}",
                    class_id=row.id,
                    subject_id=patient.subject_id,
                    service_id=service_id,
                    attendance_status=status,
                    starts_at=row.starts_at,
                    ends_at=row.starts_at + timedelta(minutes=40) if status in "56" else None,
                    duration_minutes=40 if status in "56" else None,
                    consultation_type="02",
                    consultation_mechanism="11",
                    group_therapy="Y",
                    settled_at=row.ends_at,
                )
            )

    await world.database.write(work)


async def tell(world: World, choices: list[Choice], month: Month = NOVEMBER, why: str | None = None) -> None:
    async def work(session) -> None:
        programme = (await session.scalars(select(Programme))).one()
        given = [Given(programme.service_id, programme.id, month, choice, why) for choice in choices]
        ids = Random(1)
        await store_answers(session, given, new_id=lambda: f"{ids.getrandbits(90):x}", chance=Random(2))

    await world.database.write(work)


async def test_x_stands_beside_y_with_their_targets(world: World, hannah: str) -> None:
    await settle_class_5(world, "555632")
    await tell(world, [Choice.VERY_GOOD] * 7 + [Choice.GOOD] + [Choice.POOR] + [Choice.DONT_KNOW])
    world.clock.now = datetime.fromisoformat("2026-12-03T09:00:00+00:00")
    page = await opened(world, hannah, "2026-11")
    assert page.status == 200
    assert [text.strip() for text in page.texts["h2"]][:2] == [
        "Virtual contacts (X)",
        "Very good or good experience (Y)",
    ]
    x, y = (" ".join(text.split()) for text in page.texts["section"][:2])
    assert "4 target 80 Below target" in x
    assert "On-demand views, not in X: 0" in x
    assert "80% target 90% · 10 answers Below target" in y
    assert "Poor or very poor: 10%. Don't know: 10%." in y
    assert page.text("h1") == "November 2026: contacts below target, experience below target"


async def test_the_classes_are_counted_by_attendance_in_words(world: World, hannah: str) -> None:
    await settle_class_5(world, "555632")
    world.clock.now = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
    page = await opened(world, hannah)
    heads = [" ".join(text.split()) for text in page.texts["th"]]
    assert heads[:5] == ["Class", "When", "Contacts (X)", "Patients", "Minutes"]
    row = " ".join(next(each for each in page.texts["tr"] if "class 5" in each).split())
    assert row == (
        "Class Knee and hip group, class 5 When Tuesday 24 November at 10am Contacts (X) 4 Patients"
        " Attended on time 3, late but seen 1, did not attend 1, cancelled by the patient 1 Minutes 160"
    )


async def test_no_patient_is_named(world: World, hannah: str) -> None:
    await settle_class_5(world, "5" * 12)
    page = await opened(world, hannah)
    assert "no patient is named here" in page.text("header")
    async with world.database.reading() as session:
        for name in await session.scalars(select(Person.full_name).where(Person.role == "patient")):
            assert not any(part in page.html for part in name.split())


async def test_of_fewer_than_five_answers_nothing_is_shown(world: World, hannah: str) -> None:
    await tell(world, [Choice.VERY_GOOD] * 4, why="It was kind")
    world.clock.now = datetime.fromisoformat("2026-12-03T09:00:00+00:00")
    page = await opened(world, hannah, "2026-11")
    assert "Too few answers to show" in page.texts["section"][1]
    assert "%" not in page.texts["section"][1].replace("target 90%", "")
    comments = await world.open(f"/measures/{hannah}/comments?month=2026-11")
    assert "There are too few answers to show." in comments.text("main")
    assert "It was kind" not in comments.html


async def test_while_the_month_goes_on_answers_are_shown_five_at_a_time(world: World, hannah: str) -> None:
    await tell(world, [Choice.VERY_GOOD] * 9)
    assert "Too few answers to show" in (await opened(world, hannah)).texts["section"][1]
    await tell(world, [Choice.VERY_GOOD])
    y = " ".join((await opened(world, hannah)).texts["section"][1].split())
    assert "100% target 90% · 5 answers so far" in y


async def test_what_people_said_stands_on_a_page_without_times(world: World, hannah: str) -> None:
    await settle_class_5(world, "5")
    await tell(world, [Choice.GOOD] * 5, why="<i>Kind</i> staff")
    world.clock.now = datetime.fromisoformat("2026-12-03T09:00:00+00:00")
    address = f"/measures/{hannah}/comments?month=2026-11"
    assert address in [link.get("href") for link in (await opened(world, hannah, "2026-11")).all("a")]
    page = await world.open(address)
    said = [text.strip() for text in page.texts["li"] if "staff" in text]
    assert said == ["<i>Kind</i> staff"] * 5
    assert page.text("h1") == "What people said in November 2026"
    for time in ("10am", "Tuesday", "24 November", "class 5"):
        assert time not in page.text("main")


async def test_a_forgotten_class_is_counted_when_the_page_is_opened(world: World, hannah: str) -> None:
    async def come(session) -> None:
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        people = (await session.scalars(select(Person))).all()
        for person in [each for each in people if each.shown_name in ("Hannah", "Margaret")]:
            session.add(
                Participation(
                    class_id=row.id, person_id=person.id, place="in_class", place_since=row.starts_at
                )
            )
            session.add(
                PresenceInterval(
                    id=f"here {person.id}",
                    class_id=row.id,
                    person_id=person.id,
                    place="in_class",
                    started_at=row.starts_at,
                    seen_until=row.ends_at,
                    ended_at=row.ends_at,
                )
            )

    await world.database.write(come)
    world.clock.move(days=2)
    page = await opened(world, hannah, "2026-11")
    assert "1 target 80" in " ".join(page.texts["section"][0].split())


async def test_with_a_full_disk_the_figures_are_shown_and_no_file_leaves_without_its_audit(
    world: World, hannah: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.clock.move(days=2)

    async def full(work: object) -> None:
        raise StorageFailed("no room", StorageFault.FULL)

    monkeypatch.setattr(world.database, "write", full)
    page = await opened(world, hannah)
    assert (page.status, page.text("h1")) == (200, "November 2026 so far")
    assert "Not yet known 12" in page.html
    file = await world.press_join(f"/measures/{hannah}/contacts.csv?month=2026-11")
    assert file.status == 503
    assert "CareContactID" not in file.html


async def test_the_months_before_and_after_are_a_link_away_and_none_that_lies_ahead(
    world: World, hannah: str
) -> None:
    this_month = [link.get("href") for link in (await opened(world, hannah)).all("a")]
    assert f"/measures/{hannah}?month=2026-10" in this_month
    assert f"/measures/{hannah}?month=2026-12" not in this_month
    before = await opened(world, hannah, "2026-10")
    assert before.status == 200
    assert "There was no class in October 2026." in before.text("main")
    assert f"/measures/{hannah}?month=2026-11" in [link.get("href") for link in before.all("a")]


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-12", "December 2026 has not begun yet."),
        ("November", "We need a year and a month, such as 2026-11 for November 2026."),
        ("2026-13", "We need a year and a month, such as 2026-11 for November 2026."),
        ("%00", "We need a year and a month, such as 2026-11 for November 2026."),
    ],
)
async def test_a_month_that_cannot_be_shown_is_said_plainly(
    world: World, hannah: str, month: str, words: str
) -> None:
    page = await opened(world, hannah, month)
    assert (page.status, page.text("h1")) == (404, "We have no figures for that month")
    assert words in page.text("main")
    assert "See November 2026" in page.text("main")
    assert "01632 960123" in page.text("main")


async def test_a_patient_reads_that_the_page_is_for_staff(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    addresses = (f"/measures/{link_id}", f"/measures/{link_id}/comments", f"/measures/{link_id}?month=x")
    theirs = [await world.open(address) for address in addresses]
    theirs.append(await world.press_join(f"/measures/{link_id}/contacts.csv"))
    world.browser.session.cookie_jar.clear()
    strangers = [await world.open(address) for address in addresses]
    strangers.append(await world.press_join(f"/measures/{link_id}/contacts.csv"))
    for patients, nobodys in zip(theirs, strangers, strict=True):
        assert (patients.status, patients.text("h1")) == (403, "This page is for staff")
        assert "01632 960123" in patients.text("main")
        assert (nobodys.status, nobodys.text("h1")) == STRANGERS
        assert "Contacts" not in patients.text("main")


async def test_a_patients_cookie_opens_no_staff_page(world: World) -> None:
    hannah = await world.link_id(world.hannah)
    await world.link_id(world.margaret)
    cookies = {cookie.key: cookie.value for cookie in world.browser.session.cookie_jar}
    (margarets,) = [value for key, value in cookies.items() if key != f"mr_{hannah}"]
    world.browser.session.cookie_jar.clear()
    page = await world.open(f"/measures/{hannah}", cookies={f"mr_{hannah}": margarets})
    assert (page.status, page.text("h1")) == STRANGERS


async def test_a_physio_downloads_the_contacts_and_the_audit_says_so(world: World, hannah: str) -> None:
    await settle_class_5(world, "553")
    forms = [form for form in (await opened(world, hannah)).all("form") if form["method"] == "post"]
    assert [form["action"] for form in forms] == [f"/measures/{hannah}/contacts.csv?month=2026-11"]
    file = await world.press_join(forms[0]["action"] or "")
    assert file.status == 200
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="contacts-2026-11.csv"'
    assert file.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(file.html)))
    assert rows[0] == list(CYP201_COLUMNS)
    assert len(rows) == 4
    assert not any(name in file.html for name in ("Margaret", "Ellis", "9990000018"))
    async with world.database.reading() as session:
        (noted,) = await session.scalars(select(AuditEntry))
        actor = await session.get_one(Person, noted.actor_id)
        service_id = (await session.scalars(select(Programme.service_id))).one()
    assert (noted.action, noted.at, noted.subject_id) == ("export_contacts", world.clock(), None)
    assert actor.full_name == "Hannah Okafor"
    assert noted.detail == {"month": "2026-11", "service_id": service_id}


async def test_a_helper_sees_the_figures_and_downloads_nothing(world: World) -> None:
    page = await opened(world, await world.link_id(world.links.helper.url))
    assert page.status == 200
    assert page.all("form") == []
    link_id = await world.link_id(world.links.helper.url)
    refused = await world.press_join(f"/measures/{link_id}/contacts.csv?month=2026-11")
    assert refused.status == 403
    assert "Only a physio can download the contacts." in refused.text("main")
    assert (await world.rows())["audit"] == 0


async def test_another_site_downloads_nothing(world: World, hannah: str) -> None:
    page = await world.press_join(
        f"/measures/{hannah}/contacts.csv", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert page.status == 403
    assert (await world.rows())["audit"] == 0


async def test_a_download_of_no_month_gives_no_file_and_no_audit(world: World, hannah: str) -> None:
    page = await world.press_join(f"/measures/{hannah}/contacts.csv?month=2027-01")
    assert (page.status, page.text("h1")) == (404, "We have no figures for that month")
    assert (await world.rows())["audit"] == 0


async def test_looking_writes_nothing(world: World, hannah: str) -> None:
    await world.open(f"/measures/{hannah}")
    before = await world.rows()
    await world.open(f"/measures/{hannah}")
    assert await world.rows() == before
