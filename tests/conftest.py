"""For all tests: where nothing may be skipped, nothing is; and figures are printed at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

pytest_plugins = ["tests.integration.storage.databases"]

FIGURES = pytest.StashKey[list[str]]()
NOTHING_IS_SKIPPED = os.environ.get("CI", "").lower() in ("1", "true")
"""With CI=true a missing tool, and whatever else would skip a test, is a failure."""


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if NOTHING_IS_SKIPPED and report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: nothing may be skipped with CI=true, but: {why}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Notes figures; each call is one line `NIGHTLY name key=value ...` at the end of the run."""
    noted = request.config.stash.setdefault(FIGURES, [])

    def note(name: str, **values: object) -> None:
        line = " ".join(["NIGHTLY", name, *(f"{key}={value}" for key, value in values.items())])
        print(line)
        noted.append(line)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in terminalreporter.config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
