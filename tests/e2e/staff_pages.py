"""What staff do on their pages, for browser tests: set an account up, sign in, make a service, a course."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyotp
from playwright.async_api import Page, expect

from tests.e2e.class_page import LONG_MS

PASSWORD = "blue kettle walks north 7"


async def set_up(page: Page, address: str, clock: Callable[[], datetime], password: str = PASSWORD) -> None:
    """Choose the password and set up the codes; the page is signed in then."""
    await page.goto(address)
    await page.get_by_label("New password", exact=True).fill(password)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_text("I cannot scan the picture").click()
    secret = (await page.locator("code").inner_text()).replace(" ", "")
    await page.get_by_label("Code that the app shows now").fill(pyotp.TOTP(secret).at(clock()))
    await page.get_by_role("button", name="Finish and sign in").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible(timeout=LONG_MS)


async def make_service(page: Page, base_url: str, name: str, phone: str) -> None:
    """As system admin."""
    await page.goto(f"{base_url}/staff/services/new")
    await page.get_by_label("Name of the service").fill(name)
    await page.get_by_label("Phone number for patients").fill(phone)
    await page.get_by_role("button", name=re.compile("^Add")).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(name)


async def add_lead(page: Page, base_url: str, email: str, full_name: str) -> None:
    """As admin: somebody who leads classes in the only service."""
    await page.goto(f"{base_url}/staff/accounts/new")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Full name").fill(full_name)
    await page.get_by_label("Name that patients see").fill(full_name.split()[0])
    await page.get_by_label("Profession").select_option("physiotherapist")
    await page.get_by_role("checkbox", name=re.compile("[Ll]ead")).first.check()
    await page.get_by_role("button", name="Add this person").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(full_name)


async def make_course(page: Page, base_url: str, first_day: datetime, title: str) -> str:
    """As a lead: our sample programme, and a course of it on this weekday and two days later at that time;
    the address of its page.
    """
    await page.goto(f"{base_url}/staff/programmes")
    await page.get_by_role("button", name="Start from our sample").click()
    await (
        page.get_by_role("button", name="Plan a course")
        .or_(page.get_by_role("link", name="Plan a course"))
        .first.click()
    )
    await page.get_by_label("Title").fill(title)
    await page.locator("[name='lead']").select_option(index=1)
    for part in ("day", "month", "year"):
        await page.locator(f"[name='first-day-{part}']").fill(str(getattr(first_day, part)))
    for number, weekday in ((1, first_day.weekday()), (2, (first_day.weekday() + 2) % 7)):
        await page.locator(f"[name='place{number}-day']").select_option(str(weekday))
        await page.locator(f"[name='place{number}-time']").fill(f"{first_day:%H:%M}")
    await page.get_by_role("button", name="Look at all dates").click()
    await page.get_by_role("button", name="Make this course").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url.partition("?")[0]


async def import_patients(page: Page, course: str, file: Path) -> None:
    """As a lead: put the patients of a CSV file on the course."""
    await page.goto(f"{course}/import")
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_role("button", name="Look at the file").click()
    await page.get_by_role("button", name=re.compile("^(Put|Add|Save)")).click()
    await expect(
        page.get_by_role("alert").or_(page.locator(".nhsuk-notification-banner")).first
    ).to_be_visible()
