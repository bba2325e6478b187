"""One server at a time on a SQLite file, wherever its data folder is.

PostgreSQL has advisory locks for it (`server.storage.postgresql`). Two servers on one file would each keep
the same rooms in memory, and write over each other.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

from server.storage.faults import StorageFailed, StorageFault, TakenByAnother

PATIENCE_S = 5.0
"""How long we wait for a server that is just ending; as long as with PostgreSQL."""
LOOK_EVERY_S = 0.1


async def hold(database_file: Path) -> int:
    """Return a descriptor that holds the file for this server until it is closed, however the process ends.

    The lock is the kernel's, on a file of its own beside the database: closing any descriptor of the
    database file itself would take SQLite's locks away (sqlite.org/howtocorrupt.html, section 2.2). Raises
    `TakenByAnother`, and another `StorageFailed` where no file can be made.
    """
    try:
        descriptor = os.open(_beside(database_file), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise StorageFailed(
            f"no lock can be made beside it: {problem.strerror}", StorageFault.AWAY
        ) from problem
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not _locked(descriptor):  # noqa: ASYNC110 - it is another process's lock
                await asyncio.sleep(LOOK_EVERY_S)
    except BaseException as ended:
        os.close(descriptor)
        if isinstance(ended, TimeoutError):
            raise TakenByAnother from None
        raise
    return descriptor


def _beside(database_file: Path) -> Path:
    file = database_file.resolve()  # whatever links lead to it
    return file.with_name(file.name + ".server")


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
