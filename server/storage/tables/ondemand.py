"""What was watched of the sessions on demand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


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
