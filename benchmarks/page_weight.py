"""What a patient's device downloads to be in class: compressed script and style of the class page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DIST = Path(__file__).parents[1] / "web_client" / "dist"
ENTRY = "live/main.tsx"
GOAL_BYTES = 120_000


def class_page_files(manifest: dict[str, dict[str, Any]]) -> set[str]:
    """All script and style files that the class page's entry needs, by Vite's manifest."""
    files: set[str] = set()
    waiting = [ENTRY]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        chunk = manifest[name]
        files.add(chunk["file"])
        files.update(chunk.get("css", ()))
        waiting += [*chunk.get("imports", ()), *chunk.get("dynamicImports", ())]
    return files


def run() -> list[dict[str, Any]]:
    """Compressed bytes (brotli, as served) against the goal of 120 KB."""
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    total = sum((DIST / f"{name}.br").stat().st_size for name in class_page_files(manifest))
    return [
        {
            "name": "class_page_bytes",
            "value": total,
            "unit": "bytes",
            "reference": GOAL_BYTES,
            "ratio": total / GOAL_BYTES,
        }
    ]
