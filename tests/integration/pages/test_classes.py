from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.site import SITE
from server.people.account_keys import start_over
from server.people.password_changes import change_password
from server.people.staff import StaffRole
from server.people.staff_sessions import complete_session, start_half_session
from server.rooms.state import Place
from server.storage.tables import (
    Absence,
    AuditEntry,
    CareContact,
    CheckIn,
    ClassSession,
    Letter,
    LinkSession,
    Participation,
    PersonalLink,
    StaffAccount,
)
from server.timetable.check_ins import may_come_in
from server.timetable.courses import class_details
from tests.integration.pages.courses_world import OTHER, Clinic, clinic
from tests.integration.pages.situations import buttons
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import World

JANUARY_12 = datetime(2027, 1, 12, 10, tzinfo=UTC)
MOVE = {"day-day": "13", "day-month": "1", "day-year": "2027", "time": "2:30pm"}
FOUR_HOURS_BEFORE = JANUARY_12 - timedelta(hours=4)


async def planned(world: World) -> Clinic:
    """A course of four classes, at 6am on the day of the first; everybody signed in."""
    here = await clinic(world)
    await here.make_course(helper=here.helper_id)
    await here.at(FOUR_HOURS_BEFORE)
    return here


async def first_class(here: Clinic) -> ClassSession:
    return (await here.classes())[0]


async def change(here: Clinic, what: str, fields: dict[str, str] | None = None):
    row = await first_class(here)
    return await here.lead.post(f"/staff/classes/{row.id}/{what}", fields or {})


async def is_in(world: World, class_id: str, person_id: str) -> None:
    async def work(session) -> None:
        session.add(
            Participation(
                class_id=class_id, person_id=person_id, place=Place.WAITING, place_since=world.clock()
            )
        )

    await world.database.write(work)


async def test_a_class_is_moved_to_another_day_and_time_and_lasts_as_long(world: World) -> None:
    here = await planned(world)
    answer = await change(here, "move", MOVE)
    row = await first_class(here)
    assert answer.headers["Location"] == f"/staff/classes/{row.id}?done=moved"
    assert row.starts_at == datetime(2027, 1, 13, 14, 30, tzinfo=UTC)
    assert row.ends_at - row.starts_at == timedelta(hours=1)
    assert (row.number, row.sequence) == (1, 1)
    assert world.changed_classes == [row.id]
    assert (await here.audited())[-1] == "move_class"
    assert "Wednesday 13 January 2027 at 2:30pm" in (await here.lead.open(f"/staff/classes/{row.id}")).html


async def test_who_could_not_come_at_the_former_time_is_expected_again(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    june = await here.add_patient("june", course_id="course")

    async def tell(session) -> None:
        session.add(Absence(class_id=row.id, person_id=june, told_at=world.clock()))

    await world.database.write(tell)
    assert "Said that they cannot come" in (await here.lead.open(f"/staff/classes/{row.id}")).html
    await change(here, "move", MOVE)
    async with world.database.reading() as session:
        assert (await session.scalars(select(Absence).where(Absence.class_id == row.id))).all() == []
    page = await here.lead.open(f"/staff/classes/{row.id}?done=moved")
    assert "Ring these patients" in page.text("main")
    assert "June Example" in page.text("main")


async def test_a_class_is_not_moved_onto_another_of_the_course_or_into_the_past(world: World) -> None:
    here = await planned(world)
    page = await change(here, "move", MOVE | {"day-day": "14", "time": "10:30"})
    assert page.status == 400
    assert "Class 2 of this course is at that time." in page.text("main")
    page = await change(here, "move", MOVE | {"day-day": "11"})
    assert "must be in the future" in page.text("main")
    page = await change(here, "move", MOVE | {"day-day": "29", "day-month": "3"})
    assert "Monday 29 March 2027 is a bank holiday (Easter Monday)." in page.text("main")
    assert (await first_class(here)).starts_at == JANUARY_12
    moved = MOVE | {"day-day": "29", "day-month": "3", "bank-holiday": "yes"}
    assert (await change(here, "move", moved)).status == 303


async def test_a_class_that_somebody_waits_for_stays_where_it_is(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    await is_in(world, row.id, await here.add_patient("june", course_id="course"))
    assert "Somebody is in this class" in (await change(here, "move", MOVE)).text("main")
    assert "Somebody is in this class" in (await change(here, "cancel", {"reason": "other"})).text("main")
    assert (await first_class(here)).sequence == 0


async def test_a_class_is_cancelled_with_its_reason_and_put_back_on(world: World) -> None:
    here = await planned(world)
    await here.add_patient("june", course_id="course")
    assert "Select why you cancel the class" in (await change(here, "cancel")).text("main")
    await change(here, "cancel", {"reason": "staff_ill"})
    row = await first_class(here)
    assert (row.cancelled_at, row.cancelled_reason, row.sequence) == (world.clock(), "staff_ill", 1)
    page = await here.lead.open(f"/staff/classes/{row.id}?done=cancelled")
    assert "Cancelled: a member of staff is ill" in page.text("main")
    assert "Put this class back on" in buttons(page)
    assert "Move this class" not in buttons(page)
    async with world.database.reading() as session:
        contacts = await session.scalars(select(CareContact).where(CareContact.class_id == row.id))
        assert [each.attendance_status for each in contacts] == ["4"]
    world.clock.move(minutes=1)
    await change(here, "put-back")
    row = await first_class(here)
    assert (row.cancelled_at, row.settled_at, row.sequence) == (None, None, 2)
    assert world.changed_classes == [row.id, row.id]
    assert (await here.audited())[-2:] == ["cancel_class", "put_class_back_on"]


async def test_changes_are_noted_with_the_account_that_made_them(world: World) -> None:
    here = await planned(world)
    await change(here, "topic", {"topic": "Sleep"})
    async with world.database.reading() as session:
        entry = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "set_class_topic"))
        ).one()
    row = await first_class(here)
    assert (entry.account_id, entry.class_id, entry.detail) == (here.lead.account_id, row.id, None)
    assert row.topic == "Sleep"


