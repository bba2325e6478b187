"""A real demo service for a browser test: `moveroom demo` as a process, with its own folder and ports."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN_S = 120


def free_port(kind: int, in_a_row: int = 1, hosts: Sequence[str] = ("127.0.0.1",)) -> int:
    """A port that was free a moment ago at all these addresses, as are the next ones (TCP: SOCK_STREAM; UDP,
    and TCP beside it: SOCK_DGRAM).
    """
    kinds = {kind, socket.SOCK_STREAM}
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind((hosts[0], 0))
            port: int = probe.getsockname()[1]
        if all(_is_free(h, port + more, k) for more in range(in_a_row) for k in kinds for h in hosts):
            return port


def _is_free(host: str, port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
        return True


@dataclass
class DemoService:
    """A running demo: its links, its folder, its processes."""

    process: asyncio.subprocess.Process
    folder: Path
    base_url: str
    physio: str
    physios: list[str]
    helper: str
    patients: list[str]
    log: Path
    """What it logged."""
    printed: Path
    """What it said to the terminal: the table of links."""
    environment: dict[str, str]
    """In which it runs; for other commands on the same service."""

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "state" / "moveroom.sqlite3"

    def child(self, command: str, worker: int = 0) -> int:
        """Process id of the supervisor's child that runs `command`: web, or media with its number."""
        wanted = {command.encode()} | ({str(worker).encode()} if command == "media" else set())
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == self.process.pid and wanted.issubset(words):
                return int(entry.name)
        raise LookupError(f"no child runs {command}")

    async def kill(self, command: str, worker: int = 0) -> None:
        """Kill -9 the child that runs `command` and wait until the supervisor has started another."""
        killed = self.child(command, worker)
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(20):
            while True:
                try:
                    if self.child(command, worker) != killed:
                        return
                except LookupError:
                    pass
                await asyncio.sleep(0.05)

    @contextmanager
    def frozen(self, *commands: str) -> Iterator[None]:
        """Stop the children that run these commands in their tracks, as if their machine were gone."""
        children = [self.child(command) for command in commands]
        for child in children:
            os.kill(child, signal.SIGSTOP)
        try:
            yield
        finally:
            for child in children:
                with suppress(ProcessLookupError):  # its supervisor may have given it up
                    os.kill(child, signal.SIGCONT)


@asynccontextmanager
async def demo_service(
    folder: Path,
    extra_environment: dict[str, str] | None = None,
    *,
    workers: int = 1,
    arguments: Sequence[str] = (),
):
    """Start `moveroom demo` in `folder`, with so many media workers and these arguments; give a `DemoService`
    when it is ready; stop it at the end.
    """
    links = folder / "links.json"
    links.unlink(missing_ok=True)
    log, printed = folder / "moveroom.log", folder / "terminal.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOVEROOM_")}
    environment |= {
        "MOVEROOM_HTTP_PORT": str(free_port(socket.SOCK_STREAM)),
        "MOVEROOM_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM, workers)),
        "MOVEROOM_MEDIA_WORKERS": str(workers),
        "MOVEROOM_DATA_DIR": str(folder / "state"),
        "MOVEROOM_LINKS_JSON": str(links),
        **(extra_environment or {}),
    }
    with log.open("ab") as logged, printed.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server.cli",
            "demo",
            *arguments,
            env=environment,
            stdout=said,
            stderr=logged,
        )
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while not links.exists():
                if process.returncode is not None:
                    raise RuntimeError(f"the demo ended with {process.returncode}:\n{log.read_text()}")
                await asyncio.sleep(0.05)
        found = json.loads(links.read_text())
        yield DemoService(
            process=process,
            folder=folder,
            base_url=found["base_url"],
            physio=found["physio"],
            physios=found["physios"],
            helper=found["helper"],
            patients=found["patients"],
            log=log,
            printed=printed,
            environment=environment,
        )
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()
