"""How many browsers may be half way into DTLS at once: each costs about 100 kB and a millisecond, unproven.

A handshake begins with the browser's ClientHello and not with its first check. Beyond the bounds its hello is
dropped; browsers repeat it, so that an honest one only waits until others are done.
"""

from __future__ import annotations

from collections import Counter

MOST = 256
MOST_PER_HOST = 128
"""From one IP address: a hospital, or a ward behind one router, joins within the same second."""
DEADLINE_S = 15.0
"""By then a handshake over the worst of networks is done: OpenSSL has sent everything five times."""
_HANDSHAKE, _CLIENT_HELLO, _LEAST_HELLO_BYTES = 22, 1, 14


def is_hello(record: bytes) -> bool:
    """Whether a datagram begins with a ClientHello (RFC 6347, section 4.2.2)."""
    return len(record) >= _LEAST_HELLO_BYTES and record[0] == _HANDSHAKE and record[13] == _CLIENT_HELLO


class Handshakes:
    """Those of one worker that are under way, by the name of their peer."""

    def __init__(self, most: int = MOST, most_per_host: int = MOST_PER_HOST) -> None:
        self._most, self._most_per_host = most, most_per_host
        self._under_way: dict[str, tuple[str, float]] = {}
        self._by_host: Counter[str] = Counter()

    def begin(self, peer: str, host: str, now: float) -> bool:
        """Whether one more may begin, from this IP address; it is under way then until `end`."""
        if len(self._under_way) >= self._most or self._by_host[host] >= self._most_per_host:
            return False
        self._under_way[peer] = host, now
        self._by_host[host] += 1
        return True

    def end(self, peer: str) -> None:
        """It is done, or has failed. Idempotent."""
        host, _ = self._under_way.pop(peer, ("", 0.0))
        self._by_host[host] -= 1
        if self._by_host[host] <= 0:
            del self._by_host[host]

    def overdue(self, peer: str, now: float) -> bool:
        """Whether it has taken too long."""
        begun = self._under_way.get(peer)
        return begun is not None and now - begun[1] >= DEADLINE_S

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._under_way)
