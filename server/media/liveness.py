"""Whether a browser is there, gone quiet, or gone: a pure function of when it was last heard.

| state     | when                          | next      | notice |
|-----------|-------------------------------|-----------|--------|
| new       | 30 s after it was opened      | gone      | gone   |
| connected | nothing heard for 5 s         | silent    | silent |
| silent    | heard again                   | connected | back   |
| silent    | nothing heard for 30 s        | gone      | gone   |

new becomes connected when DTLS is up, which is not a matter of time and is told by the peer itself.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

SILENT_AFTER_S = 5.0
GONE_AFTER_S = 30.0

Notice = Literal["silent", "back", "gone"]


class State(Enum):
    """A peer's state, in the words of `spec.PeerSnapshot`."""

    NEW = "new"
    CONNECTED = "connected"
    SILENT = "silent"
    GONE = "gone"


def judge(state: State, quiet_s: float, age_s: float) -> tuple[State, Notice | None]:
    """The state of a peer that was opened `age_s` ago and has been quiet for `quiet_s`, and what to tell."""
    if state is State.NEW:
        return (State.GONE, "gone") if age_s >= GONE_AFTER_S else (state, None)
    if state in (State.CONNECTED, State.SILENT) and quiet_s >= GONE_AFTER_S:
        return State.GONE, "gone"
    if state is State.CONNECTED and quiet_s >= SILENT_AFTER_S:
        return State.SILENT, "silent"
    if state is State.SILENT and quiet_s < SILENT_AFTER_S:
        return State.CONNECTED, "back"
    return state, None
