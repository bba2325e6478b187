"""The answers to the Friends and Family Test in real tables: once, nobody's, in no order, shown in groups."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, text, update

from server.contacts.experience import Experience, month_experience
from server.contacts.experience_answer import (
    AlreadyAnswered,
    Given,
    MayAnswer,
    answer,
    may_answer,
    store_answers,
)
from server.contacts.experience_figures import FEWEST
from server.contacts.experience_question import Choice
from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.months import Month
from server.storage import tables as t
from server.storage.database import Database
from server.timetable.spoken import LONDON
from tests.integration.contacts.clinic import add_class, seed_clinic
from tests.integration.rooms.world import CLASS, COURSE
from tests.integration.storage.databases import TUESDAY_10AM, migrated

NOVEMBER = Month(2026, 11)
AFTER = datetime(2026, 12, 3, tzinfo=UTC)
DURING = datetime(2026, 11, 25, tzinfo=UTC)


def random_ids(seed: int = 1) -> Callable[[], str]:
    """Ids as random as the product's, and the same in every run."""
    source = Random(seed)
    return lambda: f"{source.getrandbits(96):024x}"


def given(choice: Choice = Choice.GOOD, why: str | None = None, programme: str = "prog1") -> Given:
    return Given("service1", programme, NOVEMBER, choice, why)


async def say(
    database: Database, token: str, what: Given, new_id: Callable[[], str], chance: Random | None = None
) -> None:
    await database.write(
        lambda session: answer(session, token, what, new_id=new_id, chance=chance or Random(3))
    )


async def shown(database: Database, now: datetime) -> Experience:
    async with database.reading() as session:
        return await month_experience(session, "service1", NOVEMBER, zone=LONDON, now=now)


@pytest.fixture
async def service(each_database: Database) -> Database:
    await seed_clinic(each_database)
    return each_database


async def ledger(database: Database) -> tuple[int, int]:
    """How many answers and how many spent tokens there are."""
    async with database.reading() as session:
        counts = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (t.ExperienceAnswer, t.ExperienceTokenSpent)
        ]
    return counts[0] or 0, counts[1] or 0


async def test_a_token_answers_once_and_a_second_answer_leaves_no_trace(service: Database) -> None:
    new_id = random_ids()
    await say(service, "margaret", given(Choice.GOOD), new_id)
    with pytest.raises(AlreadyAnswered):
        await say(service, "margaret", given(Choice.POOR), new_id)
    assert await ledger(service) == (1, 1)


async def test_an_answer_that_cannot_be_stored_spends_no_token(service: Database) -> None:
    def no_ids() -> str:
        raise RuntimeError("no randomness")

    with pytest.raises(RuntimeError):
        await say(service, "margaret", given(), no_ids)
    assert await ledger(service) == (0, 0)


async def test_two_servers_that_write_at_once_lose_and_double_no_answer(
    service: Database, each_database_url: str
) -> None:
    other = await Database.open(each_database_url)
    try:
        new_id = random_ids()
        results = await asyncio.gather(
            *(say((service, other)[n % 2], f"person{n // 3}", given(), new_id) for n in range(30)),
            return_exceptions=True,
        )
    finally:
        await other.close()
    refused = [each for each in results if each is not None]
    assert all(isinstance(each, AlreadyAnswered) for each in refused)
    assert len(refused) == 20
    assert await ledger(service) == (10, 10)


async def test_with_each_answer_all_of_the_month_get_new_ids(service: Database) -> None:
    async def ids() -> set[str]:
        async with service.reading() as session:
            return set(await session.scalars(select(t.ExperienceAnswer.id)))

    new_id = random_ids()
    await say(service, "margaret", given(why="first"), new_id)
    before = await ids()
    await say(service, "dennis", given(why="second"), new_id)
    assert not before & await ids()


async def test_neither_order_nor_transaction_of_the_rows_tells_who_came_when(service: Database) -> None:
    new_id, chance = random_ids(), Random(5)
    for number in range(12):
        await say(service, f"person{number}", given(why=f"{number:02}"), new_id, chance)
    async with service.reading() as session:
        kind = (await session.connection()).dialect.name
        place = "ctid" if kind == "postgresql" else "id"
        order = list(await session.scalars(text(f"SELECT why FROM experience_answers ORDER BY {place}")))
        assert sorted(order) == [f"{number:02}" for number in range(12)]
        assert order != sorted(order)
        assert order[-1] != "11"
        if kind == "postgresql":
            written = await session.scalar(text("SELECT count(DISTINCT xmin::text) FROM experience_answers"))
            assert written == 1


