from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select, update

from server.people.device_checks import Capture, DeviceCheck, Line, Sound
from server.people.staff import StaffRole
from server.rooms.state import Place
from server.storage.tables import (
    Absence,
    AgreementAccepted,
    CareContact,
    ClassSession,
    Course,
    HelpCall,
    LinkSession,
    LossAccount,
    Participation,
    Patient,
    Programme,
)
from server.timetable.agreement import VERSION
from tests.integration.pages.before_class import (
    DETAILS,
    OnTheWay,
    audited,
    change_patient,
    check_in,
    patient,
    with_check_in,
)
from tests.integration.pages.situations import buttons, class_row, links, person_id, put_in
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.staff_pages import MOST_STATEMENTS, statements_of_all_engines
from tests.integration.pages.world import Page, World

DIZZY = {"class": "5", "no_red_flag": "yes", "dizziness": "yes", "told": "On Sunday, fine since."}
RED = {"class": "5", "chest_pain": "yes"}


@dataclass
class Team:
    """The demo's course is led by one account and helped by another."""

    world: World
    lead: StaffBrowser
    helper: StaffBrowser
    class_id: str

    @property
    def class_(self) -> str:
        return f"/staff/classes/{self.class_id}"

    def of(self, who: str) -> str:
        return f"{self.class_}/patients/{who}"


@pytest.fixture
async def team(world: World) -> Team:
    await with_check_in(world)
    service = await the_service(world)
    lead = await signed_in(world, StaffRole.LEAD, email="ada@example.org", name="Ada Lead")
    helper = await signed_in(world, StaffRole.HELPER, email="cleo@example.org", name="Cleo Helper")
    lead_id, helper_id = await lead.person_id(service), await helper.person_id(service)
    class_ = await class_row(world)

    async def work(session) -> None:
        await session.execute(
            update(Course).where(Course.id == class_.course_id).values(lead_id=lead_id, helper_id=helper_id)
        )

    await world.database.write(work)
    return Team(world, lead, helper, class_.id)


def rows(page: Page) -> list[str]:
    """The names in the table, in its order."""
    return [" ".join(words.split()).removeprefix("Name ") for words in page.texts.get("th", [])[4:]]


async def cannot_come(world: World, name: str) -> None:
    """Somebody said that they cannot come to class 5."""
    who, class_ = await person_id(world, name), await class_row(world)

    async def work(session) -> None:
        session.add(Absence(class_id=class_.id, person_id=who, told_at=world.clock()))

    await world.database.write(work)


async def dizzy(world: World, name: str = "Margaret Ellis", answers: dict[str, str] = DIZZY) -> OnTheWay:
    someone = await patient(world, name)
    await someone.send_all(answers)
    return someone


async def test_today_shows_the_own_class_and_who_is_coming(world: World, team: Team) -> None:
    page = await team.lead.open("/staff")
    assert page.text("h1") == "Today, Tuesday 24 November"
    assert "class 5 of 12" in page.text("main")
    assert "12 on the list · Ada leads · Cleo helps · doors are open" in page.text("main")
    assert "Open the class" in page.text("main")
    assert len(rows(page)) == 12
    assert "Not checked" in page.text("table")
    assert "Group agreement not accepted." in page.text("table")
    assert "Call before class: 07700 900142" in page.text("table")


async def test_red_flags_come_first_then_who_is_held_then_the_course_list(world: World, team: Team) -> None:
    await dizzy(world, "Yusuf Rahman")
    await dizzy(world, "Rosa Mendes", RED)
    await cannot_come(world, "Margaret Ellis")
    page = await team.lead.open("/staff")
    assert rows(page)[:3] == ["Rosa Mendes", "Yusuf Rahman", "Dennis Whittle"]
    assert rows(page)[-1] == "Margaret Ellis"
    assert "1 red flag" in page.text("main")
    assert "1 held" in page.text("main")
    assert "12 on the list, 1 cannot come" in page.text("main")
    assert "Red flag: told to get help" in page.text("table")
    assert "“On Sunday, fine since.”" in page.text("table")


