"""The server itself sends what its pages write, and goes on with it after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from server.app import DATABASE, OPERATIONS, make_app
from server.config import Settings, read_settings
from server.ids import utc_now
from server.pages.site import SITE
from server.post.letters import write_letter
from server.storage.database import Database
from tests.integration.post.mailbox import Mailbox, mailbox
from tests.integration.storage.databases import migrated


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[web.Application]:
    app = await make_app(settings)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        yield app
    finally:
        await runner.cleanup()


def settings_for(folder: Path, box: Mailbox) -> Settings:
    return read_settings(
        {
            "MOVEROOM_DATA_DIR": str(folder),
            "MOVEROOM_SMTP_HOST": "127.0.0.1",
            "MOVEROOM_SMTP_PORT": str(box.port),
            "MOVEROOM_SMTP_SECURITY": "none",
            "MOVEROOM_MAIL_FROM": "classes@moveroom.example",
            "MOVEROOM_MEDIA_WORKERS": "1",
        }
    )


async def write(database: Database, key: str) -> None:
    await database.write(
        lambda session: write_letter(
            session,
            letter_id=key,
            key=key,
            kind="invitation",
            to_address="margaret@patients.example",
            subject="Your online class: how to join",
            text="Hello",
            now=utc_now(),
        )
    )


async def test_a_letter_goes_out_as_soon_as_it_is_written_and_none_twice(tmp_path: Path):
    async with migrated(tmp_path):
        pass
    async with mailbox() as box:
        settings = settings_for(tmp_path, box)
        async with running(settings) as app:
            assert app[SITE].letterhead.address == "classes@moveroom.example"
            box.to_messages = ["554 no"]
            await write(app[DATABASE], "refused")
            await write(app[DATABASE], "one")
            await box.has(1)
            assert app[OPERATIONS].failures["post"]() == {"given_up": 1}
        async with running(settings) as app:
            await write(app[DATABASE], "two")
            await box.has(2)
    ids = [letter["Message-ID"] for letter in box.letters]
    assert ids == ["<one@moveroom.example>", "<two@moveroom.example>"]
