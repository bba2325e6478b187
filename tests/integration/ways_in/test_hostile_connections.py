"""Strangers by TCP, many, slow or broken: bounded, counted, and the class beside them notices nothing."""

from __future__ import annotations

import socket
import struct

from server.media import tcp
from tests.synthetic.room import STAGE, Class
from tests.synthetic.ways_in import connections, pair, shows, until_server


def dial(room: Class) -> socket.socket:
    """A stranger's connection."""
    sock = socket.socket()
    sock.settimeout(5)
    sock.connect(room.sfu.hello().tcp_addresses[0])
    return sock


async def test_thousands_of_connections_are_bounded_and_the_class_notices_nothing(room: Class):
    physio, patient = await pair(room)
    strangers: list[socket.socket] = []
    for wave in range(30):
        for n in range(100):
            sock = dial(room)
            sock.send(b"\0\x30\0"[: n % 4])  # a frame that never ends
            strangers.append(sock)
        await until_server(lambda wave=wave: room.sfu.stats()["tcp_opened"] == 100 * wave + 101)
        await shows(room, physio, patient)
        assert connections(room) <= 1 + tcp.MOST_UNPROVEN_PER_NETWORK
        for sock in strangers[:-300]:
            sock.close()
        del strangers[:-300]
        assert len(patient.of(STAGE)) == wave + 2
    for _ in range(6):
        room.pass_time(1)
        await room.handled(physio)
        await room.handled(patient)
    assert connections(room) == 1
    stats = room.sfu.stats()
    assert stats["tcp_expired"] == tcp.MOST_UNPROVEN_PER_NETWORK
    assert stats["tcp_refused"] == 3000 - stats["tcp_expired"]
    assert stats["dropped_stranger"] == 0
    await shows(room, physio, patient)
    assert room.told("patient") == room.told("physio") == ["connected"]
    for sock in strangers:
        sock.close()


async def test_strangers_by_tcp_reach_neither_dtls_nor_srtp(room: Class):
    physio, patient = await pair(room)
    strangers = []
    for content in (b"\x16" + bytes(40), b"\x80" * 40, b"\xc0" * 40, b"", bytes(1501), b"GET / HTTP/1.1"):
        sock = dial(room)
        sock.send(struct.pack("!H", len(content)) + content)
        strangers.append(sock)
    await until_server(lambda: room.sfu.stats()["tcp_broken"] == 4)
    stats = room.sfu.stats()
    assert stats["dropped_stranger"] == 2
    assert stats["dropped_stun"] == 0
    await shows(room, physio, patient)
    for sock in strangers:
        sock.close()


async def test_a_copy_of_a_check_does_not_make_a_strangers_connection_a_patients(room: Class):
    physio, patient = await pair(room)
    copied = patient.check()
    await room.handled(patient)
    with dial(room) as stranger:
        stranger.send(struct.pack("!H", len(copied)) + copied)
        await until_server(lambda: room.sfu.stats()["dropped_replayed"] == 1)
        for _ in range(6):
            room.pass_time(1)
            await room.handled(physio)
            await room.handled(patient)
        assert stranger.recv(10) == b"", "hung up on, and told nothing"
    await shows(room, physio, patient)


async def test_broken_framing_costs_a_patient_her_connection_and_nobody_else(room: Class):
    physio, patient = await pair(room)
    beside = await room.viewer("beside", tcp=True)
    room.show(("physio", "patient"), ("physio", "beside"))
    patient.send_stream(b"\xff\xff" + bytes(100))
    await patient.until(lambda: patient.hung_up)
    assert room.sfu.stats()["tcp_broken"] == 1
    await shows(room, physio, beside)
    patient.move()
    await room.handled(patient)
    await shows(room, physio, patient, beside)
