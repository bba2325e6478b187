"""The tables. They are the truth; whatever is in memory is a cache of them.

Times are UTC (stored without offset, always written by `UtcDateTime`); shown and counted in Europe/London.
Ids are random text made by `server.ids`, never sequential, never shown to people. Personal data stands in
`people` and `patients` only; everything else knows a person by id.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, a naive UTC timestamp in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


Id = String(32)


class Table(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own form


class Service(Table):
    """A physiotherapy service: who answers the phone."""

    __tablename__ = "services"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    site_code: Mapped[str | None] = mapped_column(String(9))
    """Treatment_OrgSiteID of CSDS (NHS Data Dictionary: ORGANISATION SITE IDENTIFIER); null when not told."""
    team_code: Mapped[str | None] = mapped_column(String(20))
    """TeamID_Local of CSDS."""
    contacts_target: Mapped[int | None]
    """X: how many virtual contacts a month are aimed at; null without a target."""
    experience_target_percent: Mapped[int | None]
    """Y: the Friends and Family Test's positive percentage that is to be kept; null without a target."""


class Person(Table):
    """Anyone who can be in a class, staff or patient."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"))
    role: Mapped[str] = mapped_column(String(20))
    """physio, helper or patient (see server.people.roles)."""
    full_name: Mapped[str] = mapped_column(String(200))
    """Seen by staff only."""
    shown_name: Mapped[str] = mapped_column(String(80))
    """First or chosen name: what the group sees."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    __table_args__ = (CheckConstraint("role IN ('physio', 'helper', 'patient')", name="role"),)


class Patient(Table):
    """What only patients have."""

    __tablename__ = "patients"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    nhs_number: Mapped[str | None] = mapped_column(String(10), unique=True)
    """Ten digits, check digit verified (NHS Data Dictionary: NHS NUMBER). Never in a URL or a log."""
    subject_id: Mapped[str] = mapped_column(Id, unique=True)
    """Random; the only name under which the contact ledger knows this patient."""


class Programme(Table):
    """A template of classes, such as knee and hip, 12 classes in 6 weeks."""

    __tablename__ = "programmes"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"))
    title: Mapped[str] = mapped_column(String(200))
    class_count: Mapped[int]
    class_minutes: Mapped[int]
    max_patients: Mapped[int]


class Course(Table):
    """One run of a programme with its group."""

    __tablename__ = "courses"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    title: Mapped[str] = mapped_column(String(200))
    lead_id: Mapped[str] = mapped_column(ForeignKey("people.id"))


class CourseMember(Table):
    """A person on a course: a patient with a fixed seat, or staff (seat null)."""

    __tablename__ = "course_members"
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    seat: Mapped[int | None]
    """0 to 15, the place on the physio's wall; keeps for the whole course."""
    service_request_id: Mapped[str | None] = mapped_column(String(20))
    """The referral that brought the patient here (NHS Data Dictionary: SERVICE REQUEST IDENTIFIER)."""
    commissioner_code: Mapped[str | None] = mapped_column(String(6))
    """OrgID_Commissioner of CSDS (NHS Data Dictionary: ORGANISATION IDENTIFIER (CODE OF COMMISSIONER))."""
    admin_category: Mapped[str | None] = mapped_column(String(2))
    """AdminCategory of CSDS (NHS Data Dictionary: ADMINISTRATIVE CATEGORY CODE); 01 is an NHS patient."""
    __table_args__ = (UniqueConstraint("course_id", "seat"),)


class ClassSession(Table):
    """One class of a course."""

    __tablename__ = "class_sessions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When staff ended it; null until then."""
    cancelled_at: Mapped[datetime | None]
    """When staff called it off; null unless they did."""
    cancelled_reason: Mapped[str | None] = mapped_column(String(20))
    """Why (see server.timetable.cancelling)."""
    settled_at: Mapped[datetime | None]
    """When its care contacts were written; null while it is to come, on, or not yet settled."""
    __table_args__ = (UniqueConstraint("course_id", "number"),)


