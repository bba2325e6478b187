"""Calendar months as the service counts them: those of its own time zone, not of UTC. Pure.

A contact that begins at 00:30 on 1 July in London began at 23:30 on 30 June in UTC; it is July's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from server.errors import Refused

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Months beyond these are a slip of the keyboard."""

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month; `month` is 1 to 12."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-11`; `Refused` for anything else."""
        written = _WRITTEN.fullmatch(text)
        if written is None or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
            raise Refused("unknown_month", "We need a year and a month, such as 2026-11 for November 2026.")
        return cls(int(written[1]), int(written[2]))

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> Month:
        """Return the month in which `moment` (aware) lies in `zone`."""
        local = moment.astimezone(zone)
        return cls(local.year, local.month)

    def starts(self, zone: ZoneInfo) -> datetime:
        """Return the month's first moment in `zone`, as aware UTC."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)

    def ends(self, zone: ZoneInfo) -> datetime:
        """Return the first moment after the month in `zone`, as aware UTC."""
        return self.next().starts(zone)

    def previous(self) -> Month:
        """Return the month before."""
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    def next(self) -> Month:
        """Return the month after."""
        return Month(self.year + 1, 1) if self.month == 12 else Month(self.year, self.month + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def spoken(self) -> str:
        """The month in words: `November 2026`."""
        return f"{date(self.year, self.month, 1):%B} {self.year}"
