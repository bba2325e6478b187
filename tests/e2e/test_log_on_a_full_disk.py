"""The disk that holds the log is full: the demo serves its pages all the same."""

from __future__ import annotations

from pathlib import Path

from aiohttp import ClientSession

from tests.e2e.service import demo_service


async def test_with_a_log_that_cannot_be_written_people_still_get_their_pages(tmp_path: Path) -> None:
    (tmp_path / "moveroom.log").symlink_to("/dev/full")
    async with demo_service(tmp_path) as demo, ClientSession() as browser:
        for address, status in [
            (demo.patients[0], 200),
            (demo.physio, 200),
            (f"{demo.base_url}/nowhere", 404),
        ]:
            async with browser.get(address) as answer:
                assert answer.status == status
                assert "01632 960123" in await answer.text()
        demo.process.terminate()
        assert await demo.process.wait() == 0
