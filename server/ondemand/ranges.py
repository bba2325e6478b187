"""Which part of a file a request gets, by its conditions and its range (RFC 9110, sections 13 and 14). Pure.

One range is given as asked for. Several ranges in one request are answered with the whole file, as section
14.2 allows: players ask for one. So is a Range that is malformed, of another unit, or not of a GET.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import IntEnum

_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
MAX_HEADER = 1_000
"""Characters of a condition that are looked at; longer ones are nobody's player."""


class Status(IntEnum):
    """The answers there are."""

    WHOLE = 200
    PART = 206
    NOT_MODIFIED = 304
    PRECONDITION_FAILED = 412
    RANGE_NOT_SATISFIABLE = 416


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the answer depends on."""

    size: int
    changed_ns: int
    """Time of the last change, nanoseconds since 1970."""

    @property
    def tag(self) -> str:
        """The strong entity tag, without quotes: another time of change or size gives another."""
        return f"{self.changed_ns:x}-{self.size:x}"

    @property
    def changed(self) -> datetime:
        """The time of the last change in whole seconds, as HTTP can say it."""
        return datetime.fromtimestamp(self.changed_ns // 1_000_000_000, UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """What is answered: `count` bytes from `start`, none unless the status is WHOLE or PART."""

    status: Status
    start: int = 0
    count: int = 0


def part_of(method: str, headers: Mapping[str, str], file: FileFacts) -> Part:
    """Weigh the request's conditions in the order of RFC 9110, section 13.2.2, then its range.

    `headers` must find names whatever their case.
    """
    if (wanted := headers.get("If-Match")) is not None:
        if not _any_tag(wanted, file.tag, weak=False):
            return Part(Status.PRECONDITION_FAILED)
    elif (since := _date(headers.get("If-Unmodified-Since"))) is not None and file.changed > since:
        return Part(Status.PRECONDITION_FAILED)
    if (known := headers.get("If-None-Match")) is not None:
        if _any_tag(known, file.tag, weak=True):
            return Part(Status.NOT_MODIFIED)
    elif (since := _date(headers.get("If-Modified-Since"))) is not None and file.changed <= since:
        return Part(Status.NOT_MODIFIED)
    asked = headers.get("Range")
    if method != "GET" or asked is None or not _still(headers.get("If-Range"), file):
        return Part(Status.WHOLE, 0, file.size)
    return _range(asked, file.size)


def http_date(moment: datetime) -> str:
    """Return the moment as Last-Modified says it: `Sun, 22 Nov 2026 10:00:00 GMT`."""
    return format_datetime(moment, usegmt=True)


def _range(asked: str, size: int) -> Part:
    found = _RANGE.fullmatch(asked) if len(asked) <= MAX_HEADER else None
    if found is None or found.group(1) == found.group(2) == "":
        return Part(Status.WHOLE, 0, size)
    first, last = found.groups()
    if first == "":  # the last so many bytes
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return Part(Status.WHOLE, 0, size)
    if start >= size:
        return Part(Status.RANGE_NOT_SATISFIABLE)
    return Part(Status.PART, start, end - start)


def _still(if_range: str | None, file: FileFacts) -> bool:
    """Return whether what the asker has is of this very file: by strong tag, or by the exact date."""
    if if_range is None:
        return True
    tag = _TAG.fullmatch(if_range.strip()) if len(if_range) <= MAX_HEADER else None
    if tag is not None:
        return tag.group(1) is None and tag.group(2) == file.tag
    return _date(if_range) == file.changed


def _any_tag(header: str, tag: str, *, weak: bool) -> bool:
    if header.strip() == "*":
        return True
    found = _TAG.finditer(header[:MAX_HEADER])
    return any(each.group(2) == tag and (weak or each.group(1) is None) for each in found)


def _date(text: str | None) -> datetime | None:
    """Read an HTTP date; None for what is none, which then counts as not said."""
    if text is None or len(text) > MAX_HEADER:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
