from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
import structlog
from sqlalchemy import select

from server.contacts.experience_question import LONGEST_WHY
from server.storage.database import StorageFailed
from server.storage.faults import StorageFault
from server.storage.tables import (
    ClassSession,
    ExperienceAnswer,
    ExperienceTokenSpent,
    PersonalLink,
    PresenceInterval,
)
from tests.integration.pages.world import Page, World

CHOICES = ["very_good", "good", "neither", "poor", "very_poor", "dont_know"]
THANKED = "You have already told us this month. Thank you."


async def was_in_class(world: World, link_id: str, number: int = 5) -> None:
    """The person behind the link was in that class, from 10am on."""

    async def work(session) -> None:
        link = await session.get_one(PersonalLink, link_id)
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == number))).one()
        session.add(
            PresenceInterval(
                id=f"{link_id}-{number}",
                class_id=row.id,
                person_id=link.person_id,
                place="in_class",
                started_at=row.starts_at,
                seen_until=row.ends_at,
                ended_at=row.ends_at,
            )
        )

    await world.database.write(work)


async def patient_who_was_seen(world: World, number: int = 0) -> str:
    link_id = await world.link_id(world.links.patients[number].url)
    await was_in_class(world, link_id)
    return link_id


async def send(world: World, link_id: str, headers: dict[str, str] | None = None, **form: str) -> Page:
    return await world.press_join(f"/experience/{link_id}", data=form, headers=headers or {})


async def answers(world: World) -> list[ExperienceAnswer]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(ExperienceAnswer)))


async def test_the_question_is_that_of_the_friends_and_family_test(world: World) -> None:
    page = await world.open(f"/experience/{await patient_who_was_seen(world)}")
    assert page.status == 200
    assert page.text("h1") == "Overall, how was your experience of our service?"
    radios = [field for field in page.all("input") if field.get("type") == "radio"]
    assert [field["value"] for field in radios] == CHOICES
    assert not any("checked" in field for field in radios)
    labels = [" ".join(text.split()) for text in page.texts["label"]]
    assert labels == [
        "Very good",
        "Good",
        "Neither good nor poor",
        "Poor",
        "Very poor",
        "Don't know",
        "Please can you tell us why you gave your answer?",
    ]
    assert "Nobody can see that this answer is yours. Please do not write names." in page.text("main")


async def test_nobodys_name_is_on_the_page(world: World) -> None:
    page = await world.open(f"/experience/{await patient_who_was_seen(world)}")
    for name in ("Margaret", "Ellis", "Hannah", "Knee"):
        assert name not in page.html


