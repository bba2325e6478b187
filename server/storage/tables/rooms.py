"""What happens in a class, and what staff do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


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
    side_view: Mapped[str | None] = mapped_column(String(20))
    """Staff: what is shown beside their own picture, camera (a second one) or screen."""
    unheard: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Staff: a side room ended over their heads, and they have not switched on the microphone since."""
    camera_stopped: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Staff have stopped the camera."""
    removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Staff have taken this person out of class, and not let back."""
    told: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What staff last wrote to this person at the door."""
    was_in_class: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A patient who was let into this class at least once."""
    lost_since: Mapped[datetime | None]
    """Since when a patient who was in this class is gone without having left; null: is not lost."""
    last_lost_at: Mapped[datetime | None]
    """When the patient was lost last, also after being back."""
    hand_at: Mapped[datetime | None]
    """When the hand was last raised: those who are first have the first place."""
    hand_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    signal: Mapped[str | None] = mapped_column(String(20))
    """repeat, well_done, thanks or smile: the last sign the patient gave."""
    signal_at: Mapped[datetime | None]


class SideRoom(Table):
    """One of staff and one patient who talk aside now; no row is left when they are back."""

    __tablename__ = "side_rooms"
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]


class Question(Table):
    """A question asked in class."""

    __tablename__ = "questions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), index=True)
    asker_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(40))
    """Chosen by the client, so that asking again after a lost acknowledgement asks once."""
    text: Mapped[str] = mapped_column(Text)
    asked_to: Mapped[str] = mapped_column(String(20), default="physio", server_default="physio")
    """physio, group or staff (see server.rooms.question.AskedTo)."""
    anonymous: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether classmates are not told who asked."""
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is kept from the group: not approved yet, or taken away."""
    hidden_reason: Mapped[str | None] = mapped_column(String(20))
    """Why it was taken away: upsetting, unsafe, private or other; null: it was not, or not shown at all."""
    pinned: Mapped[bool] = mapped_column(default=False, server_default=false())
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("questions.id"))
    """The question it is answered with."""
    edited_at: Mapped[datetime | None]
    moved_in: Mapped[str | None] = mapped_column(ForeignKey("class_sessions.id"))
    """The class in which staff last said what becomes of it: of a carried question not `class_id`."""
    state: Mapped[str] = mapped_column(String(20))
    """waiting, answering, answered_live, answered_in_writing or set_aside (see
    server.rooms.question.QuestionState).
    """
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


class QuestionReply(Table):
    """A reply to a question, in writing."""

    __tablename__ = "question_replies"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime]
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether staff have hidden it from the group; the text is kept, for the record."""
    hidden_reason: Mapped[str | None] = mapped_column(String(20))
    """upsetting, unsafe, private or other; null while it is shown."""
    __table_args__ = (Index(None, "question_id", "posted_at"),)


class QuestionReport(Table):
    """Somebody told staff that a question, or a reply to it, should not be there."""

    __tablename__ = "question_reports"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    reply_id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Empty: it is the question itself."""
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    reported_at: Mapped[datetime]


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
    reply_to: Mapped[str | None] = mapped_column(ForeignKey("chat_messages.id"))
    """The message that it answers."""
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it waits for staff's approval."""
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether staff have hidden it from the group; the text is kept, for the record."""
    moderated_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Who last hid, showed or approved it."""
    moderated_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(String(20))
    """upsetting, unsafe, private or other (see server.rooms.message.ReportReason); null: not approved."""
    __table_args__ = (
        UniqueConstraint("course_id", "author_id", "key"),
        Index(None, "course_id", "posted_at"),
    )


class ChatReaction(Table):
    """One person's reaction to a message."""

    __tablename__ = "chat_reactions"
    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    reaction: Mapped[str] = mapped_column(String(20), primary_key=True)
    """thanks, well_done, same_here or made_me_smile (see server.rooms.message.Reaction)."""


class ChatReport(Table):
    """Somebody told staff that a message should not be there."""

    __tablename__ = "chat_reports"
    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    reported_at: Mapped[datetime]


class ChatSeen(Table):
    """How far somebody has read a course's channel."""

    __tablename__ = "chat_seen"
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"))


class ChatHold(Table):
    """A patient whose messages wait for staff's approval; no row: they do not."""

    __tablename__ = "chat_holds"
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)


class HelpCall(Table):
    """A patient's call for help, and when it was settled."""

    __tablename__ = "help_calls"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class_sessions.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """now, rest or private."""
    called_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Who of staff said first that they saw it."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    done: Mapped[str | None] = mapped_column(String(20))
    """What staff did: talked, rang, ambulance, family, other or fine; null when the caller settled it."""
    done_note: Mapped[str] = mapped_column(Text, default="", server_default="")


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
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """The person who did it in class; null for what was done on staff's pages without being one in class."""
    account_id: Mapped[str | None] = mapped_column(ForeignKey("staff_accounts.id"))
    """Whose sign-in it was done under; null for what was done by a personal link."""
    service_id: Mapped[str | None] = mapped_column(ForeignKey("services.id"))
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    class_id: Mapped[str | None] = mapped_column(ForeignKey("class_sessions.id"))
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the action was about, where the other columns do not say it: ids, months and flags only."""
    __table_args__ = (Index(None, "at", "id"), Index(None, "subject_id"), Index(None, "account_id"))
