from __future__ import annotations

from pathlib import Path

import pytest

from server.people.links import SESSION_LASTS
from tests.integration.pages.situations import buttons, end_links, fill_class
from tests.integration.pages.world import World, pages_world


async def test_a_link_shows_first_name_class_and_time_and_one_main_button(world: World) -> None:
    page = await world.open(world.margaret)
    assert page.status == 200
    assert page.text("h1") == "Your next class is today, Tuesday 24 November, at 10am"
    assert "Knee and hip group, class 5 of 12, with Hannah. It lasts 1 hour." in page.text("main")
    assert "Margaret" in page.text("header")
    assert buttons(page) == ["Copy the link", "Join class", "My page", "Exercises to do at home"]
    assert [(form["method"], form.get("action")) for form in page.all("form")] == [
        ("post", None),
        ("post", f"{world.margaret}/me"),
        ("post", f"{world.margaret}/watch"),
    ]


async def test_the_class_room_is_fetched_while_the_person_reads_and_only_when_she_can_join(
    world: World,
) -> None:
    fetched = {link.get("href") for link in (await world.open(world.margaret)).all("link")}
    assert {"/static/assets/main-AAAAAAAA.js", "/static/assets/main-BBBBBBBB.css"} <= fetched
    world.clock.move(days=-1)
    early = {link.get("href") for link in (await world.open(world.margaret)).all("link")}
    assert "/static/assets/main-AAAAAAAA.js" not in early


async def test_a_link_alone_shows_nothing_else_about_anybody(world: World) -> None:
    page = await world.open(world.margaret)
    for secret in ("Ellis", "07700", "999", "Dennis", "Whittle"):
        assert secret not in page.html.replace("call 999", "")


async def test_looking_changes_nothing_however_often_and_whoever_looks(world: World) -> None:
    before = await world.rows()
    link_id = "id1"
    for path in (world.margaret, world.hannah, "/", "/j/wrong", f"/class/{link_id}", "/nowhere"):
        for headers in ({}, {"User-Agent": "SafeLinks scanner"}, {"Sec-Fetch-Site": "cross-site"}):
            page = await world.open(path, headers=headers)
            assert "Set-Cookie" not in page.headers
        await world.browser.head(path)
    assert await world.rows() == before


async def test_pressing_join_lets_this_browser_into_the_class(world: World) -> None:
    page = await world.press_join(world.margaret)
    assert page.status == 303
    room = await world.open(page.headers["Location"])
    assert room.status == 200
    assert room.config["role"] == "patient"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    cookie = (await world.press_join(world.margaret)).headers["Set-Cookie"]
    name, _, attributes = cookie.partition("=")
    assert name.startswith("mr_")
    assert "HttpOnly" in attributes
    assert "SameSite=Lax" in attributes
    assert "Path=/" in attributes
    assert f"Max-Age={int(SESSION_LASTS.total_seconds())}" in attributes
    assert "Secure" not in attributes


async def test_on_https_the_cookie_is_secure(tmp_path: Path) -> None:
    async with pages_world(tmp_path, base_url="https://classes.example.org") as world:
        page = await world.press_join(world.margaret)
        assert "Secure" in page.headers["Set-Cookie"]
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_pressing_join_again_keeps_the_session(world: World) -> None:
    await world.press_join(world.margaret)
    before = await world.rows()
    again = await world.press_join(world.margaret)
    assert again.status == 303
    assert "Set-Cookie" not in again.headers
    assert await world.rows() == before


async def test_two_people_can_use_one_browser(world: World) -> None:
    hannah, margaret = await world.link_id(world.hannah), await world.link_id(world.margaret)
    assert hannah != margaret
    assert (await world.open(f"/class/{hannah}")).config["role"] == "physio"
    assert (await world.open(f"/class/{margaret}")).config["role"] == "patient"


@pytest.mark.parametrize("tail", ["/", ".", ")", "%3E", ",", "%E2%80%9D"])
async def test_what_a_mail_program_hangs_on_to_a_link_does_no_harm(world: World, tail: str) -> None:
    assert "Join class" in buttons(await world.open(world.margaret + tail))


async def test_before_the_doors_open_the_page_says_when_to_come_back(world: World) -> None:
    world.clock.move(days=-1)
    page = await world.open(world.margaret)
    assert page.text("h1") == "Your next class is tomorrow, Tuesday 24 November, at 10am"
    assert "The doors open at 9:50am on Tuesday 24 November." in page.text("main")
    assert "Join class" not in buttons(page)


async def test_join_pressed_before_the_doors_open_leads_back_to_the_page(world: World) -> None:
    before = await world.rows()
    world.clock.move(minutes=-1)
    page = await world.press_join(world.margaret + "%0d%0aX-Evil:%201")
    assert (page.status, page.headers["Location"]) == (303, world.margaret)
    assert "Set-Cookie" not in page.headers
    assert await world.rows() == before


async def test_who_comes_late_is_told_that_class_is_on(world: World) -> None:
    world.clock.move(minutes=25)
    page = await world.open(world.margaret)
    assert page.text("h1") == "Your class is on now"
    assert "Your class started at 10am on Tuesday 24 November. You can still come in." in page.text("main")
    assert "Join class" in buttons(page)


