"""What stands on every letter: from whom it comes, and where this installation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Letterhead:
    """For whoever writes letters."""

    address: str
    """E-mail address from which they are sent; empty when this installation sends no e-mail."""
    base_url: str
    """Address under which people reach the server, without a trailing slash."""
    zone: ZoneInfo
    """Time zone in which times are said."""
    new_id: Callable[[], str]

    @property
    def sends_mail(self) -> bool:
        """Whether e-mail is sent at all. Without it none is to be written: a link would lie in the outbox."""
        return bool(self.address)
