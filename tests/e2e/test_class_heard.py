"""A screen reader is told of who waits, of being let in, of questions, help and lost patients; the focus, and
what is being written, stay as they are.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.accessibility_tree import Heard
from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, open_drawer
from tests.e2e.light_people import admit, do, light_people, name_of, person_named
from tests.e2e.service import demo_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

HALF = "Half a sent"


async def write_half_a_sentence(page: Page) -> None:
    """Begin a message in the chat, and stop."""
    await open_drawer(page, "Chat")
    await page.get_by_label("Write to the group").fill(HALF)
    await page.get_by_label("Write to the group").focus()


async def test_staff_hear_what_happens_and_write_on(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.helper, *service.patients[1:3]]) as (tom, dennis, rosa),
    ):
        page = await (await new_person(browser)).new_page()
        await come_in(page, service.physio)
        await admit(tom, dennis, rosa)
        heard = await Heard.on(page)
        await write_half_a_sentence(page)
        before = await heard.focus()
        assert before == ("textbox", "Write to the group")

        async with light_people([service.patients[3]]) as (late,):
            await heard.hears("polite", f"{await name_of(tom, late)} waits to come in.")
            asked = {"key": "a-question", "text": "Are stairs all right?", "to": "staff"}
            await do(dennis, "question:ask", asked)
            await heard.hears("polite", f"New question from {await name_of(tom, dennis)}, to staff only.")
            await do(dennis, "help:ask", {"kind": "now"})
            await heard.hears("assertive", "needs help now")
            await rosa.close()
            await heard.hears("assertive", "picture stopped")

        # Of who calls and who is lost, the full name is said; the focus never moved.
        urgent = " ".join(await heard.live("assertive"))
        for person in (dennis, rosa):
            assert await name_of(tom, person) in urgent
        assert await heard.focus() == before
        await expect(page.get_by_label("Write to the group")).to_have_value(HALF)


async def test_a_patient_hears_of_being_let_in_and_of_questions_and_goes_on(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.physio, service.patients[1]]) as (hannah, dennis),
    ):
        await admit(hannah, dennis)
        page = await (await new_person(browser)).new_page()
        await enter(page, service.patients[0])
        await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
        heard = await Heard.on(page)
        await page.get_by_role("button", name="Camera").focus()
        before = await heard.focus()
        await do(hannah, "person:admit", {"person": await person_named(hannah, "Margaret")})
        await heard.hears("polite", "You are in. Your microphone is off.")
        assert await heard.focus() == before

        await open_drawer(page, "Questions")
        await page.get_by_label("Ask a question").fill(HALF)
        await page.get_by_label("Ask a question").focus()
        before = await heard.focus()
        asked = {"key": "a-question", "text": "Are stairs all right?", "to": "group", "anonymous": True}
        await do(dennis, "question:ask", asked)
        await heard.hears("polite", "New question from Someone in the group.")
        assert await heard.focus() == before
        await expect(page.get_by_label("Ask a question")).to_have_value(HALF)
