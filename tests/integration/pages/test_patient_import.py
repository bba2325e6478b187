"""Patients from a file: choosing it, looking at every row, taking it over whole or not at all."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event, func, select, update

from server.people.nhs_number import check_digit
from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in
from tests.integration.pages.world import Page, World

ROSE = "Rose O'Hara,31/03/1955,999 000 0131,07700 900555"
HEADER = "Full name,Date of birth,NHS number,Phone"


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.LEAD)


@pytest.fixture
async def course_id(world: World) -> str:
    async with world.database.reading() as session:
        return (await session.scalars(select(t.Course.id))).one()


async def send(browser: StaffBrowser, address: str, content: str | bytes, **fields: str) -> Page:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    data = content.encode() if isinstance(content, str) else content
    form.add_field("file", data, filename="patients.csv", content_type="text/csv")
    return await browser.world.press_join(address, data=form, headers=browser.headers)


async def preview(browser: StaffBrowser, address: str, *rows: str, header: str = HEADER) -> tuple[str, Page]:
    sent = await send(browser, address, "\r\n".join([header, *rows]))
    assert sent.status == 303, sent.text("main")
    return sent.headers["Location"], await browser.open(sent.headers["Location"])


async def names(world: World) -> set[str]:
    async with world.database.reading() as session:
        return set(await session.scalars(select(t.Person.full_name).where(t.Person.role == "patient")))


def number_of(count: int) -> str:
    """The first test number from here on that can be one."""
    first_nine = f"9990{count:05}"
    digit = check_digit(first_nine)
    return f"{first_nine}{digit}" if digit is not None else ""


async def test_a_file_is_looked_at_row_by_row_and_then_taken_over_whole(
    world: World, lead: StaffBrowser
) -> None:
    before = await world.rows()
    address, page = await preview(
        lead,
        "/staff/patients/import",
        f"{ROSE},2,Large print; Hearing aid,3,Rose@Example.org,John O'Hara,yes",
        "Bert Hill,1950-02-01,,,Male,,,,,",
        header=HEADER + ",Sex,Needs,IMD decile,E-mail,Carer,Proxy",
    )
    assert page.status == 200
    assert "2 rows: 2 new" in page.text("main")
    assert "31 March 1955" in page.html
    assert await world.rows() == before
    assert "Rose" not in address
    done = await lead.post(address)
    assert done.headers["Location"] == "/staff/patients?done=imported"
    async with world.database.reading() as session:
        person, record = (
            await session.execute(
                select(t.Person, t.Patient)
                .join(t.Patient, t.Patient.person_id == t.Person.id)
                .where(t.Person.full_name == "Rose O'Hara")
            )
        ).one()
        carer = (await session.scalars(select(t.Carer))).one()
        noted = (await session.scalars(select(t.AuditEntry.action))).all()
    assert (record.date_of_birth, record.sex, record.nhs_number) == (date(1955, 3, 31), "2", "9990000131")
    assert (record.needs, record.deprivation_decile) == (["large_print", "hearing_aid"], 3)
    assert (record.email, person.phone, person.shown_name) == ("rose@example.org", "07700 900555", "Rose")
    assert (carer.full_name, carer.patient_id, carer.may_stand_in) == ("John O'Hara", person.id, True)
    assert sorted(noted) == ["import_patient", "import_patient", "import_patients"]
    assert (await lead.open(address)).headers["Location"] == "/staff/patients/import?forgotten"


async def test_one_wrong_cell_keeps_the_whole_file_out_and_is_named_by_row_and_column(
    world: World, lead: StaffBrowser
) -> None:
    before = await world.rows()
    address, page = await preview(
        lead, "/staff/patients/import", ROSE, "", "Bert Hill,31/02/1950,999 000 0132,"
    )
    text = page.text("main")
    assert "Row 4" in text
    assert "B, Date of birth" in text
    assert "There is no such day" in text
    assert ".." not in text
    assert "C, NHS number" in text
    assert page.text("title").startswith("Error:")
    assert "Save all" not in text
    refused = await lead.post(address, {"alike": "new"})
    assert refused.status == 400
    assert await world.rows() == before


async def test_who_is_on_record_by_nhs_number_is_pointed_out_and_left_as_they_are(
    world: World, lead: StaffBrowser
) -> None:
    before = await world.rows()
    address, page = await preview(
        lead, "/staff/patients/import", "Maggie Ellis,31/03/1955,999 000 0018,", ROSE
    )
    assert "1 new, 1 on record by NHS number" in page.text("main")
    assert "Margaret Ellis is on record with the same NHS number." in page.html
    await lead.post(address)
    after = await world.rows()
    assert after["patients"] == before["patients"] + 1
    assert "Maggie Ellis" not in await names(world)


async def test_likely_duplicates_wait_for_a_decision(world: World, lead: StaffBrowser) -> None:
    address, _page = await preview(lead, "/staff/patients/import", ROSE)
    await lead.post(address)
    twice = ("O’Hara Rose,31/03/1955,,", "Cora Moss,01/02/1960,,", "Cora Moss,01/02/1960,,")
    address, page = await preview(lead, "/staff/patients/import", *twice)
    assert "1 new, 0 on record by NHS number, 2 likely on record" in page.text("main")
    assert "same name and date of birth as row 3" in page.html
    undecided = await lead.post(address)
    assert "Select whether they are the same people" in undecided.html
    before = await world.rows()
    await lead.post(address, {"alike": "same"})
    assert (await world.rows())["patients"] == before["patients"] + 1
    address, _page = await preview(lead, "/staff/patients/import", *twice)
    await lead.post(address, {"alike": "new"})
    assert (await world.rows())["patients"] == before["patients"] + 4


async def test_the_same_nhs_number_twice_in_a_file_is_wrong(world: World, lead: StaffBrowser) -> None:
    _address, page = await preview(
        lead, "/staff/patients/import", ROSE, "Rosie Hara,31/03/1955,999 000 0131,"
    )
    assert "The same NHS number stands in row 2" in page.html


async def test_a_file_for_a_course_gives_places_links_and_referrals(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    async def make_room(session: Any) -> None:
        helper = select(t.Person.id).where(t.Person.full_name == "Tom Hartley").scalar_subquery()
        await session.execute(update(t.Course).values(helper_id=helper))

    await world.database.write(make_room)
    address = f"/staff/courses/{course_id}/import"
    header = HEADER + ",Service request ID,Commissioner,Admin category"
    _sent, page = await preview(lead, address, f"{ROSE},=1,15E,1", header=header)
    assert "Service request ID must be" in page.html
    sent, page = await preview(
        lead,
        address,
        f"{ROSE},REF 7,15e,1",
        "Margaret Ellis,31/03/1955,999 000 0018,,REF 8,15E,01",
        header=header,
    )
    assert "This patient is on the course already" in page.html
    done = await lead.post(sent)
    assert done.headers["Location"] == f"/staff/courses/{course_id}/patients?done=imported"
    page = await lead.open(done.headers["Location"])
    assert "13 patients get no email: " in page.text("main")
    assert f'href="/staff/courses/{course_id}/links"' in page.html
    object.__setattr__(world.site, "mail_from", "classes@service.example")

    async def by_email(session: Any) -> None:
        people = select(t.Person.id).where(t.Person.full_name != "Rose O'Hara")
        known = update(t.Patient).where(t.Patient.person_id.in_(people))
        await session.execute(known.values(email="somebody@example.org"))

    await world.database.write(by_email)
    page = await lead.open(done.headers["Location"])
    assert "1 patient gets no email: Rose O'Hara." in page.text("main")
    assert "no email" not in (await lead.open(f"/staff/courses/{course_id}/patients")).text("main")
    async with world.database.reading() as session:
        rose = (await session.scalars(select(t.Person.id).where(t.Person.full_name == "Rose O'Hara"))).one()
        member = await session.get_one(t.CourseMember, (course_id, rose))
        links = await session.scalar(
            select(func.count()).select_from(t.PersonalLink).where(t.PersonalLink.person_id == rose)
        )
    assert (member.seat, member.service_request_id, member.commissioner_code) == (12, "REF 7", "15E")
    assert (member.admin_category, links) == ("01", 1)
    assert world.changed_classes


async def test_more_patients_than_places_are_refused_as_a_whole(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    before = await world.rows()
    address, page = await preview(lead, f"/staff/courses/{course_id}/import", ROSE)
    assert "The whole file" in page.html
    assert "need a second member of staff" in page.html
    assert (await lead.post(address)).status == 400
    assert await world.rows() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        (b"PK\x03\x04xlsx", "This is an Excel workbook"),
        (b"Full name,Date of birth\n" + b"x" * (2 * 1024 * 1024), "The file must be 2 MB or less"),
        (b"x" * (8 * 1024 * 1024), "The file must be 2 MB or less"),
        (b"Full name,Date of birth\n" + b"A,1/1/1950\n" * 5001, "5001 patients; 5000 can be taken at once"),
        (b"1,2,3\n4,5,6\n", "The first row must name the columns"),
        (b"Full name,Date of birth\n", "has a header and no patient"),
        (b'Full name,Date of birth\n"Rose,1/1/1950\n', "a quotation mark opens or closes"),
    ],
)
async def test_what_is_no_file_of_patients_is_said_at_the_field(
    world: World, lead: StaffBrowser, content: bytes, words: str
) -> None:
    page = await send(lead, "/staff/patients/import", content)
    assert page.status == 400
    assert words in page.html
    assert "#file" in [each.get("href") for each in page.all("a")]


async def test_a_form_that_no_browser_sends_gets_a_clear_no(world: World, lead: StaffBrowser) -> None:
    assert (await lead.post("/staff/patients/import", {"file": "Rose"})).status == 415
    broken = await world.press_join(
        "/staff/patients/import",
        data=b"nonsense",
        headers={**lead.headers, "Content-Type": "multipart/form-data; boundary=x"},
    )
    assert broken.status == 400
    many = aiohttp.FormData()
    for number in range(20):
        many.add_field(f"field{number}", "x", filename="x")
    assert (await world.press_join("/staff/patients/import", data=many, headers=lead.headers)).status == 400


async def test_the_template_is_a_file_that_can_be_taken_over(world: World, lead: StaffBrowser) -> None:
    async with world.browser.get("/staff/patients/import/template.csv", headers=lead.headers) as answer:
        assert "attachment" in answer.headers["Content-Disposition"]
        content = await answer.read()
    sent = await send(lead, "/staff/patients/import", content)
    assert sent.status == 303
    page = await lead.open(sent.headers["Location"])
    assert "0 with something wrong" in page.text("main")


async def test_a_file_belongs_to_who_sent_it_for_half_an_hour(world: World, lead: StaffBrowser) -> None:
    address, _page = await preview(lead, "/staff/patients/import", ROSE)
    colleague = await signed_in(world, StaffRole.LEAD, email="colleague@example.org")
    assert (await colleague.open(address)).headers["Location"].endswith("?forgotten")
    assert (await colleague.post(address)).headers["Location"].endswith("?forgotten")
    assert (await lead.open(address)).status == 200
    world.clock.move(minutes=29)
    await lead.open("/staff/patients")
    world.clock.move(minutes=1)
    later = await signed_in(world, StaffRole.SERVICE_ADMIN)
    assert (await later.open(address)).headers["Location"].endswith("?forgotten")
    assert "Rose O'Hara" not in await names(world)


async def test_helpers_and_other_services_put_nobody_on_a_course(world: World, course_id: str) -> None:
    async def work(session: Any) -> None:
        session.add(t.Service(id="another", name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    helper = await signed_in(world, StaffRole.HELPER)
    stranger = await signed_in(world, StaffRole.LEAD, "another")
    address = f"/staff/courses/{course_id}/import"
    for browser in (helper, stranger):
        assert (await browser.open(address)).status == 403
        assert (await send(browser, address, f"{HEADER}\n{ROSE}")).status == 403
        assert (await browser.open(f"{address}/template.csv")).status == 403


async def test_five_thousand_patients_are_taken_over_in_less_than_ten_seconds(
    world: World, lead: StaffBrowser, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        f"Patient {number} Number,{1 + number % 28:02}/{1 + number % 12:02}/{1930 + number % 60},"
        f"{number_of(number + 2000)},07700 {number:06},Female,{number % 10 + 1},p{number}@example.org"
        for number in range(5000)
    ]
    content = "\r\n".join([HEADER + ",Sex,Decile,Email", *rows])
    statements: list[str] = []
    engine = world.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    started, busy_since_s = time.perf_counter(), time.process_time()
    sent = await send(lead, "/staff/patients/import", content)
    sending_s = time.perf_counter() - started
    statements.clear()
    page = await lead.open(sent.headers["Location"])
    looking_s = time.perf_counter() - started - sending_s
    assert "5,000 rows: 5,000 new" in page.text("main")
    shown_with = len(statements)
    assert shown_with <= 10
    done = await lead.post(sent.headers["Location"])
    whole_s = time.perf_counter() - started
    assert done.status == 303
    assert (await world.rows())["patients"] == 5012
    with capsys.disabled():
        print(
            f"\n5,000 patients: sent in {sending_s:.2f} s, shown in {looking_s:.2f} s, stored in"
            f" {whole_s - sending_s - looking_s:.2f} s; {shown_with} statements to show"
        )
    assert time.process_time() - busy_since_s < 10, "whatever else the machine does meanwhile"
