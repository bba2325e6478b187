"""What patients do on their way into class, for browser tests: birth date, device, agreement, check-in."""

from __future__ import annotations

from datetime import date

from playwright.async_api import Page, expect

from tests.e2e.class_page import LONG_MS


async def give_birth_date(page: Page, born: date) -> None:
    """On the page that asks for it."""
    await expect(page.get_by_role("heading", level=1)).to_contain_text("date of birth")
    for part in ("day", "month", "year"):
        await page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(born, part)))
    await page.get_by_role("button", name="Continue").click()


async def check_device_later(page: Page) -> None:
    """Leave the device check out for now."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Check your device")
    await page.get_by_role("button", name="I will do this later").click()


async def check_device(page: Page) -> None:
    """Try camera, microphone, sound and connection; all of it works."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Check your device")
    await page.get_by_role("button", name="Turn on camera and microphone").click()
    await page.get_by_role("button", name="Play a test sound").click()
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_text("Everything works. You are ready for class.")).to_be_visible(
        timeout=LONG_MS
    )
    await page.get_by_role("button", name="This works, continue").click()


async def agree(page: Page) -> None:
    """Accept the group agreement."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("What we all agree to")
    await page.get_by_role("button", name="I agree").click()


async def say_who_is_there(page: Page, *, who: str | None = None, partner: str | None = None) -> None:
    """The first page of the check-in."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Is this still right?")
    if who is not None:
        await page.get_by_label(who, exact=True).check()
    if partner is not None:
        group = page.get_by_role("group", name="with you today")
        await group.get_by_label(partner, exact=True).check()
    if not await page.get_by_label("Your phone number today").input_value():
        await page.get_by_label("Your phone number today").fill("07700 900142")
    await page.get_by_label("I do not have anybody").check()
    await page.get_by_label("Yes, I am alone").check()
    await page.get_by_role("button", name="Continue").click()


async def have_no_symptoms(page: Page) -> None:
    """The second page, all well."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Do you have any of these today?")
    for none in await page.get_by_label("None of these").all():
        await none.check()
    await page.get_by_role("button", name="Continue").click()


async def have(page: Page, symptom: str) -> None:
    """The second page, with this symptom alone."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Do you have any of these today?")
    await page.get_by_label(symptom).check()
    await page.get_by_label("None of these").last.check()
    await page.get_by_role("button", name="Continue").click()


async def say_where(page: Page, place: str) -> None:
    """The third page."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Where are you today?")
    await page.get_by_label("The address where you are now").fill(place)
    await page.get_by_role("radio", name="Yes", exact=True).check()
    await page.get_by_role("button", name="Continue").click()


async def wait(page: Page) -> None:
    """In the waiting room, with camera and microphone where the browser has them."""
    turn_on = page.get_by_role("button", name="Turn on camera and microphone")
    leave = page.get_by_role("button", name="Leave")
    await expect(turn_on.or_(leave).first).to_be_visible(timeout=LONG_MS)
    if await turn_on.is_visible():
        await turn_on.click()
    await expect(page.locator("[data-place='waiting']")).to_be_visible(timeout=LONG_MS)
