"""Build hook: puts templates and the built client into the wheel, so that a deployment needs no Node.

An editable install (a checkout) reads both from `web_client/` and gets no copy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelClient(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `web_client/templates` and `web_client/dist` below `server/web_client` of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; `version` is standard or editable."""
        if version == "editable":
            return
        client = Path(self.root) / "web_client"
        if not (client / "dist" / ".vite" / "manifest.json").exists():
            raise FileNotFoundError("web_client/dist is not built: `make client` builds it")
        for part in ("templates", "dist"):
            build_data["force_include"][str(client / part)] = f"server/web_client/{part}"
