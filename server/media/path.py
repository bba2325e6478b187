"""One address of a browser, and what it has shown: until it is proven, it gets no more bytes than it sent.

Proven is an address at which the browser has answered what only she could answer, so that nobody can be
flooded through us by a forged source (RFC 8445, section 19.5.1). TCP proves its own by its handshake.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Protocol

from server.media.outlet import Address
from server.media.sockets import plain
from server.media.spec import IceCredentials
from server.media.throttle import Bucket

if TYPE_CHECKING:
    from server.media.mux import Endpoint

_CHECKS_AT_ONCE, _CHECKS_PER_S = 200, 50
"""Chromium sends 20 a second until it is connected, then one in 2.5 s; each costs us 30 µs."""
_ASKED_REMEMBERED = 3


class Credentials(NamedTuple):
    """Both sides', as of one negotiation or restart."""

    ours: IceCredentials
    remote: IceCredentials | None


class Path:
    """See the module. `owner` is the peer whose it is, `credentials` those under which it was last heard."""

    __slots__ = (
        "address",
        "ask_again_at",
        "asked",
        "asks",
        "checks",
        "credentials",
        "heard_at",
        "media_at",
        "owner",
        "proven",
        "received",
        "sent",
    )

    def __init__(self, address: Address, owner: Endpoint, credentials: Credentials) -> None:
        self.address, self.owner, self.credentials = address, owner, credentials
        self.proven = not isinstance(address, tuple)
        self.received = self.sent = 0
        """Bytes, counted until it is proven."""
        self.heard_at = self.media_at = -inf
        """When anything genuine came from there, and when RTP or RTCP did while media went elsewhere."""
        self.checks = Bucket(_CHECKS_AT_ONCE, _CHECKS_PER_S)
        """How many more of her checks from there are worth looking at."""
        self.asked: deque[bytes] = deque(maxlen=_ASKED_REMEMBERED)
        """The transactions of our checks that she has not answered."""
        self.asks = 0
        self.ask_again_at = -inf

    @property
    def source(self) -> tuple[str, int]:
        """IP address and port."""
        return plain(self.address) if isinstance(self.address, tuple) else self.address.source

    def affords(self, size: int) -> bool:
        """Whether so many bytes may be sent there now."""
        return self.proven or self.sent + size <= self.received


class Book(Protocol):
    """What paths want of the mux."""

    def add(self, ufrag: str, pwd: str, endpoint: Endpoint) -> None:
        """Accept checks under these credentials of ours."""

    def retire(self, ufrag: str, endpoint: Endpoint) -> None:
        """Accept them no more."""

    def learn(self, path: Path) -> None:
        """What comes from this address is its owner's from now on."""

    def forget(self, path: Path) -> None:
        """What comes from this address is nobody's from now on."""
