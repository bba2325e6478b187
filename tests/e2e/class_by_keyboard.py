"""The class page by keys alone: every control that ever stands on it is reached, in order and in sight.

Nothing here clicks, or moves the focus by script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.browser import until
from tests.e2e.class_page import LONG_MS

MOST_TABS = 200
MOST_WALKS = 5
"""On a page on which something still comes or goes; the last one counts."""

# Runs before the page's own script. Whatever can be pressed is a control, also a part of the page that only
# listens to presses; `seen` and `reached` collect the names of controls over everything that happens.
_FOLLOW = """
(names) => {
  const pressed = new WeakSet();
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...more) {
    if (this instanceof Element && /^(click|mouse|pointer|touch)/.test(kind)) pressed.add(this);
    return add.call(this, kind, ...more);
  };
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], '
    + '[contenteditable], [tabindex]:not([tabindex="-1"])';
  const isControl = (one) => one.matches(CONTROLS) || pressed.has(one);
  const isOn = (one) => !one.disabled && !one.closest('[inert]')
    && one.checkVisibility({ visibilityProperty: true });
  const controls = (scope) => [...scope.querySelectorAll('*')].filter((one) => isControl(one) && isOn(one));
  const words = (one) => {
    const said = one.labels?.[0]?.innerText || one.getAttribute('aria-label') || one.textContent || '';
    return `${one.tagName.toLowerCase()} “${said.trim().replace(/\\s+/g, ' ').slice(0, 70)}”`;
  };
  // The same control for another person, question or number has the same name.
  const name = (one) => words(one).replace(new RegExp(names.join('|'), 'g'), '…').replace(/[0-9]+/g, '#')
    .replace(/: .*”/, '”').replace(/(new|\\(#\\))”/, '”');
  const groupOf = (one) => (other) => one.type === 'radio' && other.type === 'radio'
    && other.name === one.name;
  const marks = (one) => {
    const style = getComputedStyle(one);
    const outer = one.closest('.tile') ?? one.closest('label');
    const around = outer ? getComputedStyle(outer) : style;
    const outline = (one) => one.outlineStyle === 'none' ? '' : one.outline;
    return [outline(style), style.boxShadow, outline(around), around.borderColor].join(' / ');
  };
  const covered = (one) => {
    const outer = one.closest('label') ?? one;
    const box = outer.getBoundingClientRect();
    const [x0, y0] = [Math.max(0, box.left), Math.max(0, box.top)];
    const [x1, y1] = [Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
    if (x1 - x0 < 1 || y1 - y0 < 1) return true;
    return ![[.5, .5], [.1, .1], [.9, .9], [.1, .9], [.9, .1]].some(([x, y]) => {
      const there = document.elementFromPoint(x0 + (x1 - x0) * x, y0 + (y1 - y0) * y);
      // Over what a person has opened she can look by Escape.
      return there && (outer.contains(there) || there.closest('.anchored, .music-panel, .waiting-panel')
        || there.contains(one) && there.matches('.tile'));
    });
  };
  // What was reached is so when its words have changed, too; of radios one is, the arrows do the rest.
  const seen = new Set(), reached = new Set(), held = new WeakSet(), groups = new Set();
  let asked = false;
  const look = () => {
    asked = false;
    for (const one of controls(document)) {
      seen.add(name(one));
      if (held.has(one) || one.type === 'radio' && groups.has(one.name)) reached.add(name(one));
    }
  };
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(look);
  }).observe(document, { childList: true, subtree: true, attributes: true });
  add.call(document, 'focusin', ({ target }) => {
    held.add(target);
    reached.add(name(target));
    if (target.type === 'radio') groups.add(target.name);
  });
  let visited = new Map(), before = new Map(), first = null, last = null, there = [];
  window.byKeys = {
    begin(scope) {
      [before, visited, first, last] = [visited, new Map(), null, null];
      there = controls(document);
      if (scope !== null) return;
      const had = document.body.getAttribute('tabindex');
      document.body.tabIndex = -1;
      document.body.focus();
      if (had === null) document.body.removeAttribute('tabindex');
    },
    here() {
      const one = document.activeElement;
      if (!one || one === document.body || visited.has(one)) return null;
      visited.set(one, marks(one));
      const wrong = [];
      // From the end of a dialog Tab goes on at its beginning.
      if (last && !(last.compareDocumentPosition(one) & 4) && last !== one) {
        if (first === null) first = one;
        else wrong.push(`${words(one)} stands before what Tab came from`);
      }
      if (covered(one)) wrong.push(`${words(one)} has the focus and is covered`);
      last = one;
      return { words: words(one), wrong };
    },
    missed(scope, begun) {
      const all = controls(scope ? document.querySelector(scope) : document);
      const groups = [...visited.keys()];
      const byArrows = (one) => groups.some(groupOf(one))
        || one.getAttribute('role') === 'tab' && one.tabIndex === -1;
      const wrong = all.filter((one) => !visited.has(one) && !byArrows(one))
        .map((one) => `not reached: ${words(one)}`);
      const held = document.activeElement;
      const unmarked = [...visited].filter(([one]) => one.isConnected && one !== held)
        .filter(([one, then]) => marks(one) === then)
        .map(([one]) => `nothing shows the focus on ${words(one)}`);
      return [...wrong, ...unmarked, ...(begun && first ? [`Tab goes back to ${words(first)}`] : [])];
    },
    // A control that comes or goes during a walk: the keys may have passed it by, or lost the focus with it.
    changed() {
      const now = controls(document);
      return now.length !== there.length || now.some((one, at) => one !== there[at]);
    },
    // Of the walk before this one, what still stands on the page is come to in the other order.
    backwards() {
      const then = [...before.keys()].filter((one) => one.isConnected && isOn(one));
      const now = [...visited.keys()].filter((one) => before.has(one) && isOn(one)).reverse();
      const passed = then.filter((one) => !visited.has(one))
        .map((one) => `backwards not reached: ${words(one)}`);
      const turned = now.filter((one, at) => passed.length === 0 && one !== then[at]);
      return [...passed, ...turned.map((one) => `in another order backwards: ${words(one)}`)];
    },
    // By which key a control is the nearer, none when it is held.
    way(one) {
      const from = document.activeElement;
      if (one === from) return null;
      return from.compareDocumentPosition(one) & 2 ? 'Shift+Tab' : 'Tab';
    },
    never() {
      look();
      return [...seen].filter((one) => !reached.has(one));
    },
  };
}
"""

ENLARGED = ((683, 384), (320, 256))
"""What is left of a page of 1366 by 768 at 200%, and of 1280 by 1024 at 400% (WCAG 1.4.4, 1.4.10)."""

PHONE = (360, 740)

_SIDEWAYS = """
() => [...document.querySelectorAll('*')].filter((one) => one.scrollWidth > one.clientWidth + 1
  && (one === document.scrollingElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
  && one.checkVisibility()).map((one) => `${one.tagName} ${one.className}`)
"""
_LOST = "() => !document.activeElement || document.activeElement === document.body"


async def follow(context: BrowserContext, names: Iterable[str]) -> None:
    """Before the first page: remember what can be pressed on it. For each of `names` it is one control."""
    script = _FOLLOW.strip()
    listed = ", ".join(f'"{name}"' for name in names)
    await context.add_init_script(f"({script})([{listed}])")


class ByKeys:
    """One person's page, worked by keys. What was wrong on the way is told at the end, of all at once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    async def walk(self, state: str, within: str | None = None, back: bool = False) -> None:
        """Tab from the top to the end (in a dialog: once around); `back`: by Shift and Tab the same way."""
        if within is not None:
            await expect(self.page.locator(f"{within}:focus-within")).to_be_visible(timeout=LONG_MS)
        for _ in range(MOST_WALKS):
            wrong = await self._around(within, back)
            if not await self.page.evaluate("byKeys.changed()"):
                break
        else:
            wrong.append("controls come and go without end")
        self.wrong += [f"{state}: {one}" for one in wrong]

    async def walk_otherwise(self, state: str, sizes: Iterable[tuple[int, int]] = ENLARGED) -> None:
        """The same in colours of the person's own and without motion, and at these sizes."""
        await self.page.emulate_media(forced_colors="active", reduced_motion="reduce")
        await self.walk(f"{state}, forced colours")
        await self.page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        usual = self.page.viewport_size or {"width": 1366, "height": 768}
        for width, height in sizes:
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.walk(f"{state}, {width} by {height}")
            for one in await self.page.evaluate(_SIDEWAYS):
                self.wrong.append(f"{state}, {width} by {height}: {one} scrolls sideways")
        await self.page.set_viewport_size(usual)

    async def _around(self, within: str | None, back: bool) -> list[str]:
        """What is wrong with going through the page once, and back."""
        wrong = await self._go("Tab", within)
        wrong += await self.page.evaluate("([scope]) => byKeys.missed(scope, scope === null)", [within])
        if back and not await self.page.evaluate("byKeys.changed()"):
            await self._go("Shift+Tab", within)
            wrong += await self.page.evaluate("byKeys.backwards()")
        return wrong

    async def _go(self, key: str, within: str | None) -> list[str]:
        await self.page.evaluate("(scope) => byKeys.begin(scope)", within)
        there: list[str] = []
        wrong: list[str] = []
        for _ in range(MOST_TABS):
            await self.page.keyboard.press(key)
            at = await self.page.evaluate("() => byKeys.here()")
            if at is None and (there or key == "Tab"):
                return wrong
            if at is None:  # from the top back to the end
                continue
            there.append(at["words"])
            if key == "Tab":
                wrong += at["wrong"]
        raise AssertionError(f"{key} comes to no end: {there}")

    async def press(self, control: Locator, key: str = "Enter") -> None:
        """Tab to it and press the key; the focus is somewhere on the page afterwards."""
        await self._tab_to(control)
        await self.key(key)

    async def _tab_to(self, control: Locator) -> None:
        """By Tab, or by Shift and Tab where it stands before what has the focus."""
        await expect(control).to_be_visible(timeout=LONG_MS)
        for _ in range(MOST_TABS):
            way = await control.evaluate("(one) => byKeys.way(one)")
            if way is None:
                return
            await self.page.keyboard.press(way)
        raise AssertionError(f"Tab does not come to {control}")

    async def key(self, key: str) -> None:
        """Press a key where the focus is; it is not lost by that."""
        before = await self.page.evaluate("document.activeElement.textContent.slice(0, 40)")
        await self.page.keyboard.press(key)

        async def is_kept() -> bool:
            return not await self.page.evaluate(_LOST)

        await until(is_kept, f"the focus to be somewhere after {key} on “{before}”", within_s=LONG_MS / 1000)

    async def write(self, field: Locator, words: str) -> None:
        """Tab to a field and write this in place of what stands there."""
        await self._tab_to(field)
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.type(words)

    def button(self, name: str, exact: bool = True) -> Locator:
        """A button of this name; not exact: that begins so."""
        return self.page.get_by_role(
            "button", name=name if exact else re.compile(f"^{re.escape(name)}"), exact=exact
        )

    async def at(self, control: Locator) -> None:
        """The focus is there, or comes there."""
        await expect(control).to_be_focused(timeout=LONG_MS)

    async def finish(self) -> None:
        """Fail with everything that was wrong, and every control that was on the page and never reached."""
        never = [f"never reached: {one}" for one in await self.page.evaluate("byKeys.never()")]
        wrong = [*dict.fromkeys(self.wrong), *never]
        assert not wrong, "\n".join(wrong)
