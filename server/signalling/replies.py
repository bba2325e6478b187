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
from server.storage.faults import StorageFailed, StorageFault

log = structlog.get_logger(__name__)

_TRY_AGAIN = "Something went wrong on our side. Please try again. If it happens again, ring us and say {}."
_NOT_SAVED = "We could not save that. Please try again. If it happens again, ring us{} and say {}."
_CANNOT_SAVE = (
    "We cannot save anything at the moment. The class goes on: you can see and hear."
    " Try again in a few minutes. If it cannot wait, ring us{} and say {}."
)
_TOO_BUSY = (
    "We have not saved that: it took too long. Please try again. If it cannot wait, ring us{} and say {}."
)
_WORDS = {
    StorageFault.FULL: _CANNOT_SAVE,
    StorageFault.AWAY: _CANNOT_SAVE,
    StorageFault.BUSY: _TOO_BUSY,
    StorageFault.FAILED: _NOT_SAVED,
}
_BAD_REQUEST = "This page and our server do not understand each other. Please load the page again."


class Replies:
    """Translates exceptions, and counts them by whose doing they were."""

    def __init__(self, new_reference: Callable[[], str]) -> None:
        self._new_reference = new_reference
        self.counts: Counter[str] = Counter()
        """refused, protocol_error, not_stored, bug; of not_stored also by fault: storage_full, storage_busy,
        storage_away, storage_failed.
        """

    def error(self, error: Exception, event: str, class_id: str | None, phone: str = "") -> ErrorView:
        """Return what the client is told. `event` must be one of the table's names or our own word, `phone`
        is the service's number, as far as it is known.
        """
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
            return self._not_stored(error.fault, error.reference, phone)
        reference = self._new_reference()
        if isinstance(error, StorageFailed):
            log.warning("storage failed", client_event=event, class_id=class_id, reference=reference,
                        fault=error.fault)  # fmt: skip
            return self._not_stored(error.fault, reference, phone)
        self.counts["bug"] += 1
        log.error("bug", client_event=event, class_id=class_id, reference=reference, exc_info=error)
        return ErrorView(code="our_fault", words=_TRY_AGAIN.format(reference), reference=reference)

    def _not_stored(self, fault: StorageFault, reference: str, phone: str) -> ErrorView:
        self.counts["not_stored"] += 1
        self.counts[f"storage_{fault}"] += 1
        words = _WORDS[fault].format(f" on {phone}" if phone else "", reference)
        return ErrorView(code="not_stored", words=words, reference=reference)


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
