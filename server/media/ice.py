"""ICE-lite (RFC 8445): we never check, we answer checks, and learn the browser's addresses from them.

Only STUN binding requests with a known user name and valid integrity count (RFC 8489); everything else
gets no answer at all, so that we reflect nothing at strangers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from aioice import stun

HEADER_BYTES = 20
_COOKIE = b"\x21\x12\xa4\x42"


class Check(NamedTuple):
    """A connectivity check that was addressed to us and is genuine."""

    ufrag: str
    """Ours: it says for which peer."""
    transaction: bytes
    nominates: bool
    """The browser chose this path (USE-CANDIDATE)."""
    answer: bytes


def answer_check(
    datagram: bytes, source: tuple[str, int], password_of: Callable[[str], str | None]
) -> Check | None:
    """Check `datagram`, which came from `source`; None for whatever is not a genuine check.

    `password_of` gives our password for a ufrag of ours.
    """
    if len(datagram) < HEADER_BYTES or datagram[4:8] != _COOKIE:
        return None
    try:
        request = stun.parse_message(datagram)
    except (ValueError, IndexError, struct.error):
        return None
    attributes = request.attributes
    if (
        request.message_method != stun.Method.BINDING
        or request.message_class != stun.Class.REQUEST
        or "USERNAME" not in attributes
    ):
        return None
    ufrag = attributes["USERNAME"].partition(":")[0]
    password = password_of(ufrag)
    if password is None or not request.check_message_integrity(password.encode()):
        return None
    if "ICE-CONTROLLED" in attributes:  # we are lite, so never controlling: RFC 8445, section 7.3.1.1
        answer = stun.Message(stun.Method.BINDING, stun.Class.ERROR, request.transaction_id)
        answer.attributes["ERROR-CODE"] = (487, "Role Conflict")
        nominates = False
    else:
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = source[:2]
        nominates = "USE-CANDIDATE" in attributes
    answer.add_message_integrity(password.encode())  # and FINGERPRINT
    return Check(ufrag, request.transaction_id, nominates, bytes(answer))


class Transactions:
    """Remembers a peer's checks, so that a copy of one, played from elsewhere, carries nothing away.

    The last 2,048 at least: over an hour of Chromium's checks of consent, every 2.5 s.
    """

    def __init__(self, remembered: int = 2048) -> None:
        self._remembered = remembered
        self._recent: set[bytes] = set()
        self._older: set[bytes] = set()

    def is_new(self, transaction: bytes) -> bool:
        """Whether this one has not come before; remembers it."""
        if transaction in self._recent or transaction in self._older:
            return False
        if len(self._recent) >= self._remembered:
            self._older, self._recent = self._recent, set()
        self._recent.add(transaction)
        return True
