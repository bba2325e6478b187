"""The supervisor with real children: small Python programs that live, die, linger or cannot start."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.supervisor import ChildCommand, supervise

CHILD = """
import asyncio, os, signal, sys
from server.lifeline import watch_supervisor

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    watch_supervisor(stop.set)
    with open(sys.argv[1], "a") as out:
        out.write(f"{os.getpid()}\\n")
    await stop.wait()
    with open(sys.argv[1], "a") as out:
        out.write("ended in order\\n")

asyncio.run(main())
"""
DEAF = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(60)
"""
STUCK = """
import sys, time
from server.lifeline import end_with_supervisor

end_with_supervisor(orderly_end_s=0.1)
with open(sys.argv[1], "a") as out:
    import os
    out.write(f"{os.getpid()}\\n")
time.sleep(600)
"""
BEATS = """
import asyncio, os, sys, time
from server.lifeline import end_with_supervisor

heart = end_with_supervisor(beat_s=0.05, beats_in_vain=20)

async def main():
    beating = asyncio.create_task(heart.beat())
    with open(sys.argv[1], "a") as out:
        out.write(f"{os.getpid()}\\n")
    await asyncio.sleep(3)
    with open(sys.argv[1], "a") as out:
        out.write("ran\\n")
    if sys.argv[2] == "hangs":
        time.sleep(600)
    await beating

asyncio.run(main())
"""
SUPERVISOR = """
import os, sys
import uvloop
from server.supervisor import ChildCommand, supervise
child = ChildCommand("child", (sys.executable, "-c", sys.argv[1], sys.argv[2]), dict(os.environ))
sys.exit(uvloop.run(supervise([child], proper_run_s=float(sys.argv[3]), kill_after_s=0.2)))
"""


def child(program: str, *arguments: object, name: str = "child") -> ChildCommand:
    return ChildCommand(
        name=name, argv=(sys.executable, "-c", program, *map(str, arguments)), env=dict(os.environ)
    )


async def line(notes: Path, number: int) -> str:
    """The line of that number, when it has been written."""
    async with asyncio.timeout(20):
        while len(lines := written(notes)) <= number:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)
    return lines[number]


def written(notes: Path) -> list[str]:
    """The complete lines there are."""
    return notes.read_text().split("\n")[:-1] if notes.exists() else []


@contextlib.asynccontextmanager
async def supervising(*children: ChildCommand, **options: object) -> AsyncIterator[asyncio.Task[int]]:
    running = asyncio.create_task(supervise(children, **options))
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def finished(running: asyncio.Task[int]) -> int:
    return await asyncio.wait_for(asyncio.shield(running), 20)


async def test_a_child_that_is_killed_is_started_again_and_the_other_is_left_alone(tmp_path):
    notes, other_notes = tmp_path / "notes", tmp_path / "other"
    async with supervising(child(CHILD, notes), child(CHILD, other_notes, name="other")) as running:
        first = int(await line(notes, 0))
        await line(other_notes, 0)
        os.kill(first, signal.SIGKILL)
        assert int(await line(notes, 1)) != first
        os.kill(os.getpid(), signal.SIGTERM)
        assert await finished(running) == 0
        assert await line(notes, 2) == "ended in order"
        assert other_notes.read_text().splitlines()[1:] == ["ended in order"]


