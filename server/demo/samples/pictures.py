"""The pictures of a session: the room, the figure as it is at each moment, and the number being counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from PIL import Image

from server.demo.samples.body import Point, Pose, joints
from server.demo.samples.canvas import HEIGHT, WIDTH, Canvas
from server.demo.samples.figure import PEOPLE, draw_figure
from server.demo.samples.movements import pose_at
from server.demo.samples.rooms import room
from server.demo.samples.scripts import Sample
from server.demo.samples.timeline import Timeline

CARD_WIDTH, CARD_HEIGHT = 132, 160
FINENESS = 4
"""Poses that differ by less than a quarter of a pixel, or of a degree, are one picture."""

MARGIN = 50
"""The most by which head, hair, shoes and shadow reach beyond the joints."""
POSTER_AT = 0.62
"""How far into the first rise of the standard version."""
POSTER_LARGER = 2
"""It is shown larger than the film, on screens with fine pixels."""

PoseKey = tuple[int, ...]
Count = tuple[int, int]
"""The number counted, and of how many."""
PictureKey = tuple[PoseKey, Count | None]


def picture_keys(timeline: Timeline) -> Iterator[tuple[PictureKey, int]]:
    """Return for each frame what tells its picture from others, and its moment in milliseconds."""
    for at_ms in timeline.frames():
        yield (_pose_key(pose_at(timeline, at_ms)), _counted(timeline, at_ms)), at_ms


class Illustrator:
    """Draws the pictures of one session, 640 x 360; what was drawn before is not drawn again."""

    def __init__(self, sample: Sample) -> None:
        self._timeline = sample.timeline
        self._look = PEOPLE[sample.person]
        self._room = room(sample.room)
        self._empty = self._room.canvas.finished()
        self._drawn: dict[PoseKey, Image.Image] = {}
        self._cards: dict[Count, tuple[Image.Image, tuple[int, int]]] = {}

    def picture(self, at_ms: int) -> Image.Image:
        """Return what is seen at a moment."""
        pose = pose_at(self._timeline, at_ms)
        key = _pose_key(pose)
        if key not in self._drawn:
            self._drawn[key] = self._figure(pose)
        count = _counted(self._timeline, at_ms)
        if count is None:
            return self._drawn[key]
        numbered = self._drawn[key].copy()
        numbered.paste(*self._card(count))
        return numbered

    def poster(self) -> Image.Image:
        """Return the session's own picture: the middle of the standard version, without a number."""
        stroke = [each for each in self._timeline.strokes if each.number == 1][-1]
        whole = self._room.canvas.part(0, 0, WIDTH, HEIGHT)
        pose = pose_at(self._timeline, stroke.start_ms + int(POSTER_AT * stroke.pace.up_ms))
        draw_figure(whole, self._look, joints(pose), self._room.shadow)
        return whole.enlarged(POSTER_LARGER)

    def _figure(self, pose: Pose) -> Image.Image:
        bones = joints(pose)
        places = [bones.hip, bones.shoulder, bones.head]
        for limb in (bones.near_arm, bones.far_arm):
            places += [limb.elbow, limb.wrist]
        for leg in (bones.near_leg, bones.far_leg):
            places += [leg.knee, leg.ankle]
        xs, ys = [place.x for place in places], [place.y for place in places]
        part = self._room.canvas.part(
            int(min(xs)) - MARGIN, int(min(ys)) - MARGIN, int(max(xs)) + MARGIN, int(max(ys)) + MARGIN
        )
        draw_figure(part, self._look, bones, self._room.shadow)
        whole = self._empty.copy()
        whole.paste(part.finished(), (part.left, part.top))
        return whole

    def _card(self, count: Count) -> tuple[Image.Image, tuple[int, int]]:
        if count not in self._cards:
            self._cards[count] = _draw_card(self._room.canvas, self._room.free_wall, count)
        return self._cards[count]


def _draw_card(empty: Canvas, middle: Point, count: Count) -> tuple[Image.Image, tuple[int, int]]:
    number, of = count
    left, top = int(middle.x - CARD_WIDTH / 2), int(middle.y - CARD_HEIGHT / 2)
    card = empty.part(left, top, left + CARD_WIDTH, top + CARD_HEIGHT)
    card.box(left, top, CARD_WIDTH, CARD_HEIGHT, "#ffffff", radius=14)
    card.words(middle + Point(0, -18), str(number), 104, "#005eb8", weight=3.2)
    card.words(middle + Point(0, 56), f"of {of}", 28, "#212b32", weight=0.4)
    return card.finished(), (left, top)


def _counted(timeline: Timeline, at_ms: int) -> Count | None:
    stroke = timeline.stroke_at(at_ms)
    if stroke is None or stroke.number is None or stroke.of is None:
        return None
    return stroke.number, stroke.of


def _pose_key(pose: Pose) -> PoseKey:
    key: list[int] = []
    for field in fields(pose):
        value = getattr(pose, field.name)
        key += [
            round(number * FINENESS)
            for number in ((value.x, value.y) if isinstance(value, Point) else (value,))
        ]
    return tuple(key)