async def test_the_helper_sees_flags_and_where_people_are_and_nothing_of_symptoms(
    world: World, team: Team
) -> None:
    margaret = await dizzy(world)
    for path in ("/staff", team.of(margaret.person_id), f"{team.class_}/waiting-room"):
        page = await team.helper.open(path)
        assert page.status == 200
        assert "izzy" not in page.html
        assert "izziness" not in page.html
        assert "Sunday, fine" not in page.html
    assert "Held: new symptoms" in (await team.helper.open("/staff")).text("table")
    page = await team.helper.open(team.of(margaret.person_id))
    assert "12 Mill Lane, Riverside" in page.text("main")
    assert "Ruth Ellis 07700 900777" in page.text("main")
    assert "The physio reads what was said, and decides." in page.text("main")


async def test_the_physio_reads_decides_and_says_why(world: World, team: Team) -> None:
    margaret = await dizzy(world)
    page = await team.lead.open(team.of(margaret.person_id))
    assert "Dizziness" in page.text("main")
    wrong = await team.lead.post(f"{team.of(margaret.person_id)}/decision", {"decision": "allow"})
    assert wrong.status == 400
    assert wrong.text("title").startswith("Error: ")
    assert "#note" in links(wrong)
    assert (await margaret.row()).state == "held"
    told: list[str] = []

    async def changed(class_id: str, who: str) -> None:
        row = await check_in(world, who)
        told.append(f"{class_id} {row.state if row else None}")

    object.__setattr__(world.site, "check_in_changed", changed)
    fields = {"decision": "allow", "note": "Spoke to her. Seated exercises only."}
    answer = await team.lead.post(f"{team.of(margaret.person_id)}/decision", fields)
    assert answer.status == 303
    assert told == [f"{team.class_id} allowed"]
    row = await margaret.row()
    assert (row.state, row.decision_note) == ("allowed", "Spoke to her. Seated exercises only.")
    assert ("decide_check_in", margaret.person_id) in await audited(world)
    page = await team.lead.open(answer.headers["Location"])
    assert "You have let this patient take part." in page.text("main")
    assert "Ada Lead, today, Tuesday 24 November" in page.text("main")
    assert (await margaret.open()).headers["Location"] == f"{margaret.me}/on"


async def test_who_does_not_take_part_today_reads_so(world: World, team: Team) -> None:
    margaret = await dizzy(world)
    fields = {"decision": "refuse", "note": "Blood pressure first."}
    await team.lead.post(f"{team.of(margaret.person_id)}/decision", fields)
    assert (await margaret.open()).headers["Location"] == f"{margaret.check_in}/not-today"
    page = await margaret.open("not-today")
    assert page.text("h1") == "Please do not take part today"
    assert "Blood pressure" not in page.html


async def test_who_was_asked_aloud_can_be_allowed_without_a_check_in(world: World, team: Team) -> None:
    who = await person_id(world, "Jean Tully")
    await team.lead.post(f"{team.of(who)}/decision", {"decision": "allow", "note": "Asked her by phone."})
    row = await check_in(world, who)
    assert row is not None
    assert row.state == "allowed"


async def test_only_the_physio_of_the_class_decides(world: World, team: Team) -> None:
    margaret = await dizzy(world)
    service = await the_service(world)
    admin = await signed_in(world, StaffRole.SERVICE_ADMIN)
    colleague = await signed_in(world, StaffRole.LEAD, email="ben@example.org", name="Ben Other")
    fields = {"decision": "allow", "note": "Let her in."}
    for browser in (team.helper, admin, colleague):
        answer = await browser.post(f"{team.of(margaret.person_id)}/decision", fields)
        assert answer.status == 403, browser.account_id
    for browser in (admin, colleague):
        for path in (team.of(margaret.person_id), f"{team.class_}/waiting-room"):
            page = await browser.open(path)
            assert page.status == 403
            assert "Margaret" not in page.html
    assert "Margaret" not in (await colleague.open(f"/staff?class={team.class_id}")).html
    assert (await world.open("/staff")).status == 303
    assert (await margaret.row()).state == "held"
    assert service


async def test_staff_of_another_service_and_patients_of_other_courses_are_not_found(
    world: World, team: Team
) -> None:
    await dizzy(world)
    page = await team.lead.open(team.of("nobody"))
    assert page.status == 403
    page = await team.lead.open(f"/staff/classes/nothing/patients/{await person_id(world, 'Jean Tully')}")
    assert page.status == 403


