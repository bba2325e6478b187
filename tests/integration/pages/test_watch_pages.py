"""The list of sessions and the page of one: what is offered to whom, and where it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from server.people.links import hash_of
from server.storage.tables import Course, CourseMember, Person, PersonalLink, Programme, Service
from tests.integration.pages.world import Page, World
from tests.unit.ondemand.recordings import add_session

PHONE = "01632 960123"
BACKS = {"service": "Riverside MSK groups", "programmes": ["Back group"]}
KNEES = {"service": "Riverside MSK groups", "programmes": ["Knee and hip group"]}
OTHER_SERVICE = "Hillside MSK groups"


class Watching:
    """A browser that knows one link, and the recordings."""

    def __init__(self, world: World, recordings: Path) -> None:
        self.world, self.recordings = world, recordings
        self.link_id = "open"

    def add(self, name: str, **changes: Any) -> None:
        add_session(self.recordings, name, **{"title": name.capitalize(), **changes})
        self.world.clock.move(seconds=3)

    async def as_(self, link: str) -> Watching:
        """Press the button behind a personal link."""
        pressed = await self.world.press_join(f"{link}/watch")
        assert pressed.status == 303
        self.link_id = pressed.headers["Location"].removeprefix("/watch/")
        return self

    async def open(self, rest: str = "") -> Page:
        return await self.world.open(f"/watch/{self.link_id}{rest}")

    async def titles(self, rest: str = "") -> list[str]:
        """The sessions in the list, in its order."""
        page = await self.open(rest)
        start = f"/watch/{self.link_id}/"
        found = [link["href"] for link in page.all("a") if (link.get("href") or "").startswith(start)]
        return [str(address).removeprefix(start) for address in found]

    async def play(self, name: str, from_ms: int, to_ms: int, playback: str = "playback-a") -> None:
        for begin_ms in (to_ms, from_ms):  # where it is when it begins to play, and then what was watched
            body = {"playback": playback, "from_ms": begin_ms, "to_ms": to_ms, "position_ms": to_ms}
            async with self.world.browser.post(f"/watch/{self.link_id}/{name}/watched", json=body) as answer:
                assert answer.status == 200
            self.world.clock.move(seconds=(to_ms - from_ms) / 1000)


def config(page: Page) -> dict[str, Any]:
    scripts = zip(page.all("script"), page.texts["script"], strict=True)
    return next(json.loads(text) for attributes, text in scripts if attributes.get("id") == "player-config")


def link_of(world: World, role: str) -> str:
    links = world.links
    return {"patient": links.patients[0], "helper": links.helper, "physio": links.physios[0]}[role].url


async def link_of_another_service(world: World) -> str:
    """A patient of a second service in the same database, whose programme has the same title."""

    async def work(session) -> None:
        service = Service(id="s2", name=OTHER_SERVICE, phone="01632 960777")
        person = Person(
            id="sheila", service_id="s2", role="patient", full_name="", shown_name="Sheila", phone=""
        )
        lead = Person(id="lead", service_id="s2", role="physio", full_name="", shown_name="Ola", phone="")
        programme = Programme(
            id="p2",
            service_id="s2",
            title="Knee and hip group",
            class_count=12,
            class_minutes=60,
            max_patients=16,
        )
        for rows in (
            [service],
            [person, lead, programme],
            [Course(id="c2", programme_id="p2", title="Knee and hip group", lead_id="lead")],
            [
                CourseMember(course_id="c2", person_id="sheila", seat=0),
                PersonalLink(
                    id="link-of-sheila",
                    course_id="c2",
                    person_id="sheila",
                    token_hash=hash_of("token-of-sheila"),
                    created_at=world.clock(),
                ),
            ],
        ):
            session.add_all(rows)
            await session.flush()

    await world.database.write(work)
    return "/j/token-of-sheila"


@pytest.fixture
async def watching(world: World, tmp_path: Path) -> Watching:
    return Watching(world, tmp_path / "recordings")


# The way in -----------------------------------------------------------------------------------------------


async def test_the_button_behind_a_link_lets_this_browser_in_though_the_doors_are_shut(
    watching: Watching,
) -> None:
    watching.world.clock.move(days=-1)
    watching.add("sit-to-stand")
    assert (await watching.as_(watching.world.margaret)).link_id != "open"
    assert await watching.titles() == ["sit-to-stand"]


async def test_pressing_it_again_keeps_the_session(watching: Watching) -> None:
    await watching.as_(watching.world.margaret)
    again = await watching.world.press_join(f"{watching.world.margaret}/watch")
    assert "Set-Cookie" not in again.headers
    assert (await watching.world.rows())["link_sessions"] == 1


async def test_looking_at_the_buttons_address_changes_nothing(watching: Watching) -> None:
    before = await watching.world.rows()
    looked = await watching.world.open(f"{watching.world.margaret}/watch")
    assert (looked.status, looked.headers["Location"]) == (303, watching.world.margaret)
    assert await watching.world.rows() == before


async def test_a_wrong_or_revoked_link_lets_nobody_in(watching: Watching) -> None:
    assert (await watching.world.press_join("/j/nobodys-token/watch")).status == 404
    await watching.world.revoke_links()
    revoked = await watching.world.press_join(f"{watching.world.margaret}/watch")
    assert revoked.status == 410
    assert PHONE in revoked.text("main")
    assert (await watching.world.rows())["link_sessions"] == 0


async def test_without_the_cookie_the_pages_ask_to_open_the_link_again(watching: Watching) -> None:
    watching.add("sit-to-stand")
    await watching.as_(watching.world.margaret)
    watching.world.browser.session.cookie_jar.clear()
    for rest in ("", "/sit-to-stand", "/sit-to-stand/video.mp4", "/nothing", "/nothing/video.mp4"):
        page = await watching.open(rest)
        assert page.status == 403
        assert page.text("h1") == "Open the link in your letter or email again"
        assert "press “Exercises to do at home”" in page.text("main")
        assert "Join" not in page.text("main")
        assert PHONE in page.text("main")


async def test_another_persons_cookie_opens_nothing(watching: Watching) -> None:
    watching.add("sit-to-stand")
    margaret = (await watching.as_(watching.world.margaret)).link_id
    dennis = (await watching.as_(watching.world.links.patients[1].url)).link_id
    jar = watching.world.browser.session.cookie_jar
    secret = next(cookie.value for cookie in jar if cookie.key == f"mr_{dennis}")
    jar.clear()
    page = await watching.world.open(f"/watch/{margaret}", cookies={f"mr_{margaret}": secret})
    assert page.status == 403


@pytest.mark.parametrize("rest", ["", "/sit-to-stand", "/sit-to-stand/captions.vtt"])
async def test_revoked_and_ended_links_show_nothing(watching: Watching, rest: str) -> None:
    watching.add("sit-to-stand")
    await watching.as_(watching.world.margaret)
    assert (await watching.open(rest)).status == 200
    ended = update(PersonalLink).values(expires_at=watching.world.clock())
    await watching.world.database.write(lambda session: session.execute(ended))
    watching.world.clock.move(seconds=5)
    page = await watching.open(rest)
    assert (page.status, page.text("h1")) == (410, "This link has ended")
    await watching.world.revoke_links()
    page = await watching.open(rest)
    assert (page.status, page.text("h1")) == (410, "This link does not open a class any more")


async def test_only_for_files_and_only_for_five_seconds_is_it_remembered_who_that_was(
    watching: Watching,
) -> None:
    watching.add("sit-to-stand")
    await watching.as_(watching.world.margaret)
    assert (await watching.open("/sit-to-stand")).status == 200
    await watching.world.revoke_links()
    watching.world.clock.move(seconds=4.9)
    assert (await watching.open("/sit-to-stand/captions.vtt")).status == 200
    assert (await watching.open("/sit-to-stand")).status == 410
    assert (await watching.open()).status == 410
    watching.world.browser.session.cookie_jar.clear()
    assert (await watching.open("/sit-to-stand/captions.vtt")).status == 403


@pytest.mark.parametrize("rest", ["", "/sit-to-stand", "/sit-to-stand/video.mp4"])
async def test_who_left_the_course_is_told_whom_to_call(watching: Watching, rest: str) -> None:
    watching.add("sit-to-stand")
    await watching.as_(watching.world.margaret)
    await watching.world.database.write(lambda session: session.execute(delete(CourseMember)))
    page = await watching.open(rest)
    assert page.status == 410
    assert PHONE in page.text("main")


# Who is offered what --------------------------------------------------------------------------------------


async def test_without_a_link_there_is_what_is_for_everyone(watching: Watching) -> None:
    watching.add("for-all", audience="everyone")
    watching.add("for-patients", audience="patients")
    watching.add("for-a-programme", audience=KNEES)
    assert await watching.titles() == ["for-all"]
    page = await watching.open("/for-all")
    assert page.status == 200
    assert config(page)["report"] is None


@pytest.mark.parametrize("role", ["patient", "helper", "physio"])
async def test_with_a_link_there_is_what_is_for_the_programme_and_nothing_of_others(
    watching: Watching, role: str
) -> None:
    watching.add("for-all", audience="everyone", week=None)
    watching.add("for-backs", audience=BACKS, week=None)
    watching.add("for-knees", audience=[BACKS, KNEES], week=None)
    watching.add("for-patients", audience="patients", week=None)
    await watching.as_(link_of(watching.world, role))
    assert await watching.titles() == ["for-all", "for-knees", "for-patients"]


async def test_a_service_whose_programme_has_the_same_title_sees_nothing_of_the_other(
    watching: Watching,
) -> None:
    watching.add("for-knees", audience=KNEES, week=None)
    watching.add("for-their-knees", audience={**KNEES, "service": OTHER_SERVICE}, week=None)
    watching.add("titles-alone", audience=["Knee and hip group"], week=None)
    theirs = await link_of_another_service(watching.world)
    await watching.as_(watching.world.margaret)
    assert await watching.titles() == ["for-knees"]
    await watching.as_(theirs)
    assert await watching.titles() == ["for-their-knees"]
    for rest in ("", "/video.mp4", "/captions.vtt", "/poster.jpg"):
        assert (await watching.open(f"/for-knees{rest}")).status == 404


@pytest.mark.parametrize("rest", ["", "/video.mp4", "/captions.vtt", "/poster.jpg"])
@pytest.mark.parametrize("role", [None, "patient", "helper", "physio"])
async def test_a_session_one_may_not_see_answers_as_one_that_does_not_exist(
    watching: Watching, role: str | None, rest: str
) -> None:
    watching.add("for-backs", audience=BACKS)
    if role is not None:
        await watching.as_(link_of(watching.world, role))
    hidden, missing = await watching.open(f"/for-backs{rest}"), await watching.open(f"/not-there{rest}")
    assert (hidden.status, missing.status) == (404, 404)
    assert hidden.text("body") == missing.text("body")
    assert sorted(hidden.headers) == sorted(missing.headers)
    assert PHONE in hidden.text("main")


# The list -------------------------------------------------------------------------------------------------


async def test_this_weeks_exercises_come_first(watching: Watching) -> None:
    watching.add("a-later-one", week=4)
    watching.add("calf-raises", week=3)
    watching.add("sit-to-stand", week=3)
    watching.add("zen", week=None)
    await watching.as_(watching.world.margaret)
    page = await watching.open()
    assert page.text("h1") == "Your exercises for week 3"
    assert await watching.titles() == ["calf-raises", "sit-to-stand", "a-later-one", "zen"]


async def test_in_a_week_without_exercises_all_are_listed(watching: Watching) -> None:
    watching.add("a-later-one", week=4)
    await watching.as_(watching.world.margaret)
    assert (await watching.open()).text("h1") == "Exercises to do at home"
    assert await watching.titles() == ["a-later-one"]


async def test_a_tag_chooses_among_all(watching: Watching) -> None:
    watching.add("calf-raises", tags=["Ankle"], week=3)
    watching.add("sit-to-stand", tags=["Knee"], week=3)
    watching.add("zen", tags=["Relax & learn"], week=None)
    await watching.as_(watching.world.margaret)
    assert await watching.titles("?tag=Knee") == ["calf-raises", "sit-to-stand", "sit-to-stand"]
    links = [link["href"] for link in (await watching.open()).all("a")]
    assert f"/watch/{watching.link_id}?tag=Relax+%26+learn" in links
    assert (await watching.titles("?tag=Relax+%26+learn"))[-1] == "zen"
    assert await watching.titles("?tag=<script>") == ["calf-raises", "sit-to-stand", "zen"]


async def test_an_empty_library_still_says_whom_to_call(watching: Watching) -> None:
    page = await (await watching.as_(watching.world.margaret)).open()
    assert page.status == 200
    assert PHONE in page.html


async def test_a_folder_that_is_dropped_in_appears_without_a_restart(watching: Watching) -> None:
    await watching.as_(watching.world.margaret)
    assert await watching.titles() == []
    watching.add("sit-to-stand")
    assert await watching.titles() == ["sit-to-stand"]


async def test_a_title_cannot_break_out_of_the_page(watching: Watching) -> None:
    title = '</script><script>alert(1)</script>"'
    watching.add("sit-to-stand", title=title)
    await watching.as_(watching.world.margaret)
    page = await watching.open("/sit-to-stand")
    assert config(page)["title"] == title
    assert "<script>alert" not in page.html
    assert "<script>alert" not in (await watching.open()).html


# The page of one session ----------------------------------------------------------------------------------


async def test_the_player_is_told_all_it_needs(watching: Watching) -> None:
    watching.add("sit-to-stand", title="Sit to stand")
    await watching.as_(watching.world.margaret)
    page = await watching.open("/sit-to-stand")
    address = f"/watch/{watching.link_id}/sit-to-stand"
    assert config(page) == {
        "title": "Sit to stand",
        "video": f"{address}/video.mp4",
        "poster": f"{address}/poster.jpg",
        "captions": f"{address}/captions.vtt",
        "language": "en-GB",
        "duration_ms": 2_000,
        "chapters": [{"start_ms": 0, "title": "Warm up"}, {"start_ms": 1_000, "title": "Standard version"}],
        "position_ms": 0,
        "report": f"{address}/watched",
        "service_phone": PHONE,
        "next": None,
    }
    assert {"type": "module", "src": "/static/assets/player-HHHHHHHH.js"} in page.all("script")


async def test_the_player_knows_which_session_of_the_week_comes_next(watching: Watching) -> None:
    for name, week in (("calf-raises", 3), ("later", 4), ("sit-to-stand", 3), ("walk", None), ("zen", None)):
        watching.add(name, week=week)
    watching.add("stand-tall", week=3, audience=BACKS)
    await watching.as_(watching.world.margaret)

    async def after(name: str) -> Any:
        return config(await watching.open(f"/{name}"))["next"]

    address = f"/watch/{watching.link_id}"
    assert await after("calf-raises") == {"title": "Sit-to-stand", "address": f"{address}/sit-to-stand"}
    assert await after("sit-to-stand") is None
    assert await after("later") is None
    assert await after("walk") == {"title": "Zen", "address": f"{address}/zen"}


async def test_without_script_there_is_a_video_with_captions_and_the_words_to_read(
    watching: Watching,
) -> None:
    watching.add("sit-to-stand")
    await watching.as_(watching.world.margaret)
    page = await watching.open("/sit-to-stand")
    (video,), (track,) = page.all("video"), page.all("track")
    assert "controls" in video
    assert (track["kind"], track["srclang"]) == ("captions", "en-GB")
    assert "Lean forward. Nose over toes." in page.text("details")
    assert "Week 3 at home, 1 of 1" in page.html


async def test_staff_may_look_and_nothing_is_reported(watching: Watching) -> None:
    watching.add("sit-to-stand")
    await watching.as_(watching.world.hannah)
    assert config(await watching.open("/sit-to-stand"))["report"] is None


async def test_it_goes_on_where_the_person_stopped_also_on_another_device(
    watching: Watching, monkeypatch
) -> None:
    add_session(watching.recordings, "long", seconds=20, title="Long")
    watching.world.clock.move(seconds=3)
    await watching.as_(watching.world.margaret)
    await watching.play("long", 0, 8_500)
    watching.world.clock.move(days=5)  # from Tuesday to Sunday
    watching.world.browser.session.cookie_jar.clear()
    await watching.as_(watching.world.margaret)
    page = await watching.open("/long")
    assert config(page)["position_ms"] == 8_500
    assert "You were here on Tuesday. We started again where you stopped." in page.text("main")
    assert "#t=8" in page.html
    listed = await watching.open()
    assert "You stopped at 0:08 on Tuesday." in listed.text("main")
    (bar,) = listed.all("progress")
    assert bar["value"] == "42"


async def test_another_person_begins_at_the_beginning(watching: Watching) -> None:
    add_session(watching.recordings, "long", seconds=20, title="Long")
    watching.world.clock.move(seconds=3)
    await watching.as_(watching.world.margaret)
    await watching.play("long", 0, 8_500)
    await watching.as_(watching.world.links.patients[1].url)
    page = await watching.open("/long")
    assert config(page)["position_ms"] == 0
    assert "You were here" not in page.html
