"""ICE-lite (RFC 8445): we answer checks, learn the browser's addresses from them, and check those ourselves.

Only STUN binding requests with a known user name and valid integrity count (RFC 8489); everything else
gets no answer at all, so that we reflect nothing at strangers. Our own checks nominate nothing: they ask
whether the browser really is where its checks seemed to come from.
"""

from __future__ import annotations

import binascii
import hmac
import ipaddress
import struct
from collections.abc import Callable
from typing import NamedTuple

from aioice import stun

from server.media.spec import IceCredentials

HEADER_BYTES = 20
TRANSACTION_BYTES = 12
PRIORITY = 110 << 24 | 65535 << 8 | 255
"""Of a peer reflexive candidate, as which a check is to be sent: RFC 8445, sections 5.1.2 and 7.1.1."""
_COOKIE = b"\x21\x12\xa4\x42"
_REQUEST, _RESPONSES = b"\x00\x01", (b"\x01\x01", b"\x01\x11")
_USERNAME, _PRIORITY, _MAPPED, _INTEGRITY, _FINGERPRINT, _CONTROLLED = 6, 0x24, 0x20, 8, 0x8028, 0x8029
_MOST_ATTRIBUTES = 12
"""As far as we look for the user name, which everybody puts first."""
_head_of = struct.Struct("!HH").unpack_from
_head = struct.Struct("!HH").pack
_word = struct.Struct("!I").pack


class Check(NamedTuple):
    """A connectivity check that was addressed to us and is genuine."""

    ufrag: str
    """Ours: it says for which peer."""
    transaction: bytes
    nominates: bool
    """The browser chose this path (USE-CANDIDATE)."""
    answer: bytes


def is_answer(datagram: bytes) -> bool:
    """Whether this looks like the answer to a check of ours."""
    return datagram[:2] in _RESPONSES and len(datagram) >= HEADER_BYTES and datagram[4:8] == _COOKIE


def ufrag_of(datagram: bytes) -> str | None:
    """For whom a check would be, if it were genuine: cheap, to be asked before anything that costs."""
    if len(datagram) < HEADER_BYTES or datagram[:2] != _REQUEST or datagram[4:8] != _COOKIE:
        return None
    at, end = HEADER_BYTES, len(datagram) - 4
    for _ in range(_MOST_ATTRIBUTES):
        if at > end:
            return None
        kind, size = _head_of(datagram, at)
        if kind == _USERNAME:
            name = datagram[at + 4 : at + 4 + size].partition(b":")[0]
            return name.decode() if name.isascii() else None
        at += 4 + (size + 3 & ~3)
    return None


def answer_check(
    datagram: bytes, source: tuple[str, int], password_of: Callable[[str], str | None]
) -> Check | None:
    """Check `datagram`, which came from `source`; None for whatever is not a genuine check.

    `password_of` gives our password for a ufrag of ours.
    """
    ufrag = ufrag_of(datagram)
    password = password_of(ufrag) if ufrag is not None else None
    if ufrag is None or password is None:
        return None
    try:
        request = stun.parse_message(datagram)
    except (ValueError, IndexError, struct.error):
        return None
    attributes = request.attributes
    if attributes.get("USERNAME", "").partition(":")[0] != ufrag:  # it stands twice, or is not signed
        return None
    if not request.check_message_integrity(password.encode()):
        return None
    transaction = request.transaction_id
    if "ICE-CONTROLLED" in attributes:  # we are lite, so never controlling: RFC 8445, section 7.3.1.1
        error = stun.Message(stun.Method.BINDING, stun.Class.ERROR, transaction)
        error.attributes["ERROR-CODE"] = (487, "Role Conflict")
        error.add_message_integrity(password.encode())
        return Check(ufrag, transaction, False, bytes(error))
    answer = _signed(_RESPONSES[0], transaction, _mapped(source, transaction), password)
    return Check(ufrag, transaction, "USE-CANDIDATE" in attributes, answer)


def check(ours: str, remote: IceCredentials, transaction: bytes, tie_breaker: int) -> bytes:
    """A check of our own, for the browser with credentials `remote`; `ours` is our ufrag."""
    name = f"{remote.ufrag}:{ours}".encode()
    body = b"".join(
        (
            _head(_USERNAME, len(name)) + name + bytes(-len(name) % 4),
            _head(_CONTROLLED, 8) + tie_breaker.to_bytes(8, "big"),
            _head(_PRIORITY, 4) + _word(PRIORITY),
        )
    )
    return _signed(_REQUEST, transaction, body, remote.pwd)


def check_bytes(ours: str, remote: IceCredentials) -> int:
    """How long such a check is."""
    return 76 + (len(remote.ufrag) + len(ours) + 1 + 3 & ~3)


def is_genuine_answer(datagram: bytes, password: str) -> bool:
    """Whether the browser with this password sent it: a success or, as in a conflict of roles, an error."""
    try:
        message = stun.parse_message(datagram)
    except (ValueError, IndexError, struct.error):
        return False
    return bool(message.check_message_integrity(password.encode()))


def _mapped(source: tuple[str, int], transaction: bytes) -> bytes:
    """XOR-MAPPED-ADDRESS: RFC 8489, section 14.2."""
    packed = ipaddress.ip_address(source[0].partition("%")[0]).packed
    mask = _COOKIE + transaction
    hidden = bytes(byte ^ cover for byte, cover in zip(packed, mask, strict=False))
    family = 1 if len(packed) == 4 else 2
    return _head(_MAPPED, 4 + len(packed)) + _head(family, source[1] ^ 0x2112) + hidden


def _signed(kind: bytes, transaction: bytes, body: bytes, password: str) -> bytes:
    """A whole message, with MESSAGE-INTEGRITY and FINGERPRINT: RFC 8489, sections 14.5 and 14.7."""
    rest = _COOKIE + transaction + body
    size = len(body)
    digest = hmac.digest(password.encode(), kind + (size + 24).to_bytes(2, "big") + rest, "sha1")
    message = kind + (size + 32).to_bytes(2, "big") + rest + _head(_INTEGRITY, 20) + digest
    return message + _head(_FINGERPRINT, 4) + _word(binascii.crc32(message) ^ 0x5354554E)


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
