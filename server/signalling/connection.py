"""One socket of one person: a line of what is to be sent, and the task that sends it.

Whoever tells a connection something never waits. What is sent goes into the socket's queue, whose length
`strict_server` watches; should sending itself take more than `SEND_TIMEOUT_S`, or this line grow beyond
`LONGEST_LINE`, the receiver is hung up on here. Its client connects again and gets the whole class.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from server.signalling.encoded import Encoded
from server.signalling.kinds import View
from server.signalling.schemas import Signal

SEND_TIMEOUT_S = 5.0
LONGEST_LINE = 1000

log = structlog.get_logger(__name__)


class SocketConnection:
    """What is sent to one socket, in order. Opened by `open`; `closed` says that the socket is gone."""

    def __init__(
        self,
        person_id: str,
        class_id: str,
        *,
        way_in: str = "",
        emit: Callable[[Encoded], Awaitable[None]],
        hang_up: Callable[[], Awaitable[None]],
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        self._person_id = person_id
        self.class_id = class_id
        self.way_in = way_in
        """Id of the session by the link that it was let in by (`ways_in`)."""
        self._emit = emit
        self._hang_up = hang_up
        self._send_timeout_s = send_timeout_s
        self._line: asyncio.Queue[Encoded | None] = asyncio.Queue()
        self._open = True
        self._ending = False
        self._leave_open = False
        self.sending: asyncio.Task[None] | None = None
        """The task that sends; ends by itself after `closed`, `replaced` or a receiver that hangs."""

    @property
    def person_id(self) -> str:
        """Whose socket this is."""
        return self._person_id

    @property
    def is_open(self) -> bool:
        """Whether the socket is still connected."""
        return self._open

    def open(self) -> None:
        """Begin to send."""
        self.sending = asyncio.create_task(self._send(), name="socket-sender")

    def going_away(self) -> None:
        """Tell the client that the server is about to go and will be back."""
        self.tell("going_away", Signal())

    def finish(self) -> None:
        """Send what was told before, and then nothing more; whoever calls sees to the socket."""
        self._leave_open = True
        self._end()

    def closed(self) -> None:
        """The socket is gone: send nothing more."""
        self._open = False
        self._end()

    def tell(self, event: str, view: View) -> None:
        """Send this after all that was told before."""
        self.tell_encoded(Encoded(event, view))

    def tell_encoded(self, told: Encoded) -> None:
        """Send this, which others may be told too, after all that was told before."""
        if self._ending:
            return
        if self._line.qsize() >= LONGEST_LINE:
            log.warning("receiver too slow", class_id=self.class_id)
            while not self._line.empty():
                self._line.get_nowait()
            self._end()
            return
        self._line.put_nowait(told)

    def restart_media(self) -> None:
        """Ask the client to negotiate its media anew."""
        self.tell("media_restart", Signal())

    def hang_up(self) -> None:
        """Hang up after all that was told before; the client may come again."""
        self._end()

    def replaced(self) -> None:
        """Tell the client that this person is in class elsewhere now, then hang up."""
        self.tell("replaced", Signal())
        self._end()

    def _end(self) -> None:
        if not self._ending:
            self._ending = True
            self._line.put_nowait(None)

    async def _send(self) -> None:
        try:
            while (told := await self._line.get()) is not None and self._open:
                async with asyncio.timeout(self._send_timeout_s):
                    await self._emit(told)
        except TimeoutError:
            log.warning("receiver hangs", class_id=self.class_id)
        except Exception:
            log.exception("sending failed", class_id=self.class_id)
        self._ending = True
        if self._open and not self._leave_open:
            await self._hang_up()
