"""What the lab's eye on a page counts, in a Chromium with a picture made on the spot."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.e2e.browser import chromium, until
from tests.lab.watch import WATCH, new_picture_ms, seen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PAGE = """
<!doctype html><canvas width="160" height="90"></canvas>
<video data-slot="stage" muted autoplay playsinline></video>
<script>
  const pen = document.querySelector('canvas').getContext('2d');
  let drawn = 0;
  setInterval(() => { pen.fillStyle = `hsl(${(drawn += 7)} 80% 50%)`; pen.fillRect(0, 0, 160, 90); }, 40);
  window.another = () => {
    document.querySelector('video').srcObject = document.querySelector('canvas').captureStream();
    return performance.timeOrigin + performance.now();
  };
</script>
"""


async def moves(page: Page, frames: int) -> None:
    before = (await seen(page))["frames"]

    async def moved() -> bool:
        return bool((await seen(page))["frames"] >= before + frames)

    await until(moved, "a picture that moves")


async def test_a_new_connections_picture_is_noticed_although_nothing_stood_still() -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.add_init_script(WATCH)
        await page.goto("about:blank")
        await page.set_content(PAGE)
        first_ms = await page.evaluate("another()")
        await moves(page, 10)
        second_ms = await page.evaluate("another()")
        assert await new_picture_ms(page, second_ms + 60_000) is None
        await moves(page, 10)
        shown = await seen(page)
        assert len(shown["pictures"]) == 2, shown
        began_ms = await new_picture_ms(page, second_ms)
        assert began_ms is not None
        assert second_ms < began_ms <= shown["last_ms"]
        assert await new_picture_ms(page, first_ms) == shown["pictures"][0]
