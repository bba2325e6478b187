"""The second factor: six digits from an authenticator app, anew every 30 seconds (TOTP, RFC 6238).

The secret that the app shares with us is stored encrypted (Fernet) with a key that stands in the data folder,
not in the database: whoever has a copy of the tables alone can make no code.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from pathlib import Path

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from server.data_folder import kept_secret
from server.errors import Refused
from server.storage.database import StorageFailed
from server.storage.faults import fault_of_file

KEY_FILE = "staff-second-factor.key"
ISSUER = "Moveroom"
STEP_S = 30
DIGITS = 6
PENDING_LASTS_S = 1800
"""How long a secret that a page has shown may be confirmed with its first code."""


class SecondFactors:
    """Makes, seals and checks the secrets of the installation's accounts."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / KEY_FILE
        self._known: Fernet | None = None

    def seal(self, secret: str) -> str:
        """Return the secret as it is stored."""
        return self._fernet().encrypt(secret.encode()).decode()

    def opened(self, sealed: str) -> str:
        """Return the secret; `Refused` when it was sealed with another key than the one that is there."""
        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Refused(
                "second_factor_lost",
                "We cannot check your code any more. Ask an administrator to reset your account.",
            ) from None

    def seal_pending(self, secret: str, session_id: str, now: datetime) -> str:
        """Return a new secret for the page that asks for its first code: good in this session only."""
        token = self._fernet().encrypt_at_time(f"{session_id} {secret}".encode(), int(now.timestamp()))
        return token.decode()

    def opened_pending(self, sealed: str, session_id: str, now: datetime) -> str | None:
        """Return the secret that the page has shown; None for one of another session or of long ago."""
        try:
            text = (
                self._fernet()
                .decrypt_at_time(sealed.encode(), PENDING_LASTS_S, int(now.timestamp()))
                .decode()
            )
        except (InvalidToken, UnicodeEncodeError):
            return None
        session, _, secret = text.partition(" ")
        return secret if secret and hmac.compare_digest(session, session_id) else None

    def _fernet(self) -> Fernet:
        if self._known is None:
            try:
                self._known = Fernet(kept_secret(self._file, Fernet.generate_key))
            except OSError as problem:
                told = "the key of the second factor cannot be kept"
                raise StorageFailed(told, fault_of_file(problem)) from problem
        return self._known


def new_totp_secret() -> str:
    """Return a new secret of 160 bits (RFC 4226, section 4) in base 32."""
    return pyotp.random_base32(32)


def app_address(secret: str, email: str) -> str:
    """Return the address that puts the secret into an authenticator app (otpauth)."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_picture(address: str) -> str:
    """Return a QR code of the address as the source of an image (data:, SVG)."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="#fff")


def step_of(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """Return the time step whose code this is: that of now, or one before or after (clocks differ).

    None for a wrong code, and for one of a step that is not after `last_step`: none is taken twice (RFC 6238,
    section 5.2). Spaces within the code do not matter.
    """
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    present = int(now.timestamp()) // STEP_S
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), given) and (last_step is None or step > last_step):
            found = step
    return found
