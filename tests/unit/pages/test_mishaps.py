"""The list of mishaps names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[str]:
    lines = (ROOT / "docs" / "mishaps.md").read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| Situation")]


def test_every_mishap_has_a_test_that_exists() -> None:
    assert len(rows()) > 30
    for row in rows():
        named = NAMED.findall(row)
        assert named or "`web_client/tests/" in row, row
        for path, name in named:
            assert re.search(rf"def {name}\(", (ROOT / path).read_text()), f"{path}::{name}"
