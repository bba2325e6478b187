"""The part of a form that says what brought a patient to a course. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from server.pages.fields import Fields
from server.timetable.codes import organisation_code
from server.timetable.referrals import (
    COMMISSIONER_WORDS,
    SERVICE_REQUEST_WORDS,
    AdminCategory,
    Referral,
    service_request_id,
)


def read_referral(fields: Fields) -> Referral:
    """Return the referral; what is wrong stands in `fields.errors`. Each part may be empty."""
    request_id = fields.text("service_request_id", None, most=40) or None
    if request_id is not None and service_request_id(request_id) is None:
        fields.errors["service_request_id"] = SERVICE_REQUEST_WORDS
    commissioner = fields.text("commissioner_code", None, most=40)
    code = organisation_code(commissioner) if commissioner else None
    if commissioner and code is None:
        fields.errors["commissioner_code"] = COMMISSIONER_WORDS
    category = fields.choice("admin_category", [each.value for each in AdminCategory], None)
    return Referral(request_id, code, AdminCategory(category) if category else None)


def form_of_referral(referral: Referral) -> Mapping[str, str]:
    """Return a referral as the fields of its form."""
    return {
        "service_request_id": referral.service_request_id or "",
        "commissioner_code": referral.commissioner_code or "",
        "admin_category": referral.admin_category or "",
    }