async def test_after_class_the_page_says_well_done_and_when_the_next_one_is(world: World) -> None:
    world.clock.move(minutes=70)
    await world.end_class(5)
    page = await world.open(world.margaret)
    assert "Class 5 has finished. Well done, Margaret." in page.text("main")
    assert page.text("h1") == "Your next class is Thursday 26 November at 10am"


async def test_after_the_last_class_the_page_says_well_done(world: World) -> None:
    for number in range(5, 13):
        await world.end_class(number)
    world.clock.move(days=60)
    page = await world.open(world.margaret)
    assert page.text("h1") == "Class has finished. Well done, Margaret."
    assert buttons(page) == ["My page", "Exercises to do at home"]
    assert "01632 960123" in page.text("main")


@pytest.mark.parametrize("method", ["open", "press_join"])
@pytest.mark.parametrize("token", ["wrong", "", "x" * 43, "%00", "x" * 2000])
async def test_a_wrong_link_says_what_to_do_and_whom_to_call(world: World, token: str, method: str) -> None:
    page = await getattr(world, method)(f"/j/{token}")
    assert page.status == 404
    assert page.text("h1") == "We cannot find your class with this link"
    assert "open the link in your letter or email again" in page.text("main")
    assert "01632 960123" in page.text("main")


@pytest.mark.parametrize("method", ["open", "press_join"])
async def test_a_replaced_link_says_to_use_the_newest(world: World, method: str) -> None:
    await world.revoke_links()
    before = await world.rows()
    page = await getattr(world, method)(world.margaret)
    assert page.status == 410
    assert page.text("h1") == "This link does not open a class any more"
    assert "newest letter" in page.text("main")
    assert "01632 960123" in page.text("main")
    assert await world.rows() == before


@pytest.mark.parametrize("method", ["open", "press_join"])
async def test_an_ended_link_says_so_and_opens_nothing(world: World, method: str) -> None:
    link_id = await world.link_id(world.margaret)
    await end_links(world)
    before = await world.rows()
    page = await getattr(world, method)(world.margaret)
    assert page.status == 410
    assert page.text("h1") == "This link has ended"
    assert "open the link in the newest letter" in page.text("main")
    assert "01632 960123" in page.text("main")
    assert (await world.open(f"/class/{link_id}")).text("h1") == "This link has ended"
    assert await world.rows() == before


async def test_a_link_that_will_end_opens_until_then(world: World) -> None:
    await end_links(world)
    world.clock.move(seconds=-1)
    assert (await world.press_join(world.margaret)).status == 303


async def test_a_link_that_was_replaced_says_so_even_when_it_has_ended_too(world: World) -> None:
    await end_links(world)
    await world.revoke_links()
    assert (await world.open(world.margaret)).text("h1") == "This link does not open a class any more"


async def test_sessions_that_are_too_old_are_purged_when_the_server_starts(world: World) -> None:
    await world.press_join(world.margaret)
    world.clock.move(days=SESSION_LASTS.days + 1)
    await world.browser.app.on_startup.send(world.browser.app)
    assert (await world.rows())["link_sessions"] == 0


async def test_staff_go_to_the_measures_and_this_browser_is_let_in(world: World) -> None:
    page = await world.open(world.hannah)
    assert buttons(page) == ["Copy the link", "Join class", "Exercises to do at home", "Measures"]
    answer = await world.press_join(f"{world.hannah}/measures")
    link_id = await world.link_id(world.hannah)
    assert (answer.status, answer.headers["Location"]) == (303, f"/measures/{link_id}")
    assert answer.headers["Set-Cookie"].startswith(f"mr_{link_id}=")


async def test_patients_are_refused_the_measures_and_are_not_let_in_by_it(world: World) -> None:
    before = await world.rows()
    answer = await world.press_join(f"{world.margaret}/measures")
    assert answer.status == 403
    assert "Only staff can see this page." in answer.text("main")
    assert "Set-Cookie" not in answer.headers
    assert await world.rows() == before


@pytest.mark.parametrize("token", ["wrong", ""])
async def test_nobodys_link_opens_no_measures(world: World, token: str) -> None:
    assert (await world.press_join(f"/j/{token}/measures")).status == 404


async def test_a_full_class_says_so_and_join_leads_back_to_the_page(world: World) -> None:
    await fill_class(world)
    page = await world.open(world.margaret)
    assert page.text("h1") == "The class is full"
    assert "All the places in this class are taken." in page.text("main")
    assert "To ask for a place, call us on 01632 960123." in page.text("main")
    assert "Join class" not in buttons(page)
    joined = await world.press_join(world.margaret)
    assert (joined.status, joined.headers["Location"]) == (303, world.margaret)
    assert "Set-Cookie" not in joined.headers


async def test_who_is_in_a_full_class_comes_in_on_another_device(world: World) -> None:
    await fill_class(world, with_margaret=True)
    assert "Join class" in buttons(await world.open(world.margaret))
    assert (await world.press_join(world.margaret)).status == 303
