from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from server.errors import Refused
from server.people.second_factor import (
    KEY_FILE,
    SecondFactors,
    app_address,
    new_totp_secret,
    qr_picture,
    step_of,
)

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_codes_are_those_of_rfc_6238() -> None:
    """Appendix B, SHA-1: at 59 s the code of 8 digits is 94287082, of 6 its last six."""
    at = datetime.fromtimestamp(59, UTC)
    assert step_of(RFC_SECRET, "287082", at, None) == 1
    assert step_of(RFC_SECRET, " 287 082 ", at, None) == 1
    assert step_of(RFC_SECRET, "287083", at, None) is None


@pytest.mark.parametrize("code", ["", "28708", "2870820", "abcdef", "２８７０８２", "-87082", "287 08x"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert step_of(RFC_SECRET, code, datetime.fromtimestamp(59, UTC), None) is None


def test_a_code_is_taken_once_and_none_before_it_after_that() -> None:
    secret = new_totp_secret()
    totp = pyotp.TOTP(secret)
    step = step_of(secret, totp.at(NOW), NOW, None)
    assert step is not None
    assert step_of(secret, totp.at(NOW), NOW, step) is None
    assert step_of(secret, totp.at(NOW - timedelta(seconds=30)), NOW, step) is None
    later = NOW + timedelta(seconds=30)
    assert step_of(secret, totp.at(later), later, step) == step + 1


def test_a_secret_has_160_bits_and_its_picture_is_an_image_by_itself() -> None:
    secret = new_totp_secret()
    assert len(secret) == 32
    address = app_address(secret, "hannah@riverside.example")
    assert address.startswith("otpauth://totp/Moveroom:hannah%40riverside.example?secret=")
    assert qr_picture(address).startswith("data:image/svg+xml")


def test_the_key_is_made_once_for_this_user_only(tmp_path: Path) -> None:
    sealed = SecondFactors(tmp_path).seal("SECRET")
    key = (tmp_path / KEY_FILE).read_bytes()
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert "SECRET" not in sealed
    assert SecondFactors(tmp_path).opened(sealed) == "SECRET", "also after a restart"
    assert (tmp_path / KEY_FILE).read_bytes() == key
    assert [each.name for each in tmp_path.iterdir()] == [KEY_FILE]


def test_without_the_key_that_sealed_it_a_secret_stays_shut(tmp_path: Path) -> None:
    sealed = SecondFactors(tmp_path).seal("SECRET")
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(Refused, match="second_factor_lost"):
        SecondFactors(tmp_path).opened(sealed)


def test_a_pending_secret_is_good_in_its_session_for_half_an_hour(tmp_path: Path) -> None:
    factors = SecondFactors(tmp_path)
    sealed = factors.seal_pending("SECRET", "mine", NOW)
    assert factors.opened_pending(sealed, "mine", NOW + timedelta(minutes=30)) == "SECRET"
    assert factors.opened_pending(sealed, "mine", NOW + timedelta(minutes=31)) is None
    assert factors.opened_pending(sealed, "another's", NOW) is None
    assert factors.opened_pending(sealed[:-4] + "AAAA", "mine", NOW) is None
    assert factors.opened_pending("ünreadable", "mine", NOW) is None
