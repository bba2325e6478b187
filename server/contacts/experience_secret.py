"""The secret that turns "who answered in this month" into a token that tells nobody who it was.

One secret a month, in a file of its own in the data folder, for the server's user only. When a month is over
its secret is destroyed: from then on its tokens are noise, also for whoever has the database and the folder.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path

from server.contacts.months import Month
from server.data_folder import kept_secret
from server.storage.database import StorageFailed
from server.storage.faults import fault_of_file

PREFIX = "experience-secret-"
SECRET_BYTES = 32


class ExperienceSecrets:
    """The months' secrets in a folder, and the tokens made with them."""

    def __init__(
        self, folder: Path, new_secret: Callable[[], bytes] = lambda: secrets.token_bytes(SECRET_BYTES)
    ) -> None:
        self._folder = folder
        self._new_secret = new_secret
        self._known: tuple[Month, bytes] | None = None

    def token(self, person_id: str, month: Month) -> str:
        """Return what is stored when this person has answered in this month: 64 hexadecimal characters.

        HMAC-SHA-256 (RFC 2104). `StorageFailed` when the secret can neither be read nor kept.
        """
        try:
            secret = self._secret(month)
        except OSError as problem:
            raise StorageFailed("the month's secret cannot be kept", fault_of_file(problem)) from problem
        return hmac.digest(secret, f"{person_id} {month}".encode(), hashlib.sha256).hex()

    def _secret(self, month: Month) -> bytes:
        if self._known is None or self._known[0] != month:
            secret = kept_secret(self._folder / f"{PREFIX}{month}", self._new_secret)
            self._forget_before(month)
            self._known = (month, secret)
        return self._known[1]

    def _forget_before(self, month: Month) -> None:
        """Destroy the secrets of earlier months; who answered in them can never be told again."""
        for file in self._folder.glob(PREFIX + "*"):
            if file.name < f"{PREFIX}{month}":
                file.unlink(missing_ok=True)
