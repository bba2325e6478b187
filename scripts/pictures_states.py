"""Takes pictures of every state of the class page at every width: `pictures_states.py FOLDER [STATE...]`.

The page is the client's own (web_client/dev), with drawn people and without a server: so each state is there
at once, and the same each time. scripts/pictures.py takes those of a real class.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import Error, Page

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.browser import chromium, new_person, until

ROOT = Path(__file__).parents[1]
SIZES = ((360, 740), (740, 360), (820, 1180), (1024, 768), (1366, 768), (1920, 1080))
COLUMN_FROM_PX = 1000
"""Staff's page opens with the column of questions from here on (web_client/live/views/staff-class.tsx)."""
DEV = "http://127.0.0.1:5199"

PATIENT = {
    "stage": "patient-class",
    "classmates": "patient-class&mates=4",
    "spotlight": "patient-class&mates=2&side=Jean&spotlight",
    "side-view": "patient-class&side=Hannah",
    "questions": "patient-class&drawer=questions&mates=2",
    "chat": "patient-class&drawer=chat&mates=2",
    "pulse": "patient-class&pulse=effort&mates=2",
    "side-room": "aside",
    "help": "patient-class&dialog=help",
    "help-sent": "help-sent",
    "physio-off": "camera-off",
    "camera-stopped": "camera-stopped",
    "slow-line": "line&own-line=poor",
    "sound-only": "sound-only",
    "lost": "lost",
    "lost-drawer": "lost&drawer=chat",
    "waiting": "waiting",
}
STAFF = {
    **{f"wall-{seats}": f"staff&seats={seats}" for seats in (2, 6, 10, 16)},
    "large": "staff&seats=12&seat=3",
    "waiting": "staff&waiting=3&panel&check-ins",
    "help": "staff&help&seats=12",
    "help-and-flags": "staff&help&check-ins&seats=12",
    "chat": "staff&drawer=chat",
    "pulse": "staff&pulse-staff&pulse-panel",
    "lines": "staff&lines&stopped=seat2",
    "more": "staff&more&undo",
    "ending": "staff&lost&dialog=end",
}
STATES = {f"patient-{name}": address for name, address in PATIENT.items()} | {
    f"staff-{name}": address for name, address in STAFF.items()
}


@asynccontextmanager
async def drawn_class() -> AsyncIterator[None]:
    """Serve the page of web_client/dev until the end."""
    server = await asyncio.create_subprocess_exec(
        "../scripts/node-run", "npx", "vite", "--config", "dev/vite.config.ts",
        cwd=ROOT / "web_client", stdout=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        await server.wait()


async def open_state(page: Page, address: str) -> None:
    """Show the state; the server may still be starting."""

    async def is_there() -> bool:
        try:
            await page.goto(f"{DEV}/?state={address}")
        except Error:
            return False
        return True

    await until(is_there, "the page of web_client/dev", within_s=60)
    await page.locator("#class > *").first.wait_for()


async def main(folder: Path, wanted: list[str]) -> None:
    """Save each state, or those wanted, at each size."""
    async with drawn_class(), chromium() as browser:
        page = await (await new_person(browser)).new_page()
        for name, address in STATES.items():
            if wanted and name not in wanted:
                continue
            was_wide = None
            for width, height in SIZES:
                await page.set_viewport_size({"width": width, "height": height})
                if was_wide is not (is_wide := width >= COLUMN_FROM_PX):
                    await open_state(page, address)
                was_wide = is_wide
                await page.wait_for_timeout(300)
                await page.screenshot(path=folder / f"{name}-{width}x{height}.png")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, sys.argv[2:]))
