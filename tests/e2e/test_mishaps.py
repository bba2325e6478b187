"""Ordinary mishaps in the class room, in real browsers: what is said, what to do next, and whom to ring."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.browser import chromium, grows, new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in, open_drawer, say
from tests.e2e.service import DemoService, demo_service
from tests.e2e.test_first_class import start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SERVICE_PHONE = "01632 960123"
IN_CLASS = "[data-place='in_class']"

DEVICES = """
(() => {
  const faults = %s;
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.tracks = [];
  navigator.mediaDevices.getUserMedia = async (asked) => {
    for (const kind of ['audio', 'video']) {
      if (asked[kind] && faults[kind]) throw new DOMException('by the test', faults[kind]);
    }
    const stream = await real(asked);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
})();
"""

UNPLUG = """
(kind) => {
  const track = window.tracks.findLast((one) => one.kind === kind);
  track.stop();
  track.dispatchEvent(new Event('ended'));
}
"""

CLOCK_FAST = """
const now = Date.now.bind(Date);
Date.now = () => now() + 20 * 60000;
"""

INSIDE_AN_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Mobile/15E148 [FBAN/FBIOS;FBAV/450.0.0.38.108]"
)


async def page_of(browser: Browser, script: str = "", **options) -> Page:
    """A page in a browser of its own, in which `script` runs before the page's own."""
    context = await new_person(browser, **options)
    if script:
        await context.add_init_script(script)
    return await context.new_page()


async def join(page: Page, link: str) -> None:
    """Open a personal link and press Join; what then comes is the test's business."""
    await page.goto(link)
    await page.get_by_role("button", name="Join class").click()


def shown(page: Page) -> Locator:
    """The open dialog, or else the whole page."""
    return page.locator("body, [role=alertdialog]").last


async def reads(page: Page, *texts: str) -> None:
    """Each of these words stands in the open dialog (or else on the page), or soon does."""
    for text in texts:
        await expect(shown(page)).to_contain_text(text, use_inner_text=True)


def press(page: Page, name: str):
    return page.get_by_role("button", name=re.compile(f"^{name}")).click()


async def test_a_second_device_asks_which_it_shall_be_and_staff_see_it(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (tablet,) = await start_class(browser, service, 1)
        knocks = physio.locator(".tile-foot", has_text="2 devices")

        phone = await page_of(browser, viewport={"width": 360, "height": 740})
        await join(phone, service.patients[0])
        asked = phone.get_by_role("heading", name="You are in class on another device")
        await expect(asked).to_be_visible(timeout=LONG_MS)
        await expect(asked).to_be_focused()
        await reads(phone, "Use this one instead?")
        await reads(phone, SERVICE_PHONE)
        await expect(knocks).to_be_visible()
        await physio.get_by_role("tab", name="People").click()
        await expect(physio.get_by_text("and at the door on another device")).to_be_visible()

        await press(phone, "No, stay on the other")
        await expect(phone.get_by_role("heading", name="You stay on your other device")).to_be_visible()
        await expect(knocks).to_be_hidden()
        await expect(tablet.locator(IN_CLASS)).to_be_visible()

        # She changes her mind: the same place in class, no waiting room, and the tablet says so.
        await press(phone, "Use this one instead")
        await expect(phone.locator(IN_CLASS)).to_be_visible(timeout=LONG_MS)
        await expect(
            tablet.get_by_role("heading", name="You are in class on your other device now")
        ).to_be_visible()
        await reads(tablet, SERVICE_PHONE)
        await grows(phone, "stage", "frames")
        await expect(knocks).to_be_hidden()

        # The same device is not asked when its page is loaded again.
        await phone.reload()
        await expect(phone.locator(IN_CLASS)).to_be_visible(timeout=LONG_MS)
        await press(tablet, "Use this one instead")
        await expect(tablet.locator(IN_CLASS)).to_be_visible(timeout=LONG_MS)
        await grows(physio, "seat0", "frames")

        # Nor is anybody asked after the other device is gone.
        await tablet.context.close()
        await enter(phone, service.patients[0])
        await expect(phone.locator(IN_CLASS)).to_be_visible(timeout=LONG_MS)


@asynccontextmanager
async def away(service: DemoService) -> AsyncIterator[None]:
    """The web process is told to stop in the usual way, and is not started again until the end."""
    web = service.child("web")
    os.kill(service.process.pid, signal.SIGSTOP)
    try:
        os.kill(web, signal.SIGTERM)
        yield
    finally:
        os.kill(service.process.pid, signal.SIGCONT)


async def test_the_server_is_updated_in_mid_class_and_the_pictures_go_on(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret,) = await start_class(browser, service, 1)
        await grows(margaret, "stage", "frames")
        async with away(service):
            told = margaret.locator(".now").get_by_text("We are updating Moveroom")
            await expect(told).to_be_visible()
            await reads(margaret, "Stay where you are: the picture goes on.")
            await expect(service_number(margaret.locator(".now"))).to_be_visible()
            # On a phone with questions open, too.
            await margaret.set_viewport_size({"width": 360, "height": 740})
            await open_drawer(margaret, "Questions")
            above = margaret.get_by_role("complementary").get_by_text("We are updating Moveroom")
            await expect(above).to_be_in_viewport(ratio=1)
            await expect(service_number(margaret.get_by_role("complementary"))).to_be_in_viewport(ratio=1)
            await press(margaret, "Close")
            await margaret.set_viewport_size({"width": 1024, "height": 768})
            await expect(physio.get_by_text("keep an eye on everyone")).to_be_visible()
            await grows(margaret, "stage", "frames")
            await grows(physio, "seat0", "frames")

            # Who needs help now is told at once that nobody can be told, and whom to ring.
            await press(margaret, "Help")
            await reads(
                margaret, f"Your call cannot reach the staff for a moment. Ring us on {SERVICE_PHONE}.", "999"
            )
            await expect(margaret.get_by_role("button", name=re.compile("^I need help now"))).to_be_focused()
            await press(margaret, "I need help now")
            await expect(margaret.get_by_role("heading", name="We cannot tell the staff yet")).to_be_visible()
            await reads(margaret, SERVICE_PHONE)
        # Back: the call has reached staff by itself, and she is told that she is back.
        await expect(margaret.get_by_role("heading", name="knows? you need help")).to_have_count(0)
        await expect(margaret.get_by_role("heading", name=re.compile("^We are calling"))).to_be_visible(
            timeout=LONG_MS
        )
        await expect(physio.get_by_role("alert").get_by_text("needs help now")).to_be_visible()
        await expect(margaret.get_by_role("status").get_by_text("You are back.").first).to_be_attached()
        await expect(told).to_be_hidden()
        await grows(margaret, "stage", "frames")


@contextmanager
def locked(service: DemoService) -> Iterator[None]:
    """Another process holds the lock of the service's tables: they can be read, and not written."""
    with closing(sqlite3.connect(service.database, timeout=20, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def service_number(page: Page):
    """The service's phone number, to be pressed, in what is open in front."""
    return page.get_by_role("link", name=SERVICE_PHONE)


async def test_a_call_for_help_that_cannot_be_stored_is_said_and_arrives_by_itself_later(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        with locked(service):
            await press(margaret, "Help")
            await press(margaret, "I need help now")
            await press(dennis, "Help")
            await press(dennis, "I need a rest")
            # She does not wait for nothing: whom to ring stands first, before any advice.
            cannot = margaret.get_by_role("heading", name="We cannot tell the staff yet")
            await expect(cannot).to_be_visible(timeout=8_000)
            dialog = margaret.get_by_role("alertdialog")
            await expect(dialog.locator("p").first).to_contain_text(f"Ring us on {SERVICE_PHONE}")
            await expect(dialog.locator("p").first).to_contain_text("999")
            await expect(dialog.locator("p").first.get_by_role("link")).to_have_count(2)
            await reads(margaret, "We go on trying until they know.")
            # So does who needs a rest.
            rest = dennis.locator(".now")
            await expect(rest).to_contain_text("We cannot tell the staff yet", timeout=8_000)
            await expect(service_number(dennis.locator(".now"))).to_be_visible()
            await expect(physio.get_by_role("alert").get_by_text("needs help now")).to_have_count(0)
        await expect(margaret.get_by_role("heading", name=re.compile("^We are calling"))).to_be_visible()
        await expect(physio.get_by_role("alert").get_by_text("needs help now")).to_be_visible()
        await expect(rest).to_contain_text("you need a rest")
        await expect(physio.get_by_role("alert").get_by_text("needs a rest")).to_be_visible()


async def test_words_that_cannot_be_stored_are_kept_and_it_is_said_whom_to_ring(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret,) = await start_class(browser, service, 1)
        await margaret.set_viewport_size({"width": 360, "height": 740})
        await open_drawer(margaret, "Chat")
        with locked(service):
            await say(margaret, "Morning all.")
            await expect(margaret.get_by_role("button", name="Sending…")).to_be_visible(timeout=2_000)
            fault = margaret.locator(".fault")
            await expect(fault).to_contain_text("We have not saved that", timeout=12_000)
            await expect(service_number(fault)).to_be_visible()
            await expect(margaret.get_by_label("Write to the group")).to_have_value("Morning all.")
        await press(margaret, "Send")
        await expect(margaret.get_by_role("log").get_by_text("Morning all.")).to_be_visible()
        await expect(fault).to_be_hidden()
        await physio.get_by_role("tab", name="Chat").click()
        await expect(physio.get_by_role("log").get_by_text("Morning all.")).to_have_count(1)


TALKING, LOOKING = "you can speak", "Staff see you"
CASES = (
    ({"video": "NotFoundError"}, "We cannot find a camera", TALKING, "plug it in", "camera"),
    ({"audio": "NotFoundError"}, "We cannot find a microphone", LOOKING, "plug it in", "microphone"),
    (
        {"video": "NotAllowedError", "audio": "NotAllowedError"},
        "Your camera and microphone are blocked",
        "hear everything",
        "Turn on Camera and Microphone",
        "camera and microphone",
    ),
    ({"video": "NotReadableError"}, "Another program is using your camera", TALKING, "Zoom", "camera"),
    ({"video": "OverconstrainedError", "audio": "NotAllowedError"}, "Your camera and microphone are off",
     "hear everything", "microphone is blocked", "camera and microphone"),
)  # fmt: skip


async def test_who_has_no_camera_or_microphone_hears_why_and_is_in_all_the_same(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        for faults, headline, works, advice, without in CASES:
            page = await page_of(browser, DEVICES % faults, viewport={"width": 360, "height": 740})
            await enter(page, service.patients[0])
            await expect(page.get_by_role("heading", name=headline)).to_be_visible(timeout=LONG_MS)
            await reads(page, "You can still join", works, advice, SERVICE_PHONE)
            await page.get_by_role("button", name=f"Go on without {without}", exact=True).click()
            await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
            await page.context.close()


async def test_a_camera_that_is_unplugged_in_class_is_said_and_comes_back_by_one_press(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio = await page_of(browser)
        await come_in(physio, service.physio)
        margaret = await page_of(browser, DEVICES % {})
        await enter(margaret, service.patients[0])
        await physio.get_by_role("button", name="1 waiting").wait_for()
        await let_in(physio)
        await grows(physio, "seat0", "frames")
        await margaret.evaluate(UNPLUG, "video")
        stopped = margaret.locator(".now").get_by_text("Your camera has stopped.")
        await expect(stopped).to_be_visible()
        await reads(margaret, "plug it in. Then press Camera")
        await expect(physio.locator(".tile").first.get_by_text("Camera off", exact=True)).to_be_visible(
            timeout=LONG_MS
        )
        await press(margaret, "Camera")
        await grows(physio, "seat0", "frames")

        await press(margaret, "Unmute")
        await margaret.evaluate(UNPLUG, "audio")
        await expect(margaret.locator(".now").get_by_text("Your microphone has stopped.")).to_be_visible()
        await expect(margaret.get_by_role("button", name="Unmute")).to_be_visible()


async def test_a_wrong_clock_another_app_an_old_browser_and_the_end_of_class(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        # A clock that is wrong: said once, where times are shown; the times are the server's.
        margaret = await page_of(browser, CLOCK_FAST)
        await enter(margaret, service.patients[0])
        note = "Your device’s clock is 20 minutes fast. We use the right time."
        await expect(margaret.get_by_text(note)).to_be_visible(timeout=LONG_MS)
        await expect(margaret.get_by_text("You are the first here.")).to_be_visible()

        # Inside another app: said before anything fails; she may try all the same.
        pauline = await page_of(browser, user_agent=INSIDE_AN_APP)
        await join(pauline, service.patients[1])
        await expect(pauline.get_by_role("heading", name="Before you join")).to_be_visible(timeout=LONG_MS)
        await reads(
            pauline, "You are reading it inside another app.", "Go back", "press Copy the link", SERVICE_PHONE
        )
        # A link that is pressed again opens inside the same app.
        await expect(shown(pauline)).not_to_contain_text("in Safari", use_inner_text=True)
        await press(pauline, "Go back")
        await expect(pauline.get_by_role("button", name="Copy the link")).to_be_visible(timeout=LONG_MS)
        await press(pauline, "Join class")
        await press(pauline, "Go on here all the same")
        in_or_door = pauline.get_by_text("You are in the waiting room").or_(
            pauline.get_by_role("button", name="Turn on camera and microphone")
        )
        await expect(in_or_door.first).to_be_visible(timeout=LONG_MS)

        # Too old for the class: said, with what to use instead, and nothing is tried.
        george = await page_of(browser, "delete window.RTCPeerConnection;")
        await join(george, service.patients[2])
        await expect(george.get_by_role("heading", name="This browser cannot show the class")).to_be_visible(
            timeout=LONG_MS
        )
        await reads(george, SERVICE_PHONE)
        await expect(george.get_by_role("button", name="Go on here")).to_be_hidden()

        # The end: said here first, then the page after class, for patient and physio.
        physio = await page_of(browser)
        await come_in(physio, service.physio)
        await let_in(physio)
        await expect(margaret.locator(IN_CLASS)).to_be_visible(timeout=LONG_MS)
        await press(physio, "End class")
        await press(physio, "End class for everyone")
        await expect(margaret.get_by_role("heading", name="Class has finished")).to_be_visible()
        await reads(margaret, "Well done, ")
        for page in (margaret, physio):
            await page.wait_for_url(re.compile("/after/"), timeout=LONG_MS)
            await expect(page.get_by_role("heading", name="Class has finished").first).to_be_visible()
