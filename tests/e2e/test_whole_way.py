"""From an empty database to live video: by e-mail, by code, as a couple, by proxy, with a red flag."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e import patient_pages as patient
from tests.e2e import staff_pages as staff
from tests.e2e.browser import chromium, grows, new_person
from tests.e2e.class_page import LONG_MS, let_in
from tests.e2e.clock import SetServiceClock
from tests.e2e.own_service import OwnService, address_in, own_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

CLASS_AT = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/London"))
JUST_BEFORE = datetime(2026, 11, 24, 9, 51, tzinfo=ZoneInfo("Europe/London"))
BORN = date(1952, 3, 31)
PATIENTS = """\
Full name,Name shown in class,Date of birth,Phone,Email,NHS number
Margaret Ellis,Margaret,31/03/1952,07700 900142,margaret@patients.example,999 000 0018
Dennis Whittle,Dennis,31/03/1952,07700 900188,dennis@patients.example,999 000 0026
Sheila Marsh,Sheila,31/03/1952,07700 900203,sheila@patients.example,999 000 0034
Jean Tully,Jean,31/03/1952,07700 900275,jean@patients.example,999 000 0077
Brian Hobbs,Brian,31/03/1952,07700 900318,,999 000 0085
Rosa Mendes,Rosa,31/03/1952,07700 900498,rosa@patients.example,999 000 0123
"""
NO_CAMERA = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
"""


async def person(browser: Browser, **options) -> Page:
    return await (await new_person(browser, viewport={"width": 1024, "height": 768}, **options)).new_page()


async def set_up_all(
    service: OwnService, browser: Browser, clock: SetServiceClock, folder: Path
) -> tuple[Page, str]:
    """Admin, service, physio, programme, course, patients; the physio's page and the course's address."""
    said = await service.command(
        "user", "add", "--email", "ada@service.example", "--name", "Ada Quill", "--role", "system_admin"
    )
    admin = await person(browser)
    await staff.set_up(admin, address_in(said, "/staff/set-up/"), clock)
    await staff.make_service(admin, service.base_url, "Riverside MSK groups", "01632 960123")
    await staff.add_lead(admin, service.base_url, "hannah@service.example", "Hannah Okafor")
    letter = await service.letter("hannah@service.example", "account")
    physio = await person(browser)
    await staff.set_up(physio, address_in(letter, "/staff/set-up/"), clock)
    course = await staff.make_course(physio, service.base_url, CLASS_AT, "Arthritis, Tuesdays")
    file = folder / "patients.csv"
    file.write_text(PATIENTS)
    await staff.import_patients(physio, course, file)
    return physio, course


async def into_the_waiting_room(page: Page, *, who: str | None = None, partner: str | None = None) -> None:
    """From Join: the date of birth and all that comes before class, all well."""
    await patient.give_birth_date(page, BORN)
    await patient.check_device(page)
    await patient.agree(page)
    await patient.say_who_is_there(page, who=who, partner=partner)
    await patient.have_no_symptoms(page)
    await patient.say_where(page, "12 Mill Lane, Riverside")
    await patient.wait(page)


