"""What each slot of a browser gets of what its line carries. Pure; knows layers as numbers and rates only.

The order of service: sound, which is taken off before anything else; then the pictures by priority, the
presenter (0) and then the enlarged one (1) each up to the layer it is shown at, and all others together,
round by round, so that nobody has a large picture while another has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEADROOM = 1.25
"""Going up must fit this often into the estimate; staying, once. So with rates as they are, an estimate whose
highest value is less than so many times its lowest (a tenth either way) moves nothing once it has settled,
but for `FIRST_HEADROOM`."""
FIRST_HEADROOM = 1.05
"""For the presenter's lowest layer: a picture at all is worth more than steadiness. An estimate that wavers
by more than this around what sound and that layer cost takes it away and gives it again, and moves others."""
SHARED = 2
"""From this priority on, slots are served round by round."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A slot that is shown, and what its layers cost: `kbps` rising, the lowest first, the wish the last."""

    slot: str
    priority: int
    kbps: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """`steps`: by slot, how many layers up it may go; 0 is no picture. All slots asked for are in it."""

    steps: Mapping[str, int]
    kbps: float
    """What that takes, with the sound."""


def allocate(
    asks: Sequence[Ask], sound_kbps: float, estimate_kbps: float | None, present: Mapping[str, int]
) -> Share:
    """Share out the estimate (None: no limit). `present` are the steps that the slots have now.

    What is there stays as long as it fits; more is given only with `HEADROOM`. Never takes more than the
    estimate, but for the sound.
    """
    if estimate_kbps is None:
        steps = {ask.slot: len(ask.kbps) for ask in asks}
        return Share(steps, sound_kbps + sum(_cost(ask, steps[ask.slot]) for ask in asks))
    steps = {ask.slot: 0 for ask in asks}
    spent = sound_kbps
    for ask, step in _in_turn(asks):
        if steps[ask.slot] != step - 1:
            continue  # a step below did not fit
        more = _cost(ask, step) - _cost(ask, step - 1)
        most = estimate_kbps
        if step > present.get(ask.slot, 0):
            most /= _headroom(ask, step)
        if spent + more <= most:
            steps[ask.slot] = step
            spent += more
    return Share(steps, spent)


def next_goal(asks: Sequence[Ask], share: Share) -> float | None:
    """What the line must be shown to carry for the next step up in turn; None: everything is given."""
    for ask, step in _in_turn(asks):
        if step == share.steps[ask.slot] + 1:
            return _headroom(ask, step) * (share.kbps + _cost(ask, step) - _cost(ask, step - 1))
    return None


def wanted_kbps(asks: Sequence[Ask], sound_kbps: float) -> float:
    """What everything would take."""
    return sound_kbps + sum(_cost(ask, len(ask.kbps)) for ask in asks)


def _headroom(ask: Ask, step: int) -> float:
    return FIRST_HEADROOM if ask.priority == 0 and step == 1 else HEADROOM


def _cost(ask: Ask, step: int) -> float:
    return max(ask.kbps[:step], default=0.0)


def _in_turn(asks: Sequence[Ask]) -> list[tuple[Ask, int]]:
    """Every step of every slot, in the order of service."""
    turns = [
        (min(ask.priority, SHARED), step if ask.priority >= SHARED else 0, ask.priority, place, step)
        for place, ask in enumerate(asks)
        for step in range(1, len(ask.kbps) + 1)
    ]
    return [(asks[place], step) for _, _, _, place, step in sorted(turns)]
