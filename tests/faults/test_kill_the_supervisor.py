"""The supervisor itself is killed: nothing of Moveroom stays behind, and the next start finds everything."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.browser import until
from tests.e2e.service import demo_service
from tests.synthetic.person import Person


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.timeout(120)
async def test_nothing_is_orphaned_and_nothing_is_lost_when_the_supervisor_is_killed(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        children = [service.child("web"), service.child("media")]
        physio = Person(service.physio)
        await physio.open_link()
        await physio.come_in()
        written = await physio.ask("chat:post", {"key": "before-the-kill", "text": "Well done, everyone."})
        os.kill(service.process.pid, signal.SIGKILL)
        await service.process.wait()

        async def all_gone() -> bool:
            return not any(is_alive(child) for child in children)

        await until(all_gone, "the web process and the media worker to end by themselves")
        await physio.close()

    async with demo_service(tmp_path) as service:
        physio = Person(service.physio)
        await physio.open_link()
        await physio.come_in()
        assert physio.view is not None
        assert written.ack["id"] in physio.view.plain["chat"]
        await physio.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("hung", [("web",), ("media",), ("web", "media")], ids="-".join)
async def test_a_hung_process_does_not_outlive_its_supervisor_nor_stand_in_the_next_ones_way(
    tmp_path: Path, hung: tuple[str, ...]
):
    async with demo_service(tmp_path) as service:
        children = [service.child("web"), service.child("media")]
        for each in hung:
            os.kill(service.child(each), signal.SIGSTOP)
        service.process.kill()
        await service.process.wait()
        # The same ports, and at once: the hung process still has them.
        ports = {name: value for name, value in service.environment.items() if name.endswith("_PORT")}

    async with demo_service(tmp_path, ports) as service:

        async def all_gone() -> bool:
            return not any(is_alive(child) for child in children)

        await until(all_gone, "the hung process to be killed", within_s=30)
        assert "killed_after_its_supervisor" in service.log.read_text()
        physio = Person(service.physio)
        await physio.open_link()
        await physio.come_in()
        await physio.close()
