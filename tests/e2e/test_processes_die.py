"""Either process is killed in mid-class: everyone comes back by themselves, nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import chromium, grows
from tests.e2e.class_page import LONG_MS, ask, open_drawer, say
from tests.e2e.service import demo_service
from tests.e2e.test_first_class import assert_pictures, start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def worker_of_the_class(base_url: str) -> int:
    """The number of the media worker on which the one class is, by `/metrics`."""

    def read() -> str:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{base_url}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    (worker,) = re.findall(
        r"^moveroom_class_worker{class=\"[^\"]+\"} (\d)", await asyncio.to_thread(read), re.M
    )
    return int(worker)


async def test_the_class_goes_on_when_a_process_is_killed(tmp_path: Path):
    async with demo_service(tmp_path, workers=2) as service, chromium() as browser:
        physio, patients = await start_class(browser, service, 2)
        margaret, dennis = patients
        await assert_pictures(physio, patients)
        await open_drawer(margaret, "Questions")
        await ask(margaret, "Is a heat pack all right?")
        await expect(margaret.locator("article", has_text="Is a heat pack all right?")).to_be_visible()
        await open_drawer(dennis, "Chat")
        await say(dennis, "Morning all.")
        await expect(dennis.get_by_role("log").get_by_text("Morning all.")).to_be_visible()

        await service.kill("web")
        await grows(margaret, "stage", "frames")
        for page in (physio, margaret):
            await expect(page.locator("article", has_text="Is a heat pack all right?")).to_be_visible()
        # Proof of being back: something new goes round.
        await say(dennis, "Still here.")
        await open_drawer(margaret, "Chat")
        for text in ("Morning all.", "Still here."):
            await expect(margaret.get_by_role("log").get_by_text(text)).to_be_visible(timeout=LONG_MS)
        await assert_pictures(physio, patients)

        # Of two media workers the one with the class: it is on the other before the first is back.
        first = await worker_of_the_class(service.base_url)
        await service.kill("media", first)
        await assert_pictures(physio, patients)
        assert await worker_of_the_class(service.base_url) == 1 - first
        for page in patients:
            await grows(page, "stage-voice", "energy")
        await say(dennis, "And back again.")
        await expect(margaret.get_by_role("log").get_by_text("And back again.")).to_be_visible(
            timeout=LONG_MS
        )

        # A page opened anew reads everything from the tables.
        await dennis.reload()
        await open_drawer(dennis, "Chat")
        for text in ("Morning all.", "Still here.", "And back again."):
            await expect(dennis.get_by_role("log").get_by_text(text)).to_be_visible(timeout=LONG_MS)
