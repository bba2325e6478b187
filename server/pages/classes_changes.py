"""What staff change about one class: its time, whether it takes place, who leads it, its topic.

Each is one transaction, in which the patients' letters and the end of their links are seen to; then the
class's room learns it, if it is open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.pages import calling_off
from server.pages.calling_off import somebody_in
from server.pages.site import Site
from server.people.auditing import audit
from server.people.links import end_with_course
from server.people.staff import StaffMember
from server.storage.tables import ClassSession
from server.timetable.cancelling import Reason, call_off, put_back_on
from server.timetable.covering import cover_class
from server.timetable.moving import move_class
from server.timetable.overviews import CourseOverview
from server.timetable.telling import classes_moved

Work = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes which class, and when."""

    site: Site
    member: StaffMember
    course: CourseOverview
    class_id: str
    now: datetime

    async def move(self, to: datetime) -> None:
        """Have the class begin at `to`, and tell the patients."""

        async def work(session: AsyncSession) -> None:
            people_in = await somebody_in(session, self.class_id)
            if await move_class(session, self.class_id, to, self.now, people_in=people_in):
                await end_with_course(session, self.course.id)
                await classes_moved(session, [self.class_id], self.site.letterhead, self.now)
                self._note(session, "move_class")

        await self._store(work)

    async def cancel(self, reason: Reason) -> None:
        """Call the class off, settle its contacts, and tell the patients."""

        async def called_off(session: AsyncSession, people_in: int) -> bool:
            changed = await call_off(session, self.class_id, reason, self.now, people_in=people_in)
            if changed:
                self._note(session, "cancel_class")
            return changed

        await calling_off.cancel(self.site, self.class_id, self.now, called_off)

    async def put_back(self) -> None:
        """Let the class take place after all, and tell the patients."""

        async def back_on(session: AsyncSession) -> bool:
            changed = await put_back_on(session, self.class_id, self.now)
            if changed:
                self._note(session, "put_class_back_on")
            return changed

        await calling_off.put_back(self.site, self.class_id, self.now, back_on)

    async def cover(self, person_id: str) -> None:
        """Have somebody else lead the class."""

        async def work(session: AsyncSession) -> None:
            if await cover_class(session, self.class_id, person_id, self.now):
                self._note(session, "cover_class", {"lead": person_id})

        await self._store(work)

    async def set_topic(self, topic: str) -> None:
        """Say what the class is about."""

        async def work(session: AsyncSession) -> None:
            row = await session.get_one(ClassSession, self.class_id)
            if (row.topic or "") != topic:
                row.topic = topic or None
                self._note(session, "set_class_topic")

        await self._store(work)

    async def _store(self, work: Work) -> None:
        await self.site.database.write(work)
        await self.site.timetable_changed(self.class_id)

    def _note(self, session: AsyncSession, action: str, detail: dict[str, object] | None = None) -> None:
        audit(
            session,
            self.member,
            action,
            self.now,
            self.site.new_id(),
            service_id=self.course.service_id,
            class_id=self.class_id,
            detail=detail,
        )
