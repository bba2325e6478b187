"""What becomes of patients lost in class, questions to everyone at once, cards of where else to turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


class LossAccount(Table):
    """What staff did about a patient who dropped out of class, or was gone without having left."""

    __tablename__ = "loss_accounts"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    lost_at: Mapped[datetime] = mapped_column(primary_key=True)
    """Since when the patient was lost: who is lost twice is accounted for twice."""
    at: Mapped[datetime] = mapped_column(primary_key=True)
    """When staff said so; what is said later of the same loss stands beside it."""
    done: Mapped[str] = mapped_column(String(20))
    """rang_fine, no_answer, family, ambulance or other."""
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))


class HelpAccount(Table):
    """What somebody else of staff said of a call for help that was settled already."""

    __tablename__ = "help_accounts"
    help_id: Mapped[str] = mapped_column(ForeignKey("help_calls.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    done: Mapped[str] = mapped_column(String(20))
    """As in `HelpCall`."""
    note: Mapped[str] = mapped_column(Text, default="", server_default="")


class Pulse(Table):
    """A question that staff asked all patients in class at once."""

    __tablename__ = "pulses"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"))
    asker_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(40))
    """Chosen by the client, so that asking again after a lost acknowledgement asks once."""
    kind: Mapped[str] = mapped_column(String(20))
    """pain, effort (both 0 to 10) or poll."""
    text: Mapped[str] = mapped_column(Text)
    options: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Of a poll, in order."""
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("class_id", "asker_id", "key"),)


class PulseAnswer(Table):
    """What one patient answered."""

    __tablename__ = "pulse_answers"
    pulse_id: Mapped[str] = mapped_column(ForeignKey("pulses.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    value: Mapped[int]
    """0 to 10, or the number of an option, from 0."""
    answered_at: Mapped[datetime]


class Card(Table):
    """A signposting card that staff sent in class; it stays on the patient's own page."""

    __tablename__ = "cards"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Whom it is for; null: all patients of the course."""
    sender_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(40))
    """Chosen by the client, so that sending again after a lost acknowledgement sends once."""
    title: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    address: Mapped[str] = mapped_column(String(500), default="", server_default="")
    sent_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("class_id", "sender_id", "key"), Index(None, "course_id", "sent_at"))
