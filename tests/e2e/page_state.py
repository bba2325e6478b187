"""A page that has no address of its own, as a browser is led to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jinja2 import meta
from playwright.async_api import Page

from server.pages.client_files import client_folder
from server.pages.rendering import template_environment

SUBMIT = """
([address, fields]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
"""


@dataclass(frozen=True)
class State:
    """A page as somebody with these cookies sees it: opened, or as the answer to a form with `fields`."""

    template: str
    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] | None = None
    is_from_elsewhere: bool = False
    """The form stands on another site."""
    before: Callable[[], None] | None = None
    """What has to happen on the server each time."""

    async def prepare(self, page: Page, base_url: str) -> None:
        """Give the browser the cookies, and lead it to where the form stands."""
        cookies = [{"name": name, "value": value, "url": base_url} for name, value in self.cookies.items()]
        await page.context.clear_cookies()
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]
        if self.fields is not None:
            await page.goto("about:blank" if self.is_from_elsewhere else f"{base_url}/code")

    async def show(self, page: Page, base_url: str) -> None:
        """Have the browser show it."""
        if self.before is not None:
            self.before()
        if self.fields is None:
            await page.goto(base_url + self.path)
            return
        async with page.expect_navigation():
            await page.evaluate(SUBMIT, [base_url + self.path, dict(self.fields)])


def full_pages() -> set[str]:
    """The templates that are pages: no other one extends, includes or imports them."""
    folder = client_folder() / "templates"
    environment = template_environment(folder)
    sources = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.jinja")}
    parts = {
        part
        for source in sources.values()
        for part in meta.find_referenced_templates(environment.parse(source))
    }
    return set(sources) - parts
