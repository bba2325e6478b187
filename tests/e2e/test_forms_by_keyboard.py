"""Every form of the server by keyboard alone: reached, filled in, sent and answered.

Which forms those are, `form_walk` finds. What people type on whole journeys is in
`test_journeys_by_keyboard`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import chromium
from tests.e2e.clinic import browser_with, open_clinic
from tests.e2e.form_states import NO_FORM
from tests.e2e.form_walk import answers_to_all_forms
from tests.e2e.keyboard import press, tab_through, tab_to
from tests.e2e.keyboard_forms import ByKeyboard
from tests.integration.pages.many import SECRET

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

BROKEN = {
    "<label><input type=checkbox>Well</label>": [],
    "<a href=/x tabindex=-1>Out of reach</a>": ["Tab does not come to a “Out of reach”"],
    "<a href=/x style='outline:none'>Unseen</a>": ["nothing shows the focus on a “Unseen”"],
    "<a href=/x tabindex=1>First</a>": ["Tab does not come to a “First”"],
    "<label><input type=checkbox onkeydown='return false' onkeyup='return false'>Stuck</label>": [
        "checkbox “Stuck”: Space does not tick it",
        "no way out of checkbox “Stuck”",
        "Tab does not come to button “Send”",
    ],
    "<label><input type=checkbox onclick='return false'>Dead</label>": [
        "checkbox “Dead”: Space does not tick it",
    ],
    "<input aria-label=Closed readonly>": ["text “Closed”: cannot be typed into"],
}
"""Pages that keys alone cannot be used on, and what is said of them."""


async def test_every_form_is_reached_filled_in_sent_and_answered(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answers_to_all_forms(ByKeyboard(), tmp_path_factory, monkeypatch, NO_FORM)


async def test_what_keys_do_not_reach_do_not_work_or_do_not_show_is_told() -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        for broken, said in BROKEN.items():
            await page.set_content(f"<form><input aria-label=Name>{broken}<button>Send</button></form>")
            assert (await tab_through(page)).wrong == said


async def test_the_warning_before_signing_out_is_answered_by_keyboard_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        open_clinic(tmp_path, monkeypatch) as clinic,
        chromium() as browser,
        browser_with(browser, clinic, {"mr_staff": SECRET}) as context,
    ):
        page = await context.new_page()
        await page.clock.install()
        await page.goto(f"{clinic.base_url}/staff/services/new")
        await page.get_by_label("Name of the service").press_sequentially("Hill")
        seconds = int(await page.locator("#idle").get_attribute("data-seconds") or 0)
        await page.clock.fast_forward((seconds - 100) * 1000)
        warning = page.get_by_role("dialog", name="You are about to be signed out")
        await expect(warning).to_be_visible()
        stay = warning.get_by_role("button", name="Stay signed in")
        await tab_to(page, warning.get_by_role("button", name="Sign out"), 6)
        await tab_to(page, stay, 6)
        async with page.expect_response("**/staff/stay") as answer:
            await press(page, stay)
        assert (await answer.value).status == 200
        await expect(warning).to_be_hidden()
        await expect(page.get_by_label("Name of the service")).to_be_focused()
        await expect(page.get_by_label("Name of the service")).to_have_value("Hill")
