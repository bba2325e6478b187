"""Takes pictures of the pages before class, whole: `python scripts/pictures_pages.py FOLDER [WIDTH...]`.

What staff see on the day and what they prepare, and a patient's way from the own page to the waiting room.
The pages are those of the tests' service, with the client that was built.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import FilePayload, Page
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

sys.path.insert(0, str(Path(__file__).parents[1]))

from server.pages.client_files import client_folder
from server.people.staff import StaffRole
from server.rooms.state import Place
from server.storage.tables import ClassSession, Course
from tests.e2e.browser import chromium, new_person
from tests.integration.pages import world as pages
from tests.integration.pages.before_class import patient, with_check_in
from tests.integration.pages.situations import class_row, put_in
from tests.integration.pages.staff import signed_in, the_service

WIDTHS = (1024,)
HEIGHT = 768
FLAGGED = {"class": "5", "chest_pain": "yes"}
DIZZY = {"class": "5", "no_red_flag": "yes", "dizziness": "yes", "told": "On Sunday, fine since."}
FILE = b"Full name,Date of birth,Phone number\nJean Tully,31/03/1952,07700 900201\nBrian Hobbs,02/13/1948,\n"


async def lead_the_course(world: pages.World, class_: ClassSession, lead_id: str) -> str:
    """The class is this physio's; gives the course's programme."""

    async def work(session: AsyncSession) -> str:
        mine = Course.id == class_.course_id
        await session.execute(update(Course).where(mine).values(lead_id=lead_id))
        return (await session.scalars(select(Course.programme_id).where(mine))).one()

    return await world.database.write(work)


async def take(page: Page, folder: Path, addresses: Mapping[str, str], widths: tuple[int, ...]) -> None:
    """Save each page at each width, from top to end."""
    for name, address in addresses.items():
        await page.goto(address)
        for width in widths:
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            await page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


async def look_at_a_file(page: Page, folder: Path, address: str, widths: tuple[int, ...]) -> None:
    """The preview of a file of patients, one row of which has a mistake."""
    await page.goto(address)
    file = FilePayload(name="patients.csv", mimeType="text/csv", buffer=FILE)
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_role("button", name="Look at the file").click()
    await take(page, folder, {"import-preview": page.url}, widths)


async def main(folder: Path, widths: tuple[int, ...]) -> None:
    """Make a service on the day of a class and take its pages' pictures."""
    pages.built_client = lambda folder: client_folder() / "dist"
    with tempfile.TemporaryDirectory(prefix="moveroom-pictures-") as state:
        async with pages.pages_world(Path(state)) as world, chromium() as browser:
            await with_check_in(world)
            lead = await signed_in(world, StaffRole.LEAD, name="Ada Lead")
            class_ = await class_row(world)
            lead_id = await lead.person_id(await the_service(world))
            programme = await lead_the_course(world, class_, lead_id)
            margaret = await patient(world)
            await (await patient(world, "Rosa Mendes")).send_all(FLAGGED)
            yusuf = await patient(world, "Yusuf Rahman")
            await yusuf.send_all(DIZZY)
            sheila = await patient(world, "Sheila Marsh")
            await sheila.send_all()
            for name in ("Yusuf Rahman", "Sheila Marsh"):
                await put_in(world, name, Place.WAITING)
            base = str(world.browser.make_url("/")).rstrip("/")
            staff, course = f"{base}/staff", f"{base}/staff/courses/{class_.course_id}"
            context = await new_person(browser)
            kept = {each.key: each.value for each in world.browser.session.cookie_jar} | {
                "mr_staff": lead.secret
            }
            await context.add_cookies([{"name": n, "value": v, "url": base} for n, v in kept.items()])
            page = await context.new_page()
            one_class = f"{staff}/classes/{class_.id}"
            await take(
                page,
                folder,
                {
                    "today": staff,
                    "waiting-room": f"{one_class}/waiting-room",
                    "one-patient": f"{one_class}/patients/{yusuf.person_id}",
                    "programmes": f"{staff}/programmes",
                    "programme": f"{staff}/programmes/{programme}",
                    "course": course,
                    "course-new": f"{staff}/courses/new?programme={programme}",
                    "patients": f"{staff}/patients",
                    "record": f"{staff}/patients/{margaret.person_id}",
                    "import": f"{course}/import",
                    "my-page": f"{base}{sheila.me}",
                    "device-check": f"{base}{margaret.me}/device-check",
                    "agreement": f"{base}{margaret.me}/agreement",
                    "check-in-details": f"{base}{margaret.check_in}/details",
                    "check-in-symptoms": f"{base}{sheila.check_in}/symptoms",
                    "check-in-today": f"{base}{sheila.check_in}/today",
                    "check-in-held": f"{base}{yusuf.check_in}/held",
                },
                widths,
            )
            await look_at_a_file(page, folder, f"{course}/import", widths)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, tuple(int(width) for width in sys.argv[2:]) or WIDTHS))
