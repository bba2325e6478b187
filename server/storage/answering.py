"""A PostgreSQL connection that gives up on a server that does not answer.

The server's own time-outs end what takes too long, as long as the server runs. One whose disk hangs, or that
was stopped in its tracks, does nothing at all, and libpq would wait for it for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
from psycopg.abc import PQGen

ANSWER_TIMEOUT_S = 12.0
"""How long we wait for one answer: a little longer than the server may take for a statement."""


class AnsweringConnection(psycopg.AsyncConnection[Any]):
    """Raises `psycopg.OperationalError`, and is closed, when an answer does not come.

    psycopg first asks the server to cancel, and closes the connection when that is not answered within 5 s.
    """

    async def wait(self, gen: PQGen[Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as psycopg has it
        """Wait for the answer that `gen` reads (psycopg's own way of talking to libpq)."""
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await super().wait(gen, *args, **kwargs)
        except TimeoutError:
            await self.close()
            raise psycopg.OperationalError("the server does not answer") from None
