"""The device check in a real browser: what works is found to work, and each fault says what to do."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, new_person
from tests.e2e.service import DemoService, demo_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NO_MEDIA_COMES = """
Object.defineProperty(RTCPeerConnection.prototype, 'connectionState', { get: () => 'failed' });
"""
NO_CAMERA_ALLOWED = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) => wanted.video
  ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) : real(wanted);
"""
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)


async def let_in(page: Page, service: DemoService, patient: int = 0) -> str:
    """Press Join on the page behind the link; returns the address of the device check."""
    joined = await page.request.post(
        service.patients[patient], headers={"Origin": service.base_url}, max_redirects=0
    )
    link_id = joined.headers["location"].rsplit("/", 1)[1]
    return f"{service.base_url}/me/{link_id}/device-check"


def kept(service: DemoService) -> list[dict[str, str]]:
    """What is stored of all checks."""
    with sqlite3.connect(service.database) as tables:
        rows = tables.execute("SELECT checked FROM link_sessions WHERE checked_at IS NOT NULL").fetchall()
    return [json.loads(checked) for (checked,) in rows]


def step(page: Page, name: str):
    return page.get_by_role("region", name=name)


async def test_a_device_that_works_passes_with_sound_and_picture_through_the_media_server(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        page = await (await new_person(browser, viewport={"width": 360, "height": 740})).new_page()
        address = await let_in(page, service)
        await page.goto(address)
        await assert_accessible(page)

        # By keyboard alone.
        await page.get_by_role("button", name="Turn on camera and microphone").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Camera")).to_be_focused()
        await expect(step(page, "Camera")).to_contain_text("Working")
        mirrored = "(one) => getComputedStyle(one).transform"
        assert "-1" in await page.get_by_label("Your own picture").evaluate(mirrored)
        await expect(step(page, "Microphone")).to_contain_text("We hear you")
        levels = {await page.get_by_role("meter").get_attribute("aria-valuenow") for _ in range(40)}
        assert len(levels) > 1, f"the level does not move: {levels}"
        await expect(step(page, "Connection")).to_contain_text("Trying")
        await page.get_by_role("button", name="Play a test sound").press("Enter")
        await page.get_by_role("button", name="No", exact=True).press("Enter")
        await expect(page.get_by_role("heading", name="Let us find the sound")).to_be_visible()
        await assert_accessible(page)
        await page.get_by_role("button", name="Yes", exact=True).press("Enter")
        await expect(step(page, "Connection")).to_contain_text("Good")
        await expect(page.get_by_text("Everything works. You are ready for class.")).to_be_visible()
        await assert_accessible(page)
        await page.set_viewport_size({"width": 1280, "height": 900})
        await assert_accessible(page)

        await page.get_by_role("button", name="This works, continue").press("Enter")
        await page.wait_for_url(lambda url: "device-check" not in url)
        works = {"camera": "works", "microphone": "works", "sound": "heard", "line": "good"}
        assert kept(service) == [{**works, "family": "chrome"}]
        await page.goto(address)
        await expect(page.get_by_text("This device was ready today.")).to_be_visible()


async def test_what_fails_says_what_to_do_and_can_be_left_for_later(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        person = await new_person(browser, viewport={"width": 360, "height": 740}, user_agent=IPHONE)
        await person.add_init_script(NO_MEDIA_COMES + NO_CAMERA_ALLOWED)
        page = await person.new_page()
        address = await let_in(page, service)
        await page.goto(address)
        await page.get_by_role("button", name="Turn on camera and microphone").click()
        await expect(page.get_by_role("heading", name="Your camera is blocked")).to_be_visible()
        await expect(step(page, "Camera")).to_contain_text("Website Settings")
        await expect(
            page.get_by_role("img", name="The symbol is at the left end of the address bar")
        ).to_be_visible()
        await expect(step(page, "Microphone")).to_contain_text("We hear you")
        await expect(step(page, "Connection")).to_contain_text("Sound and picture did not come through")
        await expect(page.get_by_text("Not ready yet: camera, sound and connection.")).to_be_visible()
        await assert_accessible(page)

        await page.get_by_role("button", name="I will do this later").click()
        await page.wait_for_url(lambda url: "device-check" not in url)
        (stored,) = kept(service)
        assert (stored["camera"], stored["line"]) == ("untried", "untried")
        await page.goto(address)
        await page.get_by_role("button", name="Turn on camera and microphone").click()
        await expect(step(page, "Connection")).to_contain_text("did not come through")
        await page.get_by_role("button", name="Continue all the same").click()
        await page.wait_for_url(lambda url: "device-check" not in url)
        (stored,) = kept(service)
        assert (stored["camera"], stored["line"], stored["family"]) == ("blocked", "none", "iphone")


async def test_without_scripts_there_is_the_way_on_and_the_phone(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        page = await (await new_person(browser, java_script_enabled=False)).new_page()
        await page.goto(await let_in(page, service))
        told = await page.get_by_role("main").inner_text()
        assert "scripts (JavaScript) switched off" in told
        assert "01632 960123" in told
        await expect(page.get_by_role("button", name="Continue")).to_be_hidden()
        await page.get_by_role("button", name="I will do this later").press("Enter")
        await page.wait_for_url(lambda url: "device-check" not in url)
