"""The built client files: where they are, which belong to what, and serving them.

Everything below `assets/` has a hash of its content in its name and may be kept for ever. Where a file has
a `.br` or `.gz` beside it, aiohttp's FileResponse sends that to browsers that take it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from server.errors import CannotStart

STATIC = "/static/"
CLASS_ENTRY = "live/main.tsx"
PLAYER_ENTRY = "player/main.ts"
DEVICE_ENTRY = "device/main.tsx"
STAFF_ENTRY = "staff/main.ts"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
"""Fixed, because the machine's own table may say something else, and browsers are told not to guess."""


class ClientNotBuilt(CannotStart):
    """The browser's part of Moveroom has not been built; the message says what to type."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One client application, as addresses on this server."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    """Modules that the script imports at once."""


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """The folder of built files, and the addresses in it that pages name."""

    folder: Path
    class_room: Entry
    player: Entry
    device: Entry
    staff: Entry
    page_style: str
    page_script: str
    icon: str


def client_folder() -> Path:
    """Return `web_client` of the installed wheel or of the checkout (it holds `dist` and `templates`)."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "web_client"
    return installed if installed.is_dir() else package.parent / "web_client"


def read_client_files(folder: Path) -> ClientFiles:
    """Read what the client's build wrote into `folder`: Vite's manifest and that of the pages."""
    try:
        manifest = json.loads((folder / ".vite" / "manifest.json").read_text())
        pages = json.loads((folder / ".vite" / "pages.json").read_text())
    except FileNotFoundError as missing:
        raise ClientNotBuilt(
            f"{missing.filename} is missing: build the client (npm ci && npm run build in web_client)"
        ) from None
    return ClientFiles(
        folder=folder,
        class_room=entry(manifest, CLASS_ENTRY),
        player=entry(manifest, PLAYER_ENTRY),
        device=entry(manifest, DEVICE_ENTRY),
        staff=entry(manifest, STAFF_ENTRY),
        page_style=STATIC + pages["style"],
        page_script=STATIC + pages["script"],
        icon=STATIC + pages["icon"],
    )


def entry(manifest: dict[str, Any], name: str) -> Entry:
    """Collect an entry's files and those of all it imports (vite.dev/guide/backend-integration).

    `ClientNotBuilt` when it is not there: what was built is of another version.
    """
    if name not in manifest:
        raise ClientNotBuilt(f"{name} is not in the client: build it again (npm run build in web_client)")
    styles: dict[str, None] = {}
    preloads: dict[str, None] = {}
    seen: set[str] = set()

    def visit(key: str) -> None:
        if key in seen:
            return
        seen.add(key)
        for imported in manifest[key].get("imports", ()):
            visit(imported)
            preloads[STATIC + manifest[imported]["file"]] = None
        for style in manifest[key].get("css", ()):
            styles[STATIC + style] = None

    visit(name)
    return Entry(STATIC + manifest[name]["file"], tuple(styles), tuple(preloads))


def static_route(files: ClientFiles) -> web.RouteDef:
    """Return the route that serves the built files."""
    root = files.folder.resolve()

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path = _file_in(root, name)
        if path is None:
            return web.Response(status=404, text="not found")
        headers = {
            "Cache-Control": FOR_EVER if name.startswith("assets/") else ASK_AGAIN,
            "Vary": "Accept-Encoding",
        }
        if path.suffix in CONTENT_TYPES:
            headers["Content-Type"] = CONTENT_TYPES[path.suffix]
        return web.FileResponse(path, headers=headers)

    return web.get(STATIC + "{name:.+}", serve)


def _file_in(root: Path, name: str) -> Path | None:
    """Return the file of that name below `root`; None for hidden ones, others' and what is no name at all."""
    try:
        path = (root / name).resolve()
        found = path.is_relative_to(root) and path.is_file()
    except (OSError, ValueError):
        return None
    hidden = any(part.startswith(".") for part in Path(name).parts)
    return path if found and not hidden else None
