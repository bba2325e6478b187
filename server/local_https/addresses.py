"""What this machine is called on its network."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from server.errors import CannotStart
from server.media.sockets import told

_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LocalNames:
    """The addresses by which phones on the network reach this machine, and all names of its certificate."""

    addresses: tuple[str, ...]
    """IPv4 first; the first one goes into links."""
    names: tuple[str, ...]

    @property
    def host(self) -> str:
        """The first address as it stands in a URL."""
        return f"[{self.addresses[0]}]" if ":" in self.addresses[0] else self.addresses[0]


def local_names(found: Sequence[str] | None = None, host_name: str | None = None) -> LocalNames:
    """Return this machine's names; `CannotStart` where it is on no network.

    `found` are its addresses, by default those of its default routes; no packet is sent to find them.
    """
    if found is None:
        found = [address for address, _ in told("::", 1)]
    outside = [each for each in found if not ipaddress.ip_address(each).is_loopback]
    addresses = tuple(sorted(dict.fromkeys(outside), key=lambda each: ":" in each))
    if not addresses:
        raise CannotStart("HTTPS on the local network needs a network: this machine has no address on any.")
    name = (socket.gethostname() if host_name is None else host_name).lower()
    own = [name, f"{name.split('.')[0]}.local"] if _HOST_NAME.fullmatch(name) and name != "localhost" else []
    return LocalNames(addresses, ("localhost", *dict.fromkeys(own), "127.0.0.1", "::1", *addresses))
