"""The relay as a test has it: a process of its own, with the service's media (and pages) behind it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

HOST = "127.0.0.2"
HOSTS = ("127.0.0.1", HOST)
"""The service, and the relay on the same ports."""


class Network:
    """Orders to the relay. `name`: an ICE user name of either side, "all", or "new" for those to come."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def set(self, name: str, **changes: dict[str, Any]) -> None:
        """Change conditions: `up`, `down` or `both` (see `Conditions`)."""
        await self._order({"set": name, **changes})

    async def rebind(self, name: str) -> int:
        """Change the address the server sees; how many flows have changed."""
        return int((await self._order({"rebind": name}))["flows"])

    async def counts(self) -> dict[str, Any]:
        """By line, what became of its packets."""
        lines = (await self._order({"counts": True}))["lines"]
        assert isinstance(lines, dict)
        return lines

    async def line_of(self, ufrag: str) -> dict[str, Any]:
        """The counts of one line, by an ICE user name fragment of either side."""
        found = [one for name, one in (await self.counts()).items() if ufrag in name.split(":")]
        if not found:
            raise LookupError(f"the relay has seen no line called {ufrag}")
        return dict(found[-1])

    async def has_line(self, ufrag: str) -> bool:
        """Whether anything has come on the line so called."""
        return any(ufrag in name.split(":") for name in await self.counts())

    async def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        async with self._turn:
            pipe.write(json.dumps(order).encode() + b"\n")
            answer = json.loads(await answers.readline())
        if not answer["ok"]:
            raise LookupError(answer["error"])
        return dict(answer)


@asynccontextmanager
async def network(
    media_ports: Sequence[int], *, web_ports: Sequence[int] = (), seed: int = 1
) -> AsyncIterator[Network]:
    """A relay at 127.0.0.2 before 127.0.0.1, with 80 ms round trip until told otherwise."""
    command = [sys.executable, "-m", "tests.lab", "--seed", str(seed), "--listen", HOST]
    command += ["--server", "127.0.0.1:" + ",".join(map(str, media_ports))]
    for port in web_ports:
        command += ["--web", str(port)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ready = await asyncio.wait_for(process.stdout.readline(), 20)
        assert ready, "the relay did not start"
        yield Network(process)
        assert process.returncode is None, "the relay has ended"
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
