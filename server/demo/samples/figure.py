"""Drawing a person from the side: calm, friendly, clearly an illustration."""

from __future__ import annotations

from dataclasses import dataclass

from server.demo.samples.body import ANKLE_HEIGHT, BALL_AHEAD, FLOOR_Y, Arm, Joints, Leg, Point
from server.demo.samples.canvas import Canvas, Colour, mixed

INK = "#2a2220"
SHADE = "#10202c"
HEAD_SIZE = 1.1


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks. `hair_style` is short, bob or bun."""

    skin: Colour
    hair: Colour
    hair_style: str
    top: Colour
    trousers: Colour
    shoes: Colour
    glasses: bool = False
    beard: bool = False
    long_sleeves: bool = False


PEOPLE = {
    "meena": Look("#b57b4e", "#6f6a68", "bun", "#a83f6b", "#3d4560", "#e9e4dc", long_sleeves=True),
    "winston": Look("#7d5239", "#a09c97", "short", "#2f7f86", "#333c49", "#d9dde0", beard=True),
    "jean": Look("#f1cdb2", "#d3cec7", "bob", "#4a6fb0", "#4b4f60", "#8c3f4c", glasses=True),
}


def draw_figure(canvas: Canvas, look: Look, bones: Joints, shadow: Colour) -> None:
    """Draw a person with these joints, facing right; `shadow` is the colour of the floor below."""
    _shadow(canvas, bones, shadow)
    _arm(canvas, look, bones.shoulder + Point(7, 1).turned(bones.lean), bones.far_arm, shade=0.22)
    _leg(canvas, look, bones.hip + Point(4, -1), bones.far_leg, shade=0.22)
    _leg(canvas, look, bones.hip, bones.near_leg, shade=0.0)
    _neck(canvas, look, bones)
    _trunk(canvas, look, bones)
    _head(canvas, look, bones.head, bones.tilt)
    _arm(canvas, look, bones.shoulder + Point(-2, 3).turned(bones.lean), bones.near_arm, shade=0.0)


def _shadow(canvas: Canvas, bones: Joints, colour: Colour) -> None:
    for leg in (bones.far_leg, bones.near_leg):
        canvas.ellipse(Point(leg.ankle.x + 9, FLOOR_Y + 1), 34, 5.5, colour)


def _leg(canvas: Canvas, look: Look, hip: Point, leg: Leg, *, shade: float) -> None:
    cloth = mixed(look.trousers, SHADE, shade)
    _shoe(canvas, mixed(look.shoes, SHADE, shade), leg)
    skin = mixed(look.skin, SHADE, shade)
    canvas.line([leg.knee, leg.ankle], 11, skin)
    cuff = _between(leg.knee, leg.ankle, 0.86)
    canvas.limb([(leg.knee, 13.2), (cuff, 10.2)], cloth)
    canvas.limb([(hip, 19.0), (leg.knee, 13.4)], cloth)


def _shoe(canvas: Canvas, colour: Colour, leg: Leg) -> None:
    def at(x: float, y: float) -> Point:
        if leg.heel < 0:  # the toes are lifted, about the heel
            pivot = Point(-9, ANKLE_HEIGHT)
            return leg.ankle + pivot + Point(x - pivot.x, y - pivot.y).turned(leg.heel)
        return leg.ankle + Point(x, y).turned(leg.heel)

    ball, sole = Point(BALL_AHEAD, ANKLE_HEIGHT), mixed(colour, INK, 0.45)
    bend = -0.8 * max(0.0, leg.heel)

    def toe(x: float, y: float) -> Point:
        """The toes stay flat on the floor while the heel is lifted."""
        around_ball = Point(x - ball.x, y - ball.y).turned(bend)
        return at(ball.x + around_ball.x, ball.y + around_ball.y)

    canvas.body([(at(-9, 7), 4.2), (at(BALL_AHEAD, 8.6), 2.6)], sole)
    canvas.body([(at(BALL_AHEAD - 2, 8.6), 2.6), (toe(32, 8.6), 2.6)], sole)
    canvas.body([(at(-7, 2), 6.2), (at(1, -2), 7.0), (at(17, 4.5), 4.2), (at(-7, 5), 5.2)], colour)
    canvas.body([(at(16, 4.6), 4.3), (toe(28, 5.4), 3.8)], colour)


def _trunk(canvas: Canvas, look: Look, bones: Joints) -> None:
    def at(x: float, y: float) -> Point:
        return bones.hip + Point(x, y).turned(bones.lean)

    full = 1.3 * bones.chest
    canvas.body([(bones.hip + Point(0, -2), 19.6), (at(0, -14), 20.0)], look.top)
    canvas.body([(at(0, -14), 20.0), (at(2, -54), 21.4 + full)], look.top)
    canvas.body(
        [(at(2, -54), 21.4 + full), (bones.shoulder + Point(0, 3), 14.6), (at(6, -70), 14.0 + full)], look.top
    )


def _neck(canvas: Canvas, look: Look, bones: Joints) -> None:
    base = bones.shoulder + Point(2, -6).turned(bones.lean)
    canvas.line([base, _between(base, bones.head, 0.6)], 19, mixed(look.skin, INK, 0.12))
    canvas.body([(base + Point(-2, 3), 12.5), (base + Point(3, 4), 11.5)], mixed(look.top, SHADE, 0.14))


def _arm(canvas: Canvas, look: Look, shoulder: Point, arm: Arm, *, shade: float) -> None:
    cloth, skin = mixed(look.top, SHADE, shade), mixed(look.skin, SHADE, shade)
    edge = mixed(cloth, SHADE, 0.22)
    wrist, elbow = arm.wrist, arm.elbow
    hand = _beyond(elbow, wrist, 5.5)
    canvas.limb([(elbow, 7.6), (wrist, 5.6)], skin)
    canvas.limb([(wrist, 6.0), (hand, 7.0)], skin)
    if look.long_sleeves:
        canvas.limb([(shoulder, 13.2), (elbow, 10.4), (_between(elbow, wrist, 0.92), 8.2)], edge)
        canvas.limb([(shoulder, 12.2), (elbow, 9.4), (_between(elbow, wrist, 0.92), 7.2)], cloth)
    else:
        sleeve = _between(shoulder, elbow, 0.78)
        canvas.limb([(shoulder, 9.0), (elbow, 7.8)], skin)
        canvas.limb([(shoulder, 13.4), (sleeve, 11.4)], edge)
        canvas.limb([(shoulder, 12.4), (sleeve, 10.4)], cloth)


def _head(canvas: Canvas, look: Look, head: Point, tilt: float) -> None:
    def at(x: float, y: float) -> Point:
        return head + Point(x * HEAD_SIZE, y * HEAD_SIZE).turned(tilt)

    def blob(points: list[tuple[float, float]], colour: Colour) -> None:
        canvas.blob([at(x, y) for x, y in points], colour)

    def line(points: list[tuple[float, float]], width: float, colour: Colour) -> None:
        canvas.line([at(x, y) for x, y in points], width, colour)

    hair, warm = look.hair, mixed(look.skin, "#c4534a", 0.22)
    dark = mixed(look.skin, INK, 0.2)
    if look.hair_style == "bob":
        blob([(-25, -8), (-14, -28), (6, -31), (20, -22), (10, 0), (-4, 20), (-22, 21), (-29, 8)], hair)
    if look.hair_style == "bun":
        canvas.ellipse(at(-24, -16), 12.5, 12.0, mixed(hair, INK, 0.12))
    blob(
        [(-22, -4), (-17, -20), (0, -27), (17, -20), (22, -4), (20, 12), (9, 24), (-6, 23), (-18, 12)],
        look.skin,
    )
    blob([(19, -5), (24.5, 1), (26.8, 5.6), (22.5, 9), (15, 5)], look.skin)
    line([(20.6, 9), (23.6, 8.8)], 1.4, dark)
    if look.beard:
        blob([(-13, 3), (-7, 8), (6, 9.5), (19, 8.5), (21, 13), (13, 25), (0, 28), (-13, 20)], hair)
    canvas.ellipse(at(7, 8.5), 4.6, 3.4, warm if not look.beard else look.skin)
    line(
        _bow((9, 13), (13.8, 18.6), (18.6, 13.6)),
        2.1,
        mixed(look.skin, "#f6c3ae", 0.75) if look.beard else INK,
    )
    for x in (7.5, 17.5):
        canvas.ellipse(at(x, -1.5), 2.3, 2.7, INK)
        line(_bow((x - 3.8, -8.4), (x - 0.2, -11.4), (x + 3.4, -8.8)), 1.7, mixed(hair, INK, 0.35))
    if look.hair_style == "short":
        blob(
            [
                (-23, 2),
                (-25, -13),
                (-13, -29),
                (6, -30),
                (20, -21),
                (20, -14),
                (8, -17),
                (-6, -15),
                (-11, -6),
                (-14, 4),
            ],
            hair,
        )
    if look.hair_style == "bob":
        blob(
            [
                (-24, 12),
                (-28, -6),
                (-17, -27),
                (2, -32),
                (18, -24),
                (22, -10),
                (12, -15),
                (1, -17),
                (-5, -6),
                (-6, 8),
                (-12, 19),
            ],
            hair,
        )
    if look.hair_style == "bun":
        blob(
            [
                (-21, 4),
                (-25, -12),
                (-13, -28),
                (6, -30),
                (19, -21),
                (21, -11),
                (11, -18),
                (-2, -15),
                (-10, -5),
                (-14, 5),
            ],
            hair,
        )
    if look.hair_style != "bob":
        canvas.ellipse(at(-8, 2.5), 4.6, 6.4, mixed(look.skin, INK, 0.1))
        line([(-8.6, 0), (-6.8, 3), (-8.4, 5.4)], 1.2, dark)
    if look.glasses:
        for x in (7.0, 18.0):
            canvas.ring(at(x, -1), 5.6, 1.5, "#4a3f3b")
        line([(12.4, -2), (12.9, -2)], 1.5, "#4a3f3b")
        line([(1.4, -2), (-6, -3.5)], 1.5, "#4a3f3b")


def _bow(
    start: tuple[float, float], bend: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return a smooth line from start to end, pulled towards the bend (a quadratic curve)."""
    points = []
    for step in range(7):
        t = step / 6
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        points.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return points


def _between(start: Point, end: Point, part: float) -> Point:
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)


def _beyond(start: Point, end: Point, length: float) -> Point:
    dx, dy = end.x - start.x, end.y - start.y
    whole = max(1e-6, (dx * dx + dy * dy) ** 0.5)
    return Point(end.x + dx / whole * length, end.y + dy / whole * length)
