from __future__ import annotations

import re

import pytest
import structlog

from server.pages.site import SITE
from server.storage.tables import Service
from tests.integration.pages.world import World


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_post_from_another_site_does_nothing(world: World, site: str) -> None:
    before = await world.rows()
    page = await world.press_join(world.margaret, headers={"Sec-Fetch-Site": site})
    assert page.status == 403
    assert "Another website asked for this. To keep you safe, we did nothing." in page.text("main")
    assert "Set-Cookie" not in page.headers
    assert await world.rows() == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8080.evil.example"])
async def test_where_fetch_metadata_is_missing_the_origin_decides(world: World, origin: str) -> None:
    assert (await world.press_join(world.margaret, headers={"Origin": origin})).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://127.0.0.1:8080"},
        {},
    ],
)
async def test_a_post_from_our_own_page_is_heard(world: World, headers: dict[str, str]) -> None:
    assert (await world.press_join(world.margaret, headers=headers)).status == 303


async def test_the_host_by_which_the_browser_came_is_ours_too(world: World) -> None:
    origin = f"http://{world.browser.host}:{world.browser.port}"
    assert (await world.press_join(world.margaret, headers={"Origin": origin})).status == 303


async def test_our_fault_gives_a_reference_that_stands_in_the_log_without_names_or_tokens(
    world: World,
) -> None:
    with structlog.testing.capture_logs() as logs:
        page = await world.open("/breaks/secret-token")
    assert page.status == 500
    assert page.text("h1") == "Sorry, something went wrong on our side"
    (entry,) = logs
    assert entry["event"] == "page_failed"
    assert entry["route"] == "/breaks/{token}"
    assert re.search(rf"reference when you call: {entry['reference']}$", page.text("main"))
    assert "secret-token" not in str(entry)
    for private in ("Margaret", "07700", "secret-token", "RuntimeError"):
        assert private not in page.html


async def test_with_a_broken_database_the_phone_number_is_still_there(world: World) -> None:
    async def take_table_away(session) -> None:
        connection = await session.connection()
        await connection.exec_driver_sql(f"ALTER TABLE {Service.__tablename__} RENAME TO gone")
        await connection.exec_driver_sql("ALTER TABLE personal_links RENAME TO gone_too")

    await world.database.write(take_table_away)
    page = await world.open(world.margaret)
    assert page.status == 503
    assert "01632 960123" in page.text("main")
    missing = await world.open("/nowhere")
    assert missing.status == 404
    assert "01632 960123" in missing.text("main")


async def test_an_address_that_does_not_exist_says_so(world: World) -> None:
    page = await world.open("/measures/<script>")
    assert (page.status, page.text("h1")) == (404, "Page not found")
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("path", ["/breaks/secret-token", "/fails/secret-token", "/nowhere"])
async def test_when_not_even_the_page_for_a_fault_can_be_made_the_phone_number_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def no_page(*_given: object, **_values: object) -> None:
        raise MemoryError

    monkeypatch.setattr("server.pages.faults.page", no_page)
    monkeypatch.setattr("server.pages.faults.form_page", no_page)
    page = await world.open(path)
    assert (page.status, page.headers["Cache-Control"]) == (500, "no-store")
    assert page.text("h1") == "Sorry, something went wrong on our side"
    assert "call us on 01632 960123" in page.text("main")
    assert page.all("a") == [{"href": "tel:01632960123"}]
    assert world.browser.app[SITE].failures["page_not_made"] == 1


async def test_a_log_that_cannot_be_written_still_lets_the_person_see_whom_to_ring(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_log(*_given: object, **_values: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.pages.faults.log.exception", no_log)
    page = await world.open("/breaks/secret-token")
    assert page.status == 500
    assert "call us on 01632 960123" in page.text("main")


async def test_a_script_gets_the_last_resort_as_json(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_json(*_given: object, **_values: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("server.pages.faults._not_as_asked", no_json)
    async with world.browser.post("/nowhere", json={}) as response:
        assert response.status == 500
        assert (await response.json())["error"]["code"] == "our_fault"
