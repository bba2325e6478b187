"""Takes pictures of a real demo class in Chromium: `python scripts/pictures.py FOLDER`.

Phone, tablet, laptop and television widths of what a patient sees, the physio's wall, and the pages behind a
personal link. The README's picture is physio-wall-1366x768.png of such a run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page, expect

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.figures import PATIENTS, PHYSIO, film
from tests.e2e.browser import chromium, grows, new_person
from tests.e2e.class_page import ask, come_in, enter, let_in, open_drawer, say
from tests.e2e.service import demo_service

PATIENT_SIZES = ((360, 740), (740, 360), (1024, 768), (1366, 768), (1920, 1080))
SAMPLES = 3
SESSION_SIZES = ((360, 740), (820, 1180), (1366, 768))
STAFF_SIZES = ((360, 740), (1024, 768), (1366, 768), (1920, 1080))


async def take(page: Page, folder: Path, name: str, sizes: tuple[tuple[int, int], ...]) -> None:
    """Save the page at each size."""
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(400)
        await page.screenshot(path=folder / f"{name}-{width}x{height}.png")


async def people(browsers: AsyncExitStack, folder: Path) -> list[Page]:
    """A page for the physio and one for each patient, each with a camera that films a drawn figure."""
    async with chromium() as studio:
        films = [await film(studio, figure) for figure in (PHYSIO, *PATIENTS)]
    pages = []
    for number, moving in enumerate(films):
        file = folder / f"film{number}.mjpeg"
        await asyncio.to_thread(file.write_bytes, moving)
        browser = await browsers.enter_async_context(chromium(f"--use-file-for-fake-video-capture={file}"))
        pages.append(await (await new_person(browser)).new_page())
    return pages


async def sessions_to_watch(page: Page, link: str, folder: Path) -> None:
    """The list of sessions, and one of them playing."""
    await page.goto(link)
    await page.get_by_role("button", name="Exercises to do at home").click()
    await page.wait_for_url("**/watch/*")
    while await page.locator(".mr-session").count() < SAMPLES:  # the demo is still making them
        await page.wait_for_timeout(1000)
        await page.reload()
    await take(page, folder, "sessions", SESSION_SIZES)
    await page.get_by_role("link", name="Sit to stand").click()
    await page.locator("#player.is-ready").wait_for()
    await page.get_by_role("button", name="Standard version").click()
    await page.get_by_role("button", name="Play", exact=True).click()
    await expect(page.locator(".mr-player__line")).not_to_be_empty()
    await take(page, folder, "player", SESSION_SIZES)


async def main(folder: Path) -> None:
    """Run a class of one physio and four patients and take its pictures."""
    with tempfile.TemporaryDirectory(prefix="moveroom-pictures-") as state:
        async with demo_service(Path(state)) as service, AsyncExitStack() as browsers:
            physio, *patients = await people(browsers, Path(state))
            margaret, dennis, _sheila, yusuf = patients
            await margaret.goto(service.patients[0])
            await take(margaret, folder, "link", ((360, 740), (1024, 768), (1366, 768)))
            await margaret.goto(service.base_url + "/j/not-a-link")
            await take(margaret, folder, "link-wrong", ((360, 740), (1366, 768)))
            await sessions_to_watch(margaret, service.patients[0], folder)
            await come_in(physio, service.physio)
            for page, link in zip(patients, service.patients, strict=False):
                await enter(page, link)
            await take(margaret, folder, "waiting", PATIENT_SIZES)
            await physio.get_by_role("button", name="waiting").wait_for()
            await take(physio, folder, "physio-waiting", ((1366, 768),))
            await let_in(physio)
            for page in patients:
                await grows(page, "stage", "frames")
            await take(margaret, folder, "patient", PATIENT_SIZES)
            await open_drawer(dennis, "Questions")
            await ask(dennis, "My knee clicks when I stand up. Is that bad?")
            await open_drawer(margaret, "Questions")
            await ask(margaret, "Should I do these on the days in between?")
            await margaret.get_by_role("button", name="Vote for").first.click()
            await take(margaret, folder, "patient-questions", PATIENT_SIZES)
            await open_drawer(margaret, "Chat")
            await open_drawer(dennis, "Chat")
            await say(dennis, "Morning all. Did the stairs without the rail yesterday!")
            await say(margaret, "Well done Dennis. I am still holding on.")
            await take(margaret, folder, "patient-chat", PATIENT_SIZES)
            await margaret.get_by_role("button", name="Close", exact=True).click()
            await margaret.get_by_role("button", name="Help", exact=True).click()
            await take(margaret, folder, "patient-help", ((360, 740),))
            await margaret.get_by_role("button", name="I need help now").click()
            await take(margaret, folder, "patient-help-sent", ((360, 740), (1024, 768)))
            await yusuf.close()
            await physio.get_by_text("Dropped out").first.wait_for()
            await take(physio, folder, "physio-wall", STAFF_SIZES)
            await margaret.get_by_role("button", name="I am all right now").click()
            with service.frozen("media", "web"):
                await margaret.get_by_text("We have lost you").first.wait_for()
                await take(margaret, folder, "patient-lost", PATIENT_SIZES)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
