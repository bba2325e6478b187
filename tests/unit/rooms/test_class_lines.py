from __future__ import annotations

from server.media.spec import LineNotice, NeedsNotice
from server.rooms.class_lines import EVERY_LAYER, ClassLines
from server.rooms.lines import GOOD, Level, Plays, Reason
from server.rooms.presence import Media, Presence


class World:
    """Hannah presents, Margaret watches her; both have media that flow."""

    def __init__(self) -> None:
        self.presence = Presence()
        self.told: list[str] = []
        self.layers_told: list[str] = []
        self.watched: str | None = "hannah"
        self.lines = ClassLines(
            self.presence,
            watched_by=lambda _: self.watched,
            line_changed=self.told.append,
            layers_changed=self.layers_told.append,
        )
        for person in ("hannah", "margaret"):
            self.connect(person)

    def connect(self, person: str, peer: str = "p1") -> None:
        attendance = self.presence.of(person)
        attendance.peer, attendance.media = f"{person}.{peer}", Media.FLOWING

    def measure(self, peer: str, times: int = 3, **figures: object) -> None:
        for _ in range(times):
            self.lines.measured(LineNotice(room="c", peer=peer, **figures))  # type: ignore[arg-type]

    def freeze(self) -> None:
        """Margaret's stage stands still for a while."""
        for _ in range(3):
            self.lines.plays("margaret", Plays(frozen=1.0, concealed=0.0))
            self.measure("margaret.p1", 2)


def test_a_change_is_told_once() -> None:
    world = World()
    world.measure("margaret.p1", 10, loss_up=0.5)
    assert world.told == ["margaret"], "poor at once: it never was fair for long enough to be told"
    assert world.lines.of("margaret").reason is Reason.LOSSES
    assert world.lines.not_good() == {"margaret": world.lines.of("margaret")}
    assert world.lines.of("hannah") == world.lines.of("nobody") == GOOD


def test_a_peer_that_is_nobodys_is_passed_over() -> None:
    world = World()
    world.measure("margaret.p0", 10, loss_up=0.5)
    world.lines.needed(NeedsNotice(room="c", peer="margaret.p0", layers=("l",)))
    assert (world.told, world.layers_told, world.lines.not_good()) == ([], [], {})


def test_with_another_peer_everything_begins_anew() -> None:
    world = World()
    world.measure("margaret.p1", 10, loss_up=0.5)
    world.lines.needed(NeedsNotice(room="c", peer="margaret.p1", layers=("l",)))
    world.connect("margaret", "p2")
    world.lines.forget_gone()
    assert world.told == ["margaret", "margaret"]
    assert world.lines.of("margaret") == GOOD
    assert world.lines.layers_for("margaret") == EVERY_LAYER
    assert world.lines.figures().by_level == dict.fromkeys(Level, 0)


def test_the_same_layers_are_told_once() -> None:
    world = World()
    for layers in (("l",), ("l",), ("l", "h")):
        world.lines.needed(NeedsNotice(room="c", peer="hannah.p1", layers=layers))
    assert world.layers_told == ["hannah", "hannah"]
    assert world.lines.layers_for("hannah") == ("l", "h")


def test_freezes_are_put_down_to_the_line_of_who_watches_a_sound_one() -> None:
    world = World()
    world.freeze()
    assert world.lines.of("margaret").reason is Reason.FREEZES


def test_freezes_that_the_presenter_caused_are_not() -> None:
    lossy, silent, alone = World(), World(), World()
    lossy.measure("hannah.p1", 10, loss_up=0.5)
    silent.presence.of("hannah").media = Media.SILENT
    alone.watched = None
    for world in (lossy, silent, alone):
        world.freeze()
        assert world.lines.of("margaret") == GOOD


def test_a_presenter_who_only_receives_badly_causes_none() -> None:
    world = World()
    world.measure("hannah.p1", 10, reduced=("seat1",), pictures=1)
    world.freeze()
    assert world.lines.of("margaret").reason is Reason.FREEZES
