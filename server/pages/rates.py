"""How often somebody may try: tokens that come back with time, one bucket for each key (OWASP: Credential
Stuffing Prevention). In memory: what has to survive a restart stands in the row of what is guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Networks = Sequence[IPv4Network | IPv6Network]

PROXIES = web.AppKey("proxies", Networks)
"""Of the reverse proxies in front of this server."""

MOST_KEYS = 50_000
"""How many are remembered; beyond that whoever has everything back is forgotten, then the oldest."""


class Rate:
    """At most `most` tries at once for each key, and one more every `one_more_after_s` seconds."""

    def __init__(self, most: int, one_more_after_s: float, monotonic_s: Callable[[], float]) -> None:
        self._most = most
        self._one_more_after_s = one_more_after_s
        self._monotonic_s = monotonic_s
        self._spent: dict[str, tuple[float, float]] = {}
        """By key: how many were spent, and when that was so."""

    def take(self, key: str) -> bool:
        """Spend one try of this key; False, and nothing spent, when there is none left."""
        now_s = self._monotonic_s()
        spent = self._spent_by(key, now_s)
        if spent + 1 > self._most:
            return False
        self._spent.pop(key, None)
        self._make_room(now_s)
        self._spent[key] = (spent + 1, now_s)
        return True

    def has_left(self, key: str) -> bool:
        """Whether this key has a try left; spends none."""
        return self._spent_by(key, self._monotonic_s()) + 1 <= self._most

    def _spent_by(self, key: str, now_s: float) -> float:
        spent, at_s = self._spent.get(key, (0.0, now_s))
        return max(0.0, spent - (now_s - at_s) / self._one_more_after_s)

    def _make_room(self, now_s: float) -> None:
        if len(self._spent) < MOST_KEYS:
            return
        for key in [key for key in self._spent if self._spent_by(key, now_s) == 0.0]:
            del self._spent[key]
        while len(self._spent) >= MOST_KEYS:
            del self._spent[next(iter(self._spent))]


def source_of(request: web.BaseRequest, proxies: Networks | None = None) -> str:
    """Return the network address that somebody tries from: of IPv6 the /64, which is one household's.

    X-Forwarded-For is believed from our own proxies alone (`PROXIES`, setting TRUSTED_PROXIES), and in it the
    last address that is not itself one of them: whatever stands before was written by whoever asked.
    """
    if proxies is None:
        proxies = request.app.get(PROXIES, ()) if isinstance(request, web.Request) else ()
    source = request.remote or ""
    hops = [each.strip() for each in ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")]
    while hops and _is_among(source, proxies):
        source = hops.pop() or source
    try:
        ip = ip_address(source.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(IPv6Network((ip, 64), strict=False))
    return str(ip)


def _is_among(source: str, proxies: Networks) -> bool:
    try:
        ip = ip_address(source.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return any(mapped in network for network in proxies)
