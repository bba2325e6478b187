"""Coming, going quiet, coming back, moving, leaving; and what the worker tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from server.errors import ProtocolError
from server.media.sfu import Sfu
from server.media.spec import PeerNotice, PeerSpec
from tests.synthetic.client import Client, picture_slot
from tests.synthetic.room import LAYER_SSRCS, STAGE, Class, key_frames_asked_of


def peers(room: Class) -> dict[str, str]:
    return {peer.peer: peer.state for peer in room.sfu.hello().peers}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing tells of a task's end or a transport's state
            await asyncio.sleep(0)


async def test_a_connection_is_told_once(room: Class) -> None:
    await room.viewer()
    room.pass_time(1)
    assert room.told("patient") == ["connected"]
    assert peers(room) == {"patient": "connected"}


async def test_silence_is_told_after_5_s_and_the_return_at_once(room: Class) -> None:
    patient = await room.viewer()
    room.pass_time(4.9)
    assert room.told("patient") == ["connected"]
    room.pass_time(0.2)
    assert room.told("patient") == ["connected", "silent"]
    assert peers(room) == {"patient": "silent"}
    await room.handled(patient)
    room.pass_time(0.05)
    assert room.told("patient") == ["connected", "silent", "back"]


async def test_any_genuine_datagram_is_a_sign_of_life_and_no_forged_one(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    patient.full_ice = False
    for _ in range(6):
        room.pass_time(1)
        room.speak(physio)
        patient.send_raw(b"\x80\x60" + bytes(40))
        patient.check(password="guessed, but long enough")
        await room.handled(physio)
    assert room.told("physio") == ["connected"]
    assert room.told("patient") == ["connected", "silent"]


async def test_30_s_of_silence_frees_the_peer(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    room.now += 29
    await room.handled(physio)
    room.pass_time(1.1)
    assert room.told("patient")[-1] == "gone"
    assert peers(room).keys() == {"physio"}
    assert room.sfu.forwarding("room") == ()
    room.film(physio, "l", key=True)
    await room.handled(physio)


async def test_a_peer_that_never_connects_is_freed_after_30_s(room: Class) -> None:
    room.sfu.open_peer(Client("nobody").spec)
    room.pass_time(29.9)
    assert room.told("nobody") == []
    room.pass_time(0.2)
    assert room.told("nobody") == ["gone"]
    assert peers(room) == {}


async def test_a_goodbye_frees_the_peer_at_once(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    await physio.close()
    await until(lambda: "closed" in room.told("physio"))
    assert room.told("physio") == ["connected", "closed"]
    assert peers(room).keys() == {"patient"}
    assert room.sfu.forwarding("room") == ()


async def test_another_certificate_than_the_one_announced_never_connects(room: Class) -> None:
    client = Client("impostor")
    room.clients.append(client)
    print_ = client.spec.remote_fingerprints[0].model_copy(update={"value": ":".join(["00"] * 32)})
    room.sfu.open_peer(client.spec.model_copy(update={"remote_fingerprints": (print_,)}))
    await client.connect(room.sfu.hello())
    await until(lambda: room.told("impostor"))
    assert room.told("impostor") == ["gone"]


async def test_a_change_of_network_moves_the_stream_without_a_gap(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: len(patient.of(STAGE)) == 1)
    patient.move()
    await room.proven(patient)
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 2)
    first, second = patient.of(STAGE)
    assert (second.number - first.number) & 0xFFFF == 1
    assert room.sfu.stats()["address_moves"] == 1
    assert room.told("patient") == ["connected"]


async def test_a_presenter_is_heard_from_her_new_address(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: len(patient.of(STAGE)) == 1)
    physio.move()
    room.film(physio, "l")  # nobody vouched for this address yet
    await patient.until(lambda: len(patient.of(STAGE)) == 2)
    physio.check()
    room.film(physio, "l")
    await patient.until(lambda: len(patient.of(STAGE)) == 3)


async def test_a_check_of_another_path_does_not_move_the_stream(room: Class) -> None:
    patient = await room.viewer()
    known = len(patient.answers)
    patient.move()
    patient.check(nominate=False)
    await patient.until(lambda: len(patient.answers) > known)
    assert room.sfu.stats()["address_moves"] == 0


async def test_many_addresses_of_one_peer_do_not_pile_up(room: Class) -> None:
    patient = await room.viewer()
    for _ in range(20):
        patient.move()
        await room.handled(patient)
    assert len(room.sfu._mux._by_address) == 8


async def test_a_peer_may_be_opened_and_closed_twice(room: Class) -> None:
    patient = await room.viewer()
    room.sfu.open_peer(patient.spec)
    assert peers(room) == {"patient": "connected"}
    await room.sfu.close_peer("patient")
    await room.sfu.close_peer("patient")
    await room.sfu.close_peer("nobody")
    assert peers(room) == {}
    assert room.told("patient") == ["connected"], "what we were told to do is no news"
    await until(lambda: patient.dtls.state == "closed")


async def test_a_peer_that_comes_again_is_shown_what_its_routes_say(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    await room.sfu.close_peer("patient")
    await patient.close()
    again = await room.viewer()
    room.film(physio, "l", key=True)
    await again.until(lambda: again.of(STAGE))


async def test_on_another_worker_the_picture_flows_though_the_publisher_sends_the_low_layer_alone(
    room: Class,
) -> None:
    physio = await room.presenter()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await room.handled(physio)
    room.pass_time(2)  # so long that her first key frame is of no use to who comes now
    room.film(physio, "l")
    await room.handled(physio)
    patient = await room.viewer()
    room.pass_time(0.2, lambda: room.film(physio, "l"))
    await physio.until(lambda: key_frames_asked_of(physio) == [LAYER_SSRCS["l"]])
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    for _ in range(20):  # however long she sends no other
        room.film(physio, "l")
        await room.handled(physio)
        room.pass_time(0.25)
    await patient.until(lambda: len(patient.of(STAGE)) == 21)
    assert room.sfu.forwarding("room")[0].layer == "l"


@pytest.mark.parametrize(
    "change",
    [
        {"remote_fingerprints": ()},
        {"slots": (picture_slot("stage", 1), picture_slot("stage", 3))},
        {"slots": (picture_slot("a", 1), picture_slot("b", 1))},
        {"slots": (picture_slot("a", 1, mid="x"), picture_slot("b", 3, mid="x"))},
        {"slots": (picture_slot("a", 1).model_copy(update={"rtx_ssrc": None}),)},
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(room: Class, change: dict) -> None:
    spec: PeerSpec = Client("odd").spec.model_copy(update=change)
    with pytest.raises(ProtocolError):
        room.sfu.open_peer(spec)
    assert peers(room) == {}


async def test_a_name_or_a_ufrag_that_is_taken_is_refused(room: Class) -> None:
    patient = await room.viewer()
    with pytest.raises(ProtocolError):
        room.sfu.open_peer(patient.spec.model_copy(update={"pwd": "another"}))
    with pytest.raises(ProtocolError):
        room.sfu.open_peer(patient.spec.model_copy(update={"peer": "another"}))


async def test_two_routes_into_one_slot_are_refused_and_change_nothing(room: Class) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    with pytest.raises(ProtocolError):
        room.show(("physio", "patient"), ("patient", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))


async def test_a_listener_that_throws_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def throw(notice: PeerNotice) -> None:
        raise RuntimeError(notice.what)

    sfu = Sfu(throw, host="127.0.0.1", port=0)
    await sfu.start()
    client = Client("patient")
    sfu.open_peer(client.spec)
    await client.connect(sfu.hello())
    await until(lambda: sfu.stats()["failures"] == 1)
    known = len(client.answers)
    client.check()
    await client.until(lambda: len(client.answers) > known)
    await client.close()
    await sfu.close()


async def test_the_end_leaves_no_task_and_may_come_twice() -> None:
    before = asyncio.all_tasks()
    sfu = Sfu(lambda notice: None, host="127.0.0.1", port=0)
    await sfu.start()
    connected, waiting = Client("connected"), Client("waiting")
    sfu.open_peer(connected.spec)
    sfu.open_peer(waiting.spec)
    await connected.connect(sfu.hello())
    await sfu.close()
    await sfu.close()
    await connected.close()
    await waiting.close()
    await until(lambda: asyncio.all_tasks() <= before)


async def test_a_port_that_is_taken_is_said_so(room: Class) -> None:
    host, port = room.sfu.hello().addresses[0]
    second = Sfu(lambda notice: None, host=host, port=port)
    with pytest.raises(OSError):
        await second.start()
    await second.close()


async def test_bound_to_all_addresses_it_names_ones_that_can_be_reached() -> None:
    sfu = Sfu(lambda notice: None, host="0.0.0.0", port=0)
    await sfu.start()
    addresses = sfu.hello().addresses
    await sfu.close()
    assert any(host == "127.0.0.1" for host, _ in addresses)
    assert all(host != "0.0.0.0" and port > 0 for host, port in addresses)
