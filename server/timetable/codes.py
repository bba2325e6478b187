"""The codes by which the NHS knows organisations, their sites and teams, as people type them. Pure.

Formats of the NHS Data Dictionary: ORGANISATION IDENTIFIER an3 to an6, ORGANISATION SITE IDENTIFIER an5 to
an9, CARE PROFESSIONAL TEAM LOCAL IDENTIFIER up to an20. Whether the Organisation Data Service has issued a
code is not known here.
"""

from __future__ import annotations

import re

_ORGANISATION = re.compile(r"[A-Z0-9]{3,6}")
_SITE = re.compile(r"[A-Z0-9]{5,9}")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,19}")

ORGANISATION_WORDS = "ODS code must be 3 to 6 letters and numbers, like RH8"
SITE_WORDS = "Site code must be 5 to 9 letters and numbers, like RH802"
TEAM_WORDS = "Team code must be 20 characters or less: letters, numbers, spaces and . _ / -"


def organisation_code(written: str) -> str | None:
    """Return an ORGANISATION IDENTIFIER in capitals; None for what cannot be one."""
    return _code(_ORGANISATION, written)


def site_code(written: str) -> str | None:
    """Return an ORGANISATION SITE IDENTIFIER in capitals; None for what cannot be one."""
    return _code(_SITE, written)


def team_code(written: str) -> str | None:
    """Return a team's local identifier as it was written; None for what cannot be one."""
    return written if _TEAM.fullmatch(written) else None


def _code(form: re.Pattern[str], written: str) -> str | None:
    code = written.replace(" ", "").upper()
    return code if form.fullmatch(code) else None
