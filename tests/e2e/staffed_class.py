"""A class in real browsers with both staff: physio, helper and two patients, each in their own browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in
from tests.e2e.service import DemoService, demo_service


@dataclass
class InClass:
    """Who is in class, each in a browser of their own."""

    service: DemoService
    physio: Page
    helper: Page
    margaret: Page
    dennis: Page


@asynccontextmanager
async def class_of_four(folder: Path) -> AsyncIterator[InClass]:
    """Physio, helper and two patients, all let in."""
    async with demo_service(folder) as service, chromium() as browser:
        pages = [await (await new_person(browser)).new_page() for _ in range(4)]
        physio, helper, margaret, dennis = pages
        await asyncio.gather(come_in(physio, service.physio), come_in(helper, service.helper))
        await asyncio.gather(enter(margaret, service.patients[0]), enter(dennis, service.patients[1]))
        await expect(physio.get_by_role("button", name="2 waiting")).to_be_visible(timeout=LONG_MS)
        await let_in(physio)
        for page in (margaret, dennis):
            await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        yield InClass(service, physio, helper, margaret, dennis)
