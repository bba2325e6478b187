"""Presence, the ledger of care contacts, the Friends and Family Test."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


class PresenceInterval(Table):
    """When a person was in a class's waiting room or in the class: from `started_at` until `ended_at`.

    Devices and reconnects are one person. Written by `server.contacts.presence` alone.
    """

    __tablename__ = "presence_intervals"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    place: Mapped[str] = mapped_column(String(20))
    """waiting or in_class."""
    started_at: Mapped[datetime]
    seen_until: Mapped[datetime]
    """The last heartbeat at which the person was connected: where it ends should the server die."""
    ended_at: Mapped[datetime | None]
    """Null while it goes on."""
    __table_args__ = (
        Index(None, "class_id", "person_id"),
        Index(
            "uq_presence_intervals_open",
            "class_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("place IN ('waiting', 'in_class')", name="place"),
    )


class CareContact(Table):
    """The ledger: one care contact per patient and class (Community Services Data Set, table CYP201).

    Knows patients by `Patient.subject_id` only, and classes and services by id. Times are UTC; the date and
    the time of day that are exported are those of Europe/London.
    """

    __tablename__ = "care_contacts"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    """CareContactID."""
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"))
    subject_id: Mapped[str] = mapped_column(Id)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"))
    attendance_status: Mapped[str] = mapped_column(String(1))
    """5, 6, 7, 3, 2 or 4 (NHS Data Dictionary: ATTENDANCE STATUS); 0 is never stored, it lies ahead."""
    starts_at: Mapped[datetime]
    """When the contact began; when the class was to begin, for those who were not seen."""
    ends_at: Mapped[datetime | None]
    """When the contact ended; null for those who were not seen."""
    duration_minutes: Mapped[int | None]
    """Whole minutes from start to end (NHS Data Dictionary: CLINICAL CONTACT DURATION OF CARE CONTACT)."""
    consultation_type: Mapped[str] = mapped_column(String(2))
    """01 the patient's first contact on the course, 02 each later one."""
    consultation_mechanism: Mapped[str] = mapped_column(String(2))
    """11, video."""
    group_therapy: Mapped[str] = mapped_column(String(1))
    """Y."""
    contact_subject: Mapped[str] = mapped_column(String(2), default="01", server_default="01")
    """01 the patient, 02 a proxy who came instead (NHS Data Dictionary: CARE CONTACT SUBJECT)."""
    cancelled_at: Mapped[datetime | None]
    """When it was called off, by the patient (status 2) or by the service (4)."""
    cancelled_reason: Mapped[str | None] = mapped_column(String(20))
    service_request_id: Mapped[str | None] = mapped_column(String(20))
    """This and the following: as the course list and the service had them when the contact was written."""
    commissioner_code: Mapped[str | None] = mapped_column(String(6))
    admin_category: Mapped[str | None] = mapped_column(String(2))
    team_code: Mapped[str | None] = mapped_column(String(20))
    site_code: Mapped[str | None] = mapped_column(String(9))
    settled_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("class_id", "subject_id"),
        Index(None, "service_id", "starts_at"),
        CheckConstraint("attendance_status IN ('2', '3', '4', '5', '6', '7')", name="attendance_status"),
    )


class ExperienceAnswer(Table):
    """An answer to the Friends and Family Test. Anonymous: nobody's key, no time but the month, random id.

    The rows lie in the order of their random ids (WITHOUT ROWID), not in that of their coming.
    """

    __tablename__ = "experience_answers"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(String(32))
    programme_id: Mapped[str] = mapped_column(String(32))
    month: Mapped[str] = mapped_column(String(7))
    """2026-11, Europe/London."""
    answer: Mapped[str] = mapped_column(String(30))
    """very_good, good, neither, poor, very_poor or dont_know."""
    why: Mapped[str | None] = mapped_column(Text)
    shown: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is counted while its month goes on; drawn at random (see server.contacts.experience)."""
    __table_args__ = (Index(None, "service_id", "month"), {"sqlite_with_rowid": False})


class ExperienceTokenSpent(Table):
    """That somebody has answered this month: a keyed hash of person and month, and nothing else."""

    __tablename__ = "experience_tokens_spent"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)
