"""Shifts Moveroom's clock by as many seconds as a file says, so that in a test an hour passes at once.

On the path of a test's own processes only.
"""

import os
from datetime import UTC, datetime, timedelta

import server.ids

FILE = os.environ["SHIFT_FILE"]


def shifted_now():
    with open(FILE) as file:
        return datetime.now(UTC) + timedelta(seconds=float(file.read()))


server.ids.utc_now = shifted_now
