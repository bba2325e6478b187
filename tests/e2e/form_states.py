"""Forms that stand on a page only when something is so: a cancelled class, a locked link, a failed letter, a
class that ended by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.pending_files import PendingFile
from server.people.links import hash_of
from server.storage import tables as t
from tests.e2e.page_state import State
from tests.e2e.page_states import STAFF
from tests.e2e.patient_states import add_rows, lead_by_link
from tests.integration.pages.two_services import OWN, TwoServices

MAIL_FROM = "classes@moveroom.example"
"""The installation sends mail: some of these forms stand there only then."""
NO_FORM = {
    "/me/{link_id}/device-check/line": "the device check's script sends sound and picture round",
    "/watch/{link_id}/{name}/watched": "the player's script counts what was watched",
    "/staff/stay": "the warning before signing out, which a script opens: test_forms_by_keyboard.py",
}
"""Routes that take a POST which no form on a page sends as it is opened."""
WHOLE_FILE = b"Full name,Date of birth\nNew Patient,31/03/1952\n"


async def states_with_forms(both: TwoServices, ids: Mapping[str, str]) -> list[State]:
    """All of them; `ids` are those of `many.fill`."""
    now = both.world.clock()
    off, closed, cancelled = f"{ids['course_id']}-8", "s0-a3", await both.bundle(OWN)
    alone = f"{ids['course_id']}-7"
    token, _, cookie = await lead_by_link(both, cancelled)
    link = "c0-l0"

    async def happen(session: AsyncSession) -> None:
        for class_id in (off, cancelled.ids["class_id"]):
            row = await session.get_one(t.ClassSession, class_id)
            row.cancelled_at, row.cancelled_reason = now, "technical"
        ended = await session.get_one(t.ClassSession, alone)
        ended.ended_at, ended.ended_unattended = now, True
        (await session.get_one(t.StaffAccount, closed)).disabled_at = now
        (await session.get_one(t.PersonalLink, link)).birth_locked_until = now + timedelta(minutes=20)
        (await session.get_one(t.Patient, ids["person_id"])).email = "pat0@example.org"
        (await session.get_one(t.Letter, ids["letter_id"])).subject = "Your class"
        (await session.get_one(t.Letter, ids["letter_id"])).text = "Hello"

    await both.world.database.write(happen)
    await add_rows(
        both,
        t.StaffSession(
            id="other-browser-of-all",
            account_id="all",
            secret_hash=hash_of("other-browser-of-all"),
            created_at=now,
            used_at=now,
            expires_at=now + timedelta(hours=12),
            second_factor_at=now,
        ),
        t.LinkSession(
            id="a-phone",
            link_id=link,
            secret_hash=hash_of("a-phone"),
            created_at=now,
            expires_at=now + timedelta(days=120),
        ),
        t.Participation(
            class_id=alone,
            person_id=ids["person_id"],
            place="left",
            place_since=now,
            was_in_class=True,
            lost_since=now,
        ),
        t.Question(
            id="asked-in-class",
            class_id=f"{ids['course_id']}-1",
            asker_id=ids["person_id"],
            key="asked-in-class",
            text="May I sit down?",
            state="waiting",
            asked_at=now,
        ),
    )
    course = f"/staff/courses/{ids['course_id']}"
    return [
        State("staff_account.jinja", "/staff/account", STAFF),
        State("staff_links_one.jinja", f"{course}/links/{ids['person_id']}", STAFF),
        State("staff_courses_talk.jinja", f"{course}/talk", STAFF),
        State("staff_messages.jinja", "/staff/messages?state=failed", STAFF),
        State("staff_classes_one.jinja", f"/staff/classes/{off}", STAFF),
        State("staff_what_became.jinja", f"/staff/classes/{alone}/what-became", STAFF),
        State("staff_courses_one.jinja", "/staff/courses/c5", STAFF),
        State("staff_accounts_one.jinja", f"/staff/accounts/{closed}", STAFF),
        State("invitation.jinja", f"/j/{token}", cookie),
        State("invitation.jinja", f"/j/{token}"),
        State(
            "staff_import_preview.jinja",
            f"{course}/import/whole",
            STAFF,
            before=_file(both, ids["service_id"], ids["course_id"]),
        ),
        State(
            "staff_import_preview.jinja",
            "/staff/patients/import/whole",
            STAFF,
            before=_file(both, ids["service_id"], None),
        ),
    ]


def _file(both: TwoServices, service_id: str, course_id: str | None) -> Callable[[], None]:
    """Have a file without a mistake wait for a yes."""
    site = both.world.site
    return lambda: site.pending_files.keep(
        "whole", PendingFile("all", WHOLE_FILE, service_id, course_id, site.clock())
    )
