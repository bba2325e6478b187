"""A real demo service for a browser test: `moveroom demo` as a process, with its own folder and ports."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN_S = 60


def free_port(kind: int) -> int:
    """A port that was free a moment ago (TCP: SOCK_STREAM; UDP, and TCP beside it: SOCK_DGRAM)."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            try:
                if kind == socket.SOCK_DGRAM:
                    beside.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


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

    def child(self, command: str) -> int:
        """Process id of the supervisor's child that runs `command` (web or media)."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == self.process.pid and command.encode() in words:
                return int(entry.name)
        raise LookupError(f"no child runs {command}")

    async def kill(self, command: str) -> None:
        """Kill -9 the child that runs `command` and wait until the supervisor has started another."""
        killed = self.child(command)
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(20):
            while True:
                try:
                    if self.child(command) != killed:
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
                os.kill(child, signal.SIGCONT)


@asynccontextmanager
async def demo_service(folder: Path, extra_environment: dict[str, str] | None = None):
    """Start `moveroom demo` in `folder`; give a `DemoService` when it is ready; stop it at the end."""
    links = folder / "links.json"
    links.unlink(missing_ok=True)
    log, printed = folder / "moveroom.log", folder / "terminal.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOVEROOM_")}
    environment |= {
        "MOVEROOM_HTTP_PORT": str(free_port(socket.SOCK_STREAM)),
        "MOVEROOM_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM)),
        "MOVEROOM_DATA_DIR": str(folder / "state"),
        "MOVEROOM_LINKS_JSON": str(links),
        **(extra_environment or {}),
    }
    with log.open("ab") as logged, printed.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.cli", "demo", env=environment, stdout=said, stderr=logged
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