async def test_the_waiting_room_says_who_waits_and_what_to_ask(world: World, team: Team) -> None:
    margaret, yusuf = await dizzy(world), await patient(world, "Yusuf Rahman")
    await yusuf.send_all(**DETAILS)
    await change_patient(world, margaret.person_id, date_of_birth=date(1955, 3, 12))
    await put_in(world, "Margaret Ellis", Place.WAITING)
    await put_in(world, "Yusuf Rahman", Place.WAITING)
    await put_in(world, "Rosa Mendes", Place.IN_CLASS)
    world.clock.move(minutes=2)
    for path in ("/staff", f"{team.class_}/waiting-room"):
        page = await team.lead.open(path)
        words = page.text("main")
        assert "Waiting room: 2" in words
        assert "Margaret Ellis · 2 minutes" in words
        assert "Ask: Date of birth: 12 March 1955" in words
        assert "1 of 2 can be let in." in words
        assert "As it was at 9:52am." in words


async def test_once_somebody_is_in_class_one_goes_into_it(world: World, team: Team) -> None:
    waiting_room = f"{team.class_}/waiting-room"
    for path in ("/staff", waiting_room):
        assert "Open the class" in buttons(await team.lead.open(path))
    await put_in(world, "Rosa Mendes", Place.IN_CLASS)
    await put_in(world, "Yusuf Rahman", Place.WAITING)
    for path in ("/staff", waiting_room):
        page = await team.lead.open(path)
        assert "Go into the class" in buttons(page)
        assert "Open the class" not in buttons(page)
    words = (await team.lead.open("/staff")).text("table")
    assert words.count("In class.") == 1
    assert words.count("In the waiting room.") == 1


async def test_the_waiting_room_names_who_has_a_red_flag_and_does_not_wait(world: World, team: Team) -> None:
    await dizzy(world, "Rosa Mendes", RED)
    page = await team.lead.open(f"{team.class_}/waiting-room")
    assert "Red flag, and not in the waiting room. Ring now." in page.text("main")
    assert "Rosa Mendes" in page.text("main")
    await put_in(world, "Rosa Mendes", Place.WAITING)
    assert "Ring now." not in (await team.lead.open(f"{team.class_}/waiting-room")).text("main")


async def test_device_agreement_and_the_last_class_are_told(world: World, team: Team) -> None:
    margaret = await dizzy(world, answers={"class": "5", "no_red_flag": "yes", "no_other": "yes"})
    good = DeviceCheck(camera=Capture.WORKS, microphone=Capture.WORKS, sound=Sound.HEARD, line=Line.GOOD)
    jean = await patient(world, "Jean Tully")
    bad = good.model_copy(update={"microphone": Capture.BLOCKED})
    class_ = await class_row(world)
    last = await class_row(world, 4)

    async def work(session) -> None:
        for one, found in ((margaret, good), (jean, bad)):
            await session.execute(
                update(LinkSession)
                .where(LinkSession.link_id == one.link_id)
                .values(checked_at=world.clock() - timedelta(days=2), checked=found.model_dump(mode="json"))
            )
        session.add(
            AgreementAccepted(
                course_id=class_.course_id,
                person_id=margaret.person_id,
                version=VERSION,
                accepted_at=world.clock(),
            )
        )
        for contact in await session.scalars(select(CareContact).where(CareContact.class_id == last.id)):
            contact.attendance_status = "5"
        subject = (await session.get_one(Patient, jean.person_id)).subject_id
        contact = await session.scalar(
            select(CareContact).where(CareContact.class_id == last.id, CareContact.subject_id == subject)
        )
        if contact is None:
            contact = CareContact(
                id="missed", class_id=last.id, subject_id=subject, service_id=await the_service(world),
                starts_at=last.starts_at, consultation_type="02", consultation_mechanism="11",
                group_therapy="Y", settled_at=last.ends_at,
            )  # fmt: skip
            session.add(contact)
        contact.attendance_status = "3"

    service = await the_service(world)
    assert service
    await world.database.write(work)
    words = (await team.lead.open("/staff")).text("main")
    assert "Passed Sunday" in words
    assert "Not passed: microphone" in words
    assert "Missed the last class." in words
    missed = words.partition("Did not come to the last class")[2].partition("Waiting room")[0]
    assert "Jean Tully" in missed
    assert "Margaret" not in missed
    assert words.count("Group agreement not accepted.") == 11


