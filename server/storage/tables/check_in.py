"""Before class: the group agreement, and each patient's check-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Table


class AgreementAccepted(Table):
    """A patient has accepted this version of the group agreement for this course."""

    __tablename__ = "agreements_accepted"
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    accepted_at: Mapped[datetime]


class CheckIn(Table):
    """What a patient said before one class, and what staff decided about it. One per class and patient."""

    __tablename__ = "check_ins"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime]
    """When it was last sent."""
    stage: Mapped[str] = mapped_column(String(20))
    """details, symptoms or done: which of its three pages was last sent."""
    comes: Mapped[str] = mapped_column(String(20))
    """self, with_carer or proxy: who is in front of the device."""
    carer_id: Mapped[str | None] = mapped_column(ForeignKey("carers.id"))
    partner_too: Mapped[bool] = mapped_column(default=False)
    """The other one of a couple is in front of the same device."""
    symptoms: Mapped[list[Any]] = mapped_column(default=list)
    """Values of `timetable.symptoms.Symptom` that were answered with yes."""
    told: Mapped[str] = mapped_column(Text, default="")
    """What else the patient wrote about them."""
    place: Mapped[str] = mapped_column(String(300), default="")
    """Where the patient is today. Confirmed each time, never pre-filled."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    emergency_name: Mapped[str] = mapped_column(String(200), default="")
    emergency_phone: Mapped[str] = mapped_column(String(40), default="")
    with_whom: Mapped[str] = mapped_column(String(200), default="")
    """Who is with the patient; empty: nobody."""
    is_space_clear: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20))
    """open, ready, held, red_flag, allowed or refused (see `timetable.check_ins.State`)."""
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")
    """Why staff let the patient take part after all, or did not."""
    __table_args__ = (
        CheckConstraint("stage IN ('details', 'symptoms', 'done')", name="stage"),
        CheckConstraint("comes IN ('self', 'with_carer', 'proxy')", name="comes"),
        CheckConstraint("state IN ('open', 'ready', 'held', 'red_flag', 'allowed', 'refused')", name="state"),
    )
