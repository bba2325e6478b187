"""What those who send to a browser want of its peer."""

from __future__ import annotations

from typing import Protocol

from server.media.dtls import Handle
from server.media.outlet import Address


class Link(Protocol):
    """Where to send, and with which keys; both may change at any time."""

    tx: Handle | None
    """The SRTP handle to send with, None while there is none."""
    address: Address | None

    def send_rtcp(self, packet: bytes) -> None:
        """Send RTCP to the browser."""
