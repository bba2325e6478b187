"""Moveroom by a clock that a test sets, and lets run fast, so that a class's hour passes in seconds.

On the path of a test's own processes only. The file holds: the true time then, Moveroom's time then (both in
seconds since 1970), and how fast it has run since. The heartbeat of presence is as much faster.
"""

import os
import time
from datetime import UTC, datetime

import server.ids

FILE = os.environ["SET_CLOCK_FILE"]


def set_now():
    with open(FILE) as file:
        true_then, then, rate = map(float, file.read().split())
    return datetime.fromtimestamp(then + (time.time() - true_then) * rate, UTC)


server.ids.utc_now = set_now

import server.rooms.heartbeat  # noqa: E402 - after the clock, which its module may take

server.rooms.heartbeat.BEAT_S = 0.05