async def test_a_device_check_that_was_put_off_is_not_one_that_failed(world: World, team: Team) -> None:
    margaret = await patient(world)
    await world.press_join(f"{margaret.me}/device-check", data={"later": "yes"})
    words = (await team.lead.open("/staff")).text("table")
    assert "Put off" in words
    assert "Not passed" not in words


async def test_a_class_after_today_can_be_prepared(world: World, team: Team) -> None:
    await world.end_class(5)
    page = await team.lead.open("/staff")
    assert "12 on the list · Ada leads · Cleo helps · finished" in page.text("main")
    following = await class_row(world, 6)
    day = following.starts_at.astimezone(UTC)
    assert f"{day:%A} {day.day} {day:%B}" in page.text("main")
    assert "Open the class" not in page.text("main")


async def test_somebody_without_classes_reads_that_there_are_none(world: World, team: Team) -> None:
    colleague = await signed_in(world, StaffRole.LEAD, email="ben@example.org", name="Ben Other")
    page = await colleague.open("/staff")
    assert page.status == 200
    assert "You have no class today, and none to come." in page.text("main")
    assert {"/staff/courses/new", "/staff/programmes"} <= set(links(page))


async def test_today_takes_few_statements(world: World, team: Team) -> None:
    margaret = await dizzy(world)
    for path in ("/staff", f"{team.class_}/waiting-room", team.of(margaret.person_id)):
        with statements_of_all_engines() as noted:
            assert (await team.lead.open(path)).status == 200
        assert len(noted) <= MOST_STATEMENTS, noted


async def test_where_nobody_checks_in_today_has_no_column_for_it(world: World, team: Team) -> None:
    await with_check_in(world)

    async def work(session) -> None:
        await session.execute(update(Programme).values(has_check_in=False))

    await world.database.write(work)
    page = await team.lead.open("/staff")
    assert "Check-in" not in page.text("table")
    who = await person_id(world, "Jean Tully")
    assert "Save the decision" not in (await team.lead.open(team.of(who))).text("main")
    answer = await team.lead.post(f"{team.of(who)}/decision", {"decision": "allow", "note": "Well."})
    assert answer.status == 403


async def test_what_became_of_whom_is_asked_until_staff_say_it_after_a_class_that_ended_by_itself(
    world: World, team: Team
) -> None:
    margaret = await person_id(world, "Jean Tully")

    async def end_by_itself(session) -> None:
        row = await session.get_one(ClassSession, team.class_id)
        row.ended_at, row.ended_unattended = row.starts_at + timedelta(minutes=40), True
        at = row.starts_at + timedelta(minutes=20)
        session.add(
            Participation(
                class_id=row.id, person_id=margaret, place="left", place_since=at, was_in_class=True,
                lost_since=at,
            )
        )  # fmt: skip
        session.add(HelpCall(id="h1", class_id=row.id, person_id=margaret, kind="now", called_at=at))

    await world.database.write(end_by_itself)
    page = f"{team.class_}/what-became"
    assert "was lost at" in (await team.helper.open("/staff")).text("main")
    empty = await team.helper.post(page, {"of": f"loss-{margaret}", "done": "", "note": "Rang twice."})
    assert empty.status == 400
    assert "Select what was done" in empty.text("main")
    await team.helper.post(page, {"of": f"loss-{margaret}", "done": "no_answer", "note": "Rang twice."})
    again = await team.lead.post(page, {"of": f"loss-{margaret}", "done": "rang_fine", "note": ""})
    assert "meanwhile" in again.text("main")
    words = (await team.lead.open("/staff")).text("main")
    assert "was lost at" not in words
    assert "called for help at" in words
    await team.lead.post(page, {"of": "call-h1", "done": "ambulance", "note": ""})
    assert "called for help at" not in (await team.lead.open("/staff")).text("main")

    async def kept(session) -> tuple[LossAccount, HelpCall]:
        account = (await session.scalars(select(LossAccount))).one()
        return account, await session.get_one(HelpCall, "h1")

    async with world.database.reading() as session:
        account, call = await kept(session)
    assert (account.done, account.note, call.done) == ("no_answer", "Rang twice.", "ambulance")
    assert {("account_for", margaret), ("settle_help", margaret)} <= set(await audited(world))
