"""One person on several devices: one presence, the choice is hers, and staff see it."""

from __future__ import annotations

from server.signalling.requests import JoinClass
from tests.unit.signalling.clients import KEY, REQUESTS, Client, Server, code

TABLET, PHONE = "device-of-margaret", "her-telephone"


async def knocking(server: Server, person: str, device: str | None = PHONE) -> Client:
    """Connect on another device and ask to come in."""
    return await server.joined(person, device=device)


async def test_who_is_in_class_on_another_device_is_asked_which_it_shall_be(server: Server) -> None:
    hannah = await server.joined("hannah")
    tablet = await server.in_class(hannah, "margaret")
    phone = await knocking(server, "margaret")
    assert code(phone.ack) == "other_device"
    assert phone.ack["error"]["words"] == "You are in class on another device. Use this one instead?"
    assert (await tablet.ask("chat:post", {"key": KEY, "text": "Still here"}))["ok"]
    assert [event for event, _ in tablet.inbox if event == "replaced"] == []


async def test_who_takes_over_is_in_the_same_place_and_the_older_device_is_told_and_hung_up_on(
    server: Server,
) -> None:
    hannah = await server.joined("hannah")
    tablet = await server.in_class(hannah, "margaret")
    phone = await knocking(server, "margaret")
    ack = await phone.ask("class:join", {"device": PHONE, "take_over": True})
    assert ack["view"]["me"]["place"] == "in_class"
    await tablet.heard("replaced")
    await tablet.gone()
    await hannah.ask("chat:post", {"key": KEY, "text": "Hello"})
    await phone.heard("message")


async def test_the_device_that_was_replaced_can_come_back(server: Server) -> None:
    hannah = await server.joined("hannah")
    await server.in_class(hannah, "margaret")
    phone = await server.joined("margaret", device=PHONE, take_over=True)
    back = await server.joined("margaret", take_over=True)
    assert back.ack["view"]["me"]["place"] == "in_class"
    await phone.heard("replaced")


async def test_a_person_who_waits_on_two_devices_waits_once(server: Server) -> None:
    hannah = await server.joined("hannah")
    await server.joined("margaret")
    assert code((await knocking(server, "margaret")).ack) == "other_device"
    await server.joined("margaret", device=PHONE, take_over=True)
    view = (await server.joined("hannah")).ack["view"]
    assert [(one["id"], one["place"]) for one in view["people"]] == [("margaret", "waiting")]
    assert view["here"] == 2
    assert hannah.inbox


async def test_the_same_device_is_never_asked(server: Server) -> None:
    hannah = await server.joined("hannah")
    tablet = await server.in_class(hannah, "margaret")
    reloaded = await server.joined("margaret")
    assert reloaded.ack["view"]["me"]["place"] == "in_class"
    await tablet.heard("replaced")
    assert (await reloaded.ask("class:join", {"device": PHONE}))["ok"], "the same socket"


async def test_after_the_other_device_is_gone_nobody_is_asked(server: Server) -> None:
    hannah = await server.joined("hannah")
    tablet = await server.in_class(hannah, "margaret")
    await tablet.close()
    await hannah.heard("person", id="margaret", place="dropped")
    assert (await knocking(server, "margaret")).ack["view"]["me"]["place"] == "in_class"


async def test_who_left_on_one_device_and_did_not_close_it_comes_in_on_the_other(server: Server) -> None:
    tablet = await server.joined("margaret")
    assert (await tablet.ask("class:leave"))["ok"]
    assert (await knocking(server, "margaret")).ack["ok"]


async def test_a_device_whose_media_fell_silent_is_not_asked_about(server: Server) -> None:
    hannah = await server.joined("hannah")
    tablet = await server.in_class(hannah, "margaret")
    open_class = await server.rooms.open_class("class3")
    attendance = open_class.presence.of("margaret")
    attendance.peer = "margaret.made"
    server.media.notice("margaret.made", "silent")
    await hannah.heard("person", id="margaret", place="dropped")
    assert (await knocking(server, "margaret")).ack["view"]["me"]["place"] == "in_class"
    await tablet.heard("replaced")


async def test_a_client_that_names_no_device_is_known_by_its_media(server: Server) -> None:
    hannah = await server.joined("hannah")
    await server.in_class(hannah, "margaret")
    (await server.rooms.open_class("class3")).presence.of("margaret").peer = "margaret.made"
    assert code((await knocking(server, "margaret", None)).ack) == "other_device"
    assert (await server.joined("margaret", device=None, peer="margaret.made")).ack["ok"]


async def test_staff_see_who_knocks_on_another_device_until_she_goes_or_takes_over(server: Server) -> None:
    hannah = await server.joined("hannah")
    pauline = await server.in_class(hannah, "pauline")
    await server.in_class(hannah, "margaret")
    await hannah.heard("person", id="margaret", place="in_class")
    phone = await knocking(server, "margaret")
    await hannah.heard("person", id="margaret", other_device=True)
    tom = await server.joined("tom")
    assert {each["id"] for each in tom.ack["view"]["people"] if each["other_device"]} == {"margaret"}
    await phone.close()
    await hannah.heard("person", id="margaret", other_device=False)
    phone = await knocking(server, "margaret")
    await hannah.heard("person", id="margaret", other_device=True)
    await phone.ask("class:join", {"device": PHONE, "take_over": True})
    await hannah.heard("person", id="margaret", other_device=False)
    # Another patient is told nothing of it, neither as it happens nor when she comes again.
    await hannah.ask("chat:post", {"key": KEY, "text": "Well done"})
    await knocking(server, "margaret", "a-third-device")
    await hannah.heard("person", id="margaret", other_device=True)
    await pauline.heard("message")
    assert not [view for event, view in pauline.inbox if event == "person"]
    again = (await server.joined("pauline")).ack["view"]["people"]
    assert again
    assert not [each for each in again if each["other_device"]]


async def test_staff_are_asked_too(server: Server) -> None:
    await server.joined("hannah")
    assert code((await knocking(server, "hannah")).ack) == "other_device"
    assert (await server.joined("hannah", device=PHONE, take_over=True)).ack["ok"]


def test_a_join_takes_nothing_over_unless_it_says_so() -> None:
    assert JoinClass.model_validate({"device": PHONE}).take_over is False


async def test_a_fifth_socket_of_one_person_takes_the_place_of_the_oldest_that_is_not_in_class(
    server: Server,
) -> None:
    inside = await server.joined("hannah")
    clients = [await server.client("hannah") for _ in range(5)]
    for older in clients[:2]:
        await older.heard("replaced")
        await older.gone()
    assert inside.inbox == []
    for client in (inside, *clients[2:]):
        assert (await client.ask("media:set", REQUESTS["media:set"]))["ok"]
