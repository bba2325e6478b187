"""What a care contact needs to know of how a patient came here: the referral, who pays, in which category.

Formats of the NHS Data Dictionary: SERVICE REQUEST IDENTIFIER max an20, ORGANISATION IDENTIFIER (CODE OF
COMMISSIONER) an3 to an6, ADMINISTRATIVE CATEGORY CODE an2. All of them may be missing until they are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_SERVICE_REQUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,19}")

SERVICE_REQUEST_WORDS = (
    "Service request ID must be 20 characters or less: letters, numbers, spaces and . _ / -"
)
COMMISSIONER_WORDS = "Commissioner code must be 3 to 6 letters and numbers, like 15E"


class AdminCategory(StrEnum):
    """NHS Data Dictionary: ADMINISTRATIVE CATEGORY CODE."""

    NHS = "01"
    PRIVATE = "02"
    AMENITY = "03"
    CATEGORY_II = "04"
    NOT_APPLICABLE = "98"
    NOT_KNOWN = "99"


ADMIN_CATEGORY_WORDS: Mapping[AdminCategory, str] = {
    AdminCategory.NHS: "01 NHS patient",
    AdminCategory.PRIVATE: "02 Private patient",
    AdminCategory.AMENITY: "03 Amenity patient",
    AdminCategory.CATEGORY_II: "04 Category II patient",
    AdminCategory.NOT_APPLICABLE: "98 Not applicable",
    AdminCategory.NOT_KNOWN: "99 Not known",
}


@dataclass(frozen=True, slots=True)
class Referral:
    """What brought a patient to a course; each part None while it is not known."""

    service_request_id: str | None = None
    commissioner_code: str | None = None
    admin_category: AdminCategory | None = None


def service_request_id(written: str) -> str | None:
    """Return a SERVICE REQUEST IDENTIFIER as it was written; None for what cannot be one."""
    return written if _SERVICE_REQUEST.fullmatch(written) else None
