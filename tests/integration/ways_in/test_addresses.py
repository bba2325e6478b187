"""IPv6 and IPv4, and what browsers are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.media.sfu import Sfu
from tests.synthetic.client import Client
from tests.synthetic.room import Class
from tests.synthetic.ways_in import shows
from tests.synthetic.worker import media_worker


async def test_ipv6_and_ipv4_meet_in_one_class_by_udp_and_by_tcp(dual_stack: Class):
    room = dual_stack
    physio = await room.presenter(host="::1")
    patients = [
        await room.viewer(f"patient{n}", tcp=tcp, host=host)
        for n, (tcp, host) in enumerate((t, h) for t in (False, True) for h in ("::1", "127.0.0.1"))
    ]
    room.show(*(("physio", patient.name) for patient in patients))
    for _ in range(3):
        await shows(room, physio, *patients)
    for client in (physio, *patients):
        seen = client.answers[0].attributes["XOR-MAPPED-ADDRESS"]
        assert seen == client.socket.getsockname()[:2]
    assert room.sfu.stats()["send_failed"] == 0


async def test_one_ipv6_address_works_alone():
    room = Class("::1")
    await room.sfu.start()
    assert [host for host, _ in room.sfu.hello().addresses] == ["::1"]
    for over_tcp in (False, True):
        await room.join(f"patient{over_tcp}", tcp=over_tcp, host="::1")
    await room.end()


async def test_bound_to_all_addresses_each_it_names_takes_udp_and_tcp():
    for host in ("::", "0.0.0.0"):
        room = Class(host)
        await room.sfu.start()
        hello = room.sfu.hello()
        assert hello.addresses == hello.tcp_addresses
        named = [address for address, _ in hello.addresses]
        assert "127.0.0.1" in named
        assert ("::1" in named) == (host == "::")
        for n, address in enumerate(named):
            await room.join(f"udp{n}", host=address)
            await room.join(f"tcp{n}", tcp=True, host=address)
        await room.end()


async def test_announced_addresses_are_told_with_the_real_port():
    sfu = Sfu(lambda notice: None, host="127.0.0.1", port=0, announced=("198.51.100.7", "2001:db8::7"))
    await sfu.start()
    hello = sfu.hello()
    port = hello.addresses[0][1]
    assert port > 0
    assert hello.addresses == hello.tcp_addresses == (("198.51.100.7", port), ("2001:db8::7", port))
    client = Client("patient", tcp=True)
    sfu.open_peer(client.spec)
    await client.connect(hello, ("127.0.0.1", port))
    await client.close()
    await sfu.close()


@pytest.mark.asyncio(loop_factories=["asyncio"])
async def test_a_worker_process_listens_and_announces_as_its_settings_say(tmp_path: Path):
    announced = {"MOVEROOM_MEDIA_HOST": "::", "MOVEROOM_MEDIA_ANNOUNCED": "198.51.100.7, 2001:db8::7"}
    async with media_worker(tmp_path, **announced) as worker:
        hello = worker.hello
        assert [host for host, _ in hello.addresses] == ["198.51.100.7", "2001:db8::7"]
        assert hello.addresses == hello.tcp_addresses
        port = hello.addresses[0][1]
        for name, tcp, host in (("ann", True, "::1"), ("ben", False, "127.0.0.1")):
            client = Client(name, tcp=tcp, host=host)
            await worker.channel.open_peer(client.spec)
            await client.connect(hello, (host, port))
            await client.close()


async def test_the_end_frees_the_port_for_udp_and_tcp_at_once(room: Class):
    await room.viewer(tcp=True)
    at = room.sfu.hello().addresses[0]
    await room.sfu.close()
    again = Sfu(lambda notice: None, host=at[0], port=at[1])
    await again.start()
    await again.close()
