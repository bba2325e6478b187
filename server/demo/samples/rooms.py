"""The rooms of the sample sessions: floor, window, plant, and a steady chair against a wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from server.demo.samples.body import FLOOR_Y, Point
from server.demo.samples.canvas import HEIGHT, WIDTH, Canvas, Colour, mixed
from server.demo.samples.movements import CHAIR_BACK, SEAT_X, SEAT_Y

SKIRTING_Y = 284
WOOD, DARK_WOOD = "#9a7450", "#7a5a3c"


@dataclass(frozen=True, slots=True)
class Room:
    """A room without anyone in it, the colour of shadows on its floor, and where its wall is free."""

    canvas: Canvas
    shadow: Colour
    free_wall: Point
    """The middle of the place for the number that is counted."""


def _empty_room(wall: Colour, floor: Colour) -> Canvas:
    canvas = Canvas.empty(wall)
    canvas.box(0, SKIRTING_Y, WIDTH, HEIGHT - SKIRTING_Y, floor)
    canvas.box(0, SKIRTING_Y - 9, WIDTH, 10, mixed(wall, "#ffffff", 0.65))
    canvas.box(0, SKIRTING_Y + 1, WIDTH, 3, mixed(floor, "#20262b", 0.14))
    return canvas


def _near_wall(canvas: Canvas, colour: Colour, left: float, right: float) -> None:
    """Draw the end of a wall that stands in the room: the chair's back, or its seat, touches it."""
    canvas.box(left, 0, right - left, FLOOR_Y + 2, colour)
    canvas.box(left, FLOOR_Y - 9, right - left, 11, mixed(colour, "#ffffff", 0.6))


def _chair_to_sit_on(canvas: Canvas, shadow: Colour) -> None:
    back_x, front_x = SEAT_X - 44, SEAT_X + 38
    canvas.ellipse(Point((back_x + front_x) / 2, FLOOR_Y + 1), 58, 6, shadow)
    for x, colour in ((back_x + 9, DARK_WOOD), (front_x - 12, DARK_WOOD)):
        canvas.line([Point(x, SEAT_Y), Point(x, FLOOR_Y - 5)], 8, mixed(colour, "#20262b", 0.2))
    canvas.line([Point(back_x, 156), Point(back_x, FLOOR_Y - 3)], 10, DARK_WOOD)
    canvas.line([Point(front_x - 3, SEAT_Y + 4), Point(front_x - 3, FLOOR_Y - 3)], 10, DARK_WOOD)
    canvas.box(back_x + 3, 164, 8, 62, WOOD, 4)
    canvas.box(back_x - 4, SEAT_Y, front_x - back_x + 8, 12, WOOD, 5)


def _chair_to_hold(canvas: Canvas, shadow: Colour) -> None:
    back_x = CHAIR_BACK.x + 2
    front_x = back_x + 80
    canvas.ellipse(Point((back_x + front_x) / 2, FLOOR_Y + 1), 56, 6, shadow)
    for x in (back_x + 10, front_x - 12):
        canvas.line([Point(x, SEAT_Y), Point(x, FLOOR_Y - 5)], 8, mixed(DARK_WOOD, "#20262b", 0.2))
    canvas.line([Point(back_x, CHAIR_BACK.y + 6), Point(back_x, FLOOR_Y - 3)], 10, DARK_WOOD)
    canvas.line([Point(front_x - 3, SEAT_Y + 4), Point(front_x - 3, FLOOR_Y - 3)], 10, DARK_WOOD)
    canvas.box(back_x + 3, CHAIR_BACK.y + 12, 8, 48, WOOD, 4)
    canvas.box(back_x - 4, SEAT_Y, front_x - back_x + 8, 12, WOOD, 5)


