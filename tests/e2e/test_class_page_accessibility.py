"""The class page for people who use a keyboard, a small or enlarged screen, or have no camera to show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in, open_drawer
from tests.e2e.service import demo_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PATIENT_TARGET_PX = 56
STAFF_TARGET_PX = 44
SERVICE_PHONE = "01632 960123"

LISTEN = """
window.tones = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) {
  window.tones.push(this.frequency.value);
  start.call(this, when);
};
window.awake = 0;
WakeLock.prototype.request = async function () {
  window.awake++;
  return { released: false, async release() { this.released = true; window.awake--; } };
};
"""

HOLD_SOUND_BACK = """
let pressed = false;
addEventListener('click', () => { pressed = true; }, true);
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (this instanceof HTMLVideoElement || pressed) return play.call(this);
  return Promise.reject(new DOMException('no press yet', 'NotAllowedError'));
};
"""
LET_IN_HZ = [523, 784]
HELP_HZ = [880, 660, 880]

SMALL_TARGETS = """
(least) => [...document.querySelectorAll('button, a[href]')]
  .filter((one) => one.checkVisibility() && !one.closest('p'))
  // A seat's button reaches over its whole tile.
  .map((one) => [one.textContent.trim(), one.closest('.tile-foot')?.parentElement ?? one])
  .map(([name, one]) => [name, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < least || box.width < least))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)
"""

NAMELESS = """
() => [...document.querySelectorAll('button, a[href], input, textarea, [role=tab]')]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML.slice(0, 120))
"""

SCROLLS_SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def tab_to(page: Page, name: str, most: int = 30) -> None:
    """Press Tab until the control of this name has the focus, and see that the focus shows."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if await focused.count() and re.match(name, (await focused.inner_text()).strip()):
            assert await focused.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
            return
    raise AssertionError(f"{name} cannot be reached with the Tab key")


async def assert_reached(page: Page, name: str) -> None:
    """The button can be seen whole, by scrolling where the screen is small, and nothing lies over it."""
    button = page.get_by_role("button", name=re.compile(f"^{name}"))
    await button.scroll_into_view_if_needed()
    await expect(button).to_be_in_viewport(ratio=1)
    await button.click(trial=True)


async def assert_help_in_view(page: Page) -> None:
    """The Help button is wholly on the screen and nothing lies over it."""
    help_button = page.get_by_role("button", name="Help", exact=True)
    await expect(help_button).to_be_in_viewport(ratio=1)
    assert await help_button.evaluate(
        """(one) => { const box = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"""
    )


async def test_a_class_with_the_keyboard_alone_on_small_and_enlarged_screens(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio = await (await new_person(browser)).new_page()
        await come_in(physio, service.physio)
        context = await new_person(browser, viewport={"width": 360, "height": 740})
        page = await context.new_page()
        await page.goto(service.patients[0])
        await tab_to(page, "Join class")
        await page.keyboard.press("Enter")
        turn_on = page.get_by_role("button", name="Turn on camera and microphone")
        waiting = page.get_by_text("You are in the waiting room")
        await expect(turn_on.or_(waiting).first).to_be_visible(timeout=LONG_MS)
        if await turn_on.is_visible():
            await tab_to(page, "Turn on camera")
            await page.keyboard.press("Enter")
        await expect(waiting).to_be_visible(timeout=LONG_MS)
        await assert_accessible(page)
        await physio.get_by_role("button", name="1 waiting").click()
        await physio.get_by_role("button", name="Message Margaret").click()
        await physio.get_by_label("Message to Margaret").fill("I will be with you in a moment.")
        await assert_accessible(physio)
        await physio.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_text("I will be with you in a moment.")).to_be_visible(timeout=LONG_MS)
        await expect(page).to_have_title(re.compile("^Message from staff"))
        await assert_accessible(page)
        await physio.get_by_role("button", name="Let in Margaret").click()
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await expect(page).to_have_title(re.compile("^You are in class"))
        assert await page.evaluate(SMALL_TARGETS, PATIENT_TARGET_PX) == []
        assert await physio.evaluate(SMALL_TARGETS, STAFF_TARGET_PX) == []
        for each in (page, physio):
            await assert_accessible(each)

        # Both pages have a heading, and so has what opens beside the stage.
        title = re.compile(r"class \d+ of 12$")
        for each in (page, physio):
            await expect(each.get_by_role("heading", level=1, name=title)).to_have_count(1)
        for tab in ("Questions", "Chat", "People"):
            await physio.get_by_role("tab", name=re.compile(f"^{tab}")).click()
            await expect(physio.get_by_role("heading", level=2, name=tab, exact=True)).to_have_count(1)

        # Help and back by keyboard: the focus goes into the dialog and returns.
        await tab_to(page, "Help")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name=re.compile("^I need help now"))).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Help", exact=True)).to_be_focused()

        # More, and the physio's music: the same, and large enough.
        await tab_to(page, "More")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="More")).to_be_focused()
        assert await page.evaluate(SMALL_TARGETS, PATIENT_TARGET_PX) == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="More")).to_be_focused()
        await open_drawer(physio, "Questions")
        await tab_to(physio, "Music")
        await physio.keyboard.press("Enter")
        await expect(physio.get_by_label("Choose a music file")).to_be_focused()
        assert await physio.evaluate(SMALL_TARGETS, STAFF_TARGET_PX) == []
        assert await physio.evaluate(NAMELESS) == []
        await physio.keyboard.press("Escape")
        await expect(physio.get_by_role("button", name="Music")).to_be_focused()

        # The keys are listed under "?" and can be switched off.
        await page.keyboard.press("?")
        await expect(page.get_by_role("heading", name="Keys you can press")).to_be_focused()
        await tab_to(page, "Turn the letter keys off")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        await page.keyboard.press("q")
        await expect(page.get_by_role("complementary")).to_be_hidden()
        await tab_to(page, "Keys you can press")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Turn the letter keys on").press("Enter")
        await page.keyboard.press("Escape")

        # Enlarged, and above a keyboard: every control can be reached, the stage is seen whole.
        for width, height in ((320, 256), (360, 380)):
            await page.set_viewport_size({"width": width, "height": height})
            assert not await page.evaluate(SCROLLS_SIDEWAYS), (width, height)
            await assert_help_in_view(page)
            await expect(page.get_by_role("main")).to_be_in_viewport(ratio=1)
            for name in ("Leave", "Unmute", "Camera", "Ask, chat", "More"):
                await assert_reached(page, name)
        await page.set_viewport_size({"width": 360, "height": 740})

        # The drawer gives the focus back to what opened it.
        await tab_to(page, "Ask, chat")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Close", exact=True).press("Enter")
        await expect(page.get_by_role("button", name="Ask, chat")).to_be_focused()

        # The question field by its key; Help stays in view above an on-screen keyboard.
        await page.keyboard.press("q")
        await expect(page.get_by_label("Ask a question")).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 380})
        await assert_help_in_view(page)
        for width, height in ((320, 256), (740, 360), (1024, 768)):
            await page.set_viewport_size({"width": width, "height": height})
            await assert_help_in_view(page)
            assert not await page.evaluate(SCROLLS_SIDEWAYS), (width, height)
            await assert_reached(page, "Ask$")
            await expect(page.locator("label", has_text="Ask a question")).to_be_visible()
        await open_drawer(page, "Chat")
        for each in (page, physio):
            assert await each.evaluate(NAMELESS) == []

        # A call for help is never under the sheet of a narrow staff page.
        await page.get_by_role("button", name="Help", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name=re.compile("^I need help now"))).to_be_focused()
        await page.keyboard.press("Enter")
        # A second press of Enter, by an unsteady hand, does not take the call back.
        await expect(page.get_by_role("heading", name=re.compile("^We are calling"))).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Shift+Tab")
        assert await page.locator(":focus").evaluate("(one) => one.closest('.dialog') !== null")
        await physio.set_viewport_size({"width": 360, "height": 740})
        call = physio.get_by_role("link", name=re.compile("^Call"))
        await expect(call).to_be_in_viewport(ratio=1)
        await call.click(trial=True)


