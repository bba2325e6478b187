"""What a process uses, by /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """At one moment."""

    rss_mb: float
    """Resident memory, MiB."""
    cpu_s: float
    """CPU time since the start, user and system."""
    descriptors: int
    sockets: int


def usage(process_id: int) -> Usage:
    """What this process uses now."""
    folder = Path(f"/proc/{process_id}")
    fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
    opened = []
    for each in (folder / "fd").iterdir():
        try:
            opened.append(os.readlink(each))
        except FileNotFoundError:
            continue
    return Usage(
        rss_mb=int((folder / "statm").read_text().split()[1]) * _PAGE_BYTES / 2**20,
        cpu_s=(int(fields[11]) + int(fields[12])) / _TICKS_PER_S,
        descriptors=len(opened),
        sockets=sum(each.startswith("socket:") for each in opened),
    )
