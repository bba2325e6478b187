"""The web process is killed while a class writes, votes and calls for help: everyone is back by themselves,
what was acknowledged is there once, and the pictures go on.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.back_after_kill import Returns, ready, watch, watched
from tests.e2e.browser import chromium, grows
from tests.e2e.busy_people import busy_people
from tests.e2e.class_page import LONG_MS, open_drawer, say
from tests.e2e.service import demo_service
from tests.e2e.start_class import start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BACK_WITHIN_S = 20.0
"""Of the process's being ready. 5 s on a machine that does nothing else; the figure is printed."""
LONGEST_WITHOUT_A_FRAME_MS = 5_000.0
"""On a busy machine; a new process takes longer, and what were bound to it would stand still meanwhile."""


async def assert_written_once(page: Page, texts: list[str]) -> None:
    """Each stands in the open chat, and once; only what is in view is drawn, so all is brought into view."""
    await page.set_viewport_size({"width": 1024, "height": 6000})
    for text in texts:
        await expect(page.locator(".message .bubble > .text").filter(has_text=text)).to_have_count(
            1, timeout=LONG_MS
        )
    await page.set_viewport_size({"width": 1024, "height": 768})


async def send_again_if_told(page: Page) -> None:
    """What could not be sent for too long stays in its field, and the page says to press Send again."""
    fault = page.get_by_role("alert").filter(has_text="press Send to try again")
    sent = page.get_by_label("Write to the group").and_(page.locator(":placeholder-shown"))
    await expect(fault.or_(sent).first).to_be_visible(timeout=LONG_MS)
    if await fault.is_visible():
        await page.get_by_role("button", name="Send", exact=True).click()
    await expect(sent).to_be_visible(timeout=LONG_MS)


async def test_the_web_process_is_killed_while_people_write_vote_and_call_for_help(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret,) = await start_class(browser, service, 1)
        async with busy_people(service) as people:
            await people.prepare()
            await open_drawer(margaret, "Questions")
            stairs = margaret.get_by_role("article").filter(has_text="Are stairs all right?")
            await stairs.get_by_role("button", name="Vote").click()
            await expect(stairs).to_contain_text("Voted")
            await open_drawer(margaret, "Chat")
            await say(margaret, "Written before.")
            await assert_written_once(margaret, ["Written before."])
            await grows(margaret, "stage", "frames")
            await grows(physio, "seat0", "frames")
            pages = {margaret: Returns(margaret), physio: Returns(physio)}
            await watch(margaret, "stage")
            await watch(physio, "seat0")

            # In the middle of it all the process is gone; two things are done while it is away.
            busy = asyncio.create_task(people.be_busy())
            await people.happened.wait()
            await service.kill("web")
            away = await watched(margaret)
            await say(margaret, "Written while it was away.")
            await margaret.get_by_role("button", name="Help", exact=True).click()
            await margaret.get_by_role("button", name="I need help now").click()

            # It is ready; everybody is back by themselves.
            ready_s = await ready(service.base_url)
            took_s = [await returns.first_s(BACK_WITHIN_S) - ready_s for returns in pages.values()]
            await busy
            took_s += [person.back_at - ready_s for person in people.everyone]
            print(f"back after the process was ready, in s: {[round(max(0.0, one), 1) for one in took_s]}")
            print(f"returns: {[len(person.returns) for person in people.everyone]}")
            assert max(took_s) < BACK_WITHIN_S
            places = {place for person in people.everyone for place in person.returns}
            assert places == {("in_class", "in_class")}

            # Both calls for help are with staff, once each, and what was written is there.
            for name in ("Margaret", "Dennis"):
                card = physio.get_by_role("alert").get_by_role("heading", name="needs help now")
                await expect(card.filter(has_text=name)).to_have_count(1, timeout=LONG_MS)
            await expect(margaret.get_by_role("button", name="I am all right now")).to_be_visible()
            await margaret.get_by_role("button", name="I am all right now").click()
            await send_again_if_told(margaret)
            written = ["Written before.", "Written while it was away."]
            await assert_written_once(margaret, [*written, *people.messages.values()])
            await open_drawer(margaret, "Questions")
            await expect(stairs).to_contain_text("Voted")
            await expect(stairs).to_contain_text("Hold on to the rail.")

            # For everyone it is as who joins anew sees it, and as it was acknowledged.
            for person in people.everyone:
                assert await person.differs_from_a_fresh_view() == []
            assert people.helper.view is not None
            seen = people.helper.view.plain
            assert people.faults(seen) == []
            texts = [each["text"] for each in seen["chat"].values()]
            assert [texts.count(one) for one in written] == [1, 1]
            assert seen["questions"][people.question]["votes"] == len(people.voters) + 1
            margarets = next(one for one in seen["people"].values() if one["name"] == "Margaret")
            assert margarets["muted_by_staff"]

            # The pictures went on over the same connection.
            for page in pages:
                now = await watched(page)
                print(f"longest without a new frame: {now.longest_ms:.0f} ms")
                assert (now.made, now.state) == (0, "connected")
                assert now.longest_ms < LONGEST_WITHOUT_A_FRAME_MS
            assert (await watched(margaret)).frames > away.frames
            assert "event=bug" not in service.log.read_text()
