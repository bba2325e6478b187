"""Programmes, courses with their members, classes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


class Programme(Table):
    """A template of classes, such as knee and hip, 12 classes in 6 weeks."""

    __tablename__ = "programmes"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"))
    title: Mapped[str] = mapped_column(String(200))
    aims: Mapped[str] = mapped_column(Text, default="", server_default="")
    condition: Mapped[str] = mapped_column(String(20), default="other", server_default="other")
    """back, knee_hip or other: which questions of the check-in are asked (see timetable.programmes)."""
    week_plan: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """One entry per class, in order: `{"topic": str, "sessions": [folder names of the library]}`."""
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether other services may make their own from it."""
    copied_from: Mapped[str | None] = mapped_column(ForeignKey("programmes.id"))
    has_check_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether patients check in before each class; on for all that are made in the browser."""
    questions_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether patients' questions wait for staff's approval before the group sees them."""
    archived_at: Mapped[datetime | None]
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
    helper_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20), default="course", server_default="course")
    """course, or drop_in: one talk that is open to those invited."""
    weekly: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Its weekly places: `{"weekday": 0 to 6 (Monday first), "time": "10:00"}`, local time."""
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    chat_paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether nobody but staff writes in the course's chat for now."""
    created_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


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
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """The other patient of the course who joins from the same device (a couple); set on both."""
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
    """When staff ended it, or the system did; null until then."""
    ended_unattended: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The system ended it, because no staff were in it any more."""
    cancelled_at: Mapped[datetime | None]
    """When staff called it off; null unless they did."""
    cancelled_reason: Mapped[str | None] = mapped_column(String(20))
    """Why (see server.timetable.cancelling)."""
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Who leads this one class in place of the course's lead; null unless somebody covers."""
    topic: Mapped[str | None] = mapped_column(String(200))
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was moved, cancelled or put back: SEQUENCE of its calendar entry (RFC 5545, 3.8.7.4)."""
    is_locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Staff let nobody new in."""
    spotlight_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Which patient everyone sees large."""
    presenter_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """To whom presenting was handed over; null: whoever leads presents."""
    extended_min: Mapped[int] = mapped_column(default=0, server_default="0")
    """By how many minutes `ends_at` was put off while it went on."""
    undo: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What staff did last to many at once: kind, people, until when it can be taken back."""
    settled_at: Mapped[datetime | None]
    """When its care contacts were written; null while it is to come, on, or not yet settled."""
    __table_args__ = (UniqueConstraint("course_id", "number"),)


class Absence(Table):
    """A patient said beforehand that they cannot come to a class."""

    __tablename__ = "absences"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_at: Mapped[datetime]


class WaitingPlace(Table):
    """A patient who waits for a place on a course of a programme."""

    __tablename__ = "waiting_places"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
    service_request_id: Mapped[str | None] = mapped_column(String(20))
    commissioner_code: Mapped[str | None] = mapped_column(String(6))
    admin_category: Mapped[str | None] = mapped_column(String(2))
    __table_args__ = (UniqueConstraint("programme_id", "person_id"),)