def _window(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.box(x - 6, y - 6, width + 12, height + 12, "#f7f9f8", 3)
    canvas.box(x, y, width, height, "#bfe0ee")
    canvas.ellipse(Point(x + width * 0.28, y + height * 0.32), 15, 7, "#eaf5f9")
    canvas.ellipse(Point(x + width * 0.40, y + height * 0.36), 17, 7, "#eaf5f9")
    hill = [Point(x, y + height), Point(x, y + height * 0.74), Point(x + width * 0.35, y + height * 0.62)]
    hill += [
        Point(x + width * 0.7, y + height * 0.72),
        Point(x + width, y + height * 0.66),
        Point(x + width, y + height),
    ]
    canvas.polygon(hill, "#a9cfa4")
    canvas.box(x + width / 2 - 2, y, 4, height, "#f7f9f8")
    canvas.box(x, y + height / 2 - 2, width, 4, "#f7f9f8")
    canvas.box(x - 12, y + height + 5, width + 24, 7, "#eef1ef", 2)


def _plant(canvas: Canvas, x: float, floor: float, size: float, pot: Colour) -> None:
    green = "#6d9a63"
    for lean, tall, colour in (
        (-46, 70, "#7fae74"),
        (44, 68, "#7fae74"),
        (-22, 88, green),
        (20, 92, green),
        (0, 74, "#5c8a55"),
    ):
        root = Point(x, floor - 30 * size)

        def leaf(
            along: float, aside: float, lean: float = lean, tall: float = tall, root: Point = root
        ) -> Point:
            return root + Point(aside * size, -along * tall * size).turned(lean)

        canvas.blob([leaf(0, 0), leaf(0.45, -9), leaf(1, 0), leaf(0.45, 9)], colour)
    canvas.polygon(
        [
            Point(x - 20 * size, floor - 34 * size),
            Point(x + 20 * size, floor - 34 * size),
            Point(x + 15 * size, floor),
            Point(x - 15 * size, floor),
        ],
        pot,
    )
    canvas.box(x - 22 * size, floor - 38 * size, 44 * size, 8 * size, mixed(pot, "#ffffff", 0.18), 2)


def _small_table(canvas: Canvas, x: float, y: float, width: float, colour: Colour) -> None:
    for leg in (x + 8, x + width - 8):
        canvas.line([Point(leg, y + 6), Point(leg, FLOOR_Y - 12)], 7, mixed(colour, "#20262b", 0.2))
    canvas.box(x, y, width, 10, colour, 4)


def _glass_of_water(canvas: Canvas, x: float, table_y: float) -> None:
    canvas.polygon(
        [
            Point(x - 8, table_y - 26),
            Point(x + 8, table_y - 26),
            Point(x + 6, table_y),
            Point(x - 6, table_y),
        ],
        "#e6f2f6",
    )
    canvas.polygon(
        [
            Point(x - 7, table_y - 18),
            Point(x + 7, table_y - 18),
            Point(x + 6, table_y),
            Point(x - 6, table_y),
        ],
        "#b4d9e8",
    )


def _picture_on_wall(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.box(x - 5, y - 5, width + 10, height + 10, "#b79b72", 2)
    canvas.box(x, y, width, height, "#f2f0e6")
    canvas.ellipse(Point(x + width * 0.7, y + height * 0.34), 9, 9, "#f0cf8a")
    canvas.polygon(
        [
            Point(x, y + height),
            Point(x + width * 0.36, y + height * 0.44),
            Point(x + width * 0.72, y + height),
        ],
        "#a9bfae",
    )
    canvas.polygon(
        [
            Point(x + width * 0.4, y + height),
            Point(x + width * 0.72, y + height * 0.6),
            Point(x + width, y + height),
        ],
        "#8fae9b",
    )


def _living_room() -> Room:
    canvas, shadow = _empty_room("#e3dccf", "#b59f86"), "#94816b"
    _window(canvas, 470, 46, 124, 112)
    _near_wall(canvas, "#d2c8b7", 0, 198)
    _small_table(canvas, 478, 246, 92, "#a98a68")
    _glass_of_water(canvas, 502, 246)
    _plant(canvas, 542, 246, 0.62, "#c27b5a")
    _chair_to_sit_on(canvas, shadow)
    return Room(canvas, shadow, Point(98, 128))


def _study() -> Room:
    canvas, shadow = _empty_room("#cfdde2", "#9fb0b4"), "#7d9095"
    _picture_on_wall(canvas, 496, 62, 96, 74)
    _near_wall(canvas, "#bccdd3", 0, 198)
    _plant(canvas, 552, 312, 1.15, "#5d7f8a")
    _chair_to_sit_on(canvas, shadow)
    return Room(canvas, shadow, Point(98, 128))


def _kitchen() -> Room:
    canvas, shadow = _empty_room("#d8e2d6", "#a9a594"), "#888473"
    _window(canvas, 60, 46, 124, 112)
    _near_wall(canvas, "#c5d2c3", 438, WIDTH)
    _plant(canvas, 104, 312, 1.05, "#b98a5a")
    _chair_to_hold(canvas, shadow)
    return Room(canvas, shadow, Point(540, 128))


_ROOMS: dict[str, Callable[[], Room]] = {
    "living room": _living_room,
    "study": _study,
    "kitchen": _kitchen,
}


@cache
def room(name: str) -> Room:
    """Return a room by its name; draw on a copy of its canvas."""
    return _ROOMS[name]()
