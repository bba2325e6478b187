"""What is sent to the HTTP port and is no HTTP: refused with 400 by aiohttp's parser, before any of our code.

aiohttp tells of it in its log only, as of an error of ours; anybody on the internet could fill a log with it.
"""

from __future__ import annotations

import logging
from collections import Counter

from aiohttp.http_exceptions import HttpProcessingError


def server_log(counts: Counter[str]) -> logging.Logger:
    """Return the log for aiohttp's server: counts as `malformed` what cannot be parsed, and passes on the
    rest, from warnings up, to the logger of aiohttp's own."""
    logger = logging.Logger("aiohttp.server", logging.DEBUG)  # of some it tells when debugging only
    logger.parent = logging.getLogger("aiohttp.server")
    logger.addFilter(_Counting(counts))
    return logger


class _Counting(logging.Filter):
    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self._counts = counts

    def filter(self, record: logging.LogRecord) -> bool:
        """Take out what is not ours to log."""
        if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
            self._counts["malformed"] += 1
            return False
        return record.levelno >= logging.WARNING
