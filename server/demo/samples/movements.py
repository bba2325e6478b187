"""The exercises as movements: a posture at rest, and what becomes of it from phase 0 (rest) to 1 (top)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from server.demo.samples.body import (
    Point,
    Pose,
    ankle_of,
    joints,
    shoulder_of,
    standing_on,
)
from server.demo.samples.timeline import FRAME_MS, LEAD_IN_MS, Timeline

SEAT_X, SEAT_Y = 250.0, 246.0
"""Where the hips rest on the chair: the middle of the front half of the seat, and its height."""
SEATED_HIP = Point(SEAT_X, SEAT_Y - 17)
SEATED_FEET_X = SEAT_X + 58
STANDING_X = 300.0
CHAIR_BACK = Point(STANDING_X + 52, 160)
"""What the figure holds when standing behind a chair: the top of its back."""

FLAT_HIP_Y = 186.6
"""The hips' height when the legs are straight."""

BREATH_MS = 4000


def _seated(lean: float = 2.0) -> Pose:
    return _hands_on_thighs(
        Pose(
            hip=SEATED_HIP,
            lean=lean,
            near_foot=standing_on(SEATED_FEET_X),
            far_foot=standing_on(SEATED_FEET_X + 9),
            near_hand=SEATED_HIP,
            far_hand=SEATED_HIP,
        )
    )


def _hands_on_thighs(pose: Pose) -> Pose:
    """Put each hand on its thigh, a little before the knee."""
    bones = joints(pose)

    def on(knee: Point) -> Point:
        along = 0.42
        return Point(
            pose.hip.x + (knee.x - pose.hip.x) * along + 3, pose.hip.y + (knee.y - pose.hip.y) * along - 13
        )

    return replace(pose, near_hand=on(bones.near_leg.knee), far_hand=on(bones.far_leg.knee) + Point(7, -1))


def _arms_crossed(pose: Pose) -> Pose:
    """Lay each hand on the other shoulder."""
    shoulder = shoulder_of(pose.hip, pose.lean)
    near, far = Point(20, 20).turned(pose.lean), Point(24, 30).turned(pose.lean)
    return replace(pose, near_hand=shoulder + near, far_hand=shoulder + far)


def _standing() -> Pose:
    hip = Point(STANDING_X, FLAT_HIP_Y)
    return Pose(
        hip=hip,
        lean=2.0,
        near_foot=standing_on(STANDING_X - 4),
        far_foot=standing_on(STANDING_X + 7),
        near_hand=CHAIR_BACK + Point(-4, -8),
        far_hand=CHAIR_BACK + Point(2, -9),
    )


POSTURES: dict[str, Pose] = {
    "seated, hands on thighs": _seated(),
    "seated, arms crossed": _arms_crossed(_seated()),
    "standing at a chair": _standing(),
}

# Rising from a chair: how far, where the hips are, how far the trunk leans, how far the head looks up.
_RISING = (
    (0.00, SEATED_HIP, 2.0, 0.0),
    (0.30, SEATED_HIP + Point(7, -1), 36.0, -6.0),
    (0.48, SEATED_HIP + Point(22, -9), 40.0, -8.0),
    (0.74, SEATED_HIP + Point(46, -31), 22.0, -4.0),
    (1.00, Point(SEATED_FEET_X + 1, FLAT_HIP_Y), 1.0, 0.0),
)


def _risen(phase: float) -> Pose:
    seated = POSTURES["seated, hands on thighs"]
    at = next(index for index in range(1, len(_RISING)) if phase <= _RISING[index][0])
    before, after = _RISING[at - 1], _RISING[at]
    first, last = _RISING[max(0, at - 2)], _RISING[min(len(_RISING) - 1, at + 1)]
    part = (phase - before[0]) / (after[0] - before[0])

    def curve(value: Callable[[tuple[float, Point, float, float]], float]) -> float:
        a, b, c, d = (value(each) for each in (first, before, after, last))
        return 0.5 * (
            2 * b + (c - a) * part + (2 * a - 5 * b + 4 * c - d) * part**2 + (3 * b - a - 3 * c + d) * part**3
        )

    return replace(
        seated,
        hip=Point(curve(lambda each: each[1].x), curve(lambda each: each[1].y)),
        lean=curve(lambda each: each[2]),
        nod=curve(lambda each: each[3]),
    )


def _stand(phase: float, _turn: int) -> Pose:
    return _arms_crossed(_risen(phase))


def _stand_with_hands(phase: float, _turn: int) -> Pose:
    """Push on the thighs; the hands come away from them while the legs straighten, and hang."""
    pushing = _hands_on_thighs(_risen(phase))
    shoulder = shoulder_of(pushing.hip, pushing.lean)
    hanging = replace(pushing, near_hand=shoulder + Point(10, 73), far_hand=shoulder + Point(18, 71))
    off = min(1.0, max(0.0, (phase - 0.3) / 0.5))
    return pushing.towards(hanging, off * off * (3 - 2 * off))


