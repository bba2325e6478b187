"""Leads a browser to every page with a form, in each of its states, and has each form sent.

A page that is added is covered by being there, as in `test_pages_accessible`; a form that stands on a page
only at times needs a state in `form_states`, else the route that takes it fails the test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.browser import chromium
from tests.e2e.clinic import NOT_IN_THE_WALK, Clinic, browser_with, open_clinic
from tests.e2e.form_states import MAIL_FROM, states_with_forms
from tests.e2e.page_forms import Answer, Form, Kept, forms_on
from tests.e2e.page_state import State, full_pages
from tests.e2e.page_states import STAFF, states
from tests.e2e.page_walk import note_templates
from tests.integration.pages.two_services import OWN

LEAST_FORMS = 80
"""Fewer than this: the walk has not seen what there is."""


class Way:
    """How somebody uses a page and sends a form."""

    options: ClassVar[Mapping[str, Any]] = {}
    """Of the browser's context."""

    def begin(self, page: Page) -> None:
        """Before the first page."""

    async def look(self, page: Page) -> list[str]:
        """Go over a page that has a form; return what is wrong, in words."""
        raise NotImplementedError

    async def send(self, page: Page, form: Form, rendered: list[str]) -> Answer:
        """Send a form of the page that is shown."""
        raise NotImplementedError


@dataclass
class FormWalk:
    """The forms of all pages, and what was wrong with them."""

    way: Way
    rendered: list[str]
    clinic: Clinic
    forms: dict[tuple[str, str, str, str], Form] = field(default_factory=dict)
    answers: dict[tuple[str, str, str, str], Answer] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    async def walk_and_send(self, browser: Browser, all_states: list[State]) -> None:
        """All of it, in a browser of its own."""
        async with browser_with(browser, self.clinic, {}, **self.way.options) as context:
            page = await context.new_page()
            self.way.begin(page)
            kept = Kept(self.clinic.both.watching)
            await self.walk(page, all_states)
            await self.send_all(page, kept)

    async def walk(self, page: Page, all_states: list[State]) -> None:
        """Look at each page that has a form, and note its forms."""
        seen = set()
        for state in all_states:
            await state.prepare(page, self.clinic.base_url)
            if not state.template:
                answer = await page.context.request.get(self.clinic.base_url + state.path)
                who_sees = (answer.url, *state.cookies)
                if who_sees in seen or not answer.headers.get("content-type", "").startswith("text/html"):
                    continue
                seen.add(who_sees)
            self.rendered.clear()
            await state.show(page, self.clinic.base_url)
            template = self.rendered[0]
            assert state.template in ("", template), f"{state.path} is {template}"
            self.templates.add(template)
            if await page.locator("form").count():
                wrong = await self.way.look(page)
                self.wrong += [f"{template} at {state.path}: {each}" for each in wrong]
                for form in await forms_on(page, state, template, self.clinic.pattern):
                    self.forms.setdefault(form.key, form)

    async def send_all(self, page: Page, kept: Kept) -> None:
        """Send each form from where the database was before; the server has an answer that leads on."""
        for form in self.forms.values():
            kept.put_back()
            await form.state.prepare(page, self.clinic.base_url)
            await form.state.show(page, self.clinic.base_url)
            answer = self.answers[form.key] = await self.way.send(page, form, self.rendered)
            self.wrong += [f"{form}: {each}" for each in answer.wrong]
            if not (answer.status == 303 or answer.template):
                self.wrong.append(f"{form}: answered with {answer.status}, and no page")
            if answer.status == 400 and not answer.fields_led_to:
                self.wrong.append(f"{form}: refused without a link to the field")


async def answers_to_all_forms(
    way: Way,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    not_sent: Mapping[str, str],
) -> list[Answer]:
    """Send each form of each page; nothing is wrong, and no route but those `not_sent` is left out."""
    rendered = note_templates(monkeypatch)
    folder = tmp_path_factory.mktemp("pages")
    async with chromium() as browser, open_clinic(folder, monkeypatch) as clinic:
        pages = FormWalk(way, rendered, clinic)
        bundle = await clinic.both.bundle(OWN)
        for_staff, for_others = clinic.addresses(bundle)
        known = await clinic.known_browser(bundle)
        await pages.walk_and_send(
            browser,
            [
                *(State("", path, STAFF) for path in for_staff),
                *(State("", path, known) for path in for_others),
                *(State("", path) for path in for_others),
                *await states(clinic.both, clinic.ids, folder / "recordings"),
            ],
        )
    folder = tmp_path_factory.mktemp("mail")
    async with chromium() as browser, open_clinic(folder, monkeypatch, mail_from=MAIL_FROM) as clinic:
        at_times = FormWalk(way, rendered, clinic)
        await at_times.walk_and_send(browser, await states_with_forms(clinic.both, clinic.ids))
        takes_forms = clinic.addresses_that_take("POST")
    wrong, forms = pages.wrong + at_times.wrong, pages.forms | at_times.forms
    assert not wrong, f"{len(wrong)} problems:\n" + "\n".join(wrong)
    assert pages.templates == full_pages() - set(NOT_IN_THE_WALK), "a page that the walk does not come to"
    assert len(forms) >= LEAST_FORMS
    unsent = takes_forms - {form.action for form in forms.values()}
    assert unsent == set(not_sent), f"not sent: {unsent - set(not_sent)}; sent: {set(not_sent) - unsent}"
    return list((pages.answers | at_times.answers).values())
