"""A class in real browsers that has begun: the physio and patients, all let in."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, Page, expect

from tests.e2e.browser import new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in
from tests.e2e.service import DemoService


async def start_class(browser: Browser, service: DemoService, patient_count: int) -> tuple[Page, list[Page]]:
    """A physio and patients, each in a browser of their own, all let in."""
    physio = await (await new_person(browser)).new_page()
    patients = [
        await (await new_person(browser, viewport={"width": 1024, "height": 768})).new_page()
        for _ in range(patient_count)
    ]
    await come_in(physio, service.physio)
    await asyncio.gather(*(enter(page, link) for page, link in zip(patients, service.patients, strict=False)))
    for page in patients:
        await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
    await expect(physio.get_by_role("button", name=f"{patient_count} waiting")).to_be_visible(timeout=LONG_MS)
    await let_in(physio)
    for page in patients:
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    return physio, patients