def _rock(phase: float, _turn: int) -> Pose:
    return _hands_on_thighs(_risen(0.26 * phase))


def _breathe(posture: str) -> Callable[[float, int], Pose]:
    return lambda phase, _turn: replace(POSTURES[posture], chest=2.2 * phase, nod=-3 * phase)


def _heel_lift(phase: float, turn: int) -> Pose:
    return _one_leg(POSTURES["seated, hands on thighs"], turn, heel=36 * phase)


def _toe_tap(phase: float, turn: int) -> Pose:
    return _one_leg(POSTURES["seated, hands on thighs"], turn, heel=-22 * phase)


def _knee_lift(phase: float, turn: int) -> Pose:
    lifted = _one_leg(POSTURES["seated, hands on thighs"], turn, rise=37 * phase, heel=0.1)
    return replace(lifted, lean=2 - 3 * phase)


def _one_leg(pose: Pose, turn: int, *, heel: float = 0.0, rise: float = 0.0) -> Pose:
    """Lift the near foot at even turns, the far one at odd ones; the hand goes with its thigh."""
    if turn % 2 == 0:
        lifted = replace(pose, near_heel=heel, near_foot=pose.near_foot + Point(-0.06 * rise, -rise))
    else:
        lifted = replace(pose, far_heel=heel, far_foot=pose.far_foot + Point(-0.06 * rise, -rise))
    return _hands_on_thighs(lifted)


def _calf_raise(height: float) -> Callable[[float, int], Pose]:
    def movement(phase: float, _turn: int) -> Pose:
        standing = POSTURES["standing at a chair"]
        heel = height * phase
        moved = ankle_of(standing.near_foot, heel)
        hip = standing.hip + Point(moved.x - standing.near_foot.x, moved.y - standing.near_foot.y)
        return replace(standing, hip=hip, near_heel=heel, far_heel=heel)

    return movement


def _knee_bend(phase: float, _turn: int) -> Pose:
    standing = POSTURES["standing at a chair"]
    return replace(standing, hip=standing.hip + Point(-7 * phase, 11 * phase), lean=2 + 7 * phase)


def _slow_march(phase: float, turn: int) -> Pose:
    standing = POSTURES["standing at a chair"]
    up = Point(-11 * phase, -20 * phase)
    if turn % 2 == 0:
        return replace(standing, near_foot=standing.near_foot + up, near_heel=16 * phase)
    return replace(standing, far_foot=standing.far_foot + up, far_heel=16 * phase)


@dataclass(frozen=True, slots=True)
class Movement:
    """An exercise: the posture it begins and ends in, and its poses by phase and turn."""

    posture: str
    pose: Callable[[float, int], Pose]


MOVEMENTS: dict[str, Movement] = {
    "rock": Movement("seated, hands on thighs", _rock),
    "stand with hands": Movement("seated, hands on thighs", _stand_with_hands),
    "stand": Movement("seated, arms crossed", _stand),
    "breathe": Movement("seated, hands on thighs", _breathe("seated, hands on thighs")),
    "breathe at a chair": Movement("standing at a chair", _breathe("standing at a chair")),
    "heel lift": Movement("seated, hands on thighs", _heel_lift),
    "toe tap": Movement("seated, hands on thighs", _toe_tap),
    "knee lift": Movement("seated, hands on thighs", _knee_lift),
    "calf raise": Movement("standing at a chair", _calf_raise(44.0)),
    "small calf raise": Movement("standing at a chair", _calf_raise(24.0)),
    "knee bend": Movement("standing at a chair", _knee_bend),
    "slow march": Movement("standing at a chair", _slow_march),
}


def pose_at(timeline: Timeline, at_ms: int) -> Pose:
    """Return what the figure of a session does at a moment."""
    stroke = timeline.stroke_at(at_ms)
    if stroke is not None:
        phase = stroke.pace.phase(at_ms - stroke.start_ms)
        return MOVEMENTS[stroke.movement].pose(phase, stroke.turn)
    before, chapter = timeline.chapters_at(at_ms)
    changed = min(1.0, (at_ms - chapter.start_ms) / LEAD_IN_MS)
    posture = POSTURES[before.posture].towards(
        POSTURES[chapter.posture], changed * changed * (3 - 2 * changed)
    )
    return replace(posture, chest=_breath(at_ms))


def _breath(at_ms: int) -> float:
    """How full of breath the figure is when it keeps still: in few steps, each a whole number of frames."""
    step = at_ms % BREATH_MS // (FRAME_MS * 10)
    return (0.0, 0.1, 0.4, 0.7, 0.95, 1.0, 0.8, 0.5, 0.2, 0.05)[step]
