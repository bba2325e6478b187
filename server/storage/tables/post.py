"""The outbox: e-mails that are to be sent once, whatever happens in between."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


class Letter(Table):
    """One e-mail, written in the transaction that made it necessary and sent afterwards."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Also the left part of its Message-ID, so that one sent twice by mistake is seen as one."""
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What it is about; a second one with the same key is not written."""
    kind: Mapped[str] = mapped_column(String(30))
    """invitation, class_moved, class_cancelled, class_back_on, course_ended, staff_key, ..."""
    service_id: Mapped[str | None] = mapped_column(ForeignKey("services.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("staff_accounts.id"))
    course_id: Mapped[str | None] = mapped_column(ForeignKey("courses.id"))
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    """Wiped once it is sent: a personal link may stand in it."""
    calendar: Mapped[str | None] = mapped_column(Text)
    """An iCalendar object (RFC 5545) that goes with it; null for none."""
    method: Mapped[str | None] = mapped_column(String(10))
    """Of the calendar: PUBLISH, REQUEST or CANCEL (RFC 5546)."""
    written_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    """When to try (again); null once it is sent or given up."""
    attempts: Mapped[int] = mapped_column(default=0)
    sending_since: Mapped[datetime | None]
    """Set while the server is being talked to: after a crash it is not known whether this one went out."""
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    """When it was given up."""
    problem: Mapped[str | None] = mapped_column(String(300))
    """The last answer of the mail server, without addresses."""
    __table_args__ = (
        Index(None, "next_at"),
        Index(None, "course_id"),
        Index(None, "person_id"),
        Index(None, "service_id", "written_at"),
    )