async def test_sqlite_keeps_no_older_copy_of_an_answer_in_its_file(tmp_path: Path) -> None:
    """What was written anew is not to be found where it lay before: that would be the order of coming."""
    async with migrated(tmp_path) as database:
        await seed_clinic(database)
        new_id, chance = random_ids(), Random(5)
        for number in range(80):
            words = f"words {number:02} of somebody" + "." * (number * 7 % 90)
            await say(database, f"person{number}", given(why=words), new_id, chance)
    file = (tmp_path / "moveroom.sqlite3").read_bytes()
    assert [file.count(f"words {number:02} of somebody".encode()) for number in range(80)] == [1] * 80


async def test_the_figures_of_a_month_that_is_over_count_every_answer(service: Database) -> None:
    choices = [Choice.VERY_GOOD] * 4 + [Choice.GOOD] * 2 + [Choice.POOR, Choice.DONT_KNOW]
    await service.write(
        lambda session: session.execute(update(t.Service).values(experience_target_percent=90))
    )
    new_id = random_ids()
    for number, choice in enumerate(choices):
        await say(service, f"person{number}", given(choice), new_id)
    month = await shown(service, AFTER)
    assert (month.n, month.positive_percent, month.negative_percent) == (8, 75, 13)
    assert (month.target_percent, month.is_final) == (90, True)
    assert month.spoken == "75% (target 90%), 8 answers"


async def test_a_month_is_over_an_hour_after_its_end_in_london(service: Database) -> None:
    await service.write(
        lambda session: store_answers(session, [given()] * 5, new_id=random_ids(), chance=Random(1))
    )
    end = NOVEMBER.ends(LONDON)
    assert (await shown(service, end + timedelta(minutes=59))).n is None
    assert (await shown(service, end + timedelta(minutes=60))).n == 5


@pytest.mark.parametrize("now", [DURING, AFTER])
async def test_of_four_answers_nothing_is_told(service: Database, now: datetime) -> None:
    four = [given(why="It was kind")] * 4
    await service.write(lambda session: store_answers(session, four, new_id=random_ids(), chance=Random(1)))
    month = await shown(service, now)
    assert (month.n, month.positive_percent, month.negative_percent) == (None, None, None)
    assert (month.comments, month.programmes) == ((), ())
    assert month.spoken == "Too few answers to show"


async def test_two_readings_of_a_running_month_differ_by_five_answers_or_none(service: Database) -> None:
    new_id, chance, readings = random_ids(), Random(9), [0]
    for number in range(27):
        await say(service, f"person{number}", given(why=f"{number}"), new_id, chance)
        month = await shown(service, DURING)
        assert len(month.comments) == (month.n or 0)
        assert month.programmes == ()
        readings.append(month.n or 0)
    readings.append((await shown(service, AFTER)).n or 0)
    steps = {later - earlier for earlier, later in pairwise(readings)}
    assert all(step == 0 or step >= FEWEST for step in steps)
    assert readings[-1] == 27
    assert max(readings[:-1]) == 20


async def test_what_is_shown_of_a_running_month_stays_shown(service: Database) -> None:
    new_id, chance = random_ids(), Random(9)
    seen: set[str] = set()
    for number in range(20):
        await say(service, f"person{number}", given(why=f"{number}"), new_id, chance)
        comments = set((await shown(service, DURING)).comments)
        assert seen <= comments
        seen = comments
    assert seen != {f"{number}" for number in range(15)}, "the first to come are not the first to be shown"


async def test_a_programme_that_could_be_worked_out_from_the_total_hides_another(service: Database) -> None:
    async def programmes(session) -> None:
        for name in ("back", "shoulder"):
            session.add(
                t.Programme(
                    id=name,
                    service_id="service1",
                    title=name.title(),
                    class_count=6,
                    class_minutes=60,
                    max_patients=12,
                )
            )
        await session.flush()
        all_of_them = [given()] * 20 + [given(programme="back")] * 6 + [given(programme="shoulder")] * 2
        await store_answers(session, all_of_them, new_id=random_ids(), chance=Random(1))

    await service.write(programmes)
    month = await shown(service, AFTER)
    assert month.n == 28
    assert [(each.title, each.figures and each.figures.n) for each in month.programmes] == [
        ("Back", None),
        ("Knee and hip", 20),
        ("Shoulder", None),
    ]


async def test_other_services_and_months_are_not_counted(service: Database) -> None:
    async def work(session) -> None:
        for where in (
            Given("other", "p", NOVEMBER, Choice.POOR),
            Given("service1", "p", Month(2026, 10), Choice.POOR),
        ):
            await store_answers(
                session, [where] * 5, new_id=random_ids(len(where.service_id)), chance=Random(1)
            )
        await store_answers(session, [given()] * 5, new_id=random_ids(2), chance=Random(1))

    await service.write(work)
    month = await shown(service, AFTER)
    assert (month.n, month.negative_percent) == (5, 0)


