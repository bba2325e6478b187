"""Logs: one line an event, key=value, no personal data.

What may stand in a log: ids, counts, durations, codes. Never a name, a phone number, an NHS number, a
token, or what somebody wrote. Libraries do not know that rule: of what they log we keep the first line and
where it happened, and whatever looks like a token is hidden everywhere.

While the database is away or full, everything that is asked of it fails: what led to it is told once, then
each failure has one line (`Recurring`).

A log that cannot be written (its disk is full, its reader is gone) stops nobody's class: the line is lost,
and `lost_lines` counts it.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, Protocol, TextIO, cast, runtime_checkable

import structlog

LONGEST_MESSAGE = 200

_TOKEN = re.compile(r"/j/[^\s'\"]+|[A-Za-z0-9_-]{40,}|(?i:cookie\s*:).*")


def hide_secrets(text: str) -> str:
    """Return the text without personal links, tokens (43 characters) and cookie headers."""
    return _TOKEN.sub("[hidden]", text)


def _hide_in_exception(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if "exception" in event:
        event["exception"] = hide_secrets(event["exception"])
    return event


@runtime_checkable
class Recurring(Protocol):
    """An error that comes again and again as long as one cause lasts."""

    def tell_whole(self) -> bool:
        """Whether its traceback is to be told this time; asking counts as telling."""
        ...


def _tell_once(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put an error's name in the place of a traceback that was told before."""
    given = event.get("exc_info")
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given is True else None
    if isinstance(error, Recurring) and not error.tell_whole():
        del event["exc_info"]
        event["error"] = f"{type(error).__name__}: {error}"
    return event


class PatientStream:
    """A text stream that loses what it cannot write, and counts it, instead of raising.

    Loggers flush after each line, so each flush ends one.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._line_lost = False
        self.lost_lines = 0

    def write(self, text: str) -> int:
        """Write `text`, or lose it; returns its length either way."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):  # a full disk, a closed pipe; a closed stream
            self._line_lost = True
        return len(text)

    def flush(self) -> None:
        """End the line; it is lost when a part of it, or all of it, cannot be written."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._line_lost = True
        self.lost_lines += self._line_lost
        self._line_lost = False


_streams: list[PatientStream] = []


def lost_lines() -> int:
    """Return how many log lines this process could not write."""
    return sum(stream.lost_lines for stream in _streams)


class LibraryFormatter(logging.Formatter):
    """One key=value line for what a library logs: no values of exceptions, which may repeat a request."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, first line of the message; the exception's type and where it came through."""
        message = hide_secrets(record.getMessage().partition("\n")[0][:LONGEST_MESSAGE])
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line = f"timestamp={at} level={record.levelname.lower()} logger={record.name} event={message!r}"
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, places = record.exc_info
            came_through = ">".join(
                f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(places)[-6:]
            )
            line += f" error={kind.__name__} at={came_through}"
        return line


def set_up_logs(level: str) -> None:
    """Send structlog's and the standard library's logs to standard error as key=value lines."""
    threshold = getattr(logging, level.upper())
    stderr = PatientStream(sys.stderr)
    _streams[:] = [stderr]
    logging.raiseExceptions = False
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_once,
            structlog.processors.format_exc_info,
            _hide_in_exception,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, stderr)),
        cache_logger_on_first_use=True,
    )
    # The libraries' own logs: warnings only, and never their request lines, which carry addresses.
    to_stderr = logging.StreamHandler(stderr)
    to_stderr.setFormatter(LibraryFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[to_stderr], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.ERROR)