async def test_who_covers_leads_that_class_and_no_other(world: World) -> None:
    here = await planned(world)
    await change(here, "cover", {"lead": here.other_lead_id})
    first, second, *_ = await here.classes()
    assert (first.lead_id, second.lead_id, first.sequence) == (here.other_lead_id, None, 0)
    async with world.database.reading() as session:
        covered = await class_details(session, first.id)
        usual = await class_details(session, second.id)
    assert covered is not None
    assert usual is not None
    assert covered.lead is not None
    assert covered.lead.full_name == "Ben Cover"
    assert usual.lead is not None
    assert usual.lead.full_name == "Ada Lead"
    assert usual.person(here.other_lead_id) is None
    assert "Covered by Ben Cover" in (await here.lead.open("/staff/courses/course")).text("main")
    await change(here, "cover", {"lead": here.lead_id})
    assert (await first_class(here)).lead_id is None


async def test_a_helper_or_a_stranger_does_not_cover(world: World) -> None:
    here = await planned(world)
    stranger = await signed_in(world, StaffRole.LEAD, await the_service(world))
    for person_id in (here.helper_id, await stranger.person_id(await the_service(world)), "nobody"):
        page = await change(here, "cover", {"lead": person_id})
        assert "This person cannot lead classes in this service." in page.text("main")
    assert (await first_class(here)).lead_id is None


