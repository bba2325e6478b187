"""What people do with the forms, from beginning to end, by keyboard alone: typed and pressed, no click."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import hash_of
from server.people.staff import StaffRole
from server.storage.tables import AccountKey
from tests.e2e.browser import chromium
from tests.e2e.clinic import Clinic, browser_with, open_clinic
from tests.e2e.keyboard import choose, keep_files_closed, press, tab_to, type_into
from tests.integration.pages.two_services import BORN, OWN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ERROR = re.compile("^Error: ")
PASSWORD = "blue kettle walks north 7"
PATIENTS = b"Full name,Date of birth\nJean Tully,31/03/1952\nBrian Hobbs,02/11/1948\n"


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name).first


async def key_of_new_account(clinic: Clinic) -> tuple[str, str]:
    """Somebody who has not signed in yet: the address that was sent, and the e-mail address."""
    bundle, now = await clinic.both.bundle(OWN), clinic.both.world.clock()
    row = AccountKey(
        token_hash=hash_of("key-of-a-new-account"),
        account_id=bundle.ids["account_id"],
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )

    async def work(session: AsyncSession) -> None:
        session.add(row)

    await clinic.both.world.database.write(work)
    return f"{clinic.base_url}/staff/set-up/key-of-a-new-account", f"{bundle.name}@example.org"


async def test_an_account_is_set_up_and_signed_in_to_with_password_and_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        open_clinic(tmp_path, monkeypatch) as clinic,
        chromium() as browser,
        browser_with(browser, clinic, {}) as context,
    ):
        address, email = await key_of_new_account(clinic)
        page = await context.new_page()
        await page.goto(address)
        await type_into(page, page.get_by_label("New password", exact=True), PASSWORD)
        await page.keyboard.press("Enter")
        await press(page, page.locator("summary", has_text="I cannot scan the picture"))
        secret = (await page.locator("code").inner_text()).replace(" ", "")
        code = page.get_by_label("Code that the app shows now")
        await type_into(page, code, "000000")
        await page.keyboard.press("Enter")
        await expect(page).to_have_title(ERROR)
        await press(page, page.get_by_role("alert").get_by_role("link"))
        await expect(code).to_be_focused()
        await type_into(page, code, pyotp.TOTP(secret).at(clinic.both.world.clock()))
        await page.keyboard.press("Enter")
        await press(page, button(page, "Sign out"))

        clinic.both.world.clock.move(minutes=2)
        await type_into(page, page.get_by_label("Email address"), email)
        await type_into(page, page.get_by_label("Password", exact=True), PASSWORD)
        await page.keyboard.press("Enter")
        await expect(heading(page)).to_have_text("Enter your code")
        await type_into(page, page.get_by_role("textbox"), pyotp.TOTP(secret).at(clinic.both.world.clock()))
        await page.keyboard.press("Enter")
        await expect(button(page, "Sign out")).to_be_visible()


async def plan_a_course(page: Page, clinic: Clinic, programme: str) -> None:
    """From its fields over the preview of all dates to the course itself."""
    await page.goto(f"{clinic.base_url}/staff/courses/new?programme={programme}")
    await type_into(page, page.get_by_label("Title"), "Tuesday knees")
    await choose(page, page.get_by_label("Lead", exact=True), "Lead")
    day = clinic.both.world.clock() + timedelta(days=7)
    for part in ("day", "month", "year"):
        await type_into(page, page.get_by_label(part.capitalize(), exact=True), str(getattr(day, part)))
    place = page.get_by_role("group", name=re.compile("^First class"))
    await choose(page, place.get_by_label("Weekday"), f"{day:%A}")
    await type_into(page, place.get_by_label("Time"), "10:00")
    await page.keyboard.press("Enter")
    await press(page, button(page, "Make this course"))
    await expect(heading(page)).to_contain_text("Tuesday knees")


async def import_patients(page: Page, folder: Path) -> None:
    """From the course's page: a file, its preview, and who is on the course then."""
    file = folder / "patients.csv"
    file.write_bytes(PATIENTS)
    await page.goto(f"{page.url.partition('?')[0]}/import")
    await tab_to(page, page.locator(".nhsuk-file-upload button"))
    async with page.expect_file_chooser() as chooser:
        await page.keyboard.press("Enter")
    await (await chooser.value).set_files(file)
    await press(page, button(page, "Look at the file"))
    await press(page, button(page, re.compile("^(Put|Add|Save)")))
    await expect(page.get_by_role("main")).to_contain_text("Brian Hobbs")


async def cancel_the_first_class(page: Page, course: str) -> None:
    await page.goto(course)
    await press(page, page.get_by_role("link", name="Class 1", exact=True))
    await press(page, button(page, "Cancel this class"))
    await expect(page).to_have_title(ERROR)
    await press(page, page.get_by_role("alert").get_by_role("link"))
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowDown")
    await press(page, button(page, "Cancel this class"))
    await expect(button(page, "Put this class back on")).to_be_visible()


