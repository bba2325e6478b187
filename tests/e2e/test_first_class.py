"""The main job, in real browsers: a physio and three patients meet, see, hear, ask, answer and chat."""

from __future__ import annotations

import asyncio
import math
import re
import struct
import wave
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import chromium, grows, slots, until
from tests.e2e.class_page import (
    LONG_MS,
    ask,
    assert_no_classmates_pictures,
    come_in,
    enter,
    open_drawer,
    say,
)
from tests.e2e.service import demo_service
from tests.e2e.start_class import start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def assert_pictures(physio: Page, patients: list[Page]) -> None:
    """Every patient decodes the physio's picture, the physio decodes every patient's."""
    for page in patients:
        await grows(page, "stage", "frames")
    for seat in range(len(patients)):
        await grows(physio, f"seat{seat}", "frames")


async def sound_only(patient: Page) -> None:
    """Turns the pictures off and on again: nothing of the stage comes meanwhile but its sound."""
    await patient.get_by_role("button", name="More").click()
    await patient.get_by_role("button", name=re.compile("^Sound only")).click()
    await expect(patient.get_by_text("You turned the pictures off")).to_be_visible()

    async def stands_still() -> bool:
        before = (await slots(patient))["stage"]["bytes"]
        await grows(patient, "stage-voice", "energy")
        await asyncio.sleep(0.3)
        return (await slots(patient))["stage"]["bytes"] == before

    await until(stands_still, "the stage's picture to stop")
    await patient.get_by_role("button", name="Show the pictures again").click()
    await grows(patient, "stage", "frames")


async def another_network(patient: Page) -> None:
    """The browser says that it is online again: the same connection goes on under other credentials."""
    credentials = "() => connections.map((one) => /ice-ufrag:(.*)/.exec(one.remoteDescription.sdp)[1])"
    before = await patient.evaluate(credentials)
    await patient.evaluate("dispatchEvent(new Event('online'))")

    async def changed() -> bool:
        return await patient.evaluate(credentials) != before

    await until(changed, "fresh credentials of the server")
    assert len(await patient.evaluate(credentials)) == len(before)
    await grows(patient, "stage", "frames")


