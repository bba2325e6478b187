"""The forms of a page, each sent by keyboard alone."""

from __future__ import annotations

from playwright.async_api import Page

from tests.e2e.form_walk import Way
from tests.e2e.keyboard import MOST_TABS, begin_at_the_top, keep_files_closed, tab_through
from tests.e2e.page_forms import WAYS, Answer, Form, answer_to

_IS_AT = """
([at, nth]) => {
  const form = document.forms[at];
  if (!form) return '';
  const ways = WAYS;
  const here = document.activeElement;
  if (here.matches('summary') && !here.parentElement.open) return 'closed';
  return ways[nth] === here ? 'there' : '';
}
""".replace("WAYS", WAYS)


class ByKeyboard(Way):
    """Tab over the page and work each field; send with Enter on the button, as the form stands."""

    def begin(self, page: Page) -> None:
        """Chosen files are told of and not opened."""
        keep_files_closed(page)

    async def look(self, page: Page) -> list[str]:
        """What keys do not reach, or do not work, on the page."""
        return (await tab_through(page)).wrong

    async def send(self, page: Page, form: Form, rendered: list[str]) -> Answer:
        """Tab to the button and press Enter."""
        await _go_to(page, form)

        async def follow(to: str) -> None:
            await begin_at_the_top(page)
            for _ in range(MOST_TABS):
                await page.keyboard.press("Tab")
                if await page.evaluate("(to) => document.activeElement.getAttribute('href') === to", to):
                    break
            await page.keyboard.press("Enter")

        return await answer_to(page, lambda: page.keyboard.press("Enter"), follow, rendered)


async def _go_to(page: Page, form: Form) -> None:
    """Press Tab up to the form's button; what is folded on the way is opened."""
    await begin_at_the_top(page)
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        match await page.evaluate(_IS_AT, [form.at, form.nth]):
            case "there":
                return
            case "closed":
                await page.keyboard.press("Enter")
    raise AssertionError(f"Tab does not come to the button of {form}")
