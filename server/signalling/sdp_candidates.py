"""Where the browser may reach the media worker, as the answer's lines (`a=candidate`, RFC 8839)."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable

from server.media.spec import WorkerHello

_UDP_HOST, _TCP_HOST = 126, 90
"""Type preferences: TCP below all that UDP can be, as in libwebrtc."""
_PASSIVE = 4
"""Direction preference (RFC 6544, section 4.2)."""


def candidate_lines(hello: WorkerHello) -> Iterable[str]:
    """A host candidate per address, in falling priority: UDP (RFC 8445, 5.1.2), then TCP (RFC 6544, 4.2)."""
    foundation = itertools.count(1)
    for index, (address, port) in enumerate(hello.addresses):
        priority = _UDP_HOST << 24 | (0xFFFF - index) << 8 | 255
        at = f"{ipaddress.ip_address(address)} {port}"
        yield f"a=candidate:{next(foundation)} 1 udp {priority} {at} typ host"
    for index, (address, port) in enumerate(hello.tcp_addresses):
        priority = _TCP_HOST << 24 | (_PASSIVE << 13 | 0x1FFF - index) << 8 | 255
        at = f"{ipaddress.ip_address(address)} {port}"
        yield f"a=candidate:{next(foundation)} 1 tcp {priority} {at} typ host tcptype passive"
