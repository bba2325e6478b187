"""How a media worker ends without anybody noticing: it says so, and ends when its last peer has gone.

Told to drain (SIGUSR1, or `moveroom drain N`), it tells the web process, which places no new rooms on it
and moves its rooms to other workers. Where there is no other, the rooms stay, new ones come to it too, and it
ends between classes: its successor needs its port, and no running class is dropped for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from server.errors import ProtocolError
from server.media import channel
from server.media.channel import Call, Told
from server.media.client import REPLY_TIMEOUT_S, MediaUnavailable
from server.media.spec import Notice, WorkerHello, WorkerNotice

log = structlog.get_logger()


class Draining:
    """Whether one worker drains. `tell` tells the web process, `ended` is called once nothing keeps it."""

    def __init__(
        self, peer_count: Callable[[], int], *, tell: Callable[[Notice], None], ended: Callable[[], None]
    ) -> None:
        self._peer_count, self._tell, self._ended = peer_count, tell, ended
        self._begun = False

    def begin(self) -> None:
        """Drain from now on. Again it does nothing."""
        if not self._begun:
            self._begun = True
            log.info("media_worker_draining", peers=self._peer_count())
            self._tell(WorkerNotice(what="draining"))
            self.look()

    def look(self) -> None:
        """A peer may have gone: end if it was the last."""
        if self._begun and self._peer_count() == 0:
            self._ended()

    def marked(self, hello: WorkerHello) -> WorkerHello:
        """The hello, with what is to be known of draining."""
        return hello.model_copy(update={"draining": self._begun})


async def drain(socket_path: Path, *, timeout_s: float = REPLY_TIMEOUT_S) -> None:
    """Have the worker that listens there end when its rooms have gone. Raises `MediaUnavailable` when none
    answers.
    """
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(str(socket_path))
            try:
                writer.write(channel.encode(Call(id=0, ask=channel.Drain())))
                while isinstance(frame := await channel.read_from_worker(reader), Told):
                    pass
            finally:
                writer.close()
    except (OSError, ProtocolError):  # a TimeoutError is an OSError
        frame = None
    if frame is None or frame.problem is not None:
        raise MediaUnavailable("it does not run, or does not answer")