async def music(physio: Page, patient: Page, folder: Path) -> None:
    """Music goes on while the physio is muted; without it nothing is sent. What is no music is said."""
    with wave.open(str(folder / "march.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        tone = (int(9000 * math.sin(at * 2 * math.pi * 440 / 16_000)) for at in range(64_000))
        file.writeframes(b"".join(struct.pack("<h", each) for each in tone))
    (folder / "letter.mp3").write_bytes(b"This is a letter.")
    await physio.get_by_role("button", name="Mute", exact=True).click()
    await physio.get_by_role("button", name="Music").click()
    chooser = physio.locator("input[type=file]")
    await chooser.set_input_files(folder / "letter.mp3")
    await expect(physio.get_by_text("This file cannot be played")).to_be_visible()

    async def silent() -> bool:
        before = (await slots(patient))["stage-voice"]["packets"]
        await asyncio.sleep(0.5)
        return (await slots(patient))["stage-voice"]["packets"] == before

    await until(silent, "the muted physio to send nothing")
    await chooser.set_input_files(folder / "march.wav")
    await physio.get_by_role("button", name="Play", exact=True).click()
    await grows(patient, "stage-voice", "energy")
    await expect(physio.get_by_text("The music goes on").first).to_be_visible()
    await physio.get_by_role("button", name="Pause", exact=True).click()
    await until(silent, "nothing to be sent while the music is paused")
    await physio.keyboard.press("Escape")
    await physio.get_by_role("button", name="Unmute", exact=True).click()
    await grows(patient, "stage-voice", "energy")


async def test_a_first_live_class(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, patients = await start_class(browser, service, 3)
        margaret, dennis, sheila = patients

        await assert_pictures(physio, patients)
        for page in patients:
            await grows(page, "stage-voice", "energy")

        # Patients come in muted: nothing is sent until they unmute.
        assert (await slots(physio))["seat0-voice"]["packets"] == 0
        await margaret.get_by_role("button", name="Unmute").click()
        await grows(physio, "seat0-voice", "energy")
        await grows(dennis, "voice0", "energy")
        await grows(sheila, "voice0", "energy")

        # Muted by staff: withheld from the group, still heard by staff, and said so.
        await physio.get_by_role("button", name=re.compile("^Margaret")).click()
        await physio.get_by_role("button", name="Mute for the group").click()
        await expect(margaret.get_by_text("Staff can still hear you").first).to_be_visible(timeout=LONG_MS)

        async def withheld() -> bool:
            before = (await slots(dennis))["voice0"]["packets"]
            await grows(physio, "seat0-voice", "packets")
            return (await slots(dennis))["voice0"]["packets"] == before

        await until(withheld, "Margaret's voice to be withheld from Dennis")
        await physio.keyboard.press("Escape")

        await asyncio.gather(sound_only(sheila), another_network(dennis))
        await music(physio, sheila, tmp_path)

        # A question goes round: asked, voted for, answered in writing.
        for page in patients:
            await open_drawer(page, "Questions")
        await ask(margaret, "Should my knee click?")
        question = dennis.locator("article", has_text="Should my knee click?")
        await question.get_by_role("button", name=re.compile("Vote")).click()
        on_wall = physio.locator("article", has_text="Should my knee click?")
        await expect(on_wall).to_contain_text("1")
        await on_wall.get_by_role("button", name="Write answer").click()
        await physio.get_by_label(re.compile("^Your answer")).fill("Clicks without pain are common.")
        await physio.get_by_role("button", name="Send answer").click()
        for page in patients:
            await expect(page.get_by_text("Clicks without pain are common.")).to_be_visible(timeout=LONG_MS)

        for page in patients:
            await open_drawer(page, "Chat")
        await say(dennis, "Did the stairs without the rail yesterday!")
        await open_drawer(physio, "Chat")
        for page in (physio, margaret, sheila):
            written = page.get_by_role("log").get_by_text("Did the stairs without the rail")
            await expect(written).to_be_visible(timeout=LONG_MS)

        # A tab is closed: staff see it; opened again, the person is straight back in class.
        context = sheila.context
        await sheila.close()
        await expect(physio.get_by_text("Dropped out")).to_be_visible(timeout=LONG_MS)
        sheila = await context.new_page()
        await come_in(sheila, service.patients[2])
        await grows(sheila, "stage", "frames")
        await grows(physio, "seat2", "frames")
        await expect(physio.get_by_text("Dropped out")).to_be_hidden(timeout=LONG_MS)
        await open_drawer(sheila, "Chat")
        await expect(sheila.get_by_role("log").get_by_text("Did the stairs without the rail")).to_be_visible()

        await assert_no_classmates_pictures([margaret, dennis, sheila])

        # Help: one press is enough, all staff see it at once.
        await dennis.get_by_role("button", name="Help", exact=True).click()
        await dennis.get_by_role("button", name=re.compile("^I need help now")).click()
        await expect(dennis.get_by_text("999")).to_be_visible()
        call = physio.get_by_role("alert").get_by_role("heading", name=re.compile("Dennis .*needs help now"))
        await expect(call).to_be_visible()
        await dennis.get_by_role("button", name="I am all right now").click()
        await expect(call).to_be_hidden()

        # After Leave through the waiting room again; the end is the end for everyone.
        await margaret.get_by_role("button", name="Leave").click()
        await margaret.get_by_role("button", name=re.compile("^(Yes, leave|Leave class)")).click()
        await enter(margaret, service.patients[0])
        await expect(margaret.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
        await physio.get_by_role("button", name="End class").click()
        await physio.get_by_role("button", name=re.compile("^(Yes, end|End class for)")).click()
        for page in (margaret, dennis, sheila):
            await expect(page.get_by_text("Class has finished")).to_be_visible(timeout=LONG_MS)


async def test_the_check_on_classmates_pictures_can_fail(tmp_path: Path):
    """The same check, with the policy broken on purpose by a module that only this test puts on the path."""
    broken = {"PYTHONPATH": str(Path(__file__).parent / "broken_policy")}
    async with demo_service(tmp_path, broken) as service, chromium() as browser:
        physio, patients = await start_class(browser, service, 2)
        await assert_pictures(physio, patients)

        async def leaked() -> bool:
            return (await slots(patients[0]))["mate0"]["bytes"] > 0

        await until(leaked, "the broken policy to show a classmate's picture")
        with pytest.raises(AssertionError, match="classmates' pictures reached a patient"):
            await assert_no_classmates_pictures(patients)
