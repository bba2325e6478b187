"""`moveroom serve` as a process, on an empty database, with a mail server on loopback."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.e2e.service import READY_WITHIN_S, free_port
from tests.integration.post.mailbox import Mailbox, mailbox

ADDRESS = re.compile(r"https?://\S+")


@dataclass
class OwnService:
    """A service that nobody has set up yet."""

    base_url: str
    mail: Mailbox
    environment: dict[str, str]
    log: Path

    async def command(self, *words: str) -> str:
        """Run `moveroom` with these words beside the server; what it prints."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.cli", *words,
            env=self.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def letter(self, to: str, about: str) -> str:
        """The text of the first letter to this address whose subject has these words, once it has come."""
        async with asyncio.timeout(30), self.mail.came:
            while True:
                for each in self.mail.letters:
                    if to in str(each["To"]) and about in str(each["Subject"]):
                        return str(each.get_body(("plain",)).get_content())
                await self.mail.came.wait()


def address_in(text: str, holding: str) -> str:
    """The first address in a text that holds these letters."""
    return next(found for found in ADDRESS.findall(text) if holding in found).rstrip(".,)")


@asynccontextmanager
async def own_service(folder: Path, extra: dict[str, str] | None = None) -> AsyncIterator[OwnService]:
    """Serve in `folder` until the end; no services, no staff, no patients."""
    http = free_port(socket.SOCK_STREAM)
    log = folder / "moveroom.log"
    async with mailbox() as mail:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MOVEROOM_")}
        environment |= {
            "MOVEROOM_HTTP_PORT": str(http),
            "MOVEROOM_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM)),
            "MOVEROOM_MEDIA_WORKERS": "1",
            "MOVEROOM_DATA_DIR": str(folder / "state"),
            "MOVEROOM_SMTP_HOST": "127.0.0.1",
            "MOVEROOM_SMTP_PORT": str(mail.port),
            "MOVEROOM_SMTP_SECURITY": "none",
            "MOVEROOM_MAIL_FROM": "classes@moveroom.example",
            **(extra or {}),
        }
        base_url = f"http://127.0.0.1:{http}"
        with log.open("ab") as logged:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.cli", "serve", env=environment, stdout=logged, stderr=logged
            )
        try:
            await _ready(base_url, process, log)
            yield OwnService(base_url, mail, environment, log)
        finally:
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), 25)


async def _ready(base_url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(READY_WITHIN_S), aiohttp.ClientSession() as http:
        while True:
            if process.returncode is not None:
                raise RuntimeError(f"the server ended with {process.returncode}: {log}")
            try:
                async with http.get(f"{base_url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
