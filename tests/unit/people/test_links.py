from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from server.demo import seed
from server.demo.links import link_token
from server.errors import Refused
from server.people.links import (
    SESSION_LASTS,
    Link,
    LinkHolder,
    cookie_name,
    hash_of,
    holder_of_session,
    link_by_token,
    link_that_let_in,
    purge_sessions,
    start_session,
)
from server.storage.database import Database
from server.storage.tables import LinkSession, PersonalLink
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

DEMO_SECRET = b"s" * 32


@pytest.fixture
async def database(each_database: Database) -> Database:
    await seed(each_database, SetClock(TUESDAY_10AM), DEMO_SECRET, id_source=numbered_ids())
    return each_database


@pytest.fixture
async def link(database: Database) -> Link:
    async with database.reading() as session:
        row = (await session.scalars(select(PersonalLink).limit(1))).one()
    return Link(row.id, row.course_id, row.person_id, revoked=False)


async def revoke(database: Database, link: Link) -> None:
    async def work(session) -> None:
        (await session.get_one(PersonalLink, link.link_id)).revoked_at = TUESDAY_10AM

    await database.write(work)


async def end(database: Database, link: Link, at: datetime) -> None:
    async def work(session) -> None:
        (await session.get_one(PersonalLink, link.link_id)).expires_at = at

    await database.write(work)


async def press_join(database: Database, link: Link, secret: str) -> None:
    await database.write(lambda session: start_session(session, link, TUESDAY_10AM, secret, f"of {secret}"))


async def holder(database: Database, link_id: str, secret: str, after: timedelta) -> LinkHolder | None:
    async with database.reading() as session:
        return await holder_of_session(session, link_id, secret, TUESDAY_10AM + after)


NOW = timedelta(0)


async def test_a_link_is_found_by_its_token_and_by_nothing_else(database: Database, link: Link) -> None:
    token = link_token(DEMO_SECRET, link.link_id)
    async with database.reading() as session:
        assert await link_by_token(session, token) == link
        for other in ("", token[:-1], token.lower(), hash_of(token), link.link_id):
            assert await link_by_token(session, other) is None


async def test_neither_token_nor_cookie_is_stored(database: Database, link: Link) -> None:
    await press_join(database, link, "cookie secret")
    async with database.reading() as session:
        links = (await session.scalars(select(PersonalLink.token_hash))).all()
        sessions = (await session.scalars(select(LinkSession.secret_hash))).all()
    assert link_token(DEMO_SECRET, link.link_id) not in links
    assert sessions == [hash_of("cookie secret")]


async def test_after_join_the_browser_is_known_as_the_links_person(database: Database, link: Link) -> None:
    await press_join(database, link, "mine")
    known = await holder(database, link.link_id, "mine", NOW)
    assert known == LinkHolder(link.link_id, link.course_id, link.person_id)


async def test_a_cookie_opens_its_own_link_only(database: Database, link: Link) -> None:
    await press_join(database, link, "mine")
    async with database.reading() as session:
        others = (await session.scalars(select(PersonalLink.id).where(PersonalLink.id != link.link_id))).all()
    for other in others:
        assert await holder(database, other, "mine", NOW) is None
    assert await holder(database, link.link_id, "guessed", NOW) is None


async def test_a_cookie_lasts_longer_than_a_course_and_not_for_ever(database: Database, link: Link) -> None:
    await press_join(database, link, "mine")
    assert await holder(database, link.link_id, "mine", timedelta(weeks=12)) is not None
    assert await holder(database, link.link_id, "mine", SESSION_LASTS) is None


async def test_a_revoked_link_is_found_but_lets_nobody_in(database: Database, link: Link) -> None:
    await press_join(database, link, "mine")
    await revoke(database, link)
    async with database.reading() as session:
        found = await link_by_token(session, link_token(DEMO_SECRET, link.link_id))
    assert found is not None
    assert found.revoked
    assert await holder(database, link.link_id, "mine", NOW) is None
    with pytest.raises(Refused) as refused:
        await press_join(database, link, "again")
    assert "newest" in refused.value.words


def test_each_link_has_a_cookie_of_its_own() -> None:
    assert cookie_name("aB-_9") == "mr_aB-_9"


async def test_an_ended_link_is_found_but_lets_nobody_in_neither_do_its_browsers(
    database: Database, link: Link
) -> None:
    await press_join(database, link, "mine")
    await end(database, link, TUESDAY_10AM + timedelta(hours=1))
    assert await holder(database, link.link_id, "mine", timedelta(minutes=59)) is not None
    assert await holder(database, link.link_id, "mine", timedelta(hours=1)) is None
    async with database.reading() as session:
        found = await link_by_token(session, link_token(DEMO_SECRET, link.link_id))
    assert found is not None
    assert not found.revoked
    assert not found.has_ended(TUESDAY_10AM)
    assert found.has_ended(TUESDAY_10AM + timedelta(hours=1))
    await end(database, link, TUESDAY_10AM)
    with pytest.raises(Refused) as refused:
        await press_join(database, link, "again")
    assert refused.value.code == "link_ended"


async def test_sessions_that_are_too_old_are_purged_and_no_others(database: Database, link: Link) -> None:
    async with database.reading() as session:
        other = (await session.scalars(select(PersonalLink).where(PersonalLink.id != link.link_id))).first()
    assert other is not None
    revoked = Link(other.id, other.course_id, other.person_id, revoked=False)
    await press_join(database, link, "hers")
    await press_join(database, revoked, "theirs")
    await revoke(database, revoked)

    async def left(after: timedelta) -> int:
        await database.write(lambda session: purge_sessions(session, TUESDAY_10AM + after))
        async with database.reading() as session:
            return len((await session.scalars(select(LinkSession.id))).all())

    assert await left(timedelta(days=1)) == 2
    assert await left(SESSION_LASTS + timedelta(days=1)) == 0


async def test_only_the_cookie_that_a_link_gave_is_told_about_it(database: Database, link: Link) -> None:
    await press_join(database, link, "hers")
    await revoke(database, link)
    async with database.reading() as session:
        found = await link_that_let_in(session, link.link_id, "hers")
        assert found is not None
        assert found.revoked
        assert await link_that_let_in(session, link.link_id, "made up") is None
