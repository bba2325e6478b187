"""What a running Moveroom tells those who run it: alive, ready, and its figures."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.browser import until
from tests.e2e.service import demo_service


def answer(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.mark.timeout(120)
async def test_a_running_server_is_alive_ready_and_counts(tmp_path: Path):
    async with demo_service(tmp_path) as service:
        assert answer(f"{service.base_url}/healthz") == (200, '{"ok": true}')
        status, ready = answer(f"{service.base_url}/readyz")
        assert (status, json.loads(ready)) == (200, {"ok": True, "storage": True, "media": True})

        status, text = answer(f"{service.base_url}/metrics")
        assert status == 200
        families = {family.name: family for family in text_string_to_metric_families(text)}
        assert families["moveroom_media_worker_attached"].samples[0].value == 1
        assert families["moveroom_open_classes"].samples[0].value == 0
        assert "moveroom_media_datagrams_in" in families
        assert "moveroom_failures" in families
        assert families["process_resident_memory_bytes"].samples[0].value > 1_000_000

        # Behind a proxy somebody else asks: they get the page for what is not there.
        status, page = answer(f"{service.base_url}/metrics", **{"X-Forwarded-For": "203.0.113.7"})
        assert status == 404
        assert "moveroom_" not in page

        # Without a media worker the process lives, but is not ready, and says so; the supervisor is held up
        # meanwhile, so that it does not start another.
        os.kill(service.process.pid, signal.SIGSTOP)
        try:
            os.kill(service.child("media"), signal.SIGKILL)

            async def unready() -> bool:
                return answer(f"{service.base_url}/readyz")[0] == 503

            await until(unready, "the server to say that it has no media worker")
            assert answer(f"{service.base_url}/healthz")[0] == 200
            assert "moveroom_media_worker_attached 0.0" in answer(f"{service.base_url}/metrics")[1]
        finally:
            os.kill(service.process.pid, signal.SIGCONT)
