"""What a page says when the storage fails, or when what came cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.storage.database import StorageFault


@dataclass(frozen=True, slots=True)
class FaultWords:
    """A fault of the storage, for the person in front of it."""

    heading: str
    lines: tuple[str, ...]
    """What is true, then what to do."""
    retry_after_s: int
    """When a program should ask again (RFC 9110, section 10.2.3)."""


STORAGE: Mapping[StorageFault, FaultWords] = {
    StorageFault.BUSY: FaultWords(
        "We are very busy just now",
        ("Too much is going on at the same moment.", "Wait half a minute, then press Try again."),
        30,
    ),
    StorageFault.AWAY: FaultWords(
        "A part of our service is not answering",
        (
            "We cannot look up your class or save anything just now. It was nothing that you did.",
            "Wait 2 minutes, then press Try again. Your link stays the same.",
        ),
        120,
    ),
    StorageFault.FULL: FaultWords(
        "We cannot save anything just now",
        (
            "Our storage is full. It was nothing that you did, and nothing that was saved before is lost.",
            "Somebody has to make room first. Wait 10 minutes, then press Try again.",
        ),
        600,
    ),
    StorageFault.FAILED: FaultWords(
        "Sorry, something went wrong on our side",
        ("It was nothing that you did.", "Wait a minute, then press Try again."),
        60,
    ),
}

NO_SUCH_PAGE = "There is nothing at this address."

UNREADABLE: Mapping[int, str] = {
    400: "We could not read what your browser sent.",
    405: "This page cannot be used in that way.",
    413: "What your browser sent is too long.",
    415: "We could not read what your browser sent.",
}
"""By HTTP status; any other is said as 400 is."""
