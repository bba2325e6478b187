"""axe-core on a page of the browser tests: WCAG 2.2 A and AA and best practice, in words where it finds any.

The script comes from the client's development packages. It is run by the browser's debugger, as a page's own
script may not be added under the content security policy.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).resolve().parents[2] / "web_client" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """
async (rules) => {
  const runOnly = { type: 'tag', values: rules };
  const found = await axe.run(document, { runOnly, resultTypes: ['violations'] });
  const words = (one) => ({ where: one.target.join(' '), html: one.html, why: one.failureSummary });
  return found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(words) }));
}
"""


@cache
def _script() -> str:
    assert AXE.exists(), f"{AXE} is missing: npm ci in web_client"
    return AXE.read_text(encoding="utf-8")


async def findings(page: Page) -> list[str]:
    """What axe finds on the page as it is now, one line for each rule and element."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(_script())
    found: list[dict[str, Any]] = await page.evaluate(RUN, RULES)
    return [
        f"{rule['id']}: {rule['help']}\n    {node['where']}\n    {node['html'][:160]}\n    "
        + " ".join(node["why"].split())
        for rule in found
        for node in rule["nodes"]
    ]


async def assert_accessible(page: Page) -> None:
    """Fail with all that axe finds."""
    found = await findings(page)
    assert not found, f"{len(found)} findings on {page.url}:\n" + "\n".join(found)