async def been(database: Database, class_id: str, place: str) -> None:
    """Margaret was in this place in a class that is not settled yet."""

    async def work(session) -> None:
        session.add(
            t.PresenceInterval(
                id=f"{class_id} {place}",
                class_id=class_id,
                person_id="margaret",
                place=place,
                started_at=TUESDAY_10AM,
                seen_until=TUESDAY_10AM,
                ended_at=None,
            )
        )

    await database.write(work)


async def settled(database: Database, status: str) -> None:
    """The ledger has this status for Margaret in the class of Tuesday."""

    async def work(session) -> None:
        (await session.get_one(t.ClassSession, CLASS)).settled_at = TUESDAY_10AM
        session.add(
            t.CareContact(
                id="C1",
                class_id=CLASS,
                subject_id="subject-margaret",
                service_id="service1",
                attendance_status=status,
                starts_at=TUESDAY_10AM,
                consultation_type="01",
                consultation_mechanism="11",
                group_therapy="Y",
                settled_at=TUESDAY_10AM,
            )
        )

    await database.write(work)


async def may(database: Database, folder: Path, now: datetime = DURING, who: str = "margaret") -> MayAnswer:
    async with database.reading() as session:
        secrets = ExperienceSecrets(folder)
        return await may_answer(session, secrets, who, COURSE, zone=LONDON, now=now)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("5", MayAnswer.YES),
        ("6", MayAnswer.YES),
        ("7", MayAnswer.NOT_SEEN),
        ("3", MayAnswer.NOT_SEEN),
        ("2", MayAnswer.NOT_SEEN),
        ("4", MayAnswer.NOT_SEEN),
    ],
)
async def test_who_was_seen_in_class_is_asked(
    service: Database, tmp_path: Path, status: str, expected: MayAnswer
) -> None:
    await settled(service, status)
    assert await may(service, tmp_path) is expected
    assert await may(service, tmp_path, who="pauline") is MayAnswer.NOT_SEEN


async def test_who_was_seen_on_the_last_evening_of_a_month_is_asked_until_twelve_hours_after_class(
    service: Database, tmp_path: Path
) -> None:
    """An answer after midnight is December's, and the only one of December."""
    starts_at = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    ended_at = starts_at + timedelta(hours=1)
    await settled(service, "5")

    async def move(session) -> None:  # type: ignore[no-untyped-def]
        one = update(t.ClassSession).where(t.ClassSession.id == CLASS)
        await session.execute(one.values(starts_at=starts_at, ends_at=ended_at, ended_at=ended_at))

    await service.write(move)
    after_midnight = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)
    assert await may(service, tmp_path, after_midnight) is MayAnswer.YES
    assert await may(service, tmp_path, ended_at + timedelta(hours=12)) is MayAnswer.NOT_SEEN
    december = Month(2026, 12)
    token = ExperienceSecrets(tmp_path).token("margaret", december)
    await say(service, token, Given("service1", "prog1", december, Choice.GOOD), random_ids())
    assert await may(service, tmp_path, after_midnight) is MayAnswer.ANSWERED


async def test_who_left_a_class_that_goes_on_is_asked_when_let_in_before(
    service: Database, tmp_path: Path
) -> None:
    await been(service, CLASS, "in_class")
    assert await may(service, tmp_path) is MayAnswer.YES


async def test_who_only_waited_is_not_asked(service: Database, tmp_path: Path) -> None:
    await been(service, CLASS, "waiting")
    assert await may(service, tmp_path) is MayAnswer.NOT_SEEN


async def test_a_class_of_another_month_does_not_count(service: Database, tmp_path: Path) -> None:
    """The class begins at half past midnight on 1 December in London and UTC alike."""
    await add_class(service, "class9", 9, datetime(2026, 12, 1, 0, 30, tzinfo=UTC))
    await been(service, "class9", "in_class")
    assert await may(service, tmp_path, DURING) is MayAnswer.NOT_SEEN
    assert await may(service, tmp_path, AFTER) is MayAnswer.YES


async def test_who_has_answered_is_not_asked_again_in_that_month(service: Database, tmp_path: Path) -> None:
    await settled(service, "5")
    token = ExperienceSecrets(tmp_path).token("margaret", NOVEMBER)
    await say(service, token, given(), random_ids())
    assert await may(service, tmp_path) is MayAnswer.ANSWERED
    assert await may(service, tmp_path, AFTER) is MayAnswer.NOT_SEEN