class PersonalLink(Table):
    """One link per person and course. Only the SHA-256 of its random token is stored."""

    __tablename__ = "personal_links"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Public name of the link: stands in the class page's address and the cookie's name; opens nothing."""
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """From then on it opens nothing; null while the course has no end."""
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)


class LinkSession(Table):
    """A browser in which the person pressed Join: the cookie's secret, hashed."""

    __tablename__ = "link_sessions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("personal_links.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Participation(Table):
    """Where a person is in one class, and how they are set. Rows appear when a person first joins."""

    __tablename__ = "participations"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(20))
    """waiting, in_class, dropped or left (see server.rooms.state.Place)."""
    place_since: Mapped[datetime]
    microphone_on: Mapped[bool] = mapped_column(default=False)
    camera_on: Mapped[bool] = mapped_column(default=False)
    muted_by_staff: Mapped[bool] = mapped_column(default=False)
    seen_by_group: Mapped[bool] = mapped_column(default=False)


class Question(Table):
    """A question asked in class."""

    __tablename__ = "questions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), index=True)
    asker_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(40))
    """Chosen by the client, so that asking again after a lost acknowledgement asks once."""
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    """waiting, answering, answered_live or answered_in_writing (see server.rooms.state.QuestionState)."""
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("class_id", "asker_id", "key"),)


class QuestionVote(Table):
    """One person's vote for a question."""

    __tablename__ = "question_votes"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)


class ChatMessage(Table):
    """A message of the course's one channel."""

    __tablename__ = "chat_messages"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    class_id: Mapped[str | None] = mapped_column(ForeignKey("class_sessions.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("course_id", "author_id", "key"),
        Index(None, "course_id", "posted_at"),
    )


class HelpCall(Table):
    """A patient's call for help, and when it was settled."""

    __tablename__ = "help_calls"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """now, rest or private."""
    called_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class JournalEntry(Table):
    """What happened in a room, in order: one row per event, in the transaction that made it true."""

    __tablename__ = "room_journal"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    """Version of the event's form, for readers in later years."""
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Null for the system."""
    detail: Mapped[dict[str, Any]]
    """Ids and flags only; what people wrote stands in its own table."""


class AuditEntry(Table):
    """A staff action on a patient. Append-only."""

    __tablename__ = "audit"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    class_id: Mapped[str | None] = mapped_column(ForeignKey("class_sessions.id"))
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the action was about, where the other columns do not say it: ids, months and flags only."""


class Absence(Table):
    """A patient said beforehand that they cannot come to a class."""

    __tablename__ = "absences"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_at: Mapped[datetime]


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


class Viewing(Table):
    """One person watching one session on demand, from its first second until watched, over days and devices.

    A new one begins when the person plays the session again after it was counted. Written by
    `server.ondemand.watching` alone.
    """

    __tablename__ = "viewings"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    session_name: Mapped[str] = mapped_column(String(80))
    """The session's folder."""
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """When something of it was last reported."""
    position_ms: Mapped[int]
    """Where to go on."""
    playback: Mapped[str | None] = mapped_column(String(40))
    """The key of the opened player page that played last, chosen by the client."""
    watched_ms: Mapped[int]
    """How much of the session has really been watched: the length of the union of its intervals."""
    counted_at: Mapped[datetime | None]
    """When it became an on-demand view; null while too little was watched."""
    closed_at: Mapped[datetime | None]
    """When the next one of the same session took its place; null for the one that goes on."""
    __table_args__ = (
        Index(None, "person_id", "session_name"),
        Index(None, "counted_at"),
        Index(
            "uq_viewings_open",
            "person_id",
            "session_name",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class WatchedInterval(Table):
    """A stretch of a session that was really watched; those of one viewing never touch or overlap."""

    __tablename__ = "watched_intervals"
    viewing_id: Mapped[str] = mapped_column(ForeignKey("viewings.id"), primary_key=True)
    from_ms: Mapped[int] = mapped_column(primary_key=True)
    to_ms: Mapped[int]


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
