"""How many connections and files a process may have open."""

from __future__ import annotations

import resource

import structlog

log = structlog.get_logger()


def raise_descriptor_limit() -> int:
    """Raise the soft limit to the hard one; returns how many descriptors this process may have.

    The soft limit is 1,024 on most systems, for the sake of programs that use select(2). So few, a thousand
    idle connections would lock everybody else out.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as problem:  # an "unlimited" that the kernel does not mean
        log.warning("descriptor_limit_stays", limit=soft, reason=str(problem))
        return soft
    log.info("descriptor_limit", limit=hard, before=soft)
    return hard