async def test_sounds_a_wakeful_screen_and_sound_that_the_browser_holds_back(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        people = [await new_person(browser) for _ in range(2)]
        for one in people:
            await one.add_init_script(LISTEN)
        await people[1].add_init_script(HOLD_SOUND_BACK)
        physio, page = [await one.new_page() for one in people]
        await come_in(physio, service.physio)
        await enter(page, service.patients[0])
        await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
        assert await page.evaluate("[window.awake, window.tones]") == [0, []]
        await page.get_by_role("button", name=re.compile("^Camera")).focus()
        await let_in(physio)
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)

        # Let in: two tones, the screen kept awake, and the focus where it was.
        assert await page.evaluate("[window.awake, window.tones]") == [1, LET_IN_HZ]
        await expect(page.get_by_role("button", name=re.compile("^Camera"))).to_be_focused()

        # The browser holds the voices back: one button, and they are heard.
        turn_on = page.get_by_role("button", name="Turn sound on")
        await expect(turn_on).to_be_visible(timeout=LONG_MS)
        await turn_on.press("Enter")
        await expect(turn_on).to_be_hidden()

        # A call for help sounds at staff, once; neither the list that holds it nor its end does.
        assert await physio.evaluate("window.tones") == []
        await page.get_by_role("button", name="Help", exact=True).click()
        await page.get_by_role("button", name=re.compile("^I need help now")).click()
        call = physio.get_by_role("alert").get_by_text("needs help now")
        await expect(call).to_be_visible(timeout=LONG_MS)
        await page.get_by_role("button", name="I am all right now").click()
        await expect(call).to_be_hidden(timeout=LONG_MS)
        assert await physio.evaluate("window.tones") == HELP_HZ

        await page.get_by_role("button", name="Leave").click()
        await page.get_by_role("button", name="Leave class").click()
        await expect(page.get_by_role("heading", name="You have left the class")).to_be_focused()
        assert await page.evaluate("window.awake") == 0


async def test_without_scripts_the_class_page_says_what_to_do_and_promises_nothing(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        page = await (await new_person(browser, java_script_enabled=False)).new_page()
        # The page behind the link offers no Join without scripts: they were switched off after it.
        joined = await page.request.post(service.patients[0], headers={"Origin": service.base_url})
        await page.goto(joined.url)
        await expect(page.get_by_role("heading", level=1)).to_have_text(["Before you join"])
        told = await page.get_by_role("main").inner_text()
        assert "scripts (JavaScript) switched off" in told
        assert SERVICE_PHONE in told
        assert "Opening your class" not in told
        assert "If nothing happens" not in told


async def test_a_page_whose_script_is_gone_says_so_and_whom_to_call(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        page = await (await new_person(browser)).new_page()
        gone = re.compile(r"/static/assets/main-.*\.js$")
        asked: list[str] = []

        async def refuse(route):
            asked.append(route.request.url)
            await route.fulfill(status=404)

        await page.route(gone, refuse)
        await page.goto(service.patients[0])
        await page.get_by_role("button", name="Join class").click()
        alert = page.get_by_role("alert")
        await expect(alert).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_role("heading", name="The class did not open")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text(SERVICE_PHONE)
        assert len(asked) >= 2, "the page was not loaded once more by itself"
        await page.unroute(gone)
        await alert.get_by_role("link", name="Try again").click()
        await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
