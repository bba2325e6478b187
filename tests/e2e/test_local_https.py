"""`moveroom demo --https`: a phone on the local network joins over HTTPS, by the certificate made for it."""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, TCPConnector
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, grows, new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in
from tests.e2e.service import DemoService, demo_service, free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@asynccontextmanager
async def https_service(folder: Path) -> AsyncIterator[tuple[DemoService, str]]:
    """A demo over HTTPS on the network that this machine is on, and the address of its plain page."""
    local_port = free_port(socket.SOCK_STREAM)
    environment = {"MOVEROOM_LOCAL_PORT": str(local_port)}
    async with demo_service(folder, environment, arguments=["--https"]) as service:
        host = urlsplit(service.base_url).hostname
        yield service, f"http://{host}:{local_port}/local"


def authority(service: DemoService) -> Path:
    return service.folder / "state" / "https" / "authority.crt"


def key_of(service: DemoService) -> str:
    """SHA-256 of the server's public key: the only one that the browser takes without knowing its authority.

    Chromium on Linux takes authorities from NSS, whose tools are not on every machine; that the chain holds
    is shown with OpenSSL below, which is told of the authority.
    """
    leaf = x509.load_pem_x509_certificate((service.folder / "state" / "https" / "server.crt").read_bytes())
    spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


async def test_who_trusts_the_machines_authority_is_served_and_nobody_else(tmp_path: Path):
    async with https_service(tmp_path) as (service, page):
        assert service.base_url.startswith("https://")
        trusting = ssl.create_default_context(cafile=authority(service))
        origin = {"Origin": service.base_url}
        async with ClientSession(connector=TCPConnector(ssl=trusting)) as client:
            async with client.get(f"{service.base_url}/readyz") as answer:
                assert answer.status == 200
                assert "max-age" in answer.headers["Strict-Transport-Security"]
            async with client.post(service.patients[0], headers=origin, allow_redirects=False) as joined:
                assert joined.status == 303
                cookies = joined.headers.getall("Set-Cookie")
        assert all(each.startswith("__Host-") for each in cookies), cookies
        assert all("Secure" in each and "HttpOnly" in each and "Path=/" in each for each in cookies)
        async with ClientSession() as stranger:
            with pytest.raises(ClientConnectorCertificateError):
                await stranger.get(service.base_url)

            # A phone takes the authority from the plain page, which offers nothing else.
            async with stranger.get(f"{page}/moveroom.crt") as answer:
                assert answer.content_type == "application/x-x509-ca-cert"
                taken = x509.load_der_x509_certificate(await answer.read())
            async with stranger.get(page.replace("/local", "/j/nobody")) as answer:
                assert answer.status == 404
        assert taken == x509.load_pem_x509_certificate(authority(service).read_bytes())
        said = service.printed.read_text()
        assert page in said
        assert "▀" in said


async def test_a_browser_joins_over_https_and_sees_the_physio(tmp_path: Path):
    async with (
        https_service(tmp_path) as (service, page),
        chromium(f"--ignore-certificate-errors-spki-list={key_of(service)}") as browser,
    ):
        phone = await (await new_person(browser, viewport={"width": 360, "height": 740})).new_page()
        await phone.goto(page)
        await expect(phone.get_by_role("heading", name="Open Moveroom on this phone")).to_be_visible()
        await assert_accessible(phone)
        await phone.set_viewport_size({"width": 1280, "height": 800})
        for summary in await phone.locator("summary").all():
            await summary.press("Enter")
        await expect(phone.get_by_text("Turn on Moveroom on this network.")).to_be_visible()
        await assert_accessible(phone)

        physio = await (await new_person(browser)).new_page()
        await come_in(physio, service.physio)
        await enter(phone, service.patients[0])
        await expect(phone.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
        await let_in(physio)
        await expect(phone.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        assert await phone.evaluate("isSecureContext")
        await grows(phone, "stage", "frames")
        await grows(physio, "seat0", "frames")
