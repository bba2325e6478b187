"""Where the joints of a figure seen from its side are, from what it does with its hips, hands and feet.

Lengths are pixels of a 640 x 360 picture, x to the front of the figure, y down. Limbs keep their lengths in
every pose: knees and elbows follow from the ends (two circles meet).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

FLOOR_Y = 320.0
THIGH, SHIN = 63.0, 60.0
UPPER_ARM, FOREARM = 42.0, 38.0
TORSO = 80.0
ANKLE_HEIGHT = 11.0
BALL_AHEAD = 22.0
"""From the ankle forward to the ball of the foot, about which the heel is lifted."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the picture."""

    x: float
    y: float

    def __add__(self, other: Point) -> Point:
        return Point(self.x + other.x, self.y + other.y)

    def turned(self, degrees: float) -> Point:
        """Turned about the origin, forward (to the figure's front) for positive angles."""
        angle = math.radians(degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        return Point(self.x * cos - self.y * sin, self.x * sin + self.y * cos)


@dataclass(frozen=True, slots=True)
class Pose:
    """What a figure does: near is the side turned to us. Angles in degrees.

    `lean` is the trunk's from upright; `heel` a foot's, lifted about its ball (below 0 the toes are lifted,
    about the heel); `nod` the head's, below 0 upwards; `chest` how full of breath (about 0 to 1).
    """

    hip: Point
    lean: float
    near_foot: Point
    far_foot: Point
    near_hand: Point
    far_hand: Point
    near_heel: float = 0.0
    far_heel: float = 0.0
    nod: float = 0.0
    chest: float = 0.0

    def towards(self, other: Pose, part: float) -> Pose:
        """Return the pose that is `part` (0 to 1) of the way to `other`."""

        def between(ours: float, theirs: float) -> float:
            return ours + (theirs - ours) * part

        changed: dict[str, float | Point] = {}
        for field in fields(self):
            ours, theirs = getattr(self, field.name), getattr(other, field.name)
            if isinstance(ours, Point):
                changed[field.name] = Point(between(ours.x, theirs.x), between(ours.y, theirs.y))
            else:
                changed[field.name] = between(ours, theirs)
        return Pose(**changed)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's joints and how its foot is turned."""

    knee: Point
    ankle: Point
    heel: float


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm's joints."""

    elbow: Point
    wrist: Point


@dataclass(frozen=True, slots=True)
class Joints:
    """Everything that the drawing needs to know of a pose."""

    hip: Point
    shoulder: Point
    head: Point
    tilt: float
    lean: float
    near_leg: Leg
    far_leg: Leg
    near_arm: Arm
    far_arm: Arm
    chest: float


def shoulder_of(hip: Point, lean: float) -> Point:
    """Return where the shoulder is above a hip."""
    return hip + Point(0, -TORSO).turned(lean)


def joints(pose: Pose) -> Joints:
    """Return the joints of a pose."""
    shoulder = shoulder_of(pose.hip, pose.lean) + Point(0, -1.4 * pose.chest)
    tilt = 0.45 * pose.lean + pose.nod
    neck = Point(3, -9).turned(pose.lean)
    return Joints(
        hip=pose.hip,
        shoulder=shoulder,
        head=shoulder + neck + Point(3, -30).turned(tilt),
        tilt=tilt,
        lean=pose.lean,
        near_leg=_leg(pose.hip, pose.near_foot, pose.near_heel),
        far_leg=_leg(pose.hip, pose.far_foot, pose.far_heel),
        near_arm=_arm(shoulder, pose.near_hand),
        far_arm=_arm(shoulder, pose.far_hand),
        chest=pose.chest,
    )


def standing_on(x: float, rise: float = 0.0) -> Point:
    """Return a foot's place: where its ankle is when the sole is flat, `rise` above the floor."""
    return Point(x, FLOOR_Y - ANKLE_HEIGHT - rise)


def ankle_of(foot: Point, heel: float) -> Point:
    """Return where the ankle comes to when the heel is lifted about the ball of the foot."""
    if heel <= 0:
        return foot
    ball = foot + Point(BALL_AHEAD, ANKLE_HEIGHT)
    return ball + Point(-BALL_AHEAD, -ANKLE_HEIGHT).turned(heel)


def _leg(hip: Point, foot: Point, heel: float) -> Leg:
    ankle = ankle_of(foot, heel)
    knee, ankle = _bent(hip, ankle, THIGH, SHIN, forward=True)
    return Leg(knee, ankle, heel)


def _arm(shoulder: Point, hand: Point) -> Arm:
    elbow, wrist = _bent(shoulder, hand, UPPER_ARM, FOREARM, forward=False)
    return Arm(elbow, wrist)


def _bent(root: Point, end: Point, upper: float, lower: float, *, forward: bool) -> tuple[Point, Point]:
    """Return the joint between two bones and their end, drawn nearer where the bones are too short."""
    dx, dy = end.x - root.x, end.y - root.y
    reach = max(1e-6, math.hypot(dx, dy))
    within = min(max(reach, abs(upper - lower) + 0.5), upper + lower - 0.05)
    dx, dy = dx / reach, dy / reach
    along = (upper * upper - lower * lower + within * within) / (2 * within)
    aside = math.sqrt(max(0.0, upper * upper - along * along)) * (1 if forward else -1)
    joint = Point(root.x + dx * along + dy * aside, root.y + dy * along - dx * aside)
    return joint, Point(root.x + dx * within, root.y + dy * within)
