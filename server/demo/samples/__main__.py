"""`python -m server.demo.samples [--lifeline] FOLDER`: make the sample sessions that are missing, and end.

With `--lifeline` standard input is one: it ends when the demo is gone, however it went, and this process with
it.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import structlog

from server.demo.samples.background import LIFELINE
from server.demo.samples.making import make_samples
from server.demo.samples.speech import installed_voice
from server.logs import set_up_logs

log = structlog.get_logger("server.demo.samples")

NICENESS = 5
"""The server and a class come first."""


def main() -> int:
    """Return the exit code: 1 when the samples could not be made, with the reason in the log."""
    set_up_logs("info")
    os.nice(NICENESS)
    if LIFELINE in sys.argv:
        threading.Thread(target=_end_with_the_demo, daemon=True, name="lifeline").start()
    recordings = Path(sys.argv[-1])
    try:
        make_samples(recordings, installed_voice())
    except Exception as problem:
        log.warning(
            "sample_sessions_not_made",
            words="The demo goes on without its sample sessions. Is MOVEROOM_RECORDINGS_DIR writable,"
            " with 10 MB free?",
            folder=str(recordings),
            error=type(problem).__name__,
            why=str(problem),
        )
        return 1
    return 0


def _end_with_the_demo() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
