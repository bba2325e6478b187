"""Who sees a patient is hers to choose, and what staff do about her picture and sound she is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, grows, slots, until
from tests.e2e.class_page import LONG_MS, assert_no_classmates_pictures
from tests.e2e.service import demo_service
from tests.e2e.start_class import start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_the_group_sees_a_patient_only_while_she_wants_it(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        for seat in (0, 1):
            await grows(physio, f"seat{seat}", "frames")
        await assert_no_classmates_pictures([margaret, dennis])

        # She lets them: her picture comes, with her first name.
        await choose(margaret, "Only staff can see you", "Yes, let them")
        wide = margaret.get_by_role("button", name=re.compile("^The group can see you"))
        await expect(wide).to_be_visible(timeout=LONG_MS)
        await grows(dennis, "mate0", "frames")
        await expect(dennis.get_by_role("region", name="Small pictures")).to_contain_text("Margaret")
        assert not (await slots(margaret))["mate0"]["bytes"], "Dennis has not chosen to be seen"
        await assert_accessible(dennis)

        # Twice loaded anew it is as she has chosen.
        for _ in range(2):
            await margaret.reload()
            await expect(margaret.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await grows(dennis, "mate0", "frames")

        # Staff only again: once that is said, not one packet more comes to a classmate, but to staff.
        await choose(margaret, "The group can see you", "No, staff only")
        await expect(margaret.get_by_text("Only staff can see you now.").first).to_be_visible(timeout=LONG_MS)
        await grows(physio, "seat0", "frames")
        before = (await slots(dennis))["mate0"]["bytes"]
        for _ in range(3):
            await grows(physio, "seat0", "frames")
        assert (await slots(dennis))["mate0"]["bytes"] == before
        await expect(dennis.get_by_role("region", name="Small pictures")).not_to_contain_text("Margaret")


async def test_a_stopped_camera_a_side_room_and_being_taken_out_of_class_are_told(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        await grows(dennis, "stage", "frames")

        # Her camera is stopped: it goes off, she is told, and cannot turn it on until staff let her.
        await do_with(physio, "Margaret", "Stop the camera")
        off = margaret.get_by_text("Staff have turned your camera off", exact=True)
        await expect(off).to_be_visible(timeout=LONG_MS)
        await margaret.get_by_role("button", name=re.compile("^Camera")).click()
        await expect(margaret.get_by_text("To ask why, press Help").first).to_be_visible()
        await expect(off).to_be_visible()
        await assert_accessible(margaret)
        await do_with(physio, "Margaret", "Allow the camera again")
        await expect(margaret.get_by_text("You can turn your camera on again").first).to_be_visible(
            timeout=LONG_MS
        )
        await margaret.get_by_role("button", name=re.compile("^Camera")).click()
        await grows(physio, "seat0", "frames")

        # Taken aside: she is told with whom she talks; classmates are told why the stage is empty.
        # The only member of staff is asked first whether the group rests. She goes on seeing them.
        await physio.get_by_role("button", name=re.compile("^Margaret")).first.click()
        await physio.get_by_role("button", name="Talk in private", exact=True).click()
        await expect(physio.get_by_role("alertdialog")).to_contain_text("Ask them to rest first")
        await assert_accessible(physio)
        await physio.get_by_role("button", name="They rest: talk in private").click()
        await physio.keyboard.press("Escape")
        await expect(margaret.get_by_text("Nobody else can hear you.").first).to_be_visible(timeout=LONG_MS)
        await expect(dennis.get_by_role("main", name="Stage")).to_contain_text(
            "talking with somebody alone", timeout=LONG_MS
        )
        await margaret.get_by_role("button", name="Unmute").click()
        await grows(physio, "seat0-voice", "energy")
        await grows(margaret, "stage-voice", "energy")
        quiet = {name: one["packets"] for name, one in (await slots(dennis)).items() if "voice" in name}
        await grows(physio, "seat0-voice", "energy")
        after = {name: one["packets"] for name, one in (await slots(dennis)).items() if "voice" in name}
        assert after == quiet, "a classmate heard of the side room"
        silent = (await slots(physio))["seat1-voice"]["packets"]
        await grows(physio, "seat1", "frames")
        assert (await slots(physio))["seat1-voice"]["packets"] == silent
        await assert_accessible(margaret)

        # Back by one press: her microphone is off, and the class goes on.
        await margaret.get_by_role("button", name="Back to the group").click()
        await expect(margaret.get_by_text("Your microphone is off.").first).to_be_visible(timeout=LONG_MS)
        await expect(margaret.get_by_role("button", name="Unmute")).to_be_visible()
        muted = physio.get_by_text("You are muted. Press Unmute to speak to the group.").first
        await expect(muted).to_be_visible(timeout=LONG_MS)
        silent = (await slots(dennis))["stage-voice"]["packets"]
        await grows(dennis, "stage", "frames")
        assert (await slots(dennis))["stage-voice"]["packets"] == silent
        await physio.get_by_role("button", name="Unmute", exact=True).click()
        before = (await slots(dennis))["voice0"]["packets"]
        await grows(dennis, "stage-voice", "energy")
        assert (await slots(dennis))["voice0"]["packets"] == before

        # Taken out: she is told why, her camera is off, and she cannot come back by herself.
        await remove(physio, "Margaret")
        await expect(margaret.get_by_role("heading", name="You are not in class any more")).to_be_focused(
            timeout=LONG_MS
        )
        await assert_accessible(margaret)
        await margaret.reload()
        refused = margaret.get_by_role("heading", name="You cannot come back to this class")
        await expect(refused).to_be_visible(timeout=LONG_MS)
        await until(lambda: stands_empty(physio), "Margaret's seat to stand empty")


async def choose(page: Page, now: str, choice: str) -> None:
    """As a patient, say who may see one; `now`: how it stands."""
    await page.get_by_role("button", name=re.compile(f"^{now}")).click()
    await assert_accessible(page)
    await page.get_by_role("button", name=re.compile(f"^{choice}")).click()


async def do_with(physio: Page, name: str, action: str) -> None:
    """As staff, choose something in a patient's tile."""
    await physio.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    await physio.get_by_role("button", name=action).click()
    await physio.keyboard.press("Escape")


async def remove(physio: Page, name: str) -> None:
    """As staff, take somebody out of class, with the words that stand there."""
    await physio.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    await physio.get_by_role("button", name="Take out of class").click()
    await physio.get_by_role("button", name="Take out", exact=True).click()


async def stands_empty(physio: Page) -> bool:
    """Nothing of seat 0 comes any more."""
    before = (await slots(physio))["seat0"]["bytes"]
    await grows(physio, "seat1", "frames")
    return (await slots(physio))["seat0"]["bytes"] == before
