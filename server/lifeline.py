"""How a child process of the supervisor notices that the supervisor has died: its standard input ends.

The supervisor holds the writing end of a pipe that is the child's standard input. However it dies, even by
SIGKILL, the kernel closes that end, and the child stops instead of lingering with the ports open.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

SUPERVISED = "MOVEROOM_SUPERVISED"
"""Environment variable that is 1 in children of the supervisor, where standard input is the lifeline."""


def watch_supervisor(stop: Callable[[], None], *, descriptor: int = 0) -> Callable[[], None]:
    """Call `stop` once, on the running loop, when the supervisor is gone. Returns how to stop watching.

    Does nothing in a process that was not started by the supervisor.
    """
    if os.environ.get(SUPERVISED) != "1":
        return lambda: None
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            ended = not os.read(descriptor, 1024)
        except OSError:
            ended = True
        if ended:
            loop.remove_reader(descriptor)
            stop()

    loop.add_reader(descriptor, read)

    def unwatch() -> None:
        loop.remove_reader(descriptor)

    return unwatch
