from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.cores import usable_cores


@pytest.fixture
def eight_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def test_as_many_as_the_process_may_run_on(eight_cores, tmp_path):
    assert usable_cores(tmp_path) == 8


@pytest.mark.parametrize(
    ("limit", "cores"),
    [
        ("max 100000", 8),
        ("250000 100000", 3),
        ("50000 100000", 1),
        ("1600000 100000", 8),
        ("0 0", 8),
        ("", 8),
    ],
)
def test_no_more_than_a_containers_share(eight_cores, tmp_path: Path, limit: str, cores: int):
    (tmp_path / "cpu.max").write_text(limit)
    assert usable_cores(tmp_path) == cores
