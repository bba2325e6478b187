"""Socket.IO and Engine.IO packets that are no packets, from somebody with a cookie: the class goes on."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.service import DemoService, demo_service
from tests.nightly.scale import scaled_count
from tests.synthetic.broken_input import broken_text
from tests.synthetic.person import Person
from tests.synthetic.processes import usage

SESSIONS = 1000
MOST_GROWTH_MB = 30.0
JOIN = '42["class:join"]'
PACKETS = (
    "", "0{}", "1", "2probe", "3", "4", "41", "42", "42{}", "42[]", "42[1]", "42[null]", '42[{"a":1}]',
    "430[]",
    '421["chat:post",{"key":"key-of-message","text":"hi"}]', '42["disconnect"]', '42["connect",{},{}]', "5",
    '40/elsewhere,{"link":"x"}', '42/elsewhere,["x"]', '451-["chat:post",{"_placeholder":true,"num":0}]', "6",
    '461-3[{"_placeholder":true,"num":0}]', '45999999999-["x"]', '4299999999999999999999["class:join"]',
    "4" + "2" * 5000, "42" + "[" * 5000, "42" + '{"a":' * 3000 + "1" + "}" * 3000,
    '42["chat:post",' + "[" * 3000 + "]" * 3000 + "]", '42["chat:post",' + "9" * 5000 + "]",
    '42["chat:post",1e99999]',
)  # fmt: skip


async def babble(
    http: aiohttp.ClientSession, service: DemoService, link_id: str, chance: random.Random
) -> int:
    """One connection with nonsense on it; how many packets were sent before the server hung up, if it did."""
    url = f"{service.base_url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    sent = 0
    async with http.ws_connect(url, headers={"Origin": service.base_url}) as socket:
        await socket.receive(timeout=10)
        await socket.send_str(f'40{{"link":"{link_id}"}}')
        await socket.receive(timeout=10)
        await socket.send_str(JOIN)
        for _ in range(chance.randrange(1, 12)):
            packet = chance.choice(PACKETS)
            for _ in range(chance.choice((0, 0, 1, 2))):
                packet = broken_text(packet, chance)
            encoded = packet.encode("utf-8", "replace")
            await (
                socket.send_bytes(encoded[:200])
                if chance.random() < 0.1
                else socket.send_str(encoded.decode())
            )
            sent += 1
            if socket.closed:
                break
    return sent


@pytest.mark.nightly
@pytest.mark.timeout(600)
async def test_nonsense_on_a_socket_harms_nobody_else(tmp_path: Path, figure):
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed={seed}")
    chance, began, sent, sessions = random.Random(seed), time.monotonic(), 0, scaled_count(SESSIONS, least=50)
    async with demo_service(tmp_path) as service:
        physio, babbler = Person(service.physio), Person(service.patients[0])
        await physio.open_link()
        await physio.come_in()
        await babbler.open_link()
        assert babbler.http is not None
        before, log_bytes = usage(service.child("web")), service.log.stat().st_size
        for number in range(sessions):
            try:
                sent += await babble(babbler.http, service, babbler.link_id, chance)
            except (aiohttp.ClientError, ConnectionError):
                continue
            if number % 20 == 0:
                reply = await physio.ask("chat:post", {"key": f"{number:08d}", "text": "Still here."})
                assert reply.refused is None
        await babbler.come_in()
        assert babbler.view is not None
        assert babbler.view.place in ("waiting", "in_class")
        await asyncio.wait_for(physio.ask("class:join"), 5)
        after = usage(service.child("web"))
        logged = service.log.read_text()[log_bytes:]
        figure(
            "hostile_packets",
            sessions=sessions,
            packets=sent,
            seconds=round(time.monotonic() - began),
            web_growth_mb=round(after.rss_mb - before.rss_mb, 2),
            descriptors=f"{before.descriptors}->{after.descriptors}",
            log_bytes_per_packet=round(len(logged) / max(1, sent)),
            tracebacks=logged.count("Traceback"),
            bugs=logged.count("event=bug"),
            seed=seed,
        )
        assert physio.resent == 0, "the physio's connection was lost"
        assert after.rss_mb - before.rss_mb < MOST_GROWTH_MB
        assert "event=bug" not in logged
        await babbler.close()
        await physio.close()
