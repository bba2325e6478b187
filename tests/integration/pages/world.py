"""The demo's service behind a web server, and a browser without script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.log import ContactLog, ContactRules
from server.demo import DemoLinks, demo_links, seed
from server.ondemand.counting import ViewRule
from server.pages.setup import add_pages
from server.pages.site import SITE, Site
from server.people.second_factor import SecondFactors
from server.people.short_codes import ShortCodes
from server.storage.database import Database, StorageFailed, StorageFault
from server.storage.tables import ClassSession, PersonalLink, Table
from server.timetable.spoken import LONDON
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, migrated, numbered_ids

SECRET = b"s" * 32
SCRIPT = "export const room = 1;\n"


@dataclass
class World:
    """A running server with the demo's people; class 5 is on Tuesday at 10am."""

    browser: TestClient[web.Request, web.Application]
    database: Database
    clock: SetClock
    links: DemoLinks
    changed_classes: list[str]
    """Of which classes the rooms were told that they are called off or put back on."""
    hung_up_on: list[str]
    """The people whose sockets were hung up."""

    @property
    def margaret(self) -> str:
        return self.links.patients[0].url

    @property
    def hannah(self) -> str:
        return self.links.physios[0].url

    @property
    def app(self) -> web.Application:
        """The server."""
        app = self.browser.app
        assert isinstance(app, web.Application)
        return app

    @property
    def site(self) -> Site:
        """The pages' surroundings in the server."""
        return self.app[SITE]

    async def open(self, path: str, **request: Any) -> Page:
        async with self.browser.get(path, allow_redirects=False, **request) as response:
            return await Page.read(response)

    async def press_join(self, path: str, **request: Any) -> Page:
        async with self.browser.post(path, allow_redirects=False, **request) as response:
            return await Page.read(response)

    async def rows(self) -> dict[str, int]:
        """How many rows there are in each table."""
        async with self.database.reading() as session:
            return {
                name: await session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Table.metadata.tables.items()
            }

    async def end_class(self, number: int) -> None:
        async def work(session) -> None:
            row = (await session.scalars(select(ClassSession).where(ClassSession.number == number))).one()
            row.ended_at = self.clock()

        await self.database.write(work)

    async def revoke_links(self) -> None:
        async def work(session) -> None:
            for row in await session.scalars(select(PersonalLink)):
                row.revoked_at = self.clock()

        await self.database.write(work)

    async def link_id(self, path: str) -> str:
        """The public id behind a link, as the address of the class page has it."""
        joined = await self.press_join(path)
        return joined.headers["Location"].removeprefix("/class/")


class Page(HTMLParser):
    """What a reader, or a screen reader, finds on a page."""

    def __init__(self, status: int, headers: Any, html: str) -> None:
        super().__init__()
        self.status, self.headers, self.html = status, headers, html
        self.texts: dict[str, list[str]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)

    @classmethod
    async def read(cls, response: ClientResponse) -> Page:
        return cls(response.status, response.headers, await response.text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img", "input", "hr"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, text: str) -> None:
        within = {"script"} if "script" in self._open else set(self._open)
        for tag in within:
            self.texts[tag][-1] += text

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self, tag: str) -> str:
        """The words within the first element of that kind, with single spaces."""
        return " ".join(self.texts.get(tag, [""])[0].split())

    @property
    def config(self) -> dict[str, str]:
        scripts = zip(self.all("script"), self.texts["script"], strict=True)
        return next(
            json.loads(text) for attributes, text in scripts if attributes.get("id") == "class-config"
        )


def seconds_of(clock: SetClock) -> Callable[[], float]:
    """Seconds that go by as the clock is moved."""
    return lambda: clock().timestamp()


def built_client(folder: Path) -> Path:
    """A folder as the client's build leaves it."""
    (folder / ".vite").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "assets" / "main-AAAAAAAA.js").write_text(SCRIPT)
    (folder / "assets" / "main-AAAAAAAA.js.br").write_bytes(b"brotli")
    (folder / "assets" / "main-AAAAAAAA.js.gz").write_bytes(b"gzip")
    manifest = {
        "live/main.tsx": {
            "file": "assets/main-AAAAAAAA.js",
            "css": ["assets/main-BBBBBBBB.css"],
            "imports": ["_shared.js"],
            "isEntry": True,
        },
        "player/main.ts": {
            "file": "assets/player-HHHHHHHH.js",
            "css": ["assets/player-IIIIIIII.css"],
            "isEntry": True,
        },
        "device/main.tsx": {
            "file": "assets/device-JJJJJJJJ.js",
            "css": ["assets/device-KKKKKKKK.css"],
            "isEntry": True,
        },
        "staff/main.ts": {"file": "assets/staff-LLLLLLLL.js", "isEntry": True},
        "_shared.js": {"file": "assets/shared-CCCCCCCC.js", "css": ["assets/shared-DDDDDDDD.css"]},
    }
    pages = {
        "style": "assets/pages-EEEEEEEE.css",
        "script": "assets/pages-FFFFFFFF.js",
        "icon": "assets/icon-GGGGGGGG.svg",
    }
    (folder / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    (folder / ".vite" / "pages.json").write_text(json.dumps(pages))
    return folder


@asynccontextmanager
async def pages_world(
    folder: Path,
    base_url: str = "http://127.0.0.1:8080",
    *,
    opened: AbstractAsyncContextManager[Database] | None = None,
    prepare: Callable[[web.Application], None] | None = None,
    mail_from: str = "",
) -> AsyncIterator[World]:
    """Serve the demo's pages; the doors of class 5 have just opened.

    `opened` is another database than a SQLite file in `folder`; `prepare` adds to the application.
    """
    clock = SetClock(TUESDAY_10AM)
    clock.move(minutes=-10)
    changed_classes: list[str] = []
    hung_up_on: list[str] = []

    async def timetable_changed(class_id: str) -> None:
        changed_classes.append(class_id)

    async with opened or migrated(folder) as database:
        sunday = SetClock(TUESDAY_10AM)
        sunday.move(days=-2)
        await seed(database, sunday, SECRET, id_source=numbered_ids())
        app = web.Application()
        add_pages(
            app,
            database=database,
            clock=clock,
            base_url=base_url,
            dist=built_client(folder / "dist"),
            contact_log=ContactLog(
                ContactRules(timedelta(minutes=5), timedelta(minutes=1), LONDON), numbered_ids("contact")
            ),
            timetable_changed=timetable_changed,
            hang_up=hung_up_on.extend,
            experience_secrets=ExperienceSecrets(folder),
            short_codes=ShortCodes(b"k" * 32),
            second_factors=SecondFactors(folder),
            mail_from=mail_from,
            recordings=folder / "recordings",
            view_rule=ViewRule(percent=60, minutes=5),
            monotonic_s=seconds_of(clock),
        )

        async def breaks(request: web.Request) -> web.Response:
            raise RuntimeError("Margaret Ellis 07700 900142")

        async def fails(request: web.Request) -> web.Response:
            raise StorageFailed("no room", StorageFault.FULL)

        app.router.add_get("/breaks/{token}", breaks)
        app.router.add_get("/fails/{token}", fails)
        if prepare is not None:
            prepare(app)
        async with TestClient(TestServer(app)) as browser:
            links = await demo_links(database, SECRET, "")
            yield World(browser, database, clock, links, changed_classes, hung_up_on)
