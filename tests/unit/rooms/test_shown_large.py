from __future__ import annotations

from server.media.spec import PeerView, SlotWish
from server.rooms.open_class import LARGE_LINES, shown_large
from server.rooms.policy import LARGE_TILES


def view(*heights: int, sound_only: bool = False) -> PeerView:
    slots = tuple(SlotWish(slot=f"seat{n}", height=height) for n, height in enumerate(heights))
    return PeerView(peer="hannah.1", slots=slots, sound_only=sound_only)


def test_the_one_that_is_enlarged_among_small_tiles_is_shown_large() -> None:
    assert shown_large(view(LARGE_LINES + 1, 180, LARGE_LINES)) == {"seat0"}


def test_where_every_tile_has_many_pixels_none_is_looked_at() -> None:
    assert shown_large(view(*[540] * (LARGE_TILES + 1))) == frozenset()


def test_nothing_is_large_where_no_pictures_are_wanted() -> None:
    assert shown_large(view(720, sound_only=True)) == frozenset()
