"""How everyone's connection is in one class, and which layers of their cameras anybody takes.

Kept by media peer: with the peer goes what was known of its line. Told on change only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.media.spec import LayerName, LineNotice, NeedsNotice
from server.rooms.lines import GOOD, Judgement, Level, Line, Plays, Reason
from server.rooms.presence import Media, Presence, person_of

EVERY_LAYER: tuple[LayerName, ...] = ("l", "m", "h")
_SUFFERED_BY_ALL = frozenset({Reason.SLOW_UP, Reason.LOSSES})


@dataclass(frozen=True, slots=True)
class LineFigures:
    """The lines of a class in figures; the worst of each, by the latest reports."""

    by_level: dict[Level, int]
    sound_only: int = 0
    """How many get no picture for lack of bandwidth."""
    worst_round_trip_ms: float = 0.0
    worst_loss_up: float = 0.0
    worst_loss_down: float = 0.0
    """Fractions of the packets, before repair."""
    sent_kbps: float = 0.0
    """To all together."""
    withheld: int = 0
    """Picture slots that carry nothing because a line is too slow."""


class ClassLines:
    """The lines of a class that is open in this process."""

    def __init__(
        self,
        presence: Presence,
        *,
        watched_by: Callable[[str], str | None],
        line_changed: Callable[[str], None],
        layers_changed: Callable[[str], None],
    ) -> None:
        """`watched_by` says by whose sound and picture somebody's line is judged; the others are told whose
        line, or layers, changed.
        """
        self._presence = presence
        self._watched_by = watched_by
        self._line_changed = line_changed
        self._layers_changed = layers_changed
        self._lines: dict[str, Line] = {}
        self._latest: dict[str, LineNotice] = {}
        self._layers: dict[str, tuple[LayerName, ...]] = {}

    def of(self, person_id: str) -> Judgement:
        """Return how this person's line is; good while nothing is known."""
        line = self._lines.get(self._presence.of(person_id).peer or "")
        return line.judgement if line is not None else GOOD

    def not_good(self) -> dict[str, Judgement]:
        """Return the lines of which there is something to tell, by person id."""
        return {
            person_id: line.judgement
            for person_id, peer in self._presence.peers().items()
            if (line := self._lines.get(peer)) is not None and line.judgement != GOOD
        }

    def layers_for(self, person_id: str) -> tuple[LayerName, ...]:
        """Return which layers of this person's camera anybody takes; all while the worker has not said."""
        return self._layers.get(self._presence.of(person_id).peer or "", EVERY_LAYER)

    def measured(self, notice: LineNotice) -> None:
        """The worker tells how a line is."""
        attendance = self._presence.by_peer(notice.peer)
        if attendance is None:
            return
        line = self._lines.setdefault(notice.peer, Line())
        self._latest[notice.peer] = notice
        before = line.judgement
        if line.report(notice) != before:
            self._line_changed(attendance.person_id)

    def needed(self, notice: NeedsNotice) -> None:
        """The worker tells which layers of a camera anybody takes."""
        attendance = self._presence.by_peer(notice.peer)
        if attendance is not None and self._layers.get(notice.peer) != notice.layers:
            self._layers[notice.peer] = notice.layers
            self._layers_changed(attendance.person_id)

    def plays(self, person_id: str, plays: Plays) -> None:
        """Somebody's browser says how what it shows has played. What somebody's own line spoils for all who
        watch her is not put down to them.
        """
        line = self._lines.get(self._presence.of(person_id).peer or "")
        if line is not None:
            line.plays(Plays(0.0, 0.0) if self._is_spoilt_before(person_id) else plays)

    def forget_gone(self) -> None:
        """Forget the lines of peers that are nobody's any more. Who was told of one is told."""
        peers = set(self._presence.peers().values())
        for known in (self._latest, self._layers):
            for peer in known.keys() - peers:
                del known[peer]
        for peer in self._lines.keys() - peers:
            if self._lines.pop(peer).judgement != GOOD:
                self._line_changed(person_of(peer))

    def figures(self) -> LineFigures:
        """Return the lines in figures, for the operators."""
        lines, latest = self._lines.values(), self._latest.values()
        return LineFigures(
            by_level={level: sum(1 for each in lines if each.judgement.level is level) for level in Level},
            sound_only=sum(1 for each in lines if each.judgement.sound_only),
            worst_round_trip_ms=max((each.rtt_ms or 0.0 for each in latest), default=0.0),
            worst_loss_up=max((each.loss_up for each in latest), default=0.0),
            worst_loss_down=max((each.loss_down for each in latest), default=0.0),
            sent_kbps=sum(each.sent_kbps for each in latest),
            withheld=sum(len(each.withheld) for each in latest),
        )

    def _is_spoilt_before(self, person_id: str) -> bool:
        watched = self._watched_by(person_id)
        if watched is None or self._presence.of(watched).media is not Media.FLOWING:
            return True
        return self.of(watched).reason in _SUFFERED_BY_ALL
