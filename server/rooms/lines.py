"""How good somebody's connection is: three levels with a reason, steady enough to be shown. Pure.

Judged from what the media worker measures (`LineNotice`, every 2 s) and from what the browser says of how it
plays (about every 5 s). Time is counted in the worker's reports. Each reason is judged by itself:

| reason    | fair                                      | poor                                              |
|-----------|-------------------------------------------|---------------------------------------------------|
| slow_down | a picture is missing, or not as sharp     | more pictures are missing than shown              |
| slow_up   | the best layer she is to send does not come | two such layers                                 |
| losses    | 3% of the packets or of the sound         | 10%                                               |
| delay     | 300 ms round trip                         | 500 ms                                            |
| freezes   | the stage stands still for 5% of the time | for 20%                                           |

Losses are before repair. ITU-T G.1010 lets voice lose 3%. From 10% on a sender must slow down by
draft-ietf-rmcat-gcc-02 (section 6), and Microsoft's Call Quality Dashboard calls a stream poor; so it does
from a round trip of 500 ms on. 300 ms are twice the 150 ms that ITU-T G.114 finds good for nearly all talk.

What stands shown becomes worse when it was worse for 4 s, and better when it was better for 10 s.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, IntEnum

from server.media.spec import LineNotice

WORSE_AFTER_REPORTS = 3
"""So many in a row must be worse: the first, and those 2 s and 4 s later."""
BETTER_AFTER_REPORTS = 6
"""So many in a row must be better: 10 s from the first to the last."""
PICTURE_BACK_AFTER_REPORTS = 2
"""That the picture is back is told sooner than that the line is good: people can see that it is."""
PLAYS_COUNT_REPORTS = 8
"""What the browser said counts for so long, 16 s: pages that sleep say nothing."""
_NEWEST_WEIGHT = 0.5
"""Of the newest figure in a running mean: one bad report alone counts half."""


class Level(IntEnum):
    """How good it is; higher is worse."""

    GOOD = 0
    FAIR = 1
    POOR = 2


class Reason(Enum):
    """What is wrong. Of several as bad, what was told before is told on, else the first of these."""

    SLOW_DOWN = "slow_down"
    SLOW_UP = "slow_up"
    LOSSES = "losses"
    DELAY = "delay"
    FREEZES = "freezes"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is told of a line."""

    level: Level = Level.GOOD
    reason: Reason | None = None
    """What is worst; None when the level is good."""
    sound_only: bool = False
    """No picture gets through, for lack of bandwidth."""


GOOD = Judgement()


@dataclass(frozen=True, slots=True)
class Plays:
    """How the presenter's sound and picture played in a browser: shares of the time, from 0 to 1."""

    frozen: float
    concealed: float
    """Sound that the browser made up, because it had not come."""


class Steady:
    """A level that follows what it is told only when that lasts."""

    def __init__(
        self, worse_after: int = WORSE_AFTER_REPORTS, better_after: int = BETTER_AFTER_REPORTS
    ) -> None:
        self.shown = 0
        self._worse_after, self._better_after = worse_after, better_after
        longest = max(worse_after, better_after)
        self._latest: deque[int] = deque([0] * longest, maxlen=longest)

    def take(self, level: int) -> int:
        """Take the level of one more report; return what is to be shown."""
        self._latest.append(level)
        latest = list(self._latest)
        if (at_least := min(latest[-self._worse_after :])) > self.shown:
            self.shown = at_least
        elif (at_most := max(latest[-self._better_after :])) < self.shown:
            self.shown = at_most
        return self.shown


class _Mean:
    """A running mean, in which the newest figure weighs half."""

    def __init__(self) -> None:
        self.value = 0.0

    def take(self, figure: float) -> float:
        self.value += (figure - self.value) * _NEWEST_WEIGHT
        return self.value


class Line:
    """One person's connection, over one media peer."""

    def __init__(self) -> None:
        self.judgement = GOOD
        self._steady = {reason: Steady() for reason in Reason}
        self._sound_only = Steady(better_after=PICTURE_BACK_AFTER_REPORTS)
        self._losses, self._delay_ms, self._freezes = _Mean(), _Mean(), _Mean()
        self._concealed = 0.0
        self._plays_for = 0

    def plays(self, plays: Plays) -> None:
        """Take what the browser says; it counts from the worker's next report on."""
        self._freezes.take(plays.frozen)
        self._concealed = plays.concealed
        self._plays_for = PLAYS_COUNT_REPORTS

    def report(self, notice: LineNotice) -> Judgement:
        """Take one report of the worker; return what is to be told now."""
        if self._plays_for == 0:
            self._freezes.value = self._concealed = 0.0
        self._plays_for = max(0, self._plays_for - 1)
        lost = self._losses.take(max(notice.loss_up, notice.loss_down, self._concealed))
        delay_ms = self._delay_ms.take(notice.rtt_ms or 0.0)
        now = {
            Reason.SLOW_DOWN: slow_down(notice),
            Reason.SLOW_UP: Level(min(len(notice.unsent), Level.POOR)),
            Reason.LOSSES: _above(lost, fair=0.03, poor=0.1),
            Reason.DELAY: _above(delay_ms, fair=300, poor=500),
            Reason.FREEZES: _above(self._freezes.value, fair=0.05, poor=0.2),
        }
        shown = {reason: Level(self._steady[reason].take(level)) for reason, level in now.items()}
        sound_only = bool(self._sound_only.take(is_sound_only(notice)))
        worst = max(shown.values())
        self.judgement = Judgement(worst, self._reason(shown, worst, sound_only), sound_only)
        return self.judgement

    def _reason(self, shown: dict[Reason, Level], worst: Level, sound_only: bool) -> Reason | None:
        """One of those that are worst: what was told before, as long as it is."""
        if worst is Level.GOOD:
            return None
        told = self.judgement.reason
        if told is not None and shown[told] is worst and not sound_only:
            return told
        return next(reason for reason in Reason if shown[reason] is worst)


def slow_down(notice: LineNotice) -> Level:
    """Return how far the line to the browser is too slow for the pictures it shows."""
    missing = len(notice.withheld)
    if missing > notice.pictures and _misses_a_person(notice):
        return Level.POOR
    return Level.FAIR if missing or notice.reduced else Level.GOOD


def is_sound_only(notice: LineNotice) -> bool:
    """Whether no picture gets through. The presenter's goes first, so that it is the last to fall. Where she
    has her camera off, a small picture that does not fit is no great loss.
    """
    return notice.pictures == 0 and _misses_a_person(notice)


def _misses_a_person(notice: LineNotice) -> bool:
    """Whether a picture that class is about is missing: the presenter's, or for staff a patient's."""
    return any(slot == "stage" or slot.startswith("seat") for slot in notice.withheld)


def _above(figure: float, *, fair: float, poor: float) -> Level:
    if figure >= poor:
        return Level.POOR
    return Level.FAIR if figure >= fair else Level.GOOD
