"""Files and folders of an installation: made private, written whole, held by one server at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import CannotStart


def make_data_folder(folder: Path) -> None:
    """Make the folder, for this user only, where there is none; `CannotStart` when it cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except OSError as problem:
        raise CannotStart(f"MOVEROOM_DATA_DIR={folder} cannot be used: {problem.strerror}") from None
    if not usable:
        raise CannotStart(f"MOVEROOM_DATA_DIR={folder} cannot be used: this user may not write there")


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """Hold the folder for as long as this process lives; `CannotStart` when another server holds it.

    Two servers on one folder would each keep the same rooms in memory. The lock is the kernel's: it ends
    with the process, however that ends.
    """
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"another Moveroom is running on MOVEROOM_DATA_DIR={folder}: stop it, or set another folder"
            ) from None
        yield
    finally:
        os.close(descriptor)


def make_way_for(links: Path) -> None:
    """Remove the links of an earlier start; `CannotStart` when the file could not be written later."""
    try:
        links.unlink(missing_ok=True)
        usable = os.access(links.parent, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise CannotStart(f"MOVEROOM_LINKS_JSON={links} cannot be written: is there such a folder?")


def kept_secret(file: Path, make: Callable[[], bytes]) -> bytes:
    """Return what stands in the file; where there is none, what is made now and stands there from now on.

    It is put there whole, for this user only, and never over what another process put there first. Raises
    `OSError` when it can neither be read nor kept.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        pass
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
        writing.write(make())
        writing.flush()
        os.fsync(writing.fileno())
    try:
        file.hardlink_to(partial)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    return file.read_bytes()


def write_whole(file: Path, text: str) -> None:
    """Write a file for this user only, so that whoever sees it sees all of it."""
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writing:
        writing.write(text)
    partial.replace(file)
