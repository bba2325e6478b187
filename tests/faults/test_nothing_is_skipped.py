"""With CI=true a skipped test is a failed one; without it skipping is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import conftest

SKIPS_ONE_TEST = """
import pytest

def test_passes():
    pass

def test_needs_a_tool():
    pytest.skip("no such tool")
"""
SKIPS_ALL_OF_A_MODULE = "import pytest\npytest.importorskip('no_such_tool')\ndef test_passes():\n    pass\n"


def exit_code(folder: Path, tests: str, ci: str) -> int:
    (folder / "test_some.py").write_text(tests)
    (folder / "conftest.py").write_text(Path(conftest.__file__).read_text())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    environment = {**os.environ, "CI": ci}
    return subprocess.run(
        [*command, "-c", os.devnull, str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    ).returncode


@pytest.mark.parametrize("tests", [SKIPS_ONE_TEST, SKIPS_ALL_OF_A_MODULE], ids=["one test", "a module"])
def test_what_is_skipped_fails_with_ci(tmp_path: Path, tests: str):
    assert exit_code(tmp_path, tests, ci="true") in (1, 2)


def test_skipping_is_allowed_elsewhere(tmp_path: Path):
    assert exit_code(tmp_path, SKIPS_ONE_TEST, ci="") == 0


def test_with_ci_what_passes_passes(tmp_path: Path):
    assert exit_code(tmp_path, "def test_passes():\n    pass\n", ci="true") == 0
