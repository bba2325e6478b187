"""Before Join, the page behind the link says when this browser cannot show the class, and which will."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.browser import chromium
from tests.integration.pages.world import World

STYLE = Path(__file__).parents[3] / "web_client/styles/pages.css"

pytestmark = pytest.mark.browser

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-X200{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0"
INSIDE = {
    "Facebook on an iPhone": f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/450.0.0.38.108]",
    "Instagram on an iPhone": f"{IPHONE} Mobile/15E148 Instagram 330.0.3.29.109",
    "the Google or Gmail app on an iPhone": f"{IPHONE} GSA/300.0 Mobile/15E148 Safari/604.1",
    "a mail program's view on an iPad": IPHONE.replace("iPhone;", "iPad;") + " Mobile/15E148",
    "Facebook on Android": ANDROID.format("; wv") + " Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/450.0]",
    "LinkedIn on Android": ANDROID.format("") + " Mobile Safari/537.36 LinkedInApp/4.1",
    "WhatsApp": ANDROID.format("") + " Safari/537.36 WhatsApp/2.24",
    "some view on Android": ANDROID.format("; wv") + " Safari/537.36",
}
BROWSERS = {
    "Safari on an iPhone": f"{IPHONE} Version/17.0 Mobile/15E148 Safari/604.1",
    "Chrome on an iPhone": f"{IPHONE} CriOS/126.0 Mobile/15E148 Safari/604.1",
    "Chrome on Android": ANDROID.format("") + " Safari/537.36",
    "Samsung's browser": ANDROID.format("") + " SamsungBrowser/25.0 Safari/537.36",
    "Edge": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


async def look(browser: Browser, world: World, agent: str | None = None, before: str = "", **options) -> Page:
    context = await browser.new_context(**({"user_agent": agent} if agent else {}), **options)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.route("**/assets/pages-*.css", lambda route: route.fulfill(path=STYLE))
    if before:
        await page.add_init_script(before)
    await page.goto(str(world.browser.make_url(world.margaret)))
    return page


async def test_apps_that_show_pages_themselves_are_told_from_browsers(browser: Browser, world: World) -> None:
    for name, agent in INSIDE.items():
        page = await look(browser, world, agent)
        assert await page.get_by_role("heading", name="Open this page in your browser").is_visible(), name
        assert not await page.get_by_role("heading", name="This browser cannot show").is_visible(), name
        which = "Then open Chrome, press" if "Android" in agent else "Then open Safari, press"
        assert await page.get_by_text(which).is_visible(), name
        assert await page.get_by_role("button", name="Join class").is_visible(), name
        await page.context.close()
    for name, agent in BROWSERS.items():
        page = await look(browser, world, agent)
        assert not await page.locator("#mr-browser").is_visible(), name
        await page.context.close()


@pytest.mark.parametrize(
    "missing",
    [
        "delete window.RTCPeerConnection",
        "Object.defineProperty(navigator, 'mediaDevices', {value: undefined})",
        "delete HTMLScriptElement.prototype.noModule",
        "CSS.supports = undefined",
    ],
)
async def test_a_browser_without_what_the_class_needs_says_so_and_which_will_do(
    browser: Browser, world: World, missing: str
) -> None:
    page = await look(browser, world, before=missing)
    assert await page.get_by_role("heading", name="This browser cannot show the class").is_visible()
    assert await page.get_by_text("Then open Chrome, Edge, Firefox or Safari").is_visible()
    assert await page.get_by_text("Or use another phone, tablet or computer.").is_visible()
    assert not await page.get_by_role("heading", name="Open this page in your").is_visible()


async def test_the_link_can_be_copied_also_where_the_clipboard_is_shut(
    browser: Browser, world: World
) -> None:
    page = await look(browser, world, INSIDE["Facebook on Android"])
    await page.get_by_role("button", name="Copy the link").click()
    await page.get_by_text("The link is copied.").wait_for()
    link = str(world.browser.make_url(world.margaret))
    assert await page.evaluate("navigator.clipboard.readText()") == link
    shut = await look(
        browser,
        world,
        INSIDE["Facebook on Android"],
        before="Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => { throw new Error('no'); }",
    )
    await shut.get_by_role("button", name="Copy the link").click()
    assert await shut.get_by_label("Press this line for a moment").input_value() == link


async def test_without_scripts_the_page_says_that_the_class_needs_them(
    browser: Browser, world: World
) -> None:
    page = await look(browser, world, java_script_enabled=False)
    assert await page.get_by_role("heading", name="This browser cannot show the class yet").is_visible()
    for button in ("Copy the link", "Join class"):
        assert not await page.get_by_role("button", name=button).is_visible(), button
    assert not await page.get_by_text("your browser will ask").is_visible()
    assert await page.get_by_role("button", name="Exercises to do at home").is_visible()
    assert await page.get_by_role("link", name="01632 960123").first.is_visible()


async def test_a_tablet_that_was_put_away_shows_what_is_true_when_it_comes_back(
    browser: Browser, world: World
) -> None:
    page = await look(browser, world)
    await page.evaluate("() => { const now = Date.now(); Date.now = () => now + 3600000; }")
    world.clock.move(minutes=30)
    async with page.expect_navigation():
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert await page.get_by_role("heading", level=1).inner_text() == "Your class is on now"
