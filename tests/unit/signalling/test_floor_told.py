"""Who is told what of how a class is led, over real sockets."""

from __future__ import annotations

import asyncio

from tests.integration.rooms.world import CLASS
from tests.unit.signalling.clients import Client, Server, code


async def group(server: Server) -> tuple[Client, Client, Client, Client]:
    hannah, tom = await server.joined("hannah"), await server.joined("tom")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    hannah.inbox.clear()
    return hannah, tom, margaret, pauline


async def settled(*clients: Client) -> None:
    """All that was sent before has come."""
    for client in clients:
        await client.ask("media:set", {"microphone_on": True, "camera_on": True})


def told(client: Client, event: str) -> list[dict[str, object]]:
    return [view for name, view in client.inbox if name == event]


async def test_all_are_muted_and_staff_are_told_what_can_be_taken_back(server: Server) -> None:
    hannah, tom, margaret, pauline = await group(server)
    assert (await tom.ask("person:mute_all", {}))["ok"]
    for client in (margaret, pauline):
        assert (await client.heard("me"))["muted_by_staff"]
    floor = await hannah.heard("floor")
    assert (floor["undo"]["kind"], floor["undo"]["people"]) == ("mute_all", 2)
    await settled(margaret)
    assert all(view["undo"] is None for view in told(margaret, "floor"))
    assert (await hannah.ask("class:undo", {}))["ok"]
    await pauline.heard("me", muted_by_staff=False)
    assert code(await tom.ask("class:undo", {})) == "nothing_to_undo"


async def test_staff_are_told_for_how_many_muting_can_still_be_taken_back(server: Server) -> None:
    hannah, tom, margaret, pauline = await group(server)
    assert (await tom.ask("person:mute_all", {}))["ok"]
    await hannah.heard("floor")
    for person, left in (("margaret", 1), ("pauline", None)):
        assert (await tom.ask("person:mute", {"person": person, "muted": False}))["ok"]
        undo = (await hannah.heard("floor"))["undo"]
        assert (undo["people"] if undo else None) == left
    await settled(margaret, pauline)
    assert [len(told(each, "floor")) for each in (margaret, pauline)] == [1, 1]


async def test_when_the_only_physio_is_lost_everyone_is_told_that_the_helper_leads(server: Server) -> None:
    hannah, _, margaret, _ = await group(server)
    await hannah.socket.disconnect()
    floor = await margaret.heard("floor", leader="tom")
    assert floor["presenter"] == "tom"
    await server.joined("hannah")
    assert (await margaret.heard("floor", leader="hannah"))["presenter"] == "hannah"


async def test_a_class_that_goes_on_for_longer_is_told_to_all_and_to_who_joins_later(server: Server) -> None:
    hannah, _, margaret, _ = await group(server)
    before = hannah.ack["view"]["ends_at"]
    assert (await hannah.ask("class:extend", {}))["ok"]
    after = (await margaret.heard("floor"))["ends_at"]
    assert after > before
    ravi = await server.joined("ravi")
    assert ravi.ack["view"]["ends_at"] == after


async def test_who_is_taken_out_is_told_why_and_stays_on_the_list_of_staff_only(server: Server) -> None:
    hannah, tom, margaret, pauline = await group(server)
    removal = {"person": "margaret", "reason": "unwell", "text": "Please rest today."}
    assert (await tom.ask("person:remove", removal))["ok"]
    assert (await margaret.heard("class"))["me"]["place"] == "left"
    assert (await margaret.heard("turned_away"))["words"] == "Please rest today."
    await pauline.heard("person_left", id="margaret")
    assert (await hannah.heard("person", id="margaret", place="left"))["removed"]
    assert code(await margaret.ask("class:join", {"device": "device-of-margaret"})) == "taken_out"
    assert (await hannah.ask("person:let_back", {"person": "margaret"}))["ok"]
    await tom.heard("person_left", id="margaret")
    assert (await margaret.ask("class:join", {"device": "device-of-margaret"}))["ok"]


async def test_a_talk_aside_is_told_to_both_and_with_whom_to_staff_only(server: Server) -> None:
    hannah, tom, margaret, pauline = await group(server)
    assert (await tom.ask("aside:take", {"person": "margaret"}))["ok"]
    assert (await margaret.heard("me"))["aside_with"] == "tom"
    assert (await tom.heard("me"))["aside_with"] == "margaret"
    await hannah.heard("person", id="margaret", aside=True, aside_with="tom")
    await pauline.heard("person", id="tom", aside=True, aside_with=None)
    assert (await margaret.ask("aside:end", {}))["ok"]
    back = await margaret.heard("me", aside=False)
    assert not back["microphone_on"]
    await pauline.heard("person", id="tom", aside=False)
    assert all(not view["aside"] for view in told(pauline, "person") if view["id"] == "margaret")


async def test_the_patient_goes_back_and_staff_are_told_that_they_are_muted_whatever_was_under_way(
    server: Server,
) -> None:
    _, tom, margaret, _ = await group(server)
    assert (await tom.ask("aside:take", {"person": "margaret"}))["ok"]
    aside = {"microphone_on": True, "camera_on": True, "aside": True}
    for client in (tom, margaret):
        await client.ask("media:set", aside)
        await client.heard("me", microphone_on=True)
    assert (await margaret.ask("aside:end", {}))["ok"]
    for client in (tom, margaret):
        assert (await client.heard("me", aside=False))["microphone_on"] is False
        client.inbox.clear()
        await client.ask("media:set", aside)
        assert told(client, "me") == []
        await client.ask("media:set", {"microphone_on": True, "camera_on": True})
        assert (await client.heard("me"))["microphone_on"] is True


async def test_that_a_camera_is_stopped_is_told_to_the_person_and_to_staff(server: Server) -> None:
    hannah, tom, margaret, pauline = await group(server)
    await settled(margaret)
    pauline.inbox.clear()
    assert (await tom.ask("person:stop_camera", {"person": "margaret", "stopped": True}))["ok"]
    assert not (await margaret.heard("me", camera_stopped=True))["camera_on"]
    await hannah.heard("person", id="margaret", camera_on=False, camera_stopped=True)
    await pauline.heard("person", id="margaret", camera_on=False, camera_stopped=False)


async def test_who_sees_her_is_acknowledged_only_when_the_worker_has_carried_it_out(server: Server) -> None:
    """The worker is held up: nothing is acknowledged. It goes on: it is."""
    _, _, margaret, _ = await group(server)
    held, asked = asyncio.Event(), asyncio.Event()

    async def carried_out(room: str) -> None:
        assert room == CLASS
        asked.set()
        await held.wait()

    server.media.carried_out = carried_out  # type: ignore[method-assign]
    waiting = asyncio.ensure_future(margaret.ask("me:show", {"to_group": False}))
    await asked.wait()
    await settled(margaret)
    assert not waiting.done()
    held.set()
    assert (await waiting)["ok"]


async def test_without_a_worker_it_is_refused_and_may_be_asked_again(server: Server) -> None:
    _, _, margaret, _ = await group(server)
    server.media.detach()
    assert code(await margaret.ask("me:show", {"to_group": True})) == "media_unavailable"
    server.media.attach()
    assert (await margaret.ask("me:show", {"to_group": True}))["ok"]
    assert (await margaret.heard("me"))["seen_by_group"]
