"""How somebody in class reconnects in the middle of something: a page loaded anew, a line that is lost."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.browser import until
from tests.e2e.class_page import LONG_MS

UFRAG = """
() => {
  const pc = window.connections.findLast((one) => one.connectionState !== 'closed');
  return /a=ice-ufrag:(\\S+)/.exec(pc?.currentLocalDescription?.sdp ?? '')?.[1] ?? '';
}
"""
"""Of the media connection as it is negotiated; another after an ICE restart."""


async def loads_anew(page: Page) -> None:
    """The page is loaded anew: its socket and its media connection are gone, and made again."""
    await page.reload()
    await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)


async def loses_the_line(page: Page) -> None:
    """The device has no network until the page says so. Back, it joins by a new socket, and its media go on
    by another way: the server answers an ICE restart to nobody who has not joined.
    """
    before = await page.evaluate(UFRAG)
    await page.context.set_offline(True)
    await expect(page.get_by_text("Connecting again").first).to_be_visible(timeout=LONG_MS)
    await page.context.set_offline(False)

    async def by_another_way() -> bool:
        """The restart that began with the network may have come before the socket, and is given up then."""
        if await page.evaluate(UFRAG) not in ("", before):
            return True
        await page.evaluate("dispatchEvent(new Event('online'))")
        return False

    await until(by_another_way, "an ICE restart", every_s=1)
    await expect(page.get_by_text("Connecting again").first).to_be_hidden(timeout=LONG_MS)
