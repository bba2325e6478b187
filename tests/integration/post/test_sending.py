"""Each letter is sent once, whatever the mail server and the machine do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.post.mail_server import Connection
from server.post.sending import (
    KEPT,
    MOST_ATTEMPTS,
    NO_SERVER,
    OVERDUE,
    TWICE,
    Postman,
    wait_after,
)
from server.storage.database import Database, StorageFailed
from tests.integration.post.mailbox import Mailbox, mailbox
from tests.integration.post.postman import Round, postman
from tests.integration.storage.databases import migrated


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated(tmp_path) as database:
        yield database


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box


async def test_a_letter_is_delivered_once_and_its_text_is_wiped(database: Database, box: Mailbox):
    work = Round(database)
    async with postman(work, box.server()):
        assert await work.write()
        await work.rests()
        assert not await work.write()
    (letter,) = box.letters
    assert box.receivers == ["margaret@patients.example"]
    assert letter["To"] == "margaret@patients.example"
    assert letter["From"] == "Physiotherapy classes <classes@moveroom.example>"
    assert letter["Message-ID"] == "<letter-one@moveroom.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "https://classes.example/j/secret" in letter.get_content()
    row = await work.letter()
    assert (row.sent_at, row.text, row.next_at, row.problem) == (work.clock(), "", None, None)


async def test_what_was_written_before_the_start_is_sent(database: Database, box: Mailbox):
    work = Round(database)
    await work.write()
    async with postman(work, box.server()):
        assert len(box.received) == 1
    async with postman(work, box.server()):
        assert len(box.received) == 1


async def test_many_letters_go_by_few_connections(database: Database, box: Mailbox):
    work = Round(database)
    for number in range(60):
        await work.write(f"{number}")
    async with postman(work, box.server()):
        assert len({letter["Message-ID"] for letter in box.letters}) == len(box.received) == 60
    assert box.connections == 2


async def test_a_server_that_has_no_time_is_asked_again_later(database: Database, box: Mailbox):
    box.to_receivers = ["451 try again, margaret@patients.example", "452 mailbox full"]
    work = Round(database)
    async with postman(work, box.server()) as one:
        await work.write()
        await work.rests()
        row = await work.letter()
        assert row.problem == "The mail server said: 451 try again, (address)"
        assert (work.wait_s, row.sending_since) == (60, None)
        await work.sleeps_through()
        assert (work.wait_s, box.received) == (120, [])
        await work.sleeps_through()
        assert len(box.received) == 1
        assert (await work.letter()).problem is None
        assert one.failures == {"later": 2}


async def test_a_server_that_refuses_for_good_is_not_asked_again(database: Database, box: Mailbox):
    box.to_receivers = ["550 5.1.1 <margaret@patients.example>: no mailbox for Margaret here"]
    work = Round(database)
    async with postman(work, box.server()):
        await work.write()
        await work.rests()
        row = await work.letter()
        assert (row.failed_at, row.next_at, row.sent_at) == (work.clock(), None, None)
        assert row.problem == "The mail server said: 550 5.1.1 (address): no mailbox for (address) here"
        await work.write("two")
        await work.rests()
        assert len(box.received) == 1


async def test_a_server_that_refuses_a_message_for_good_is_not_asked_again(database: Database, box: Mailbox):
    box.to_messages = ["554 we do not want this"]
    work = Round(database)
    async with postman(work, box.server()):
        await work.write()
        await work.rests()
    assert (await work.letter()).failed_at == work.clock()
    assert box.received == []


async def test_a_server_that_is_away_keeps_all_waiting(database: Database):
    work = Round(database)
    await work.write("one")
    await work.write("two")
    async with mailbox() as gone:
        server = gone.server()
    async with postman(work, server) as one:
        for key in ("one", "two"):
            row = await work.letter(key)
            assert row.problem == "The mail server could not be reached."
            assert (row.attempts, row.failed_at) == (1, None)
        assert one.failures == {"away": 2}
        async with mailbox(port=server.port) as box:
            await work.sleeps_through()
            assert len(box.received) == 2


async def test_a_server_that_hangs_up_is_not_called_again_at_once(database: Database, box: Mailbox):
    box.hangs_up = True
    work = Round(database)
    await work.write()
    async with postman(work, box.server()):
        row = await work.letter()
        assert (row.attempts, work.wait_s) == (1, 60)
        assert box.connections <= 2
        box.hangs_up = False
        await work.sleeps_through()
        assert len(box.received) == 1


async def test_a_server_that_stays_away_for_three_days_has_it_given_up(database: Database):
    async with mailbox() as gone:
        server = gone.server()
    work = Round(database)
    began = work.clock()
    async with postman(work, server):
        await work.write()
        await work.rests()
        while (await work.letter()).next_at is not None:
            await work.sleeps_through()
    row = await work.letter()
    assert row.attempts == MOST_ATTEMPTS
    assert row.failed_at is not None
    assert timedelta(days=2, hours=18) <= row.failed_at - began <= timedelta(days=3)
    assert row.text


def test_the_waits_double_from_a_minute_to_six_hours():
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:4] == [timedelta(minutes=each) for each in (1, 2, 4, 8)]
    assert waits[-2:] == [timedelta(hours=6), None]


async def test_a_letter_that_was_given_up_is_wiped_after_a_fortnight(database: Database, box: Mailbox):
    box.to_receivers = ["550 no"]
    work = Round(database)
    async with postman(work, box.server()):
        await work.write()
        await work.rests()
        assert (await work.letter()).text
        work.clock.move(days=KEPT.days, hours=2)
        await work.write("two")
        await work.rests()
        assert (await work.letter()).text == ""


async def test_a_server_that_falls_silent_after_the_message_gets_the_same_one_again(
    database: Database, box: Mailbox
):
    async def silent() -> str:
        await asyncio.Event().wait()
        return ""

    box.to_messages = [silent]
    work = Round(database)
    async with postman(work, box.server(taking_s=0.2)) as one:
        await work.write()
        await work.rests()
        row = await work.letter()
        assert row.problem == "The mail server did not say whether it took this email."
        assert row.sending_since is not None
        await work.sleeps_through()
        assert [letter["Message-ID"] for letter in box.letters] == ["<letter-one@moveroom.example>"]
        assert (await work.letter()).problem == TWICE
        assert one.failures == {"later": 1, "unsure": 1}


async def test_a_slow_server_holds_up_nobody_who_writes(database: Database, box: Mailbox):
    goes_on = asyncio.Event()
    asked = asyncio.Event()

    async def slow() -> str:
        asked.set()
        await goes_on.wait()
        return "250 OK"

    box.to_messages = [slow]
    work = Round(database)
    async with postman(work, box.server()):
        await work.write("one")
        await asked.wait()
        assert await work.write("two")
        goes_on.set()
        assert len(await box.has(2)) == 2
        await work.rests()


async def test_killed_after_the_server_had_it_the_same_message_is_sent_again(
    database: Database, box: Mailbox
):
    work = Round(database)
    killed = Postman(database, box.server(), clock=work.clock, later=work.later)

    async def kill() -> str:
        assert killed._task is not None
        killed._task.cancel()
        return "250 OK"

    box.to_messages = [kill]
    await work.write()
    killed.start()
    await box.has(1)
    await killed.close()
    begun = await work.letter()
    assert begun.sending_since is not None
    assert begun.sent_at is None

    work.clock.move(minutes=1)
    async with postman(work, box.server()):
        pass
    one, again = box.received
    assert one == again
    row = await work.letter()
    assert (row.sent_at, row.problem) == (work.clock(), TWICE)


async def test_told_to_stop_the_letter_under_way_is_finished_and_none_begun(database: Database, box: Mailbox):
    work = Round(database)
    for key in ("one", "two"):
        await work.write(key)
    one = Postman(database, box.server(), clock=work.clock, later=work.later)
    closing: list[asyncio.Task[None]] = []

    async def stop() -> str:
        closing.append(asyncio.create_task(one.close()))
        await asyncio.sleep(0)
        return "250 OK"

    box.to_messages = [stop]
    one.start()
    await box.has(1)
    await closing[0]
    assert (await work.letter("one")).sent_at is not None
    assert (await work.letter("two")).sending_since is None
    async with postman(work, box.server()):
        assert len(box.received) == 2


async def test_what_could_not_be_stored_is_stored_before_anything_else_is_sent(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    work = Round(database)
    write, refused = database.write, []

    async def write_but_once(what):
        if box.received and not refused:
            refused.append(what)
            raise StorageFailed("no room")
        return await write(what)

    async with postman(work, box.server()) as one:
        monkeypatch.setattr(database, "write", write_but_once)
        await work.write()
        await work.rests()
        assert (await work.letter()).sent_at is None
        await work.sleeps_through()
        assert (await work.letter()).sent_at is not None
        assert one.failures == {"round": 1}
    assert len(box.received) == 1


async def test_a_letter_that_cannot_be_an_email_is_given_up(database: Database, box: Mailbox):
    work = Round(database)
    async with postman(work, box.server()):
        await work.write(to_address="margaret@patients.example\r\nBcc: all@patients.example")
        await work.rests()
        await work.write("two")
        await work.rests()
    assert (await work.letter()).problem == "The email address is not one that mail can be sent to."
    assert len(box.received) == 1


async def test_our_own_mistake_stops_no_other_letter(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    send = Connection.send

    async def break_once(self, envelope):
        monkeypatch.setattr(Connection, "send", send)
        raise RuntimeError

    work = Round(database)
    await work.write("one")
    await work.write("two")
    monkeypatch.setattr(Connection, "send", break_once)
    async with postman(work, box.server()):
        assert [letter["Message-ID"] for letter in box.letters] == ["<letter-two@moveroom.example>"]
        await work.sleeps_through()
        assert len(box.received) == 2


async def test_a_start_without_a_mail_server_leaves_what_waits_for_the_next_start(
    database: Database, box: Mailbox
):
    async with mailbox() as gone:
        away = gone.server()
    work = Round(database)
    async with postman(work, away):
        await work.write()
        await work.rests()
    before = await work.letter()
    work.clock.move(minutes=10)
    async with postman(work, None) as one:
        await work.sleeps_through()
        row = await work.letter()
        assert (row.failed_at, row.attempts, row.next_at) == (None, 1, before.next_at)
        assert "https://classes.example/j/secret" in row.text
        assert one.failures["no_server"] == 2
    async with postman(work, box.server()):
        assert [letter["Message-ID"] for letter in box.letters] == ["<letter-one@moveroom.example>"]


async def test_what_waited_three_days_for_a_mail_server_is_given_up_and_can_be_tried_again(
    database: Database,
):
    work = Round(database)
    async with postman(work, None):
        await work.write()
        await work.rests()
        work.clock.move(days=OVERDUE.days, seconds=-1)
        await work.write("two")
        await work.rests()
        assert (await work.letter()).failed_at is None
        await work.sleeps_through()
        row = await work.letter()
        assert (row.failed_at, row.problem) == (work.clock(), NO_SERVER)
        assert row.text
        assert (await work.letter("two")).failed_at is None
        work.clock.move(days=KEPT.days, hours=2)
        await work.write("three")
        await work.rests()
        assert (await work.letter()).text == ""