async def test_a_child_that_keeps_dying_is_started_again_and_again_with_pauses(tmp_path):
    notes = tmp_path / "notes"
    dies = "import sys, time; open(sys.argv[1], 'a').write(f'{time.monotonic()}\\n'); sys.exit(1)"
    async with supervising(child(dies, notes)):
        times = [float(await line(notes, n)) for n in range(4)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[1] >= 0.1
    assert gaps[2] >= 0.2


async def test_a_child_that_cannot_start_by_its_settings_stops_everything_with_its_code(tmp_path, capfd):
    notes = tmp_path / "notes"
    wrong = "import sys; print('MOVEROOM_MEDIA_PORT is wrong', file=sys.stderr); sys.exit(2)"
    async with supervising(child(CHILD, notes), child(wrong, name="wrong")) as running:
        assert await finished(running) == 2
    assert "MOVEROOM_MEDIA_PORT is wrong" in capfd.readouterr().err


async def test_a_child_that_has_run_properly_is_started_again_even_after_exit_code_2(tmp_path):
    notes = tmp_path / "notes"
    later_wrong = CHILD.replace("await stop.wait()", "sys.exit(2)")
    async with supervising(child(later_wrong, notes), proper_run_s=0.0) as running:
        await line(notes, 2)
        assert not running.done()


async def test_a_child_that_does_not_stop_is_killed_and_the_exit_code_says_so(tmp_path):
    notes = tmp_path / "notes"
    async with supervising(child(DEAF, notes), kill_after_s=0.1) as running:
        pid = int(await line(notes, 0))
        os.kill(os.getpid(), signal.SIGINT)
        assert await finished(running) == 1
    assert not alive(pid)


async def test_a_second_signal_kills_at_once(tmp_path):
    notes = tmp_path / "notes"
    async with supervising(child(DEAF, notes), kill_after_s=3600) as running:
        pid = int(await line(notes, 0))
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await finished(running) == 1
    assert not alive(pid)


async def test_children_end_in_order_when_the_supervisor_itself_is_killed(tmp_path):
    notes = tmp_path / "notes"
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUPERVISOR, CHILD, str(notes), "5"
    )
    await line(notes, 0)
    supervisor.kill()
    await supervisor.wait()
    assert await line(notes, 1) == "ended in order"


async def test_a_child_that_is_stuck_is_killed_when_the_supervisor_itself_was(tmp_path):
    notes = tmp_path / "notes"
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUPERVISOR, STUCK, str(notes), "5"
    )
    pid = int(await line(notes, 0))
    supervisor.kill()
    await supervisor.wait()
    async with asyncio.timeout(20):
        while alive(pid):  # noqa: ASYNC110 - another process is killed
            await asyncio.sleep(0.01)


async def test_a_child_whose_loop_hangs_is_killed_by_its_guard_and_started_anew(tmp_path):
    notes = tmp_path / "notes"
    async with supervising(child(BEATS, notes, "hangs")) as running:
        first = int(await line(notes, 0))
        assert await line(notes, 1) == "ran"
        assert int(await line(notes, 2)) != first
        assert not running.done()
    assert not alive(first)


async def test_a_child_that_beats_and_is_stopped_goes_on_when_it_was_not_for_long(tmp_path):
    notes = tmp_path / "notes"
    async with supervising(child(BEATS, notes, "runs")):
        first = int(await line(notes, 0))
        (guard,) = children_of(first)
        for each in (guard, first):
            os.kill(each, signal.SIGSTOP)
        await asyncio.sleep(1.5)  # longer than it may hang: the whole machine stood still
        for each in (guard, first):
            os.kill(each, signal.SIGCONT)
        assert await line(notes, 1) == "ran"
        assert alive(first)


async def test_the_guard_of_a_child_ends_with_it(tmp_path):
    notes = tmp_path / "notes"
    async with supervising(child(STUCK, notes)) as running:
        pid = int(await line(notes, 0))
        (guard,) = children_of(pid)
        os.kill(guard, signal.SIGTERM)
        assert alive(guard)
        os.kill(pid, signal.SIGKILL)
        await line(notes, 1)
        async with asyncio.timeout(20):
            while alive(guard):  # noqa: ASYNC110 - another process ends
                await asyncio.sleep(0.01)
        assert not running.done()


async def test_readiness_is_told_once_when_the_address_first_answers(tmp_path):
    notes = tmp_path / "notes"
    answers = [b"HTTP/1.0 503 No\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.pop(0))
        writer.close()

    ready = asyncio.Event()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as site:
        port = site.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/readyz"
        async with supervising(child(CHILD, notes), ready_url=url, when_ready=ready.set) as running:
            await asyncio.wait_for(ready.wait(), 20)
            assert answers == []
            assert not running.done()


def alive(pid: int) -> bool:
    """It runs, and is not merely waiting to be buried by whoever adopted it."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_command_that_does_not_exist_is_our_bug_and_stops_the_rest(tmp_path):
    missing = ChildCommand(name="missing", argv=("/nonexistent",), env={})
    with pytest.raises(ExceptionGroup):
        asyncio.run(supervise([child(CHILD, tmp_path / "notes"), missing]))
