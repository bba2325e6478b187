"""The one place that turns what went wrong with a request into its acknowledgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog
from pydantic import ValidationError

from server.errors import ProtocolError, Refused
from server.rooms.live_room import NotStored
from server.rooms.refusals import text_empty, text_too_long
from server.signalling.schemas import ErrorView

log = structlog.get_logger(__name__)

_TRY_AGAIN = "Something went wrong on our side. Please try again. If it happens again, ring us and say {}."
_NOT_SAVED = "We could not save that. Please try again. If it happens again, ring us and say {}."
_BAD_REQUEST = "This page and our server do not understand each other. Please load the page again."


class Replies:
    """Translates exceptions, and counts them by whose doing they were."""

    def __init__(self, new_reference: Callable[[], str]) -> None:
        self._new_reference = new_reference
        self.counts: Counter[str] = Counter()
        """refused, protocol_error, not_stored, bug."""

    def error(self, error: Exception, event: str, class_id: str | None) -> ErrorView:
        """Return what the client is told. `event` must be one of the table's names or our own word."""
        if isinstance(error, ValidationError):
            error = from_validation(error)
        if isinstance(error, Refused):
            self.counts["refused"] += 1
            return ErrorView(code=error.code, words=error.words)
        if isinstance(error, ProtocolError):
            self.counts["protocol_error"] += 1
            log.info("protocol error", client_event=event, class_id=class_id, code=error.code)
            return ErrorView(code=error.code, words=_BAD_REQUEST, detail=error.detail)
        if isinstance(error, NotStored):
            self.counts["not_stored"] += 1
            return ErrorView(
                code="not_stored", words=_NOT_SAVED.format(error.reference), reference=error.reference
            )
        self.counts["bug"] += 1
        reference = self._new_reference()
        log.error("bug", client_event=event, class_id=class_id, reference=reference, exc_info=error)
        return ErrorView(code="our_fault", words=_TRY_AGAIN.format(reference), reference=reference)


def from_validation(error: ValidationError) -> Refused | ProtocolError:
    """Refuse with words what a person can bring about (an empty or too long text), else blame the program.

    Says where and of what kind each fault is, and never repeats what was sent.
    """
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if all(fault["loc"] == ("text",) for fault in faults):
        if faults[0]["type"] == "string_too_short":
            return text_empty()
        if faults[0]["type"] == "string_too_long":
            return text_too_long()
    known = (f"{'.'.join(_where(part) for part in fault['loc'])}: {fault['type']}" for fault in faults[:5])
    return ProtocolError("bad_request", "; ".join(known))


def _where(part: int | str) -> str:
    """A field's name; what may be the client's own invention is shortened."""
    return str(part)[:40]
