"""Sound and picture by TCP, where a network lets no UDP through."""

from __future__ import annotations

import asyncio
import struct

from server.media import tcp
from tests.synthetic.client import rtp
from tests.synthetic.room import STAGE, STAGE_VOICE, VOICE_SSRC, Class
from tests.synthetic.ways_in import connections, shows, until_server


async def test_by_tcp_one_sees_and_hears_and_is_seen_and_heard(room: Class):
    ann, ben = await room.presenter("ann", tcp=True), await room.presenter("ben")
    eve, joe = await room.viewer("eve", tcp=True), await room.viewer("joe")
    room.show(("ann", "joe"), ("ben", "eve"))
    for sender, receiver in ((ann, joe), (ben, eve)):
        await shows(room, sender, receiver, body=bytes(1100))
        room.speak(sender)
        await receiver.until(lambda receiver=receiver: receiver.of(STAGE_VOICE))
        assert receiver.of(STAGE)[0].payload.endswith(bytes(1100))
        assert receiver.of(STAGE_VOICE)[0].payload == b"voice"
    room.pass_time(1)
    await ann.until(lambda: ann.rtcp)
    assert room.sfu.stats()["tcp_opened"] == 2
    assert room.told("ann") == room.told("eve") == ["connected"]


async def test_a_check_by_tcp_is_answered_with_the_address_it_came_from(room: Class):
    patient = await room.viewer(tcp=True)
    assert patient.answers[0].attributes["XOR-MAPPED-ADDRESS"] == patient.socket.getsockname()


async def test_udp_and_tcp_in_one_group_all_get_every_packet(room: Class):
    physio = await room.presenter()
    patients = [await room.viewer(f"patient{n}", tcp=n % 2 == 0) for n in range(6)]
    room.show(*(("physio", patient.name) for patient in patients))
    for _ in range(50):
        await shows(room, physio, *patients)
    for patient in patients:
        numbers = [packet.number for packet in patient.of(STAGE)]
        assert numbers == [(numbers[0] + n) & 0xFFFF for n in range(50)]
    stats = room.sfu.stats()
    assert (stats["send_blocked"], stats["send_failed"], stats["tcp_unsent"]) == (0, 0, 0)


async def test_packets_that_come_in_crumbs_and_in_lumps_are_all_forwarded(room: Class):
    physio, patient = await room.presenter(tcp=True), await room.viewer()
    room.show(("physio", "patient"), voice=True)
    protect = physio.dtls._tx_srtp.protect
    packets = [
        protect(
            rtp(payload_type=111, number=n, timestamp=n * 960, ssrc=VOICE_SSRC, payload=bytes([n]),
                extensions={1: b"0"})
        )
        for n in range(200)
    ]  # fmt: skip
    stream = b"".join(struct.pack("!H", len(packet)) + packet for packet in packets)
    for at in range(200):
        physio.send_stream(stream[at : at + 1])
        await asyncio.sleep(0)
    physio.send_stream(stream[200:])
    await patient.until(lambda: len(patient.of(STAGE_VOICE)) == 200)
    assert [packet.payload for packet in patient.of(STAGE_VOICE)] == [bytes([n]) for n in range(200)]


async def test_who_goes_from_tcp_to_udp_or_to_another_connection_goes_on_without_a_gap(room: Class):
    physio, patient = await room.presenter(), await room.viewer(tcp=True)
    room.show(("physio", "patient"))
    await shows(room, physio, patient)
    for over_tcp in (True, False, True):
        patient._close_socket()
        await until_server(lambda: connections(room) == 0)
        patient._tcp = over_tcp
        patient._open_socket()
        patient._dial()
        await (room.handled(patient) if over_tcp else room.proven(patient))
        await shows(room, physio, patient)
    numbers = [packet.number for packet in patient.of(STAGE)]
    assert numbers == [(numbers[0] + n) & 0xFFFF for n in range(4)]
    assert room.sfu.stats()["address_moves"] == 3
    assert room.told("patient") == ["connected"]


async def test_a_connection_that_was_cut_is_silence_and_then_the_end(room: Class):
    patient = await room.viewer(tcp=True)
    patient._close_socket()
    await until_server(lambda: connections(room) == 0)
    assert room.told("patient") == ["connected"]
    room.pass_time(5.1)
    assert room.told("patient") == ["connected", "silent"]
    room.pass_time(25.1)
    assert room.told("patient") == ["connected", "silent", "gone"]


async def test_a_goodbye_by_tcp_is_heard_and_answered(room: Class):
    physio, patient = await room.presenter(tcp=True), await room.viewer(tcp=True)
    await physio.dtls.stop()
    await until_server(lambda: room.told("physio") == ["connected", "closed"])
    await room.sfu.close_peer("patient")
    await patient.until(lambda: patient.dtls.state == "closed")


async def test_when_a_peer_has_gone_its_connection_is_closed(room: Class):
    patient = await room.viewer(tcp=True)
    await room.sfu.close_peer("patient")
    assert connections(room) == 1, "its goodbye is still on the way"
    room.pass_time(5.1)
    await patient.until(lambda: patient.hung_up)
    assert connections(room) == 0


async def test_who_reads_slowly_loses_packets_and_nobody_else_does(room: Class):
    physio = await room.presenter()
    slow, quick = await room.viewer("slow", tcp=True), await room.viewer("quick", tcp=True)
    by_udp = await room.viewer("by_udp")
    room.show(*(("physio", each.name) for each in (slow, quick, by_udp)), voice=False)
    await shows(room, physio, slow, quick, by_udp)
    slow.quiet()
    pipe = next(a for a, e in room.sfu._mux._by_address.items() if e.owner.spec.peer == "slow")
    sent = 1
    while room.sfu.stats()["tcp_unsent"] < 100:
        assert sent < 10_000, "something takes it all"
        for _ in range(10):
            room.film(physio, "l", body=bytes(1100))
        sent += 10
        await by_udp.until(lambda sent=sent: len(by_udp.of(STAGE)) == sent)
        assert pipe._transport.get_write_buffer_size() <= tcp.MOST_LARGE_WAITING_BYTES + 2
    await quick.until(lambda: len(quick.of(STAGE)) == sent)
    unsent = room.sfu.stats()["tcp_unsent"]
    asyncio.get_running_loop().add_reader(slow.socket.fileno(), slow._read)
    await slow.until(lambda: len(slow.of(STAGE)) == sent - unsent)
    await shows(room, physio, slow, quick, by_udp)
    assert room.told("slow") == ["connected"]
