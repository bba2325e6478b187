"""A page by keyboard alone: from its top to its end with Tab, with what each field asks for on the way.

Nothing here clicks or fills: only keys are pressed, and the page is asked where the focus is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Locator, Page, TimeoutError

MOST_TABS = 1500
"""More than any page has: the focus goes round in a circle."""

MOST_TABS_ON_ONE = 20
"""A film's own controls take some; more, and there is no way out."""

_BEGIN = """
() => {
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const kind = (one) => one.matches('.nhsuk-file-upload button') ? 'file'
    : one.matches('input') ? one.type : one.tagName.toLowerCase();
  const groupOf = (one) => (other) => other.type === 'radio' && other.name === one.name
    && other.form === one.form;
  const box = (style) => [style.outlineStyle === 'none' ? '' : style.outline, style.boxShadow].join(' / ');
  // A radio or checkbox of the NHS frontend is drawn by its label; its own box is transparent.
  const marks = (one) => [
    box(getComputedStyle(one)),
    ...(['radio', 'checkbox'].includes(kind(one)) ? [...one.labels] : [])
      .map((label) => box(getComputedStyle(label, '::before'))),
  ].join(' | ');
  const words = (one) => {
    const said = one.labels?.[0]?.innerText || one.innerText || one.getAttribute('aria-label') || one.name;
    return `${kind(one)} “${(said || '').trim().replace(/\\s+/g, ' ').slice(0, 60)}”`;
  };
  const visited = new Map();
  let last = null;
  window.keyboard = {
    here() {
      const one = document.activeElement;
      if (!one || one === document.body || one === document.documentElement) return null;
      const again = visited.has(one);
      const follows = !last || Boolean(last.compareDocumentPosition(one) & 4);
      const entered = one.type !== 'radio' || ![...visited.keys()].some(groupOf(one));
      if (!again) visited.set(one, marks(one));
      const told = { kind: kind(one), words: words(one), again, follows: follows || one === last, entered,
        same: one === last };
      last = one;
      return told;
    },
    state() {
      const one = document.activeElement;
      if (kind(one) === 'summary') return String(one.parentElement.open);
      return ['radio', 'checkbox'].includes(kind(one)) ? String(one.checked) : one.value;
    },
    chosen() {
      const one = document.activeElement;
      const group = [...document.querySelectorAll('input:enabled')].filter(groupOf(one));
      return [group.length, group.findIndex((each) => each.checked), group.indexOf(one)];
    },
    options() { return [...document.activeElement.options].filter((each) => !each.disabled).length; },
    movedTo() { last = document.activeElement; visited.set(last, marks(last)); },
    missed() {
      const reached = [...visited.keys()];
      return [...document.querySelectorAll(controls)].filter((one) => one.checkVisibility({
        visibilityProperty: true }) && !one.disabled && !one.closest('[inert]') && !visited.has(one)
        && !(one.type === 'radio' && reached.some(groupOf(one)))).map(words);
    },
    unmarked() {
      document.activeElement?.blur();
      return [...visited].filter(([one, then]) => one.isConnected && marks(one) === then)
        .map(([one]) => words(one));
    },
  };
  // Tab begins at the top, also where the page has put the focus into its summary of errors.
  const had = document.body.getAttribute('tabindex');
  document.body.tabIndex = -1;
  document.body.focus();
  if (had === null) document.body.removeAttribute('tabindex');
}
"""
_TEXTS = {"text", "tel", "email", "password", "search", "number", "url", "textarea"}


@dataclass
class Tabbed:
    """How it went on one page: what is wrong, in words, and of what kind the fields were."""

    wrong: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)


async def begin_at_the_top(page: Page) -> None:
    """The next Tab goes to the first thing on the page."""
    await page.evaluate(_BEGIN)


