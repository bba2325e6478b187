"""Leads a browser from page to page and has axe look at each, on a phone and on a computer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from jinja2 import Template
from playwright.async_api import BrowserContext, Page

from tests.e2e.axe import findings
from tests.e2e.page_state import State

SIZES = ({"width": 360, "height": 740}, {"width": 1280, "height": 800})


def note_templates(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which templates were made into pages; who looks at one clears it before."""
    names: list[str] = []
    render = Template.render

    def noted(template: Template, *values: Any, **more: Any) -> str:
        names.append(template.name or "")
        return render(template, *values, **more)

    monkeypatch.setattr(Template, "render", noted)
    return names


async def found_on(page: Page, where: str) -> list[str]:
    """What axe finds at both sizes."""
    found = []
    for size in SIZES:
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{where} at {size['width']} px: {each}" for each in await findings(page)]
    return found


@dataclass
class Walk:
    """What axe found, on which pages, of which templates."""

    rendered: list[str]
    found: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)

    def template(self) -> str:
        """Which one the browser shows since `rendered` was cleared."""
        assert self.rendered, "no page was made"
        self.looked_at.add(self.rendered[0])
        return self.rendered[0]


async def walk(at: Walk, context: BrowserContext, base_url: str, paths: list[str]) -> set[str]:
    """Have axe look at these pages; return which they were: an address may lead on to another."""
    page = await context.new_page()
    seen: set[str] = set()
    for path in paths:
        answer = await context.request.get(base_url + path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        shown = urlsplit(answer.url).path
        assert answer.status < 500, f"{path}: {answer.status}"
        if shown in seen:
            continue
        seen.add(shown)
        at.rendered.clear()
        await page.goto(base_url + path)
        at.template()
        at.found += await found_on(page, path)
    return seen


async def walk_states(at: Walk, context: BrowserContext, base_url: str, all_states: list[State]) -> None:
    """Have axe look at these states, each of which is what it says."""
    page = await context.new_page()
    for state in all_states:
        await state.prepare(page, base_url)
        at.rendered.clear()
        await state.show(page, base_url)
        assert at.template() == state.template, state
        at.found += await found_on(page, f"{state.template} at {state.path}")
