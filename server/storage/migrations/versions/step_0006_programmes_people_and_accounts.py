"""Staff accounts, programmes and patients as they are set up in the browser, check-ins, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.storage import tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CHECKED = (sa.CheckConstraint("role IN ('physio', 'helper', 'patient')", name="ck_people_role"),)
"""SQLite's tables are made anew to change them, and checks are not carried over."""


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("shown_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=200), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", tables.UtcDateTime(), nullable=True),
        sa.Column("disabled_at", tables.UtcDateTime(), nullable=True),
        sa.Column("created_at", tables.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_accounts_email")),
    )
    op.create_table(
        "account_keys",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", tables.UtcDateTime(), nullable=False),
        sa.Column("expires_at", tables.UtcDateTime(), nullable=False),
        sa.Column("used_at", tables.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name=op.f("fk_account_keys_account_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_keys")),
    )
    with op.batch_alter_table("account_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_keys_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_sites_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("service_id", "name", name=op.f("uq_sites_service_id_name")),
    )
    op.create_table(
        "staff_roles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('lead', 'helper', 'service_admin', 'quality_lead', 'system_admin')",
            name=op.f("ck_staff_roles_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name=op.f("fk_staff_roles_account_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_staff_roles_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
        sa.UniqueConstraint(
            "account_id", "service_id", "role", name=op.f("uq_staff_roles_account_id_service_id_role")
        ),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", tables.UtcDateTime(), nullable=False),
        sa.Column("used_at", tables.UtcDateTime(), nullable=False),
        sa.Column("expires_at", tables.UtcDateTime(), nullable=False),
        sa.Column("second_factor_at", tables.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name=op.f("fk_staff_sessions_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_staff_sessions_secret_hash")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_account_id"), ["account_id"], unique=False)

    op.create_table(
        "carers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("may_stand_in", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["people.id"], name=op.f("fk_carers_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carers")),
    )
    with op.batch_alter_table("carers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carers_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "waiting_places",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("programme_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("added_at", tables.UtcDateTime(), nullable=False),
        sa.Column("service_request_id", sa.String(length=20), nullable=True),
        sa.Column("commissioner_code", sa.String(length=6), nullable=True),
        sa.Column("admin_category", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waiting_places_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_waiting_places_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_places")),
        sa.UniqueConstraint(
            "programme_id", "person_id", name=op.f("uq_waiting_places_programme_id_person_id")
        ),
    )
    with op.batch_alter_table("waiting_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_places_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "agreements_accepted",
        sa.Column("course_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_agreements_accepted_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_agreements_accepted_person_id")),
        sa.PrimaryKeyConstraint("course_id", "person_id", "version", name=op.f("pk_agreements_accepted")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("service_id", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("course_id", sa.String(length=32), nullable=True),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("method", sa.String(length=10), nullable=True),
        sa.Column("written_at", tables.UtcDateTime(), nullable=False),
        sa.Column("next_at", tables.UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sending_since", tables.UtcDateTime(), nullable=True),
        sa.Column("sent_at", tables.UtcDateTime(), nullable=True),
        sa.Column("failed_at", tables.UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["staff_accounts.id"], name=op.f("fk_outbox_account_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_outbox_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbox_person_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_outbox_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_course_id"), ["course_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_next_at"), ["next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outbox_service_id_written_at"), ["service_id", "written_at"], unique=False
        )

    op.create_table(
        "check_ins",
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("comes", sa.String(length=20), nullable=False),
        sa.Column("carer_id", sa.String(length=32), nullable=True),
        sa.Column("partner_too", sa.Boolean(), nullable=False),
        sa.Column("symptoms", sa.JSON(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("emergency_name", sa.String(length=200), nullable=False),
        sa.Column("emergency_phone", sa.String(length=40), nullable=False),
        sa.Column("with_whom", sa.String(length=200), nullable=False),
        sa.Column("is_space_clear", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", tables.UtcDateTime(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.CheckConstraint("comes IN ('self', 'with_carer', 'proxy')", name=op.f("ck_check_ins_comes")),
        sa.CheckConstraint("stage IN ('details', 'symptoms', 'done')", name=op.f("ck_check_ins_stage")),
        sa.CheckConstraint(
            "state IN ('open', 'ready', 'held', 'red_flag', 'allowed', 'refused')",
            name=op.f("ck_check_ins_state"),
        ),
        sa.ForeignKeyConstraint(["carer_id"], ["carers.id"], name=op.f("fk_check_ins_carer_id")),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_check_ins_class_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_check_ins_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_check_ins_person_id")),
        sa.PrimaryKeyConstraint("class_id", "person_id", name=op.f("pk_check_ins")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("service_id", sa.String(length=32), nullable=True))
        batch_op.alter_column("actor_id", existing_type=sa.VARCHAR(length=32), nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_audit_service_id"), "services", ["service_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_audit_account_id"), "staff_accounts", ["account_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_audit_at_id"), ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_account_id"), ["account_id"], unique=False)

    op.add_column(
        "care_contacts",
        sa.Column("contact_subject", sa.String(length=2), server_default="01", nullable=False),
    )

    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lead_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("topic", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_class_sessions_lead_id"), "people", ["lead_id"], ["id"])

    with op.batch_alter_table("course_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("partner_id", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_course_members_partner_id"), "people", ["partner_id"], ["id"]
        )

    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("helper_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="course", nullable=False))
        batch_op.add_column(sa.Column("weekly", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("site_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("created_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("archived_at", tables.UtcDateTime(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_courses_helper_id"), "people", ["helper_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_courses_site_id"), "sites", ["site_id"], ["id"])

    with op.batch_alter_table("link_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proven_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("checked_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("checked", sa.JSON(none_as_null=True), nullable=True))

    op.add_column("participations", sa.Column("told", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("date_of_birth", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("sex", sa.String(length=1), nullable=True))
        batch_op.add_column(sa.Column("deprivation_decile", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        batch_op.add_column(
            sa.Column("refuses_email", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("needs", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("needs_note", sa.String(length=500), server_default="", nullable=False))
        batch_op.add_column(sa.Column("interpreter", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("emergency_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("emergency_phone", sa.String(length=40), nullable=True))

    with op.batch_alter_table("people", schema=None, table_args=_CHECKED) as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.String(length=32), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_people_service_id_account_id"), ["service_id", "account_id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_people_account_id"), "staff_accounts", ["account_id"], ["id"]
        )

    with op.batch_alter_table("personal_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("letter_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("letter_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("birth_failures", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("birth_locked_until", tables.UtcDateTime(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_personal_links_code_hash"), ["code_hash"])
        batch_op.create_unique_constraint(batch_op.f("uq_personal_links_letter_hash"), ["letter_hash"])

    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("aims", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("condition", sa.String(length=20), server_default="other", nullable=False)
        )
        batch_op.add_column(sa.Column("week_plan", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("copied_from", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("has_check_in", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("archived_at", tables.UtcDateTime(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_programmes_copied_from"), "programmes", ["copied_from"], ["id"]
        )

    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ods_code", sa.String(length=6), nullable=True))
        batch_op.add_column(sa.Column("opening", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_column("opening")
        batch_op.drop_column("ods_code")

    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_programmes_copied_from"), type_="foreignkey")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("has_check_in")
        batch_op.drop_column("copied_from")
        batch_op.drop_column("is_shared")
        batch_op.drop_column("week_plan")
        batch_op.drop_column("condition")
        batch_op.drop_column("aims")

    with op.batch_alter_table("personal_links", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_personal_links_letter_hash"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_personal_links_code_hash"), type_="unique")
        batch_op.drop_column("birth_locked_until")
        batch_op.drop_column("birth_failures")
        batch_op.drop_column("letter_at")
        batch_op.drop_column("letter_hash")
        batch_op.drop_column("code_hash")

    with op.batch_alter_table("people", schema=None, table_args=_CHECKED) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_people_account_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_people_service_id_account_id"), type_="unique")
        batch_op.drop_column("account_id")

    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_column("told")

    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.drop_column("emergency_phone")
        batch_op.drop_column("emergency_name")
        batch_op.drop_column("interpreter")
        batch_op.drop_column("needs_note")
        batch_op.drop_column("needs")
        batch_op.drop_column("refuses_email")
        batch_op.drop_column("email")
        batch_op.drop_column("deprivation_decile")
        batch_op.drop_column("sex")
        batch_op.drop_column("date_of_birth")

    with op.batch_alter_table("link_sessions", schema=None) as batch_op:
        batch_op.drop_column("checked")
        batch_op.drop_column("checked_at")
        batch_op.drop_column("proven_at")

    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_courses_site_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_courses_helper_id"), type_="foreignkey")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("created_at")
        batch_op.drop_column("site_id")
        batch_op.drop_column("weekly")
        batch_op.drop_column("kind")
        batch_op.drop_column("helper_id")

    with op.batch_alter_table("course_members", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_course_members_partner_id"), type_="foreignkey")
        batch_op.drop_column("partner_id")

    op.drop_column("care_contacts", "contact_subject")

    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_class_sessions_lead_id"), type_="foreignkey")
        batch_op.drop_column("sequence")
        batch_op.drop_column("topic")
        batch_op.drop_column("lead_id")

    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_account_id"))
        batch_op.drop_index(batch_op.f("ix_audit_subject_id"))
        batch_op.drop_index(batch_op.f("ix_audit_at_id"))
        batch_op.drop_constraint(batch_op.f("fk_audit_account_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_audit_service_id"), type_="foreignkey")
        batch_op.alter_column("actor_id", existing_type=sa.VARCHAR(length=32), nullable=False)
        batch_op.drop_column("service_id")
        batch_op.drop_column("account_id")

    op.drop_table("check_ins")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_service_id_written_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_person_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_next_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_course_id"))

    op.drop_table("outbox")
    op.drop_table("agreements_accepted")
    with op.batch_alter_table("waiting_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_places_programme_id"))

    op.drop_table("waiting_places")
    with op.batch_alter_table("carers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carers_patient_id"))

    op.drop_table("carers")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_account_id"))

    op.drop_table("staff_sessions")
    op.drop_table("staff_roles")
    op.drop_table("sites")
    with op.batch_alter_table("account_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_keys_account_id"))

    op.drop_table("account_keys")
    op.drop_table("staff_accounts")
