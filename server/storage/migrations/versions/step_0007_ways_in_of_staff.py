"""A browser that staff opened a class in knows by which sign-in; the class: safety, signals, pulse, cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.storage import tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("link_sessions", sa.Column("staff_session_id", sa.String(length=32), nullable=True))
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("was_in_class", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("lost_since", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("last_lost_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("hand_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("hand_up", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("signal", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("signal_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("side_view", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("unheard", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column("camera_stopped", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("ended_unattended", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("is_locked", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("spotlight_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("presenter_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("extended_min", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("undo", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_class_sessions_spotlight_id"), "people", ["spotlight_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_class_sessions_presenter_id"), "people", ["presenter_id"], ["id"]
        )
    op.create_table(
        "side_rooms",
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("since", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_side_rooms_class_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["people.id"], name=op.f("fk_side_rooms_patient_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name=op.f("fk_side_rooms_staff_id")),
        sa.PrimaryKeyConstraint("class_id", "staff_id", name=op.f("pk_side_rooms")),
    )
    with op.batch_alter_table("help_calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("done_note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("seen_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("seen_by", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_help_calls_seen_by"), "people", ["seen_by"], ["id"])
    op.create_table(
        "loss_accounts",
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("lost_at", tables.UtcDateTime(), nullable=False),
        sa.Column("done", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_loss_accounts_by_id")),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_loss_accounts_class_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_loss_accounts_person_id")),
        sa.PrimaryKeyConstraint("class_id", "person_id", "lost_at", "at", name=op.f("pk_loss_accounts")),
    )
    op.create_table(
        "help_accounts",
        sa.Column("help_id", sa.String(length=32), nullable=False),
        sa.Column("at", tables.UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("done", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_help_accounts_by_id")),
        sa.ForeignKeyConstraint(["help_id"], ["help_calls.id"], name=op.f("fk_help_accounts_help_id")),
        sa.PrimaryKeyConstraint("help_id", "at", name=op.f("pk_help_accounts")),
    )
    op.create_table(
        "pulses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("asker_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("asked_at", tables.UtcDateTime(), nullable=False),
        sa.Column("closed_at", tables.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["people.id"], name=op.f("fk_pulses_asker_id")),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_pulses_class_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulses")),
        sa.UniqueConstraint("class_id", "asker_id", "key", name=op.f("uq_pulses_class_id_asker_id_key")),
    )
    op.create_table(
        "pulse_answers",
        sa.Column("pulse_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("answered_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pulse_answers_person_id")),
        sa.ForeignKeyConstraint(["pulse_id"], ["pulses.id"], name=op.f("fk_pulse_answers_pulse_id")),
        sa.PrimaryKeyConstraint("pulse_id", "person_id", name=op.f("pk_pulse_answers")),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("course_id", sa.String(length=32), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("sender_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("address", sa.String(length=500), server_default="", nullable=False),
        sa.Column("sent_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_sessions.id"], name=op.f("fk_cards_class_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_cards_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cards_person_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["people.id"], name=op.f("fk_cards_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("class_id", "sender_id", "key", name=op.f("uq_cards_class_id_sender_id_key")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_class_id"), ["class_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_cards_course_id_sent_at"), ["course_id", "sent_at"], unique=False
        )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("asked_to", sa.String(length=20), server_default="physio", nullable=False)
        )
        batch_op.add_column(sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("hidden_reason", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("merged_into", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("edited_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("moved_in", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_questions_merged_into"), "questions", ["merged_into"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_questions_moved_in"), "class_sessions", ["moved_in"], ["id"]
        )
    with op.batch_alter_table("chat_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reply_to", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("moderated_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("moderated_at", tables.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("hidden_reason", sa.String(length=20), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_chat_messages_reply_to"), "chat_messages", ["reply_to"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_chat_messages_moderated_by"), "people", ["moderated_by"], ["id"]
        )
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("questions_held", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chat_paused", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "question_replies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("posted_at", tables.UtcDateTime(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hidden_reason", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_question_replies_author_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_replies_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_replies")),
    )
    with op.batch_alter_table("question_replies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_replies_question_id_posted_at"),
            ["question_id", "posted_at"],
            unique=False,
        )
    op.create_table(
        "question_reports",
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("reply_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reported_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_question_reports_person_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_reports_question_id")
        ),
        sa.PrimaryKeyConstraint("question_id", "reply_id", "person_id", name=op.f("pk_question_reports")),
    )
    op.create_table(
        "chat_reactions",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("reaction", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_messages.id"], name=op.f("fk_chat_reactions_message_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chat_reactions_person_id")),
        sa.PrimaryKeyConstraint("message_id", "person_id", "reaction", name=op.f("pk_chat_reactions")),
    )
    op.create_table(
        "chat_reports",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reported_at", tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_messages.id"], name=op.f("fk_chat_reports_message_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chat_reports_person_id")),
        sa.PrimaryKeyConstraint("message_id", "person_id", name=op.f("pk_chat_reports")),
    )
    op.create_table(
        "chat_seen",
        sa.Column("course_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_chat_seen_course_id")),
        sa.ForeignKeyConstraint(["message_id"], ["chat_messages.id"], name=op.f("fk_chat_seen_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chat_seen_person_id")),
        sa.PrimaryKeyConstraint("course_id", "person_id", name=op.f("pk_chat_seen")),
    )
    op.create_table(
        "chat_holds",
        sa.Column("course_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_chat_holds_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chat_holds_person_id")),
        sa.PrimaryKeyConstraint("course_id", "person_id", name=op.f("pk_chat_holds")),
    )


def downgrade() -> None:
    for table in (
        "chat_holds",
        "chat_seen",
        "chat_reports",
        "chat_reactions",
        "question_reports",
        "question_replies",
    ):
        op.drop_table(table)
    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.drop_column("chat_paused")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_column("questions_held")
    with op.batch_alter_table("chat_messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_chat_messages_moderated_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_chat_messages_reply_to"), type_="foreignkey")
        for column in ("hidden_reason", "moderated_at", "moderated_by", "hidden", "held", "reply_to"):
            batch_op.drop_column(column)
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_questions_moved_in"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_questions_merged_into"), type_="foreignkey")
        for column in (
            "moved_in",
            "edited_at",
            "merged_into",
            "pinned",
            "hidden_reason",
            "held",
            "anonymous",
            "asked_to",
        ):
            batch_op.drop_column(column)
    op.drop_table("side_rooms")
    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_class_sessions_presenter_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_class_sessions_spotlight_id"), type_="foreignkey")
        batch_op.drop_column("undo")
        batch_op.drop_column("extended_min")
        batch_op.drop_column("presenter_id")
        batch_op.drop_column("spotlight_id")
        batch_op.drop_column("is_locked")
        batch_op.drop_column("ended_unattended")
    op.drop_table("cards")
    op.drop_table("pulse_answers")
    op.drop_table("pulses")
    op.drop_table("help_accounts")
    op.drop_table("loss_accounts")
    with op.batch_alter_table("help_calls", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_help_calls_seen_by"), type_="foreignkey")
        batch_op.drop_column("seen_by")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("done_note")
        batch_op.drop_column("done")
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_column("removed")
        batch_op.drop_column("camera_stopped")
        batch_op.drop_column("unheard")
        batch_op.drop_column("side_view")
        batch_op.drop_column("signal_at")
        batch_op.drop_column("signal")
        batch_op.drop_column("hand_up")
        batch_op.drop_column("hand_at")
        batch_op.drop_column("last_lost_at")
        batch_op.drop_column("lost_since")
        batch_op.drop_column("was_in_class")
    with op.batch_alter_table("link_sessions", schema=None) as batch_op:
        batch_op.drop_column("staff_session_id")
