"""Rebuilds a room from the tables, which are the truth; never from the journal."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.rooms.before_class import before_class_of
from server.rooms.cards_stored import load_cards
from server.rooms.chat_stored import load_chat
from server.rooms.floor_stored import load_floor
from server.rooms.help_calls_stored import load_help
from server.rooms.losses_stored import load_accounts
from server.rooms.pulses_stored import load_pulses
from server.rooms.questions_stored import are_questions_held, load_questions
from server.rooms.signs_stored import signal_of
from server.rooms.state import (
    Member,
    PersonInRoom,
    Place,
    RoomState,
    SideView,
)
from server.storage import tables as t
from server.timetable.check_ins import rule_of
from server.timetable.courses import ClassDetails


async def load_room(session: AsyncSession, details: ClassDetails) -> RoomState:
    """Rebuild a class's state from the tables; `details` are of the same moment."""
    has_check_in = (await rule_of(session, details.course_id)).has_check_in
    kept = await load_chat(session, details.course_id)
    return RoomState(
        class_id=details.id,
        course_id=details.course_id,
        lead_id=details.lead_id,
        members=members_of(details),
        people=await _people(session, details),
        questions=await load_questions(session, details),
        questions_held=await are_questions_held(session, details.course_id),
        chat=kept.latest,
        channel=kept.channel,
        recalled=kept.recalled,
        help=await load_help(session, details.id),
        floor=await load_floor(session, details.id, members_of(details)),
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        accounts=await load_accounts(session, details.id),
        pulses=await load_pulses(session, details.id),
        cards=await load_cards(session, details.id),
        ended_at=details.ended_at,
        ended_unattended=details.ended_unattended,
        cancelled_at=details.cancelled_at,
        max_patients=details.max_patients,
        has_check_in=has_check_in,
        before_class=await before_class_of(session, details.id),
        seq=await session.scalar(
            select(func.max(t.JournalEntry.seq)).where(t.JournalEntry.class_id == details.id)
        )
        or 0,
    )


async def is_called_off(session: AsyncSession, class_id: str) -> bool:
    """Return whether staff have called a class off, as this transaction sees it."""
    query = select(t.ClassSession.cancelled_at).where(t.ClassSession.id == class_id)
    return await session.scalar(query) is not None


def members_of(details: ClassDetails) -> dict[str, Member]:
    """Return the course list as the room knows it."""
    return {each.person_id: Member(each.person_id, each.role, each.seat) for each in details.people}


async def _people(session: AsyncSession, details: ClassDetails) -> dict[str, PersonInRoom]:
    rows = await session.scalars(select(t.Participation).where(t.Participation.class_id == details.id))
    members = members_of(details)
    return {
        row.person_id: PersonInRoom(
            person_id=row.person_id,
            role=members[row.person_id].role,
            seat=members[row.person_id].seat,
            place=Place(row.place),
            place_since=row.place_since,
            microphone_on=row.microphone_on,
            camera_on=row.camera_on,
            muted_by_staff=row.muted_by_staff,
            seen_by_group=row.seen_by_group,
            side_view=SideView(row.side_view) if row.side_view else None,
            unheard=row.unheard,
            camera_stopped=row.camera_stopped,
            removed=row.removed,
            told=row.told,
            was_in_class=row.was_in_class,
            lost_since=row.lost_since,
            last_lost_at=row.last_lost_at,
            hand_at=row.hand_at,
            hand_up=row.hand_up,
            signal=signal_of(row),
        )
        for row in rows
        if row.person_id in members
    }
