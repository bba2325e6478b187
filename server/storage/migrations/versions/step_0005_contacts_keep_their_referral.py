"""A contact keeps its referral, the audit says what an action was about, older classes get their presence.

Until step 0002 nobody's presence was logged, only the room's journal was written. Without more, every class
held until then would be settled as one to which no staff came. So its stays are made from the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.ids import new_id
from server.storage import tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT_COLUMNS = {
    "service_request_id": 20,
    "commissioner_code": 6,
    "admin_category": 2,
    "team_code": 20,
    "site_code": 9,
}
"""Of care contacts, with their lengths."""
ABOUT_PRESENCE = ("came_in", "admitted", "returned", "dropped", "went_out", "class_ended")


def upgrade() -> None:
    op.add_column("audit", sa.Column("detail", sa.JSON(), nullable=True))
    for name, length in KEPT_COLUMNS.items():
        op.add_column("care_contacts", sa.Column(name, sa.String(length=length), nullable=True))
    connection = op.get_bind()
    keep_referrals(connection)
    log_presence(connection)


def downgrade() -> None:
    with op.batch_alter_table("care_contacts", schema=None) as batch_op:
        for name in reversed(KEPT_COLUMNS):
            batch_op.drop_column(name)
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_column("detail")


def keep_referrals(connection: sa.Connection) -> None:
    """Give the contacts there are what the course list and the service say now."""
    for statement in _KEEP:
        connection.execute(sa.text(statement))


_KEEP = (
    """
    UPDATE care_contacts SET
    team_code = (SELECT services.team_code FROM services WHERE services.id = care_contacts.service_id),
    site_code = (SELECT services.site_code FROM services WHERE services.id = care_contacts.service_id)
    """,
    """
    UPDATE care_contacts SET (service_request_id, commissioner_code, admin_category) = (
        SELECT
            course_members.service_request_id,
            course_members.commissioner_code,
            course_members.admin_category
        FROM course_members
        JOIN patients ON patients.person_id = course_members.person_id
        JOIN class_sessions ON class_sessions.course_id = course_members.course_id
        WHERE class_sessions.id = care_contacts.class_id
        AND patients.subject_id = care_contacts.subject_id
    )
    """,
)


def log_presence(connection: sa.Connection) -> None:
    """Make the stays of each class that has a journal, neither a stay nor a contact, and is not settled."""
    journal = sa.table(
        "room_journal",
        sa.column("class_id", sa.String),
        sa.column("seq", sa.Integer),
        sa.column("at", tables.UtcDateTime()),
        sa.column("event", sa.String),
        sa.column("detail", sa.JSON),
    )
    intervals = sa.table(
        "presence_intervals",
        *(sa.column(name, sa.String) for name in ("id", "class_id", "person_id", "place")),
        *(sa.column(name, tables.UtcDateTime()) for name in ("started_at", "seen_until", "ended_at")),
    )
    classes = connection.scalars(sa.text(_WITHOUT_PRESENCE)).all()
    for class_id in classes:
        rows = connection.execute(
            sa.select(journal.c.at, journal.c.event, journal.c.detail)
            .where(journal.c.class_id == class_id)
            .order_by(journal.c.seq)
        ).all()
        stays = [{"id": new_id(), "class_id": class_id, **stay} for stay in stays_of(rows)]
        if stays:
            connection.execute(sa.insert(intervals), stays)


_WITHOUT_PRESENCE = """
    SELECT id FROM class_sessions
    WHERE settled_at IS NULL
    AND EXISTS (SELECT 1 FROM room_journal WHERE room_journal.class_id = class_sessions.id)
    AND NOT EXISTS (SELECT 1 FROM presence_intervals WHERE presence_intervals.class_id = class_sessions.id)
    AND NOT EXISTS (SELECT 1 FROM care_contacts WHERE care_contacts.class_id = class_sessions.id)
    ORDER BY id
"""


def stays_of(journal: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Return everybody's stays by a class's journal, whose rows have `at`, `event` and `detail`.

    Exact but for lost connections: the journal has when they were noticed. Of a class that was not ended,
    the last stays go on and were seen until the last that is written of the class.
    """
    going_on: dict[str, dict[str, Any]] = {}
    last_at = None
    for row in journal:
        last_at = row.at
        if row.event not in ABOUT_PRESENCE:
            continue
        ends_for_all = row.event == "class_ended"
        place = {"came_in": row.detail.get("place"), "admitted": "in_class", "returned": "in_class"}.get(
            row.event
        )
        for person_id in list(going_on) if ends_for_all else [row.detail["person_id"]]:
            stay = going_on.get(person_id)
            if stay is not None and stay["place"] == place:
                continue
            if stay is not None:
                end = max(row.at, stay["started_at"])
                yield {**going_on.pop(person_id), "seen_until": end, "ended_at": end}
            if place in ("waiting", "in_class"):
                going_on[person_id] = {"person_id": person_id, "place": place, "started_at": row.at}
    for stay in going_on.values():
        yield {**stay, "seen_until": max(last_at, stay["started_at"]), "ended_at": None}
