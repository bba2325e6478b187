"""A class on a bad network: a service behind the relay, a physio and a patient in Chromium."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser import chromium, grows, new_person, until
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in
from tests.e2e.service import DemoService, demo_service, free_port
from tests.lab.crowd import enrol_more
from tests.lab.network import HOST, HOSTS, Network, network
from tests.lab.speech import speak
from tests.lab.watch import WATCH

UFRAG = """
() => {
  const pc = window.connections?.findLast((one) => one.connectionState !== 'closed');
  return /a=ice-ufrag:(\\S+)/.exec(pc?.localDescription?.sdp ?? '')?.[1] ?? '';
}
"""
"""Its ICE user name fragment; '' while a connection is being made."""


@dataclass
class Classroom:
    """The parts, for a test to play with."""

    net: Network
    service: DemoService
    browser: Browser
    physio: Page
    patient: Page
    patient_context: BrowserContext
    local_url: str
    """The service without the relay."""

    async def line(self, page: Page, within_s: float = LONG_MS / 1000) -> str:
        """The name of the page's line in the relay; another after an ICE restart or on a new connection.

        Waits until the relay has seen it.
        """
        name = ""

        async def is_seen() -> bool:
            nonlocal name
            name = str(await page.evaluate(UFRAG))
            return bool(name) and await self.net.has_line(name)

        await until(is_seen, "a line of the page that the relay has seen", within_s)
        return name

    async def set_line(self, page: Page, **changes: dict[str, Any]) -> None:
        """Change the conditions of the page's line and of those that come: after an ICE restart it is new."""
        await self.net.set("new", **changes)
        await self.net.set(await self.line(page), **changes)

    async def connections(self, page: Page) -> int:
        """How many connections the page has made since it was opened."""
        return int(await page.evaluate("window.connections?.length ?? 0"))

    async def worker(self) -> int:
        """The number of the media worker that the class is on."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.local_url}/metrics") as answer:
            found = re.search(r"^moveroom_class_worker\{.*?\} (\d+)", await answer.text(), re.MULTILINE)
        assert found is not None, "no class is on any worker"
        return int(found.group(1))

    async def all_well(self) -> None:
        """Everybody's line is as new, and the patient sees."""
        await self.net.set("all", both=GOOD)
        await grows(self.patient, "stage", "frames")


GOOD = {
    "delay_ms": 40.0, "jitter_ms": 0.0, "reorder": 0.0, "loss": 0.0, "burst_loss": 0.0, "outage_ms": 0.0,
    "kbps": None, "udp_blocked": False, "cut": False,
}  # fmt: skip


@asynccontextmanager
async def classroom(
    folder: Path, *, workers: int = 1, web_too: bool = False, patients: int = 12
) -> AsyncIterator[Classroom]:
    """A class under way, with 80 ms round trip for sound and picture; `web_too`: and for the pages.

    `patients` are on the course list; the first one is in class in Chromium.
    """
    first = free_port(socket.SOCK_DGRAM, workers, HOSTS)
    http = free_port(socket.SOCK_STREAM, hosts=HOSTS)
    ports = range(first, first + workers)
    environment = {
        "MOVEROOM_HTTP_PORT": str(http),
        "MOVEROOM_MEDIA_PORT": str(first),
        "MOVEROOM_MEDIA_ANNOUNCED": HOST,
        "MOVEROOM_MEDIA_WORKERS": str(workers),
    }
    if web_too:
        environment["MOVEROOM_PUBLIC_URL"] = f"http://{HOST}:{http}"
    speech = folder / "speech.wav"
    speak(speech)
    async with (
        network(ports, web_ports=[http] if web_too else []) as net,
        demo_service(folder, environment) as service,
        chromium(f"--use-file-for-fake-audio-capture={speech}") as browser,
    ):
        service.patients += enrol_more(service, patients - len(service.patients))
        physio = await (await new_person(browser)).new_page()
        await come_in(physio, service.physio)
        context = await new_person(browser, viewport={"width": 1024, "height": 768})
        await context.add_init_script(WATCH)
        patient = await context.new_page()
        await enter(patient, service.patients[0])
        await expect(physio.get_by_role("button", name=re.compile("1 waiting"))).to_be_visible(
            timeout=LONG_MS
        )
        await let_in(physio)
        await expect(patient.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await grows(patient, "stage", "frames")
        await grows(patient, "stage-voice", "energy")
        yield Classroom(net, service, browser, physio, patient, context, local_url=f"http://127.0.0.1:{http}")
