"""Where clocks, ids and secrets come from, so that tests can give their own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The moment, as an aware UTC datetime."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random id of 96 bits as 16 URL-safe characters; unguessable enough to be a name, not a secret."""
    return secrets.token_urlsafe(12)


def new_token() -> str:
    """A secret of 256 bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)