async def test_an_answer_is_stored_without_its_giver_and_thanked_for(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    sent = await send(world, link_id, answer="good", why="The stairs are easier.\r\nThank you")
    assert (sent.status, sent.headers["Location"]) == (303, f"/experience/{link_id}/thank-you")
    thanks = await world.open(sent.headers["Location"])
    assert (thanks.status, thanks.text("h1")) == (200, "Thank you")
    (stored,) = await answers(world)
    assert (stored.answer, stored.why, stored.month) == (
        "good",
        "The stairs are easier.\nThank you",
        "2026-11",
    )
    assert set(ExperienceAnswer.__table__.columns.keys()) == {
        "id",
        "service_id",
        "programme_id",
        "month",
        "answer",
        "why",
        "shown",
    }
    assert ExperienceTokenSpent.__table__.columns.keys() == ["token"]


async def test_neither_journal_nor_audit_nor_log_knows_of_an_answer(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    before = await world.rows()
    with structlog.testing.capture_logs() as logged:
        await send(world, link_id, answer="poor", why="Too loud")
        await send(world, link_id, answer="poor", why="Too loud")
    after = await world.rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"experience_answers", "experience_tokens_spent"}
    assert logged == []


async def test_what_cannot_be_stored_is_kept_on_the_page_and_never_logged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    link_id = await patient_who_was_seen(world)

    async def full(work: object) -> None:
        raise StorageFailed("no room", StorageFault.FULL)

    with monkeypatch.context() as broken, structlog.testing.capture_logs() as logged:
        broken.setattr(world.database, "write", full)
        page = await send(world, link_id, answer="poor", why="Too loud")
    assert page.status == 503
    assert "01632 960123" in page.text("main")
    assert "Too loud" not in str(logged)
    assert "poor" not in str(logged)
    assert await answers(world) == []
    assert (await send(world, link_id, answer="poor", why="Too loud")).status == 303


async def test_without_an_answer_the_page_says_so_as_nhs_pages_do(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    page = await send(world, link_id, why="The chair <b>exercise</b> is good")
    assert page.status == 200
    assert page.text("title").startswith("Error: Overall, how was your experience of our service?")
    assert page.text("h2") == "There is a problem"
    assert "#answer" in [link.get("href") for link in page.all("a")]
    assert any(field.get("id") == "answer" for field in page.all("input"))
    assert page.text("textarea") == "The chair <b>exercise</b> is good"
    assert await answers(world) == []


async def test_words_that_are_too_long_are_kept_and_said_to_be(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    page = await send(world, link_id, answer="very_good", why="x" * (LONGEST_WHY + 1))
    assert "Write less: there is room for 2,000 letters, and you wrote 2,001" in page.text("main")
    checked = [field["value"] for field in page.all("input") if "checked" in field]
    assert checked == ["very_good"]
    assert page.text("textarea") == "x" * (LONGEST_WHY + 1)
    assert await answers(world) == []


async def test_an_answer_that_is_none_of_the_six_is_not_stored(world: World) -> None:
    page = await send(world, await patient_who_was_seen(world), answer="excellent")
    assert page.text("title").startswith("Error: ")
    assert await answers(world) == []


async def test_the_second_time_in_a_month_is_thanked_for_and_not_stored(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    await send(world, link_id, answer="good")
    for page in (await world.open(f"/experience/{link_id}"), await send(world, link_id, answer="poor")):
        assert (page.status, page.text("h1")) == (200, THANKED)
        assert not page.text("title").startswith("Error")
    assert [stored.answer for stored in await answers(world)] == ["good"]


async def test_two_answers_sent_at_once_are_one(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    pages = await asyncio.gather(*(send(world, link_id, answer=choice) for choice in CHOICES))
    assert sorted(page.status for page in pages) == [200] * 5 + [303]
    assert len(await answers(world)) == 1


async def test_the_month_is_that_of_london(world: World) -> None:
    """At 11.30pm in UTC on 31 May it is 1 June in London."""
    link_id = await patient_who_was_seen(world)
    world.clock.now = datetime.fromisoformat("2027-05-31T23:30:00+00:00")

    async def move(session) -> None:
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        row.starts_at, row.ends_at = world.clock(), world.clock()

    await world.database.write(move)
    world.browser.session.cookie_jar.clear()
    link_id = await world.link_id(world.margaret)
    await send(world, link_id, answer="good")
    assert [stored.month for stored in await answers(world)] == ["2027-06"]


async def test_next_month_after_a_class_the_question_is_asked_again(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    await send(world, link_id, answer="good")
    world.clock.now = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
    early = await world.open(f"/experience/{link_id}")
    assert early.text("h1") == "Tell us after your next class"
    assert (await send(world, link_id, answer="good")).text("h1") == "Tell us after your next class"

    async def move(session) -> None:
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 6))).one()
        row.starts_at = world.clock()

    await world.database.write(move)
    await was_in_class(world, link_id, 6)
    assert (await send(world, link_id, answer="very_good")).status == 303
    assert sorted(stored.month for stored in await answers(world)) == ["2026-11", "2026-12"]


async def test_who_was_in_no_class_this_month_is_not_asked(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    assert (await world.open(f"/experience/{link_id}")).text("h1") == "Tell us after your next class"
    assert (await send(world, link_id, answer="good")).status == 200
    assert await answers(world) == []


async def test_the_page_that_thanks_asks_who_has_not_answered(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    page = await world.open(f"/experience/{link_id}/thank-you")
    assert (page.status, page.headers["Location"]) == (303, f"/experience/{link_id}")


@pytest.mark.parametrize("who", ["physio", "helper"])
async def test_staff_are_not_asked_and_cannot_answer(world: World, who: str) -> None:
    link = world.links.physios[0] if who == "physio" else world.links.helper
    link_id = await world.link_id(link.url)
    await was_in_class(world, link_id)
    for page in (await world.open(f"/experience/{link_id}"), await send(world, link_id, answer="good")):
        assert (page.status, page.text("h1")) == (403, "This question is for patients")
    assert await answers(world) == []


async def test_without_the_links_own_cookie_nobody_is_asked_and_nothing_is_stored(world: World) -> None:
    margaret, dennis = await patient_who_was_seen(world, 0), await patient_who_was_seen(world, 1)
    cookies = {cookie.key: cookie.value for cookie in world.browser.session.cookie_jar}
    world.browser.session.cookie_jar.clear()
    for wrong in ({}, {f"mr_{margaret}": cookies[f"mr_{dennis}"]}, {f"mr_{margaret}": "nonsense"}):
        for page in (
            await world.open(f"/experience/{margaret}", cookies=wrong),
            await world.open(f"/experience/{margaret}/thank-you", cookies=wrong),
            await world.press_join(f"/experience/{margaret}", data={"answer": "good"}, cookies=wrong),
        ):
            assert (page.status, page.text("h1")) == (
                403,
                "Open the link in your letter or email again",
            )
    assert await answers(world) == []


async def test_another_site_cannot_answer_for_a_patient(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    page = await send(world, link_id, headers={"Sec-Fetch-Site": "cross-site"}, answer="very_poor")
    assert page.status == 403
    assert await answers(world) == []


async def test_looking_at_the_question_changes_nothing(world: World) -> None:
    link_id = await patient_who_was_seen(world)
    before = await world.rows()
    await world.open(f"/experience/{link_id}")
    await world.open(f"/experience/{link_id}/thank-you")
    assert await world.rows() == before
