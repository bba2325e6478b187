"""Pages that have no address of their own: after a form, with another cookie, when something is wrong.

Each `State` names the template that is to be seen, so that one that leads elsewhere by now is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import hash_of
from server.storage import tables as t
from tests.e2e.page_state import State
from tests.e2e.patient_states import add_rows, lead_by_link, of_check_ins, of_links, of_patients
from tests.integration.pages.many import SECRET
from tests.integration.pages.two_services import OWN, TwoServices
from tests.unit.ondemand.recordings import add_session

STAFF = {"mr_staff": SECRET}


async def states(both: TwoServices, ids: Mapping[str, str], recordings: Path) -> list[State]:
    """All of them; `ids` are those of `many.fill`."""
    add_session(recordings, "seated-knee-class", audience="everyone")
    return [
        *await of_links(both),
        *await of_check_ins(both),
        *await of_patients(both),
        *await _of_staff_by_link(both),
        *await _of_signing_in(both),
        *_of_staff(ids),
        *_of_faults(both),
    ]


async def _of_staff_by_link(both: TwoServices) -> list[State]:
    """What the physio of a course sees who came by its link."""
    made = await both.bundle(OWN)
    token, link, cookie = await lead_by_link(both, made)
    figures = f"/measures/{link}"
    return [
        State("measures.jinja", figures, cookie),
        State("measures_comments.jinja", f"{figures}/comments", cookie),
        State("measures_no_month.jinja", f"{figures}?month=2099-01", cookie),
        State("cancel_class.jinja", f"/j/{token}/cancel-class", cookie),
        State("cancel_class.jinja", f"/j/{token}/cancel-class", cookie, {}),
        State("experience_patients_only.jinja", f"/experience/{link}", cookie),
    ]


async def _of_signing_in(both: TwoServices) -> list[State]:
    """Between the password and the code, and with a key."""
    now = both.world.clock()
    with_code, without = (
        (await both.bundle(OWN)).ids["account_id"],
        (await both.bundle(OWN)).ids["account_id"],
    )

    async def give_second_factor(session: AsyncSession) -> None:
        (await session.get_one(t.StaffAccount, with_code)).totp_secret = "sealed"

    await both.world.database.write(give_second_factor)
    await add_rows(
        both,
        _half("half-with-code", with_code, now),
        _half("half-without", without, now),
        t.AccountKey(
            token_hash=hash_of("key-of-somebody"),
            account_id=without,
            created_at=now,
            expires_at=now + timedelta(hours=1),
        ),
    )
    code, key = {"mr_staff": "half-with-code"}, "/staff/set-up/key-of-somebody"
    return [
        State("staff_sign_in.jinja", "/staff/sign-in", fields={"email": "", "password": ""}),
        State("staff_sign_in_code.jinja", "/staff/sign-in/code", code),
        State("staff_sign_in_code.jinja", "/staff/sign-in/code", code, {"code": ""}),
        State(
            "staff_sign_in_second_factor.jinja",
            "/staff/sign-in/second-factor",
            {"mr_staff": "half-without"},
        ),
        State("staff_password_sent.jinja", "/staff/reset?sent=yes"),
        State("staff_password_set.jinja", key),
        State("staff_password_set.jinja", key, fields={"password": "short"}),
    ]


def _half(secret: str, account_id: str, now: datetime) -> t.StaffSession:
    return t.StaffSession(
        id=secret,
        account_id=account_id,
        secret_hash=hash_of(secret),
        created_at=now,
        used_at=now,
        expires_at=now + timedelta(minutes=10),
    )


def _of_staff(ids: Mapping[str, str]) -> list[State]:
    """What staff see after a form."""
    course = {
        "programme": ids["programme_id"],
        "kind": "course",
        "title": "Tuesday knees",
        "lead": "all-in-s0",
        "helper": "s0-a1-in-s0",
        "first-day-day": "1",
        "first-day-month": "12",
        "first-day-year": "2026",
        "place1-day": "1",
        "place1-time": "10:00",
    }
    new = "/staff/courses/new"
    letter = f"/staff/courses/{ids['course_id']}/letters/{ids['person_id']}"
    return [
        State("staff_courses_new.jinja", f"{new}?programme={ids['programme_id']}", STAFF),
        State("staff_courses_new.jinja", new, STAFF, course | {"title": ""}),
        State("staff_courses_preview.jinja", new, STAFF, course),
        State("staff_accounts_key.jinja", f"/staff/accounts/{ids['account_id']}/key", STAFF, {}),
        State("letter.jinja", letter, STAFF, {}),
        State("staff_audit_patient.jinja", "/staff/audit/patient", STAFF, {"patient": "Patient 1"}),
        State("staff_audit_patient.jinja", "/staff/audit/patient", STAFF, {"patient": ""}),
        State("staff_figures_no_month.jinja", f"/staff/figures/{ids['service_id']}?month=2099-01", STAFF),
    ]


def _of_faults(both: TwoServices) -> list[State]:
    """What goes wrong. No code may be tried any more from where the browser is."""
    while both.world.site.door_rates.may_try_code("127.0.0.1"):
        pass
    code = both.world.site.short_codes.draw().digits
    return [
        State("too_many_tries.jinja", "/code", fields={"code": code}),
        State("storage_fault.jinja", "/fails/token"),
        State("our_fault.jinja", "/breaks/token"),
        State("not_found.jinja", "/nothing-there"),
        State("another_site.jinja", "/code", fields={"code": ""}, is_from_elsewhere=True),
    ]
