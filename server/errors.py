"""Errors that carry their audience; everything else that is raised is our bug.

`Refused` is for a person, `ProtocolError` for a program, `CannotStart` for whoever runs the server. One place
translates each: into an HTTP page (`pages`), a Socket.IO acknowledgement (`signalling`) or an exit code
(`cli`).
"""

from __future__ import annotations


class Refused(Exception):
    """A person did what they may not, or gave what cannot be.

    `code` is stable and for programs (snake_case); `words` are plain English and say what to do next.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


class CannotStart(Exception):
    """Moveroom cannot start as it is set up; the message is for whoever starts it and says what to do."""


class ProtocolError(Exception):
    """A program broke the contract: an unknown event, a wrong type, SDP that cannot be answered.

    `detail` says what was wrong, for the author of that program; it never repeats what a person wrote.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
