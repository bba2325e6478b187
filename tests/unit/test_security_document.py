"""The security document covers its chapters, and every test it leans on exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text()
NAMED = sorted(set(re.findall(r"tests/[\w/]+\.py(?:::\w+)?", DOCUMENT)))
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCUMENT.splitlines()
    if re.match(r"\| \d", line)
]
LEVEL_2 = {
    "2.1": 12, "2.2": 3, "2.3": 3, "2.4": 5, "2.5": 7, "2.6": 3, "2.7": 6, "2.8": 7, "2.9": 3, "2.10": 4,
    "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.7": 1, "4.1": 5, "4.2": 2, "4.3": 3,
}  # fmt: skip
"""How many items each section has up to its last one of level 2 (ASVS 4.0.3)."""
TAKEN_OUT = {"4.1.4"}
"""By 4.0.3."""


def items_of(cell: str) -> set[str]:
    """The numbers at the beginning of a row: "2.6.1, 2.6.2 ...", "2.7.1 to 2.7.6 ..."."""
    begins = re.match(r"\d+\.\d+\.\d+(?:(?:, | to )\d+\.\d+\.\d+)*", cell)
    assert begins is not None, cell
    numbers = re.findall(r"(\d+\.\d+)\.(\d+)", begins.group())
    if " to " in begins.group():
        (section, first), (_, last) = numbers
        return {f"{section}.{number}" for number in range(int(first), int(last) + 1)}
    return {f"{section}.{number}" for section, number in numbers}


def test_every_item_of_level_2_has_its_line() -> None:
    wanted = {f"{section}.{number}" for section, most in LEVEL_2.items() for number in range(1, most + 1)}
    listed = set().union(*(items_of(row[0]) for row in ROWS))
    assert listed == wanted - TAKEN_OUT


@pytest.mark.parametrize("row", ROWS, ids=[row[0].split(" ")[0] for row in ROWS])
def test_an_item_says_what_is_done_and_has_its_test_or_why_there_is_none(row: list[str]) -> None:
    _, done, shown_by = row
    assert done
    assert "tests/" in shown_by or done.startswith(("not applicable: ", "**not done**"))


@pytest.mark.parametrize("named", NAMED)
def test_every_test_that_is_named_exists(named: str) -> None:
    file, _, test = named.partition("::")
    assert (ROOT / file).is_file()
    if test:
        assert f"def {test}(" in (ROOT / file).read_text()