async def test_a_course_is_planned_filled_from_a_file_and_a_class_of_it_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_clinic(tmp_path, monkeypatch) as clinic, chromium() as browser:
        lead = clinic.both.staff[StaffRole.LEAD].secret
        bundle = await clinic.both.bundle(OWN)
        async with browser_with(browser, clinic, {"mr_staff": lead}) as context:
            page = await context.new_page()
            keep_files_closed(page)
            await plan_a_course(page, clinic, bundle.ids["programme_id"])
            course = page.url.partition("?")[0]
            await import_patients(page, tmp_path)
            await cancel_the_first_class(page, course)


async def check_in_with_a_symptom(page: Page) -> None:
    """All three pages; dizziness, so that the physio decides."""
    await expect(heading(page)).to_have_text("Is this still right?")
    await press(page, page.get_by_role("group", name="Who is joining").get_by_role("radio").first, "Space")
    await type_into(page, page.get_by_label("Your phone number today"), "07700 900142")
    await press(page, page.get_by_label("I do not have anybody"), "Space")
    await press(page, page.get_by_label("Yes, I am alone"), "Space")
    await press(page, button(page, "Continue"))
    await expect(heading(page)).to_have_text("Do you have any of these today?")
    await press(page, page.get_by_label("None of these").first, "Space")
    await press(page, page.get_by_label(re.compile("[Dd]izz")), "Space")
    await type_into(page, page.get_by_label("Do you want to tell us more?"), "On the stairs")
    await press(page, button(page, "Continue"))
    await expect(heading(page)).to_have_text("Where are you today?")
    await type_into(page, page.get_by_label("The address where you are now"), "12 Mill Lane, Riverside")
    await press(page, page.get_by_role("radio").first, "Space")
    await press(page, button(page, "Continue"))
    await expect(page).to_have_url(re.compile("/held$"))


async def decide(page: Page, address: str, *, takes_part: bool) -> None:
    """As the physio, first without a note."""
    await page.goto(address)
    await press(page, page.get_by_label("Let take part"), "Space")
    if not takes_part:
        await page.keyboard.press("ArrowDown")
    await press(page, button(page, "Save the decision"))
    await expect(page).to_have_title(ERROR)
    await press(page, page.get_by_role("alert").get_by_role("link"))
    await page.keyboard.type("Spoke on the phone")
    await press(page, button(page, "Save the decision"))
    await expect(page.get_by_role("main")).to_contain_text("Spoke on the phone")


async def from_the_letter(clinic: Clinic, staff: BrowserContext, course: str, person: str) -> str:
    """The code in a letter that was printed by keyboard alone."""
    page = await staff.new_page()
    await page.goto(f"{clinic.base_url}/staff/courses/{course}/letters/{person}")
    await press(page, button(page, "Print the letter"))
    return await page.locator(".mr-letter__code").inner_text()


async def test_a_patient_gets_from_the_code_to_the_physios_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_clinic(tmp_path, monkeypatch) as clinic, chromium() as browser:
        bundle = await clinic.both.bundle(OWN)
        ids, lead = bundle.ids, clinic.both.staff[StaffRole.LEAD].secret
        async with (
            browser_with(browser, clinic, {"mr_staff": lead}) as staff,
            browser_with(browser, clinic, {}) as patient,
        ):
            code = await from_the_letter(clinic, staff, ids["course_id"], ids["person_id"])
            page = await patient.new_page()
            await page.goto(clinic.base_url)
            await type_into(page, page.get_by_label("Code from your letter"), code)
            await page.keyboard.press("Enter")
            await expect(heading(page)).to_contain_text("date of birth")
            for part in ("day", "month", "year"):
                field = page.get_by_label(part.capitalize(), exact=True)
                await type_into(page, field, str(getattr(BORN, part)))
            await page.keyboard.press("Enter")
            await expect(heading(page)).not_to_contain_text("date of birth")
            await page.goto(f"{clinic.base_url}/me/{ids['link_id']}/agreement")
            await press(page, button(page, "I agree"))
            await page.goto(f"{clinic.base_url}/me/{ids['link_id']}/check-in")
            await check_in_with_a_symptom(page)

            physio = await staff.new_page()
            one = f"{clinic.base_url}/staff/classes/{ids['class_id']}/patients/{ids['person_id']}"
            await decide(physio, one, takes_part=True)
            await page.reload()
            await expect(page).not_to_have_url(re.compile("/held$"))
            await decide(physio, one, takes_part=False)
            await page.goto(f"{clinic.base_url}/me/{ids['link_id']}/check-in")
            await expect(page).to_have_url(re.compile("/not-today$"))
