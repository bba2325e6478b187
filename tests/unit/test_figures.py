"""What Prometheus is told of media workers and of open classes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from prometheus_client import generate_latest

from server import figures
from server.media.pool import WorkerReading
from server.rooms.class_lines import LineFigures
from server.rooms.lines import Level
from server.rooms.open_class import OpenClass


def told(*families: object) -> set[str]:
    text = generate_latest(figures.Gathered(families)).decode()
    return {line for line in text.splitlines() if line and not line.startswith("#")}


def reading(worker: int, **changed: object) -> WorkerReading:
    usual = {"attached": True, "draining": False, "rooms": 1, "stats": {"peers": 3, "rtp_out": 700}}
    return WorkerReading(worker=worker, **(usual | changed))


def a_class(class_id: str, peers: int, lines: LineFigures) -> OpenClass:
    known = SimpleNamespace(figures=lambda: lines)
    presence = SimpleNamespace(peers=lambda: dict.fromkeys(range(peers)))
    made = SimpleNamespace(class_id=class_id, media=SimpleNamespace(lines=known), presence=presence)
    return cast(OpenClass, made)


def test_every_worker_is_told_by_its_number():
    lines = told(*figures.of_workers([reading(0), reading(1, rooms=2, draining=True)], {"lost": 2}))
    assert {
        'moveroom_media_worker_attached{worker="0"} 1.0',
        'moveroom_media_worker_attached{worker="1"} 1.0',
        'moveroom_media_worker_draining{worker="1"} 1.0',
        'moveroom_media_rooms{worker="1"} 2.0',
        'moveroom_media_peers{worker="0"} 3.0',
        'moveroom_media_rtp_out_total{worker="1"} 700.0',
        'moveroom_media_rooms_moved_total{reason="lost"} 2.0',
        'moveroom_media_rooms_moved_total{reason="draining"} 0.0',
    } <= lines


def test_of_a_worker_that_does_not_answer_nothing_is_made_up():
    lines = told(*figures.of_workers([reading(0, stats=None), reading(1, attached=False, stats=None)], {}))
    assert 'moveroom_media_worker_attached{worker="0"} 1.0' in lines
    assert 'moveroom_media_worker_attached{worker="1"} 0.0' in lines
    assert not any("rtp_out" in line or "media_peers{" in line for line in lines)


def test_every_open_class_is_told_by_its_id():
    lines = LineFigures(
        by_level={Level.GOOD: 5, Level.FAIR: 1, Level.POOR: 0}, sound_only=1, sent_kbps=1200.5, withheld=4
    )
    found = told(*figures.of_classes([a_class("c1", 6, lines)], {"c1": 1}.get))
    assert all('{class="c1"' in line for line in found)
    assert {
        'moveroom_class_worker{class="c1"} 1.0',
        'moveroom_class_peers{class="c1"} 6.0',
        'moveroom_class_sent_kbps{class="c1"} 1200.5',
        'moveroom_class_withheld_pictures{class="c1"} 4.0',
        'moveroom_class_sound_only{class="c1"} 1.0',
        'moveroom_class_worst_line{class="c1"} 1.0',
        'moveroom_class_lines{class="c1",level="good"} 5.0',
        'moveroom_class_lines{class="c1",level="fair"} 1.0',
        'moveroom_class_lines{class="c1",level="poor"} 0.0',
    } <= found


def test_nothing_is_told_of_a_class_that_is_not_open():
    assert told(*figures.of_classes([], {}.get)) == set()


def test_a_class_that_is_on_no_worker_has_no_number_of_one():
    quiet = a_class("c1", 0, LineFigures(by_level=dict.fromkeys(Level, 0)))
    assert not any("class_worker" in line for line in told(*figures.of_classes([quiet], {}.get)))
