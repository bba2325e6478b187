"""The forms of a page, and what the server answers when one is sent, however that is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Error, Page, Response

from tests.e2e.page_state import State

WAYS = "[...form.elements].filter((one) => one.matches('button, input') && one.type === 'submit')"
"""The buttons that send a `form`."""
_FORMS = """
() => [...document.forms].flatMap((form, at) => {
  const ways = WAYS;
  const told = (way, name) => way.getAttribute('form' + name) || form.getAttribute(name) || '';
  const place = form.closest('main') ? 'page' : 'frame';
  return ways.map((way, nth) => [way, nth])
    .filter(([way]) => !way.disabled && way.checkVisibility({ visibilityProperty: true }))
    .map(([way, nth]) => ({
      at, nth, method: (told(way, 'method') || 'get').toUpperCase(),
      action: new URL(told(way, 'action'), location.href).pathname,
      place, name: way.name && `${way.name}=${way.value}`, words: (way.innerText || way.value).trim(),
    }));
})
""".replace("WAYS", WAYS)
_FAILED_FIELDS = """
() => [...document.querySelectorAll('[role=alert] a[href^="#"]')].map((one) => one.getAttribute('href'))
"""
_LED_TO = """
(to) => {
  const here = document.activeElement;
  return here.id === to.slice(1) && here.matches('input, select, textarea, button') && !here.disabled;
}
"""

A_FILE = "a file"
"""What came of a form that is answered with something to keep."""


@dataclass(frozen=True)
class Form:
    """A way to send a form on a page, by its place there."""

    state: State
    template: str
    place: str
    """In the page's main part, or in the frame that many pages have."""
    at: int
    nth: int
    method: str
    action: str
    """The pattern of the address that takes it."""
    name: str
    words: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The same wherever the form stands on pages of that template; once for what frames them."""
        return (self.template if self.place == "page" else "", self.method, self.action, self.name)

    def __str__(self) -> str:
        return f"{self.template}: “{self.words}” {self.method} {self.action}"


@dataclass(frozen=True)
class Answer:
    """What came of a form: the status, the template of the page then, and what is wrong, in words."""

    status: int
    template: str
    wrong: tuple[str, ...]
    fields_led_to: int
    """How many links of the summary of errors led to a field."""


class Kept:
    """The database as it is now, to be put back before each form."""

    def __init__(self, live: sqlite3.Connection) -> None:
        self._live = live
        self._copy = sqlite3.connect(":memory:")
        live.backup(self._copy)

    def put_back(self) -> None:
        self._copy.backup(self._live)


async def forms_on(page: Page, state: State, template: str, pattern_of: Callable[[str], str]) -> list[Form]:
    """Every way to send a form that is to be seen on the page now."""
    return [
        Form(state, template, each["place"], each["at"], each["nth"], each["method"],
             pattern_of(each["action"]), each["name"], each["words"])
        for each in await page.evaluate(_FORMS)
    ]  # fmt: skip


async def answer_to(
    page: Page,
    press: Callable[[], Awaitable[None]],
    follow: Callable[[str], Awaitable[None]],
    rendered: list[str],
) -> Answer:
    """What comes of a form that is sent by `press`; `follow` uses a link of the summary of errors."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.frame == page.main_frame:
            answers.append(answer)

    rendered.clear()
    page.on("response", note)
    try:
        async with page.expect_navigation():
            await press()
    except Error:
        if not answers or "attachment" not in answers[-1].headers.get("content-disposition", ""):
            raise
        return Answer(answers[-1].status, A_FILE, (), 0)
    finally:
        page.remove_listener("response", note)
    first, last = answers[0], answers[-1]
    template = rendered[0] if rendered else ""
    wrong = []
    if last.status >= 500 or last.status in (404, 405):
        wrong.append(f"the server answers {last.status}")
    links = await page.evaluate(_FAILED_FIELDS)
    for to in links:
        await follow(to)
        if not await page.evaluate(_LED_TO, to):
            wrong.append(f"the link to {to} in the summary of errors does not lead to a field")
    return Answer(first.status, template, tuple(wrong), len(links))
