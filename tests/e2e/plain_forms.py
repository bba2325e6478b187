"""The forms of a page without script: filled in and sent by a browser in which no page's script runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from playwright.async_api import Page
from playwright.async_api import TimeoutError as TookTooLong

from tests.e2e.form_states import WHOLE_FILE
from tests.e2e.form_walk import Way
from tests.e2e.page_forms import A_FILE, WAYS, Answer, Form, answer_to

_FOLDED = "details:not([open]) > summary"
_NEEDS_SCRIPT = """
() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const wrong = [];
  for (const form of [...document.forms].filter(seen)) {
    const ways = WAYS.filter((way) => !way.disabled && seen(way));
    const name = `the form to ${form.getAttribute('action') || 'nowhere'}`;
    if (!ways.length) wrong.push(`${name} has no button that sends it`);
    for (const way of ways) {
      const told = (what) => way.getAttribute('form' + what) ?? form.getAttribute(what);
      if (!told('action') && (told('method') || 'get').toLowerCase() !== 'post') {
        wrong.push(`${name} is sent nowhere by “${way.innerText || way.value}”`);
      }
    }
  }
  for (const one of document.querySelectorAll('button[type=button]')) {
    if (seen(one)) wrong.push(`“${one.innerText}” does nothing`);
  }
  return wrong;
}
""".replace("WAYS", WAYS)
_MARK_BUTTON = """
([at, nth]) => {
  const form = document.forms[at];
  WAYS[nth].dataset.test = 'button';
}
""".replace("WAYS", WAYS)
_MARK_EMPTY_FIELDS = """
(at) => {
  const done = new Set();
  return [...document.forms[at].elements].flatMap((one, place) => {
    const seen = one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.readOnly;
    if (!seen || !one.matches('input, select, textarea')) return [];
    const isOneOf = ['radio', 'checkbox'].includes(one.type);
    if (isOneOf) {
      const group = [...one.form.elements].filter((each) => each.name === one.name);
      if (done.has(one.name) || group.some((each) => each.checked)) return [];
      done.add(one.name);
    } else if (one.value) {
      return [];
    }
    const option = [...one.options ?? []].find((each) => each.value && !each.disabled)?.value ?? '';
    one.dataset.test = place;
    return [{ place, type: one.type, name: one.name, mode: one.inputMode, option }];
  });
}
"""
_MARKED = '[data-test="{}"]'
"""Found by a mark, and not by a handle: where scripts are off, the browser waits for ever to use a handle."""
_BY_NAME = {"day": "31", "month": "3", "year": "1952", "time": "10:00", "email": "new@example.org"}
"""What is typed into a field whose name ends so."""
_BY_TYPE = {
    "email": "new@example.org",
    "tel": "01632 960555",
    "password": "seven green kettles sing",
    "date": "2026-12-01",
    "time": "10:00",
    "month": "2026-12",
    "numeric": "1",
    "number": "1",
}


class WithoutScript(Way):
    """Fill in what is empty, as far as a stranger can guess, and click on the button."""

    options: ClassVar[Mapping[str, Any]] = {"java_script_enabled": False}

    async def look(self, page: Page) -> list[str]:
        """Open what is folded; what on the page would need a script, in words."""
        while await page.locator(_FOLDED).count():
            await page.locator(_FOLDED).first.click()
        return list(await page.evaluate(_NEEDS_SCRIPT))

    async def send(self, page: Page, form: Form, rendered: list[str]) -> Answer:
        """Fill in and click; the answer is a page."""
        await self.look(page)
        for each in await page.evaluate(_MARK_EMPTY_FIELDS, form.at):
            await _fill(page, each)
        await page.evaluate(_MARK_BUTTON, [form.at, form.nth])
        button = page.locator(_MARKED.format("button"))

        async def follow(to: str) -> None:
            await page.locator(f'[role=alert] a[href="{to}"]').first.click()

        try:
            return await answer_to(page, button.click, follow, rendered)
        except TookTooLong:
            return Answer(0, A_FILE, ("a click on its button sends nothing",), 0)


async def _fill(page: Page, empty: Mapping[str, Any]) -> None:
    field = page.locator(_MARKED.format(empty["place"]))
    match empty["type"]:
        case "radio" | "checkbox":
            await field.check()
        case "select-one" | "select-multiple":
            await field.select_option(empty["option"])
        case "file":
            await field.set_input_files(
                {"name": "patients.csv", "mimeType": "text/csv", "buffer": WHOLE_FILE}
            )
        case kind:
            ending = empty["name"].rsplit("-", 1)[-1]
            await field.fill(
                _BY_NAME.get(ending) or _BY_TYPE.get(kind) or _BY_TYPE.get(empty["mode"]) or "Hillside"
            )
