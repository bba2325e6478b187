from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server.storage.tables import PersonalLink, Service
from tests.integration.pages.world import World


async def test_the_class_page_loads_the_client_and_tells_it_whose_link_this_is(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    page = await world.open(f"/class/{link_id}")
    assert page.config == {
        "link": link_id,
        "service_phone": "01632 960123",
        "service_name": "Riverside MSK groups",
        "role": "patient",
    }
    assert {"type": "module", "src": "/static/assets/main-AAAAAAAA.js"} in page.all("script")
    links = {(link["rel"], link["href"]) for link in page.all("link")}
    assert ("stylesheet", "/static/assets/main-BBBBBBBB.css") in links
    assert ("stylesheet", "/static/assets/shared-DDDDDDDD.css") in links
    assert ("modulepreload", "/static/assets/shared-CCCCCCCC.js") in links
    assert any(attributes.get("id") == "class" for attributes in page.all("div"))


async def test_without_script_the_class_page_says_what_to_do_and_whom_to_call(world: World) -> None:
    page = await world.open(f"/class/{await world.link_id(world.margaret)}")
    assert "Before you join" in page.texts["noscript"]
    assert any("JavaScript" in words for words in page.texts["noscript"])
    assert "01632 960123" in page.text("main")
    assert page.texts["h1"][-1] == "Opening your class"


async def test_without_the_cookie_the_page_asks_to_open_the_link_again(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    world.browser.session.cookie_jar.clear()
    page = await world.open(f"/class/{link_id}")
    assert page.status == 403
    assert page.text("h1") == "Open the link in your letter or email again"
    assert "class-config" not in page.html
    assert "Margaret" not in page.html


async def test_an_address_of_nobodys_link_gives_the_same_page(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    world.browser.session.cookie_jar.clear()
    theirs, nobodys = await world.open(f"/class/{link_id}"), await world.open("/class/AAAAAAAAAAAAAAAA")
    assert (theirs.status, theirs.text("body")) == (nobodys.status, nobodys.text("body"))


async def test_a_cookie_opens_no_other_persons_class_page(world: World) -> None:
    hannah = await world.link_id(world.hannah)
    world.browser.session.cookie_jar.clear()
    joined = await world.press_join(world.margaret)
    secret = joined.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    page = await world.open(f"/class/{hannah}", cookies={f"mr_{hannah}": secret})
    assert page.status == 403


async def test_while_the_doors_are_shut_the_class_page_says_when_they_open(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    await world.end_class(5)
    page = await world.open(f"/class/{link_id}")
    assert page.text("h1") == "Your next class is Thursday 26 November at 10am"
    assert "Class 5 has finished. Well done, Margaret." in page.text("main")
    assert "class-config" not in page.html


COOKIE_PAGES = ("class", "watch", "after", "experience", "measures")


async def end_links(world: World) -> None:
    ended = update(PersonalLink).values(expires_at=world.clock())
    await world.database.write(lambda session: session.execute(ended))


@pytest.mark.parametrize("path", COOKIE_PAGES)
async def test_a_browser_that_was_let_in_hears_at_once_that_its_link_was_replaced_or_has_ended(
    world: World, path: str
) -> None:
    link_id = await world.link_id(world.hannah if path == "measures" else world.margaret)
    assert (await world.open(f"/{path}/{link_id}")).status == 200
    await end_links(world)
    ended = await world.open(f"/{path}/{link_id}")
    assert (ended.status, ended.text("h1")) == (410, "This link has ended")
    assert "01632 960123" in ended.text("main")
    await world.revoke_links()
    replaced = await world.open(f"/{path}/{link_id}")
    assert (replaced.status, replaced.text("h1")) == (410, "This link does not open a class any more")
    assert "01632 960123" in replaced.text("main")


@pytest.mark.parametrize("path", COOKIE_PAGES)
async def test_a_cookie_that_the_link_did_not_give_learns_nothing_of_it(world: World, path: str) -> None:
    margaret, hannah = await world.link_id(world.margaret), await world.link_id(world.hannah)
    of_hannah = next(
        cookie.value for cookie in world.browser.session.cookie_jar if cookie.key == f"mr_{hannah}"
    )
    world.browser.session.cookie_jar.clear()

    async def seen(link_id: str, secret: str) -> tuple[int, str]:
        page = await world.open(f"/{path}/{link_id}", cookies={f"mr_{link_id}": secret})
        return page.status, page.text("body")

    nobodys = await seen("AAAAAAAAAAAAAAAA", "made-up")
    assert nobodys[0] == 403
    for shut in (end_links, World.revoke_links):
        await shut(world)
        assert await seen(margaret, "made-up") == nobodys
        assert await seen(margaret, of_hannah) == nobodys


async def test_a_service_name_cannot_break_out_of_the_pages_script(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    name = "</script><script>alert(1)</script>"

    async def rename(session) -> None:
        (await session.scalars(select(Service))).one().name = name

    await world.database.write(rename)
    page = await world.open(f"/class/{link_id}")
    assert page.config["service_name"] == name
    assert "<script>alert" not in page.html