async def test_staff_go_into_their_own_class_by_being_signed_in(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    await here.at(JANUARY_12 - timedelta(minutes=5))
    answer = await here.lead.post(f"/staff/classes/{row.id}/open")
    assert answer.status == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Max-Age=43200" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    link_id = answer.headers["Location"].removeprefix("/class/")
    page = await world.open(f"/class/{link_id}", headers={"Cookie": f"mr_{link_id}={secret}"})
    assert page.config["role"] == "physio"
    assert (await world.open(f"/class/{link_id}")).status == 403
    async with world.database.reading() as session:
        link = (await session.scalars(select(PersonalLink).where(PersonalLink.id == link_id))).one()
        browser = (await session.scalars(select(LinkSession).where(LinkSession.link_id == link_id))).one()
    assert (link.person_id, link.course_id) == (here.lead_id, "course")
    assert browser.expires_at == world.clock() + timedelta(hours=12)


async def test_who_covers_comes_in_without_being_on_the_course(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    await change(here, "cover", {"lead": here.other_lead_id})
    await here.at(JANUARY_12)
    answer = await here.other_lead.post(f"/staff/classes/{row.id}/open")
    link_id = answer.headers["Location"].removeprefix("/class/")
    secret = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    page = await world.open(f"/class/{link_id}", headers={"Cookie": f"mr_{link_id}={secret}"})
    assert page.config["role"] == "physio"
    assert await here.staff_on() == {here.lead_id, here.helper_id}


async def test_nobody_opens_a_class_that_is_not_their_own(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    await here.at(JANUARY_12)
    stranger = await signed_in(world, StaffRole.LEAD, await the_service(world))
    nothing = await here.other_lead.post("/staff/classes/nowhere/open")
    for browser in (stranger, here.other_lead):
        page = await browser.post(f"/staff/classes/{row.id}/open")
        assert (page.status, page.text("main")) == (403, nothing.text("main"))
        assert "Set-Cookie" not in page.headers
    admin = await signed_in(world, StaffRole.SERVICE_ADMIN, OTHER, email="finn@example.org")
    assert (await admin.post(f"/staff/classes/{row.id}/open")).status == 403


async def test_the_helper_goes_in_too_but_not_before_the_doors_open(world: World) -> None:
    here = await planned(world)
    row, second, *_ = await here.classes()
    await here.at(JANUARY_12 - timedelta(minutes=11))
    page = await here.helper.post(f"/staff/classes/{row.id}/open")
    assert page.status == 403
    assert "The doors of this class open today, Tuesday 12 January, at 9:50am." in page.text("main")
    world.clock.move(minutes=2)
    assert (await here.helper.post(f"/staff/classes/{row.id}/open")).status == 303
    assert (await here.helper.post(f"/staff/classes/{second.id}/open")).status == 403


async def test_a_helper_may_not_change_a_class_nor_a_lead_of_another_service(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    stranger = await signed_in(world, StaffRole.LEAD, await the_service(world))
    before = await world.rows()
    for browser in (here.helper, stranger):
        theirs = await every_answer(browser, row.id)
        assert theirs == await every_answer(browser, "nowhere")
        assert {status for status, _words in theirs} == {403}
    assert await world.rows() == before
    assert (await first_class(here)).starts_at == JANUARY_12


async def every_answer(browser: StaffBrowser, class_id: str) -> list[tuple[int, str]]:
    address = f"/staff/classes/{class_id}"
    pages = [
        await browser.open(address),
        await browser.post(f"{address}/move", MOVE),
        await browser.post(f"{address}/cancel", {"reason": "other"}),
        await browser.post(f"{address}/put-back"),
        await browser.post(f"{address}/cover", {"lead": "somebody"}),
        await browser.post(f"{address}/topic", {"topic": "Sleep"}),
    ]
    return [(page.status, page.text("main")) for page in pages]


async def test_a_class_that_is_over_is_not_changed(world: World) -> None:
    here = await planned(world)
    await here.at(JANUARY_12 + timedelta(hours=14))
    row = await first_class(here)
    page = await here.lead.open(f"/staff/classes/{row.id}")
    assert "This class is over." in page.text("main")
    assert "Move this class" not in buttons(page)
    assert "This class has finished" in (await change(here, "move", MOVE)).text("main")
    covered = await change(here, "cover", {"lead": here.other_lead_id})
    assert "This class has finished" in covered.text("main")


async def test_signing_out_ends_this_browsers_way_into_class_and_no_others(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    await here.at(JANUARY_12)

    async def sign_in_elsewhere(session: AsyncSession) -> None:
        start_half_session(session, here.lead.account_id, world.clock(), "tablet", "tablet-id")
        await session.flush()
        await complete_session(session, "tablet-id", world.clock(), "tablet")

    await world.database.write(sign_in_elsewhere)
    on_tablet = StaffBrowser(world, here.lead.account_id, "tablet-id", "tablet")
    laptop = await here.lead.post(f"/staff/classes/{row.id}/open")
    tablet = await on_tablet.post(f"/staff/classes/{row.id}/open")
    cookies = [each.headers["Set-Cookie"].partition(";")[0] for each in (laptop, tablet)]
    address = laptop.headers["Location"]
    both = {"Cookie": f"{here.lead.headers['Cookie']}; {cookies[0]}"}
    assert (await world.press_join("/staff/sign-out", headers=both)).status == 303
    assert (await world.open(address, headers={"Cookie": cookies[0]})).status == 403
    assert (await world.open(address, headers={"Cookie": cookies[1]})).status == 200


async def test_who_is_signed_out_of_all_other_browsers_is_out_of_class_there_too(world: World) -> None:
    """By a new password, by the command that starts an account over, and by one's own hand."""
    here = await planned(world)
    row = await first_class(here)
    await here.at(JANUARY_12)
    account_id, session_id = here.lead.account_id, here.lead.session_id
    site = world.site

    async def opened() -> tuple[str, str]:
        answer = await here.lead.post(f"/staff/classes/{row.id}/open")
        return answer.headers["Location"], answer.headers["Set-Cookie"].partition(";")[0]

    async def is_in(cookie: str) -> bool:
        return (await world.open(address, headers={"Cookie": cookie})).status == 200

    address, laptop = await opened()
    _, tablet = await opened()
    both = {"Cookie": f"{here.lead.headers['Cookie']}; {laptop}"}
    await world.press_join("/staff/account/end-others", headers=both)
    assert [await is_in(each) for each in (laptop, tablet)] == [True, False]

    _, tablet = await opened()
    await change_password(
        site.sign_in,
        account_id,
        session_id,
        "moss violin cabbage lantern",
        world.clock(),
        site.letterhead,
        cookies=[laptop.partition("=")[2]],
    )
    assert [await is_in(each) for each in (laptop, tablet)] == [True, False]

    async def starts_over(session: AsyncSession) -> None:
        await start_over(session, await session.get_one(StaffAccount, account_id), world.clock())

    await world.database.write(starts_over)
    assert not await is_in(laptop)


async def test_the_class_can_be_opened_on_its_page_once_its_doors_are_open(world: World) -> None:
    here = await planned(world)
    address = f"/staff/classes/{(await first_class(here)).id}"
    page = await here.lead.open(address)
    assert "Open the class" not in buttons(page)
    assert "You can open the class from Tuesday 12 January 2027 at 9:50am on." in page.text("main")
    await here.at(JANUARY_12 - timedelta(minutes=10))
    assert "Open the class" in buttons(await here.lead.open(address))
    admin = await signed_in(world, StaffRole.SERVICE_ADMIN, OTHER, email="finn@example.org")
    assert "Open the class" not in buttons(await admin.open(address))


async def test_who_had_checked_in_for_a_class_that_is_moved_does_so_again(world: World) -> None:
    here = await planned(world)
    row = await first_class(here)
    states = {"june": "ready", "arthur": "held", "rose": "red_flag", "alan": "allowed", "bea": "refused"}

    async def check_in(session) -> None:
        for name, state in states.items():
            said = {"symptoms": ["dizzy"], "place": "12 Mill Lane", "is_space_clear": True}
            checked = CheckIn(class_id=row.id, person_id=name, at=world.clock(), stage="done", **said)
            checked.comes, checked.state = "self", state
            session.add(checked)

    for name in states:
        await here.add_patient(name)
    await world.database.write(check_in)
    await change(here, "move", MOVE)
    async with world.database.reading() as session:
        check_ins = {each.person_id: each for each in await session.scalars(select(CheckIn))}
    assert {name: each.state for name, each in check_ins.items()} == states | {
        "june": "open",
        "alan": "held",
        "bea": "held",
    }
    for each in check_ins.values():
        assert not may_come_in(each)
        assert (each.stage, each.place, each.is_space_clear) == ("details", "", False)
        assert each.symptoms == ["dizzy"]


async def test_patients_get_an_email_of_each_change_and_staff_read_whom_to_ring(world: World) -> None:
    object.__setattr__(world.browser.app[SITE], "mail_from", "classes@example.org")
    here = await planned(world)
    await here.add_patient("june", course_id="course", email="june@example.org")
    await here.add_patient("arthur", course_id="course", seat=1)
    row = await first_class(here)
    await change(here, "move", MOVE)
    await change(here, "cancel", {"reason": "other"})
    await change(here, "put-back")
    async with world.database.reading() as session:
        letters = (await session.scalars(select(Letter))).all()
    assert {(each.kind, each.person_id) for each in letters} == {
        ("class_moved", "june"),
        ("class_cancelled", "june"),
        ("class_back_on", "june"),
    }
    sequences = {each.kind: f"SEQUENCE:{number}" for number, each in enumerate(_in_order(letters), start=1)}
    assert all(sequences[each.kind] in (each.calendar or "") for each in letters)
    page = await here.lead.open(f"/staff/classes/{row.id}?done=moved")
    to_ring = page.text("main").partition("Ring these patients")[2].partition("Move it")[0]
    assert "Arthur Example" in to_ring
    assert "June Example" not in to_ring


def _in_order(letters: Sequence[Letter]) -> list[Letter]:
    order = ("class_moved", "class_cancelled", "class_back_on")
    return sorted(letters, key=lambda each: order.index(each.kind))
