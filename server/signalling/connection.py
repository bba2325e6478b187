"""One socket of one person, as the class speaks to it.

Whoever tells a connection something never waits: it goes into the socket's queue, whose length
`strict_server` watches. Who takes too little is hung up on there; her client connects again and gets the
whole class.
"""

from __future__ import annotations

from collections.abc import Callable

from server.signalling.encoded import Encoded
from server.signalling.kinds import View
from server.signalling.schemas import Signal


class SocketConnection:
    """What is sent to one socket, in order; `closed` says that the socket is gone."""

    def __init__(
        self,
        person_id: str,
        class_id: str,
        *,
        way_in: str = "",
        put: Callable[[Encoded], None],
        hang_up: Callable[[], None],
    ) -> None:
        """Neither `put` nor `hang_up`, which comes after all that was put before, may wait."""
        self._person_id = person_id
        self.class_id = class_id
        self.way_in = way_in
        """Id of the session by the link that it was let in by (`ways_in`)."""
        self._put = put
        self._hang_up = hang_up
        self._open = True
        self._ending = False

    @property
    def person_id(self) -> str:
        """Whose socket this is."""
        return self._person_id

    @property
    def is_open(self) -> bool:
        """Whether the socket is still connected."""
        return self._open

    def going_away(self) -> None:
        """Tell the client that the server is about to go and will be back."""
        self.tell("going_away", Signal())

    def finish(self) -> None:
        """Send nothing more after what was told before; whoever calls sees to the socket."""
        self._ending = True

    def closed(self) -> None:
        """The socket is gone: send nothing more."""
        self._open = False
        self._ending = True

    def tell(self, event: str, view: View) -> None:
        """Send this after all that was told before."""
        self.tell_encoded(Encoded(event, view))

    def tell_encoded(self, told: Encoded) -> None:
        """Send this, which others may be told too, after all that was told before."""
        if not self._ending:
            self._put(told)

    def restart_media(self) -> None:
        """Ask the client to negotiate its media anew."""
        self.tell("media_restart", Signal())

    def hang_up(self) -> None:
        """Hang up after all that was told before; the client may come again."""
        if not self._ending:
            self._ending = True
            self._hang_up()

    def replaced(self) -> None:
        """Tell the client that this person is in class elsewhere now, then hang up."""
        self.tell("replaced", Signal())
        self.hang_up()