async def tab_through(page: Page) -> Tabbed:
    """Tab from the top to the end. Each field on the way is worked as a person would; details are opened.

    Wrong is: a link, button, field or details that is not come to, an order that is not the document's, a
    focus that is not to be seen, a field that does not answer to its keys, and no way out.
    """
    found = Tabbed()
    stayed = 0
    await begin_at_the_top(page)
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        at = await page.evaluate("() => window.keyboard.here()")
        if at is None or (at["again"] and not at["same"]):
            break
        stayed = stayed + 1 if at["same"] else 0
        if stayed > MOST_TABS_ON_ONE:
            found.wrong.append(f"no way out of {at['words']}")
            break
        if not at["follows"]:
            found.wrong.append(f"{at['words']} stands before what Tab came from")
        found.kinds.add(at["kind"])
        if not at["again"] and at["entered"] and (problem := await _work(page, at)):
            found.wrong.append(f"{at['words']}: {problem}")
    else:
        found.wrong.append("Tab comes to no end")
    found.wrong += [f"Tab does not come to {words}" for words in await page.evaluate("keyboard.missed()")]
    found.wrong += [
        f"nothing shows the focus on {words}" for words in await page.evaluate("keyboard.unmarked()")
    ]
    return found


async def _work(page: Page, at: dict[str, Any]) -> str | None:
    """Use what has the focus by its keys; return what does not work."""
    kind = at["kind"]
    if kind in _TEXTS:
        return await _changes(page, "7", "cannot be typed into")
    if kind == "checkbox":
        return await _changes(page, "Space", "Space does not tick it") or await _changes(
            page, "Space", "Space does not clear it"
        )
    if kind == "summary":
        return await _changes(page, "Enter", "Enter does not open it")
    if kind == "radio":
        return await _choose(page)
    if kind == "select":
        if await page.evaluate("keyboard.options()") < 2:
            return None
        before = await page.evaluate("keyboard.state()")
        await page.keyboard.press("ArrowDown")
        if await page.evaluate("keyboard.state()") != before:
            return None
        return await _changes(page, "ArrowUp", "the arrows do not choose")
    if kind == "file":
        return await _opens_files(page)
    return None


async def _changes(page: Page, key: str, otherwise: str) -> str | None:
    before = await page.evaluate("keyboard.state()")
    await page.keyboard.press(key)
    return None if await page.evaluate("keyboard.state()") != before else otherwise


async def _choose(page: Page) -> str | None:
    """Choose the radio by Space, then the next one by the arrow."""
    await page.keyboard.press("Space")
    size, chosen, here = await page.evaluate("keyboard.chosen()")
    if chosen != here:
        return "Space does not choose it"
    if size < 2:
        return None
    await page.keyboard.press("ArrowDown")
    _, then, there = await page.evaluate("keyboard.chosen()")
    await page.evaluate("keyboard.movedTo()")
    return None if then == there != here else "the arrow does not choose the next one"


def keep_files_closed(page: Page) -> None:
    """Before the first key: windows to choose a file are told of and not opened, as long as one listens."""
    page.on("filechooser", lambda _: None)


async def _opens_files(page: Page) -> str | None:
    """The browser's window to choose a file opens by either key."""
    for key in ("Enter", "Space"):
        try:
            async with page.expect_file_chooser(timeout=5_000):
                await page.keyboard.press(key)
        except TimeoutError:
            return f"{key} does not open the choice of a file"
    return None


async def tab_to(page: Page, wanted: Locator, most: int = MOST_TABS) -> None:
    """Press Tab until this has the focus."""
    for _ in range(most):
        if await wanted.evaluate("(one) => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {wanted}")


async def press(page: Page, control: Locator, key: str = "Enter") -> None:
    """Go there with the Tab key and press this."""
    await tab_to(page, control)
    await page.keyboard.press(key)


async def type_into(page: Page, control: Locator, words: str) -> None:
    """Go there with the Tab key and write this over what stands there."""
    await tab_to(page, control)
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(words)


async def choose(page: Page, select: Locator, option: str) -> None:
    """Go to a list with the Tab key, and to the option that begins so with its letters."""
    await tab_to(page, select)
    await page.keyboard.type(option)
    chosen = await select.evaluate("(one) => one.selectedOptions[0].label")
    assert chosen.startswith(option), f"{option} is wanted, {chosen} chosen"
