"""Drawing smooth shapes: everything is drawn three times as large and then made small."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from server.demo.samples.body import Point

WIDTH, HEIGHT = 640, 360
LARGER = 3
"""How many times larger is drawn than shown."""

Colour = str
Circle = tuple[Point, float]


class Canvas:
    """A picture being drawn, or a part of one, in coordinates of the whole finished picture."""

    def __init__(self, image: Image.Image, left: int = 0, top: int = 0) -> None:
        self.image = image
        self.left = left
        self.top = top
        self._draw = ImageDraw.Draw(image)

    @classmethod
    def empty(cls, colour: Colour) -> Canvas:
        """Return a canvas of one colour."""
        return cls(Image.new("RGB", (WIDTH * LARGER, HEIGHT * LARGER), colour))

    def part(self, left: int, top: int, right: int, bottom: int) -> Canvas:
        """Return a copy of a part, cut off at the picture's edges."""
        left, top, right, bottom = max(0, left), max(0, top), min(WIDTH, right), min(HEIGHT, bottom)
        corners = (left * LARGER, top * LARGER, right * LARGER, bottom * LARGER)
        return Canvas(self.image.crop(corners), left, top)

    def finished(self) -> Image.Image:
        """Return the picture in its final size."""
        return self.image.reduce(LARGER)

    def enlarged(self, times: int) -> Image.Image:
        """Return the picture so many times larger than in the film, just as smooth."""
        width, height = self.image.width // LARGER * times, self.image.height // LARGER * times
        return self.image.resize((width, height), Image.Resampling.LANCZOS)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a shape with straight sides."""
        self._draw.polygon([self._at(point.x, point.y) for point in points], fill=colour)

    def blob(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a round shape through these points."""
        self.polygon(rounded(points), colour)

    def limb(self, circles: Sequence[Circle], colour: Colour) -> None:
        """Fill a chain of circles and what lies between each and the next."""
        for pair in pairwise(circles):
            self.polygon(around(pair), colour)

    def body(self, circles: Sequence[Circle], colour: Colour) -> None:
        """Fill all circles and whatever lies between any of them."""
        self.polygon(around(circles), colour)

    def ellipse(self, centre: Point, rx: float, ry: float, colour: Colour) -> None:
        """Fill an upright ellipse."""
        x, y = self._at(centre.x, centre.y)
        self._draw.ellipse((x - rx * LARGER, y - ry * LARGER, x + rx * LARGER, y + ry * LARGER), fill=colour)

    def ring(self, centre: Point, radius: float, width: float, colour: Colour) -> None:
        """Draw a circle's rim, its middle at `radius`."""
        x, y = self._at(centre.x, centre.y)
        outer = (radius + width / 2) * LARGER
        self._draw.ellipse(
            (x - outer, y - outer, x + outer, y + outer), outline=colour, width=round(width * LARGER)
        )

    def box(self, x: float, y: float, width: float, height: float, colour: Colour, radius: float = 0) -> None:
        """Fill a rectangle, with round corners if a radius is given."""
        left, top = self._at(x, y)
        corners = (left, top, left + width * LARGER - 1, top + height * LARGER - 1)
        self._draw.rounded_rectangle(corners, radius * LARGER, fill=colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line with round ends and corners."""
        self.limb([(point, width / 2) for point in points], colour)

    def words(self, centre: Point, text: str, size: float, colour: Colour, weight: float = 0.0) -> None:
        """Write a word, its middle at `centre`; `weight` makes it bolder by so many pixels."""
        self._draw.text(
            self._at(centre.x, centre.y),
            text,
            font=_font(round(size * LARGER)),
            fill=colour,
            anchor="mm",
            stroke_width=round(weight * LARGER),
            stroke_fill=colour,
        )

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * LARGER, (y - self.top) * LARGER


def rounded(points: Sequence[Point], steps: int = 6) -> list[Point]:
    """Return a closed round outline through the points (a Catmull-Rom spline)."""
    outline: list[Point] = []
    total = len(points)
    for index in range(total):
        a, b, c, d = (points[(index + offset) % total] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            outline.append(Point(_spline(a.x, b.x, c.x, d.x, t), _spline(a.y, b.y, c.y, d.y, t)))
    return outline


def around(circles: Sequence[Circle]) -> list[Point]:
    """Return the outline of a band stretched around circles: in each direction, what reaches furthest."""
    outline: list[Point] = []
    for cos, sin in _RIM:
        furthest, x, y = -math.inf, 0.0, 0.0
        for centre, radius in circles:
            reach = centre.x * cos + centre.y * sin + radius
            if reach > furthest:
                furthest, x, y = reach, centre.x + radius * cos, centre.y + radius * sin
        outline.append(Point(x, y))
    return outline


def mixed(colour: Colour, other: Colour, part: float) -> Colour:
    """Return a colour with `part` (0 to 1) of another in it."""
    pairs = [(int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(ours + (theirs - ours) * part):02x}" for ours, theirs in pairs)


_RIM = [(math.cos(math.tau * step / 36), math.sin(math.tau * step / 36)) for step in range(36)]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
