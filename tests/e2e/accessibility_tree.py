"""What a screen reader is given of a page: its live regions and the focus, from the browser's own tree."""

from __future__ import annotations

from typing import Any

from playwright.async_api import CDPSession, Page

from tests.e2e.browser import until


class Heard:
    """The accessibility tree of one page, as Chromium hands it to a screen reader."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    @classmethod
    async def on(cls, page: Page) -> Heard:
        """Begin to listen."""
        session = await page.context.new_cdp_session(page)
        await session.send("Accessibility.enable")
        return cls(session)

    async def _tree(self) -> dict[str, dict[str, Any]]:
        got = await self._session.send("Accessibility.getFullAXTree")
        return {node["nodeId"]: node for node in got["nodes"]}

    async def live(self, how: str) -> list[str]:
        """What stands in the live regions that are told so: `polite`, or `assertive`."""
        tree = await self._tree()
        roots = [node for node in tree.values() if _property(node, "live") == how and _is_root(node)]
        return [_words(tree, node) for node in roots]

    async def focus(self) -> tuple[str, str]:
        """Role and name of what has the focus."""
        nodes = [node for node in (await self._tree()).values() if _property(node, "focused")]
        node = nodes[-1]
        return str(node["role"]["value"]), str(node.get("name", {}).get("value", ""))

    async def hears(self, how: str, words: str) -> None:
        """Wait until a live region of that kind says this."""

        async def said() -> bool:
            return any(words in one for one in await self.live(how))

        await until(said, f"a screen reader to be told ({how}): {words}", within_s=60, every_s=0.3)


def _property(node: dict[str, Any], name: str) -> object:
    return next(
        (one["value"].get("value") for one in node.get("properties", []) if one["name"] == name), None
    )


def _is_root(node: dict[str, Any]) -> bool:
    """The region itself: whatever is in it carries the same property."""
    return node.get("role", {}).get("value") in ("status", "alert", "log")


def _words(tree: dict[str, dict[str, Any]], node: dict[str, Any]) -> str:
    own = node.get("name", {}).get("value", "") if node.get("role", {}).get("value") == "StaticText" else ""
    inside = [_words(tree, tree[child]) for child in node.get("childIds", []) if child in tree]
    return " ".join(" ".join([own, *inside]).split())
