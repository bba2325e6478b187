"""The contact ledger and presence, viewings, experience answers; what a care contact needs to be exported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.ids import new_id
from server.storage import tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def name_subjects(connection: sa.Connection) -> None:
    """Give every patient that is there a random name in the contact ledger."""
    patients = sa.table("patients", sa.column("person_id"), sa.column("subject_id"))
    for person_id in list(connection.scalars(sa.select(patients.c.person_id))):
        connection.execute(
            sa.update(patients).where(patients.c.person_id == person_id).values(subject_id=new_id())
        )


def upgrade() -> None:
    op.create_table(
        "experience_answers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=32), nullable=False),
        sa.Column("programme_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("answer", sa.String(length=30), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience_answers")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("experience_answers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_experience_answers_service_id_month"), ["service_id", "month"], unique=False
        )

    op.create_table(
        "experience_tokens_spent",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_experience_tokens_spent")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "viewings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("session_name", sa.String(length=80), nullable=False),
        sa.Column("started_at", tables.UtcDateTime(), nullable=False),
        sa.Column("last_at", tables.UtcDateTime(), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=False),
        sa.Column("watched_ms", sa.Integer(), nullable=False),
        sa.Column("counted_at", tables.UtcDateTime(), nullable=True),
        sa.Column("closed_at", tables.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_viewings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewings")),
    )
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_viewings_counted_at"), ["counted_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_viewings_person_id_session_name"), ["person_id", "session_name"], unique=False
        )
        batch_op.create_index(
            "uq_viewings_open",
            ["person_id", "session_name"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "watched_intervals",
        sa.Column("viewing_id", sa.String(length=32), nullable=False),
        sa.Column("from_ms", sa.Integer(), nullable=False),
        sa.Column("to_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["viewing_id"], ["viewings.id"], name=op.f("fk_watched_intervals_viewing_id")
        ),
        sa.PrimaryKeyConstraint("viewing_id", "from_ms", name=op.f("pk_watched_intervals")),
    )
    op.create_table(
        "absences",
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("told_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_absences_class_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.PrimaryKeyConstraint("class_id", "person_id", name=op.f("pk_absences")),
    )
    op.create_table(
        "care_contacts",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=32), nullable=False),
        sa.Column("attendance_status", sa.String(length=1), nullable=False),
        sa.Column("starts_at", tables.UtcDateTime(), nullable=False),
        sa.Column("ends_at", tables.UtcDateTime(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("consultation_type", sa.String(length=2), nullable=False),
        sa.Column("consultation_mechanism", sa.String(length=2), nullable=False),
        sa.Column("group_therapy", sa.String(length=1), nullable=False),
        sa.Column("cancelled_at", tables.UtcDateTime(), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=20), nullable=True),
        sa.Column("settled_at", tables.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "attendance_status IN ('2', '3', '4', '5', '6', '7')",
            name=op.f("ck_care_contacts_attendance_status"),
        ),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_care_contacts_class_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_care_contacts_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_contacts")),
        sa.UniqueConstraint("class_id", "subject_id", name=op.f("uq_care_contacts_class_id_subject_id")),
    )
    with op.batch_alter_table("care_contacts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_care_contacts_service_id_starts_at"), ["service_id", "starts_at"], unique=False
        )

    op.create_table(
        "presence_intervals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("started_at", tables.UtcDateTime(), nullable=False),
        sa.Column("seen_until", tables.UtcDateTime(), nullable=False),
        sa.Column("ended_at", tables.UtcDateTime(), nullable=True),
        sa.CheckConstraint("place IN ('waiting', 'in_class')", name=op.f("ck_presence_intervals_place")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["class_sessions.id"], name=op.f("fk_presence_intervals_class_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presence_intervals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_intervals")),
    )
    with op.batch_alter_table("presence_intervals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_presence_intervals_class_id_person_id"), ["class_id", "person_id"], unique=False
        )
        batch_op.create_index(
            "uq_presence_intervals_open",
            ["class_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cancelled_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_reason", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("settled_at", tables.UtcDateTime(), nullable=True))

    with op.batch_alter_table("course_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("service_request_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("commissioner_code", sa.String(length=6), nullable=True))
        batch_op.add_column(sa.Column("admin_category", sa.String(length=2), nullable=True))

    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject_id", sa.String(length=32), nullable=True))
    name_subjects(op.get_bind())
    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.alter_column("subject_id", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_patients_subject_id"), ["subject_id"])

    with op.batch_alter_table("personal_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", tables.UtcDateTime(), nullable=True))

    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.add_column(sa.Column("site_code", sa.String(length=9), nullable=True))
        batch_op.add_column(sa.Column("team_code", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("contacts_target", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("experience_target_percent", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_column("experience_target_percent")
        batch_op.drop_column("contacts_target")
        batch_op.drop_column("team_code")
        batch_op.drop_column("site_code")

    with op.batch_alter_table("personal_links", schema=None) as batch_op:
        batch_op.drop_column("expires_at")

    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_patients_subject_id"), type_="unique")
        batch_op.drop_column("subject_id")

    with op.batch_alter_table("course_members", schema=None) as batch_op:
        batch_op.drop_column("admin_category")
        batch_op.drop_column("commissioner_code")
        batch_op.drop_column("service_request_id")

    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.drop_column("settled_at")
        batch_op.drop_column("cancelled_reason")
        batch_op.drop_column("cancelled_at")

    with op.batch_alter_table("presence_intervals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_presence_intervals_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_presence_intervals_class_id_person_id"))

    op.drop_table("presence_intervals")
    with op.batch_alter_table("care_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_contacts_service_id_starts_at"))

    op.drop_table("care_contacts")
    op.drop_table("absences")
    op.drop_table("watched_intervals")
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_viewings_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_viewings_person_id_session_name"))
        batch_op.drop_index(batch_op.f("ix_viewings_counted_at"))

    op.drop_table("viewings")
    op.drop_table("experience_tokens_spent")
    with op.batch_alter_table("experience_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experience_answers_service_id_month"))

    op.drop_table("experience_answers")
