"""Making the sample sessions beside the running demo, in a process that the demo owns."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from server.demo.samples.recipe import to_make

log = structlog.get_logger(__name__)

NAMES = ("sit-to-stand", "calf-raises", "seated-knee-lifts")
"""The samples' folders, known here without loading what draws them."""
END_WITHIN_S = 5.0
LIFELINE = "--lifeline"
"""Tells the maker to end when its standard input does."""


@contextmanager
def samples_in_background(recordings: Path) -> Iterator[None]:
    """Start making what is missing, and end that when the demo ends. Never stands in the demo's way."""
    maker = _start(recordings)
    try:
        yield
    finally:
        if maker is not None:
            _end(maker)


def _start(recordings: Path) -> subprocess.Popen[bytes] | None:
    try:
        if not to_make(recordings, NAMES, can_speak=shutil.which("espeak-ng") is not None):
            return None
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "server.demo.samples", LIFELINE, str(recordings)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal reaches us alone
        )
    except OSError as problem:
        log.warning("sample_sessions_not_made", folder=str(recordings), why=problem.strerror)
        return None


def _end(maker: subprocess.Popen[bytes]) -> None:
    assert maker.stdin is not None
    maker.stdin.close()
    maker.terminate()
    try:
        maker.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        maker.kill()
        maker.wait()
