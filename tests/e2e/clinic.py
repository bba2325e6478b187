"""Two services, a busy third, and everything that an address can name: for walks over every page there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.web_urldispatcher import AbstractRoute
from playwright.async_api import Browser, BrowserContext
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import Rule, Whom, rule_of
from server.pages.client_files import client_folder
from server.people.links import cookie_name, hash_of
from server.storage.tables import LinkSession
from tests.e2e.browser import new_person
from tests.integration.pages import world as pages
from tests.integration.pages.many import Size, fill
from tests.integration.pages.staff_pages import send_a_file
from tests.integration.pages.two_services import Bundle, TwoServices, address, two_services

NOT_IN_THE_WALK = {
    "class.jinja": "needs a live room: test_class_page_accessibility.py",
    "local_phone.jinja": "an application of its own: test_local_https.py",
    "staff_figures_none.jinja": "one sentence, in an installation without a service",
}
"""Pages that no walk here comes to: why, or where they are looked at."""


@dataclass
class Clinic:
    """The services; `ids` are what stands in the addresses of the busy one."""

    both: TwoServices
    ids: Mapping[str, str]

    @property
    def base_url(self) -> str:
        return str(self.both.world.browser.make_url("/")).rstrip("/")

    async def known_browser(self, bundle: Bundle) -> dict[str, str]:
        """The cookie of a browser in which the patient has given the date of birth."""
        now = self.both.world.clock()
        row = LinkSession(
            id=f"{bundle.name}-phone",
            link_id=bundle.ids["link_id"],
            secret_hash=hash_of(f"phone-of-{bundle.name}"),
            created_at=now,
            expires_at=now + timedelta(days=120),
            proven_at=now,
        )

        async def work(session: AsyncSession) -> None:
            session.add(row)

        await self.both.world.database.write(work)
        return {cookie_name(bundle.ids["link_id"]): f"phone-of-{bundle.name}"}

    def routes(self) -> list[tuple[AbstractRoute, Rule]]:
        """What can be opened by its address."""
        app = self.both.world.browser.app
        assert app is not None
        found = [(each, rule_of(each.handler)) for each in app.router.routes() if each.method == "GET"]
        return [(route, rule) for route, rule in found if rule is not None]

    def addresses_that_take(self, method: str) -> set[str]:
        """The patterns of the routes with that method."""
        app = self.both.world.browser.app
        assert app is not None
        return {each.resource.canonical for each in app.router.routes() if each.method == method}  # type: ignore[union-attr]

    def pattern(self, path: str) -> str:
        """The pattern of the route that takes a path."""
        app = self.both.world.browser.app
        assert app is not None
        for resource in app.router.resources():
            shape = resource.get_info()
            if shape.get("path") == path or ("pattern" in shape and shape["pattern"].fullmatch(path)):
                return resource.canonical
        return path

    def addresses(self, bundle: Bundle) -> tuple[list[str], list[str]]:
        """Those of staff, and those of everybody else; where one is about a file, the file is there."""
        app = self.both.world.browser.app
        for_staff, for_others = [], []
        for route, rule in self.routes():
            assert route.resource is not None
            if rule.whom is Whom.STAFF:
                send_a_file(app, route.resource.canonical, self.ids)  # type: ignore[arg-type]
                for_staff.append(address(route, {**bundle.ids, **self.ids}))
            elif "/static/" not in route.resource.canonical:
                for_others.append(address(route, bundle.ids))
        return for_staff, for_others


@asynccontextmanager
async def open_clinic(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, mail_from: str = ""
) -> AsyncIterator[Clinic]:
    """The pages as they are, with the client that was built. Without `mail_from` no mail is sent."""
    monkeypatch.setattr(pages, "built_client", lambda _: client_folder() / "dist")
    async with two_services(folder, mail_from=mail_from) as both:
        yield Clinic(both, await fill(both.world.database, Size(60, 10), both.world.clock()))


@asynccontextmanager
async def browser_with(
    browser: Browser, clinic: Clinic, cookies: Mapping[str, str], **options
) -> AsyncIterator[BrowserContext]:
    """A browser that has these cookies of the clinic's."""
    context = await new_person(browser, **options)
    await context.add_cookies(
        [{"name": name, "value": value, "url": clinic.base_url} for name, value in cookies.items()]
    )
    yield context
    await context.close()
