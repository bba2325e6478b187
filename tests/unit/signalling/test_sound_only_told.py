"""Who chose to get no pictures: staff are told, and nobody else."""

from __future__ import annotations

from typing import Any

from server.media.client import MediaUnavailable
from server.media.spec import PeerView
from tests.unit.signalling.clients import REQUESTS, Client, Server, code
from tests.unit.signalling.test_lines_told import with_media


def said_of(client: Client, person: str) -> list[bool]:
    """What this client was told of the choice, each time."""
    return [view["sound_only"] for event, view in client.inbox if event == "person" and view["id"] == person]


async def chooses(client: Client, peer: str, sound_only: bool) -> dict[str, Any]:
    slots = {} if sound_only else {"stage": 720}
    return await client.ask("media:view", {"peer": peer, "slots": slots, "sound_only": sound_only})


async def settled(*clients: Client) -> None:
    """All that was sent before has come."""
    for client in clients:
        await client.ask("media:set", REQUESTS["media:set"])


async def test_staff_are_told_who_chose_sound_only_and_when_she_wants_pictures_again(server: Server) -> None:
    hannah, tom = await server.joined("hannah"), await server.joined("tom")
    margaret = await server.in_class(hannah, "margaret")
    peer = await with_media(server, margaret)
    await chooses(margaret, peer, True)
    for staff in (hannah, tom):
        await staff.heard("person", id="margaret", sound_only=True)
    await chooses(margaret, peer, False)
    for staff in (hannah, tom):
        await staff.heard("person", id="margaret", sound_only=False)


async def test_what_was_chosen_is_told_once_and_to_staff_who_come_later(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    peer = await with_media(server, margaret)
    await settled(hannah)
    hannah.inbox.clear()
    for _ in range(3):
        await chooses(margaret, peer, True)
    await settled(hannah)
    assert said_of(hannah, "margaret") == [True]
    people = (await server.joined("tom")).ack["view"]["people"]
    assert {one["id"]: one["sound_only"] for one in people} == {"hannah": False, "margaret": True}


async def test_other_patients_are_told_nothing_of_it(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret, pauline = await server.in_class(hannah, "margaret"), await server.in_class(hannah, "pauline")
    await chooses(margaret, await with_media(server, margaret), True)
    await hannah.heard("person", id="margaret", sound_only=True)
    await margaret.ask("media:set", REQUESTS["media:set"])
    await settled(pauline)
    assert not any(said_of(pauline, "margaret"))
    people = (await server.joined("pauline")).ack["view"]["people"]
    assert [one["sound_only"] for one in people if one["id"] == "margaret"] == [False]


async def test_it_stands_over_a_lost_connection_and_goes_with_the_device(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    peer = await with_media(server, margaret)
    await chooses(margaret, peer, True)
    await hannah.heard("person", id="margaret", sound_only=True)
    await server.joined("margaret", peer=peer)
    await settled(hannah)
    assert False not in said_of(hannah, "margaret")
    await server.joined("margaret", device="her-telephone", take_over=True)
    await hannah.heard("person", id="margaret", sound_only=False)


async def test_what_no_worker_could_be_told_was_not_chosen(server: Server) -> None:
    hannah = await server.joined("hannah")
    margaret = await server.in_class(hannah, "margaret")
    peer = await with_media(server, margaret)

    async def refuse(view: PeerView) -> None:
        raise MediaUnavailable("no worker")

    server.media.set_view = refuse  # type: ignore[method-assign]
    await settled(hannah)
    hannah.inbox.clear()
    assert code(await chooses(margaret, peer, True)) == "media_unavailable"
    await settled(hannah)
    assert said_of(hannah, "margaret") == []
