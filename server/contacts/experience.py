"""The Friends and Family Test: asked once a month at most, answered by nobody in particular, shown in groups.

How an answer is kept apart from who gave it, and what somebody who reads the database can still learn, stands
in docs/satisfaction.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.contacts.experience_figures import (
    TOO_FEW,
    Figures,
    ProgrammeExperience,
    figures_of,
    groups_to_show,
)
from server.contacts.experience_question import Choice
from server.contacts.months import Month
from server.storage.tables import ExperienceAnswer, Programme, Service

LAST_ANSWERS_WITHIN = timedelta(hours=1)
"""A month counts as over this long after its end: an answer sent at the last moment is stored by then."""


@dataclass(frozen=True, slots=True)
class Experience:
    """One service's month: what may be shown of it."""

    month: Month
    figures: Figures | None
    """None where there are too few answers to show."""
    target_percent: int | None
    """Y's target: the positive percentage to be kept; None without one."""
    is_final: bool
    """Whether the month is over and all answers are counted; while it goes on, some wait."""
    programmes: tuple[ProgrammeExperience, ...] = ()
    """By title; only when final, and only those with answers."""
    comments: tuple[str, ...] = ()
    """Why people gave their answers, in no order; empty where there are too few answers to show."""

    @property
    def n(self) -> int | None:
        """How many answers the figures stand on; None where there are too few to show."""
        return None if self.figures is None else self.figures.n

    @property
    def positive_percent(self) -> int | None:
        """Y: very good and good of all answers; None where there are too few to show."""
        return None if self.figures is None else self.figures.positive_percent

    @property
    def negative_percent(self) -> int | None:
        """Poor and very poor of all answers; None where there are too few to show."""
        return None if self.figures is None else self.figures.negative_percent

    @property
    def spoken(self) -> str:
        """Y in words, for a terminal: `94% (target 92%), 318 answers`."""
        if self.figures is None:
            return TOO_FEW
        target = "" if self.target_percent is None else f" (target {self.target_percent}%)"
        so_far = "" if self.is_final else " so far"
        positive = self.figures.positive_words(self.target_percent)
        return f"{positive}{target}, {self.figures.n} answers{so_far}"


async def month_experience(
    session: AsyncSession, service_id: str, month: Month, *, zone: ZoneInfo, now: datetime
) -> Experience:
    """Return what may be shown of a service's month at `now`."""
    is_final = now >= month.ends(zone) + LAST_ANSWERS_WITHIN
    answered = [ExperienceAnswer.service_id == service_id, ExperienceAnswer.month == str(month)]
    if not is_final:
        answered.append(ExperienceAnswer.shown.is_(True))
    by_programme: dict[str, Counter[Choice]] = {}
    counted = select(ExperienceAnswer.programme_id, ExperienceAnswer.answer, func.count())
    for programme_id, answer, number in await session.execute(
        counted.where(*answered).group_by(ExperienceAnswer.programme_id, ExperienceAnswer.answer)
    ):
        by_programme.setdefault(programme_id, Counter())[Choice(answer)] += number
    figures = figures_of(sum(by_programme.values(), Counter()))
    whys = select(ExperienceAnswer.why).where(*answered, ExperienceAnswer.why.is_not(None))
    service = await session.get(Service, service_id)
    return Experience(
        month=month,
        figures=figures,
        target_percent=None if service is None else service.experience_target_percent,
        is_final=is_final,
        programmes=await _programmes(session, by_programme) if is_final and figures else (),
        # By their ids, which are random and new with each answer (see `record_answer`).
        comments=tuple(why for why in await session.scalars(whys.order_by(ExperienceAnswer.id)) if why)
        if figures
        else (),
    )


async def _programmes(
    session: AsyncSession, by_programme: Mapping[str, Counter[Choice]]
) -> tuple[ProgrammeExperience, ...]:
    shown = groups_to_show({name: counts.total() for name, counts in by_programme.items()})
    titled = select(Programme.id, Programme.title).where(Programme.id.in_(by_programme))
    return tuple(
        ProgrammeExperience(
            programme_id, title, figures_of(by_programme[programme_id]) if programme_id in shown else None
        )
        for programme_id, title in await session.execute(titled.order_by(Programme.title, Programme.id))
    )
