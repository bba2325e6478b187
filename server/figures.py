"""What `/metrics` tells, as Prometheus families: of the web process, of each media worker and open class.

Labels are kinds, numbers of workers, and ids of classes that are open now: no name, no person, no address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.media.pool import WorkerReading
from server.rooms.open_class import OpenClass
from server.rooms.registry import Rooms

Counts = Callable[[], Mapping[str, int]]


class Gathered(CollectorRegistry, Collector):
    """Families that were gathered before: what the workers count has to be awaited."""

    def __init__(self, families: Iterable[Metric]) -> None:
        super().__init__(auto_describe=False)
        self._families = tuple(families)

    def collect(self) -> Iterator[Metric]:
        """Yield each family."""
        yield from self._families


def of_rooms(rooms: Rooms) -> Iterator[Metric]:
    """All open classes together."""
    yield GaugeMetricFamily("moveroom_open_classes", "Classes open in this process.", rooms.open_count)
    people = GaugeMetricFamily(
        "moveroom_people", "People in open classes, by role and place.", labels=["role", "place"]
    )
    counted = Counter(rooms.people())
    for (role, place), number in sorted(counted.items()):
        people.add_metric([role, place], number)
    yield people
    yield GaugeMetricFamily("moveroom_sockets", "Connected sockets of people in class.", rooms.socket_count)


def of_failures(failures: Mapping[str, Counts]) -> Metric:
    """What was refused or went wrong."""
    family = CounterMetricFamily(
        "moveroom_failures", "What was refused or went wrong, by part and kind.", labels=["part", "kind"]
    )
    for part, counts in sorted(failures.items()):
        for kind, number in sorted(counts().items()):
            family.add_metric([part, kind], number)
    return family


def of_workers(readings: Iterable[WorkerReading], moves: Mapping[str, int]) -> Iterator[Metric]:
    """Each media worker, and how many rooms moved between them."""
    attached = _by_worker("moveroom_media_worker_attached", "1 while this media worker is attached.")
    draining = _by_worker("moveroom_media_worker_draining", "1 while it lets its rooms go, to end.")
    rooms = _by_worker("moveroom_media_rooms", "Classes whose media are on this worker.")
    peers = _by_worker("moveroom_media_peers", "Media peers of this worker.")
    counters: dict[str, CounterMetricFamily] = {}
    for reading in readings:
        label = [str(reading.worker)]
        attached.add_metric(label, int(reading.attached))
        draining.add_metric(label, int(reading.draining))
        rooms.add_metric(label, reading.rooms)
        for name, number in (reading.stats or {}).items():
            if name == "peers":
                peers.add_metric(label, number)
                continue
            if name not in counters:
                meaning = f"Of this worker since its start: {name.replace('_', ' ')}."
                counters[name] = CounterMetricFamily(f"moveroom_media_{name}", meaning, labels=["worker"])
            counters[name].add_metric(label, number)
    yield from (attached, draining, rooms, peers, *counters.values())
    moved = CounterMetricFamily(
        "moveroom_media_rooms_moved", "Classes that moved to another worker, by why.", labels=["reason"]
    )
    for reason in ("lost", "draining", "conflict"):
        moved.add_metric([reason], moves.get(reason, 0))
    yield moved


def of_classes(open_classes: Iterable[OpenClass], worker_of: Callable[[str], int | None]) -> Iterator[Metric]:
    """Each open class by its id. What is told of a class ends with it."""
    worker = _by_class("worker", "Number of the media worker that the class is on.")
    peers = _by_class("peers", "People with a media connection.")
    sent = _by_class("sent_kbps", "What is sent to all its people together, over the latest 2 s.")
    withheld = _by_class("withheld_pictures", "Pictures that slow lines are not sent.")
    sound_only = _by_class("sound_only", "People who get no picture, for lack of bandwidth.")
    worst = _by_class("worst_line", "The worst line: 0 good, 1 fair, 2 poor.")
    round_trip = _by_class("worst_round_trip_ms", "The longest round trip, in the latest 2 s.")
    loss = GaugeMetricFamily(
        "moveroom_class_worst_loss",
        "The largest share of packets lost on a line, before repair, in the latest 2 s.",
        labels=["class", "direction"],
    )
    lines = GaugeMetricFamily(
        "moveroom_class_lines", "People by how good their line is.", labels=["class", "level"]
    )
    for each in open_classes:
        label, figures = [each.class_id], each.media.lines.figures()
        if (on := worker_of(each.class_id)) is not None:
            worker.add_metric(label, on)
        peers.add_metric(label, len(each.presence.peers()))
        sent.add_metric(label, figures.sent_kbps)
        withheld.add_metric(label, figures.withheld)
        sound_only.add_metric(label, figures.sound_only)
        worst.add_metric(label, max((level for level, count in figures.by_level.items() if count), default=0))
        round_trip.add_metric(label, figures.worst_round_trip_ms)
        loss.add_metric([*label, "up"], figures.worst_loss_up)
        loss.add_metric([*label, "down"], figures.worst_loss_down)
        for level, count in sorted(figures.by_level.items()):
            lines.add_metric([*label, level.name.lower()], count)
    yield from (worker, peers, sent, withheld, sound_only, worst, round_trip, loss, lines)


def _by_worker(name: str, meaning: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=["worker"])


def _by_class(name: str, meaning: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"moveroom_class_{name}", meaning, labels=["class"])
