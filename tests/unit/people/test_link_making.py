"""Giving links, and making their ways in anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from server.demo import seed
from server.people.links import (
    OUTLASTS_COURSE,
    browser_of,
    end_with_course,
    holder_of_session,
    link_by_code,
    link_by_id,
    link_by_token,
    make_link,
    print_letter,
    renew_link,
    renew_token,
    revoke_link,
    secret_in,
    start_session,
)
from server.people.short_codes import ShortCode, ShortCodes
from server.storage.database import Database
from server.storage.tables import ClassSession, CourseMember, LinkSession, Patient, Person, PersonalLink
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

CODES = ShortCodes(b"k" * 32)
LINK = "new-link"


@pytest.fixture
async def database(each_database: Database) -> Database:
    await seed(each_database, SetClock(TUESDAY_10AM), b"s" * 32, id_source=numbered_ids())
    return each_database


@pytest.fixture
async def course_id(database: Database) -> str:
    async with database.reading() as session:
        return (await session.scalars(select(PersonalLink.course_id))).first() or ""


async def newcomer(database: Database, course_id: str, name: str = "Joan") -> str:
    async def work(session) -> None:
        service_id = (await session.scalars(select(Person.service_id))).first()
        session.add(Person(id=name, service_id=service_id, role="patient", full_name=name, shown_name=name))
        await session.flush()
        session.add(Patient(person_id=name, subject_id=f"of {name}"))
        session.add(CourseMember(course_id=course_id, person_id=name, seat=15))

    await database.write(work)
    return name


async def given(
    database: Database, course_id: str, token: str = "mail", code: ShortCode | None = None
) -> str:
    person_id = await newcomer(database, course_id)
    return await database.write(
        lambda session: make_link(
            session,
            link_id=LINK,
            course_id=course_id,
            person_id=person_id,
            token=token,
            code=code,
            now=TUESDAY_10AM,
        )
    )


async def opens(database: Database, token: str) -> bool:
    async with database.reading() as session:
        found = await link_by_token(session, token)
    return found is not None and not found.revoked and not found.has_ended(TUESDAY_10AM)


async def code_opens(database: Database, code: ShortCode) -> bool:
    async with database.reading() as session:
        return await link_by_code(session, code.hashed) is not None


async def ends_at(database: Database, link_id: str = LINK) -> datetime | None:
    async with database.reading() as session:
        found = await link_by_id(session, link_id)
    assert found is not None
    return found.expires_at


async def last_class(database: Database, course_id: str) -> datetime:
    async with database.reading() as session:
        query = select(ClassSession.ends_at).where(ClassSession.course_id == course_id)
        return max(await session.scalars(query))


async def test_a_new_link_is_found_by_token_and_code_and_neither_is_stored(
    database: Database, course_id: str
) -> None:
    code = CODES.draw()
    assert await given(database, course_id, "mail", code) == LINK
    assert await opens(database, "mail")
    assert await code_opens(database, code)
    async with database.reading() as session:
        row = await session.get_one(PersonalLink, LINK)
    assert "mail" not in (row.token_hash, row.letter_hash)
    assert code.digits != row.code_hash


async def test_a_link_ends_14_days_after_the_last_class(database: Database, course_id: str) -> None:
    await given(database, course_id)
    assert await ends_at(database) == await last_class(database, course_id) + OUTLASTS_COURSE


async def test_links_move_with_the_last_class(database: Database, course_id: str) -> None:
    await given(database, course_id)
    later = await last_class(database, course_id) + timedelta(days=7)

    async def postpone(session) -> None:
        row = (
            await session.scalars(
                select(ClassSession)
                .where(ClassSession.course_id == course_id)
                .order_by(ClassSession.ends_at.desc())
                .limit(1)
            )
        ).one()
        row.ends_at = later
        await end_with_course(session, course_id)

    await database.write(postpone)
    assert await ends_at(database) == later + OUTLASTS_COURSE


async def test_who_comes_back_to_a_course_gets_the_same_link_with_new_ways_in(
    database: Database, course_id: str
) -> None:
    await given(database, course_id, "first")
    await database.write(lambda session: revoke_link(session, link_id=LINK, now=TUESDAY_10AM))
    again = await database.write(
        lambda session: make_link(
            session, link_id="other", course_id=course_id, person_id="Joan", token="second", now=TUESDAY_10AM
        )
    )
    assert again == LINK
    assert not await opens(database, "first")
    assert await opens(database, "second")


async def test_letter_and_email_are_made_anew_each_by_itself(database: Database, course_id: str) -> None:
    await given(database, course_id, "mail")
    first, second = CODES.draw(), CODES.draw()

    async def printing(token: str, code: ShortCode) -> None:
        await database.write(
            lambda session: print_letter(session, link_id=LINK, token=token, code=code, now=TUESDAY_10AM)
        )

    await printing("letter 1", first)
    assert [await opens(database, token) for token in ("mail", "letter 1")] == [True, True]
    await printing("letter 2", second)
    assert [await opens(database, token) for token in ("mail", "letter 1", "letter 2")] == [True, False, True]
    assert [await code_opens(database, code) for code in (first, second)] == [False, True]
    await database.write(lambda session: renew_token(session, link_id=LINK, token="mail 2"))
    assert [await opens(database, token) for token in ("mail", "mail 2", "letter 2")] == [False, True, True]
    assert await code_opens(database, second)


async def test_a_renewed_link_ends_every_way_in_and_every_device(database: Database, course_id: str) -> None:
    code = CODES.draw()
    await given(database, course_id, "mail", code)
    await database.write(
        lambda session: print_letter(session, link_id=LINK, token="letter", code=code, now=TUESDAY_10AM)
    )
    async with database.reading() as session:
        link = await link_by_id(session, LINK)
    assert link is not None
    await database.write(lambda session: start_session(session, link, TUESDAY_10AM, "cookie", "browser"))
    await database.write(lambda session: renew_link(session, link_id=LINK, token="new", now=TUESDAY_10AM))
    assert [await opens(database, token) for token in ("mail", "letter", "new")] == [False, False, True]
    assert not await code_opens(database, code)
    async with database.reading() as session:
        assert await holder_of_session(session, LINK, "cookie", TUESDAY_10AM) is None


async def test_a_browser_is_known_before_its_holder_is_proven(database: Database, course_id: str) -> None:
    await given(database, course_id)
    async with database.reading() as session:
        link = await link_by_id(session, LINK)
    assert link is not None
    await database.write(lambda session: start_session(session, link, TUESDAY_10AM, "cookie", "browser"))

    async def due() -> tuple[bool, bool]:
        async with database.reading() as session:
            browser = await browser_of(session, LINK, "cookie", TUESDAY_10AM)
            holder = await holder_of_session(session, LINK, "cookie", TUESDAY_10AM)
        assert browser is not None
        return browser.birth_date_due, holder is not None

    assert await due() == (False, True), "no date of birth is known"
    born = update(Patient).where(Patient.person_id == "Joan").values(date_of_birth=TUESDAY_10AM.date())
    await database.write(lambda session: session.execute(born))
    assert await due() == (True, False)
    proven = update(LinkSession).values(proven_at=TUESDAY_10AM)
    await database.write(lambda session: session.execute(proven))
    assert await due() == (False, True)


def test_a_cookie_that_is_bound_to_the_host_goes_before_one_that_is_not() -> None:
    assert secret_in({"mr_l": "plain"}, "l") == "plain"
    assert secret_in({"mr_l": "plain", "__Host-mr_l": "bound"}, "l", is_https=True) == "bound"
    assert secret_in({"mr_l": "plain"}, "l", is_https=True) == "", "a neighbouring host can set this one"
    assert secret_in({"mr_other": "plain"}, "l") == ""