async def join(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("button", name="Join class").click()


async def let_in_and_seen(physio: Page, page: Page, seat: int) -> None:
    """The physio lets in who waits; picture comes both ways."""
    await expect(physio.get_by_role("button", name=re.compile("1 waiting"))).to_be_visible(timeout=LONG_MS)
    await let_in(physio)
    await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await grows(page, "stage", "frames")
    await grows(physio, f"seat{seat}", "frames")


async def by_email(service: OwnService, browser: Browser, physio: Page) -> Page:
    """Margaret, by the link in her e-mail; meanwhile the physio opens the class from Today."""
    invitation = await service.letter("margaret@patients.example", "")
    margaret = await person(browser)
    await join(margaret, address_in(invitation, "/j/"))
    await into_the_waiting_room(margaret)
    await physio.goto(f"{service.base_url}/staff")
    await physio.get_by_role("button", name="Open the class").first.click()
    await let_in_and_seen(physio, margaret, 0)
    return margaret


async def by_code_with_camera_blocked(
    service: OwnService, browser: Browser, office: Page, physio: Page, course: str
) -> None:
    """Dennis, by the code in his letter, on a device whose camera is blocked."""
    await office.goto(f"{course}/links")
    await office.get_by_role("link", name="Dennis Whittle").first.click()
    await office.get_by_text("Print a letter", exact=True).click()
    await office.get_by_role("button", name="Print the letter").click()
    code = await office.locator(".mr-letter__code").inner_text()
    dennis = await person(browser)
    await dennis.context.add_init_script(NO_CAMERA)
    await dennis.goto(service.base_url)
    await dennis.get_by_label("Code from your letter").fill("402 913 558 016 927")
    await dennis.get_by_role("button", name="Continue").click()
    await expect(dennis.get_by_role("alert")).to_contain_text("There is a problem")
    await dennis.get_by_label("Code from your letter").fill(code)
    await dennis.get_by_role("button", name="Continue").click()
    await patient.give_birth_date(dennis, BORN)
    join_class = dennis.get_by_role("button", name="Join class")
    check = dennis.get_by_role("heading", name="Check your device")
    await expect(join_class.or_(check).first).to_be_visible(timeout=LONG_MS)
    if await join_class.is_visible():
        await join_class.click()
    await dennis.get_by_role("button", name="Turn on camera and microphone").click()
    await expect(dennis.get_by_role("heading", name=re.compile("blocked")).first).to_be_visible(
        timeout=LONG_MS
    )
    await dennis.get_by_role("button", name="I will do this later").click()
    await patient.agree(dennis)
    await patient.say_who_is_there(dennis)
    await patient.have_no_symptoms(dennis)
    await patient.say_where(dennis, "3 High Street, Riverside")
    await expect(dennis.get_by_role("heading", name=re.compile("blocked")).first).to_be_visible(
        timeout=LONG_MS
    )
    await dennis.get_by_role("button", name=re.compile("^Go on without")).click()
    await expect(physio.get_by_role("button", name=re.compile("1 waiting"))).to_be_visible(timeout=LONG_MS)
    await let_in(physio)
    await expect(dennis.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await grows(dennis, "stage", "frames")


async def with_a_red_flag(service: OwnService, browser: Browser, office: Page) -> None:
    """Sheila has chest pain: her page says to call 999 at once, and staff see it."""
    sheila = await person(browser)
    await join(sheila, address_in(await service.letter("sheila@patients.example", ""), "/j/"))
    await patient.give_birth_date(sheila, BORN)
    await patient.check_device_later(sheila)
    await patient.agree(sheila)
    await patient.say_who_is_there(sheila)
    await patient.have(sheila, "Chest pain")
    await expect(sheila.get_by_role("heading", level=1)).to_contain_text("999")
    await expect(sheila.get_by_role("link", name="Call 999").first).to_have_attribute("href", "tel:999")
    await office.goto(f"{service.base_url}/staff")
    row = office.get_by_role("row", name=re.compile("Sheila Marsh"))
    await expect(row).to_contain_text(re.compile("red flag", re.IGNORECASE))
    await sheila.context.close()


async def as_a_couple(service: OwnService, browser: Browser, office: Page, physio: Page, course: str) -> None:
    """Jean and Brian share a device: one comes in for both."""
    await office.goto(f"{course}/patients")
    await office.get_by_role("link", name=re.compile("the place of Jean Tully")).click()
    await office.get_by_label("Shares a device with").select_option(label="Brian Hobbs")
    await office.locator("form[action$='/couple'] button").click()
    jean = await person(browser)
    await join(jean, address_in(await service.letter("jean@patients.example", ""), "/j/"))
    await into_the_waiting_room(jean, partner="Yes")
    await let_in_and_seen(physio, jean, 3)


async def by_proxy(service: OwnService, browser: Browser, office: Page, physio: Page) -> None:
    """Rosa's daughter comes for her."""
    await office.goto(f"{service.base_url}/staff/patients")
    await office.get_by_role("link", name="Rosa Mendes").first.click()
    await office.get_by_role("link", name=re.compile("carer")).first.click()
    await office.get_by_label("Full name").fill("Ines Mendes")
    await office.get_by_label("Who this is to the patient").fill("daughter")
    await office.get_by_label("May come instead of the patient").check()
    await office.get_by_role("button", name="Save the carer").click()
    rosa = await person(browser)
    await join(rosa, address_in(await service.letter("rosa@patients.example", ""), "/j/"))
    await patient.give_birth_date(rosa, BORN)
    await patient.check_device_later(rosa)
    await patient.agree(rosa)
    await rosa.get_by_label(re.compile("Ines")).last.check()
    await patient.say_who_is_there(rosa)
    await patient.have_no_symptoms(rosa)
    await patient.say_where(rosa, "9 Park Road, Riverside")
    await patient.wait(rosa)
    await let_in_and_seen(physio, rosa, 5)


async def after_a_cancellation(service: OwnService, browser: Browser, office: Page, course: str) -> None:
    """The second class is called off: an e-mail takes it out of the calendar, and the page says so."""
    await office.goto(course)
    await office.get_by_role("link", name="Class 2", exact=True).click()
    await office.get_by_role("radio").first.check()
    await office.get_by_role("button", name="Cancel this class").click()
    said = await service.letter("margaret@patients.example", "cancelled")
    assert "26 November" in said
    letters = [each for each in service.mail.letters if "cancelled" in str(each["Subject"])]
    calendars = [
        part for each in letters for part in each.walk() if part.get_content_type() == "text/calendar"
    ]
    assert calendars
    assert all("METHOD:CANCEL" in part.get_content().replace("\r\n ", "") for part in calendars)
    elsewhere = await person(browser)
    await elsewhere.goto(address_in(await service.letter("margaret@patients.example", ""), "/j/"))
    await expect(elsewhere.get_by_role("main")).to_contain_text(re.compile("cancelled"))
    await expect(elsewhere.get_by_role("main")).to_contain_text("01632 960123")
    await elsewhere.context.close()


async def test_from_an_empty_database_to_live_video_by_every_way_in(tmp_path: Path) -> None:
    clock = SetServiceClock(tmp_path, JUST_BEFORE)
    async with own_service(tmp_path, clock.environment) as service, chromium() as browser:
        physio, course = await set_up_all(service, browser, clock, tmp_path)
        office = await physio.context.new_page()
        margaret = await by_email(service, browser, physio)
        await by_code_with_camera_blocked(service, browser, office, physio, course)
        await with_a_red_flag(service, browser, office)
        await as_a_couple(service, browser, office, physio, course)
        await by_proxy(service, browser, office, physio)
        await after_a_cancellation(service, browser, office, course)
        await grows(margaret, "stage", "frames")
