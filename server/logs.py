"""Logs: one line an event, key=value, no personal data.

What may stand in a log: ids, counts, durations, codes. Never a name, a phone number, an NHS number, a
token, or what somebody wrote.
"""

from __future__ import annotations

import logging
import sys

import structlog


def set_up_logs(level: str) -> None:
    """Send structlog's and the standard library's logs to standard error as key=value lines."""
    threshold = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # The libraries' own logs: warnings only, and never their request lines, which carry addresses.
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="level=%(levelname)s event=%(message)r"
    )
    logging.getLogger("aiohttp.access").setLevel(logging.ERROR)
