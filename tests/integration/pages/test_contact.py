"""Whose phone number is on a page: that of the link's service; without a link, of the only service."""

from __future__ import annotations

from server.pages.contact import MOST_LINKS, NOBODY, Contact, ServiceLine
from server.pages.site import SITE
from tests.integration.pages.situations import add_service, end_links, give_course
from tests.integration.pages.world import World

HILLSIDE = ServiceLine("Hillside pain group", "01632 960999")


async def test_the_only_service_of_a_server_answers_for_every_page(world: World) -> None:
    for path in ("/", "/nowhere", "/j/wrong", "/class/nobody"):
        assert "01632 960123" in (await world.open(path)).text("main")


async def test_with_several_services_only_a_link_tells_whom_to_ring(world: World) -> None:
    await add_service(world)
    await give_course(world)
    assert await world.browser.app[SITE].contact.of_server() == NOBODY
    for path in ("/", "/nowhere", "/j/wrong"):
        page = await world.open(path)
        assert "call the phone number in your letter or email" in page.text("main")
        assert "01632" not in page.html
    await end_links(world)
    ended = await world.open(world.margaret)
    assert ended.status == 410
    assert "01632 960123" in ended.text("main")
    await world.revoke_links()
    assert "01632 960123" in (await world.open(world.margaret)).text("main")


async def test_a_service_that_is_being_set_up_takes_nobodys_number_away(world: World) -> None:
    await add_service(world)
    for path in ("/", "/nowhere", "/j/wrong"):
        assert "01632 960123" in (await world.open(path)).text("main")


async def test_a_refusal_has_the_number_of_the_links_service(world: World) -> None:
    await add_service(world)
    await world.browser.app[SITE].contact.of_server()
    await world.open(world.margaret)
    for refused in (
        await world.press_join(world.margaret, headers={"Sec-Fetch-Site": "cross-site"}),
        await world.press_join(f"{world.links.patients[1].url}/measures"),
    ):
        assert refused.status == 403
        assert "01632 960123" in refused.text("main")


async def test_what_is_remembered_has_an_end(world: World) -> None:
    contact = Contact(world.database)
    contact.last_known = HILLSIDE
    for number in range(MOST_LINKS + 1):
        contact.remember(f"link {number}", ServiceLine(f"service {number}", "1"))
        contact.remember("link of somebody who comes often", ServiceLine("often", "1"))
    assert contact.known_for("link 0") == HILLSIDE
    assert contact.known_for(f"link {MOST_LINKS}").name == f"service {MOST_LINKS}"
    assert contact.known_for("link of somebody who comes often").name == "often"
    assert contact.known_for(None) == HILLSIDE
