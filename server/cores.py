"""How many processor cores this process may use: what the machine has, less what it is kept from."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def usable_cores(cgroup: Path = CGROUP) -> int:
    """Return the number of cores, at least 1: those this process may be scheduled on, and no more than a
    container's share of processor time (cgroup v2 `cpu.max`, rounded up).
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        cores = os.cpu_count() or 1
    return max(1, min(cores, _share(cgroup / "cpu.max") or cores))


def _share(file: Path) -> int | None:
    """Cores' worth of time by "quota period", both in µs; None without a limit ("max")."""
    try:
        quota, period = file.read_text().split()
        return None if quota == "max" else math.ceil(int(quota) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return None
