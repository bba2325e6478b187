"""NHS numbers: reading, checking, showing.

Ten digits, the last a modulus 11 check digit: the first nine are weighted 10 down to 2 and added, the check
digit is 11 minus the remainder by 11; 11 becomes 0, and 10 means that no such number exists (NHS Data
Dictionary, NHS NUMBER: datadictionary.nhs.uk/attributes/nhs_number.html). Shown as 3-3-4. Numbers from
999 000 0000 to 999 999 9999 are set aside for tests and belong to nobody.

A number is identity: never used to sign in, never in a URL, never in a log.
"""

from __future__ import annotations

from server.errors import Refused

LENGTH = 10
TEST_PREFIX = "999"


def check_digit(first_nine: str) -> int | None:
    """Return the check digit that follows nine digits; None when there is no number that begins so."""
    total = sum(int(digit) * weight for digit, weight in zip(first_nine, range(10, 1, -1), strict=True))
    check = 11 - total % 11
    if check == 10:
        return None
    return 0 if check == 11 else check


def read_nhs_number(written: str) -> str:
    """Return the ten digits of a number as a person wrote it; spaces and dashes are let pass."""
    digits = "".join(character for character in written if character not in " \t\u00a0-\u2013")
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise Refused(
            "nhs_number_form", "An NHS number has 10 digits, like 999 000 0018. Check it and try again."
        )
    if check_digit(digits[:9]) != int(digits[9]):
        raise Refused("nhs_number_unknown", "There is no such NHS number. Check each digit and try again.")
    return digits


def read_test_nhs_number(written: str) -> str:
    """As `read_nhs_number`, for a demo: refuses a number that could be a real person's."""
    digits = read_nhs_number(written)
    if not digits.startswith(TEST_PREFIX):
        raise Refused("nhs_number_real", "This is a demo. Use only NHS numbers that begin with 999.")
    return digits


def shown(digits: str) -> str:
    """Return a checked number as people read it: `999 000 0018`."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
