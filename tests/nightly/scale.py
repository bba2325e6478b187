"""How long the long tests are: NIGHTLY_SCALE=0.1 makes them a tenth as long, on a machine that is shared."""

from __future__ import annotations

import os

SCALE = float(os.environ.get("NIGHTLY_SCALE", "1"))


def scaled(whole: float, least: float = 1) -> float:
    """So much of it, but at least `least`."""
    return max(least, whole * SCALE)


def scaled_count(whole: int, least: int = 1) -> int:
    """So many of them, but at least `least`."""
    return round(scaled(whole, least))
