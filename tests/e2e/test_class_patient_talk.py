"""What patients write to each other and to staff: questions and the chat, in real browsers."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium
from tests.e2e.class_page import LONG_MS, ask, open_drawer, say
from tests.e2e.service import demo_service
from tests.e2e.start_class import start_class
from tests.e2e.talk_pages import message, question, tools

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_questions_are_read_by_those_they_are_for_and_can_be_changed_and_answered(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        for page in (margaret, dennis):
            await open_drawer(page, "Questions")

        # To staff alone: the form says so before, the question afterwards; a classmate gets nothing.
        await margaret.get_by_role("button", name="Change who sees it").click()
        await margaret.get_by_label(re.compile("^Only staff")).check()
        await assert_accessible(margaret)
        await expect(margaret.get_by_text("Only staff can read it.")).to_be_visible()
        await ask(margaret, "May I talk to you about my medicine?")
        private = question(physio, "about my medicine")
        await expect(private).to_contain_text("to staff only", timeout=LONG_MS)
        await expect(question(margaret, "about my medicine")).to_contain_text("You, to staff only")

        # To the group, without a name: staff see who asked, the group does not, and may answer.
        await margaret.get_by_label(re.compile("^Everyone in the group")).check()
        await margaret.get_by_label(re.compile("^Do not show my name")).check()
        await expect(margaret.get_by_text("without your name. Staff see who asked")).to_be_visible()
        await ask(margaret, "Does anybody else fear the stairs?")
        seen = question(dennis, "anybody else fear")
        await expect(seen).to_contain_text("Someone in the group", timeout=LONG_MS)
        await expect(question(physio, "fear the stairs")).to_contain_text("Margaret")
        await expect(dennis.get_by_text("Margaret")).to_have_count(0)
        asked = question(margaret, "anybody else fear")
        # In other words, before anybody has answered.
        await asked.get_by_role("button", name="Change my question").click()
        await asked.get_by_label("Your question").fill("Does anybody else fear going downstairs?")
        await asked.get_by_role("button", name="Save").click()
        await expect(seen).to_contain_text("going downstairs", timeout=LONG_MS)
        await seen.get_by_role("button", name=re.compile("^Answer")).click()
        await dennis.get_by_label("Your answer, for everyone in class").fill("I do. Hold on to the rail.")
        await dennis.get_by_role("button", name="Send", exact=True).click()
        answered = question(margaret, "anybody else fear")
        await expect(answered).to_contain_text("Dennis: I do. Hold on to the rail.", timeout=LONG_MS)
        await expect(question(dennis, "about my medicine")).to_have_count(0)

        # A vote counts once.
        changed = question(dennis, "going downstairs")
        await expect(changed).to_contain_text("changed", timeout=LONG_MS)
        await changed.get_by_role("button", name=re.compile("Vote for")).click()
        await expect(question(margaret, "going downstairs")).to_contain_text("1 vote", timeout=LONG_MS)

        # After the page was loaded anew everything is there, and still only for whom it is.
        await dennis.reload()
        await expect(dennis.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await open_drawer(dennis, "Questions")
        await expect(question(dennis, "going downstairs")).to_contain_text("Voted", timeout=LONG_MS)
        await expect(question(dennis, "about my medicine")).to_have_count(0)
        for page in (margaret, dennis):
            await assert_accessible(page)


async def test_the_chat_has_replies_reactions_links_and_what_is_read(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        _, (margaret, dennis) = await start_class(browser, service, 2)
        await open_drawer(margaret, "Chat")
        await say(margaret, "This helped me: https://www.nhs.uk/live-well, try <b>it</b>")
        await say(margaret, "Hold on to the rail.")

        # Unread until it is looked at; read on all of a person's pages.
        await expect(dennis.get_by_role("button", name=re.compile("^Ask, chat"))).to_contain_text(
            "2", timeout=LONG_MS
        )
        await open_drawer(dennis, "Chat")
        link = message(dennis, "This helped me").get_by_role("link")
        await expect(link).to_have_attribute("href", "https://www.nhs.uk/live-well")
        await expect(link).to_have_attribute("rel", re.compile("noopener"))
        await expect(message(dennis, "try <b>it</b>")).to_be_visible()

        # A reaction and a reply; a message is told to staff, and nobody else learns of it.
        await tools(dennis, "Hold on to the rail.")
        await assert_accessible(dennis)
        await dennis.get_by_role("button", name="Well done").click()
        praised = message(margaret, "Hold on to the rail.")
        await expect(praised).to_contain_text("Well done 1", timeout=LONG_MS)
        await tools(dennis, "Hold on to the rail.")
        await dennis.get_by_role("button", name="Reply").click()
        await dennis.get_by_label("Reply to Margaret").fill("I always do.")
        await dennis.get_by_role("button", name="Send", exact=True).click()
        reply = message(margaret, "I always do.")
        await expect(reply).to_contain_text("Margaret: Hold on to the rail.", timeout=LONG_MS)
        await tools(dennis, "This helped me")
        await dennis.get_by_role("button", name="Tell staff about it").click()
        await dennis.get_by_role("button", name="It may not be safe to do").click()
        told = message(dennis, "This helped me")
        await expect(told).to_contain_text("You have told staff", timeout=LONG_MS)
        await expect(margaret.get_by_text("told staff")).to_have_count(0)

        line = BreakingLine("chat:post")
        await dennis.route_web_socket(re.compile("/socket.io/"), line)
        await dennis.reload()
        await expect(dennis.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await expect(dennis.get_by_role("button", name=re.compile("^Ask, chat"))).not_to_contain_text("new")
        await open_drawer(dennis, "Chat")
        await expect(message(dennis, "Hold on to the rail.")).to_contain_text("Well done 1", timeout=LONG_MS)
        await assert_accessible(margaret)

        # The line breaks before his page has heard that it was written: it sends the same again, and the chat
        # has it once.
        line.loses_next = True
        await say(dennis, "See you all on Thursday.")
        await expect(dennis.get_by_role("button", name="Sending…")).to_be_visible()
        await expect(message(margaret, "on Thursday")).to_be_visible(timeout=LONG_MS)
        await expect(dennis.get_by_label("Write to the group")).to_have_value("See you all on Thursday.")
        await line.breaks()
        await expect(dennis.get_by_label("Write to the group")).to_have_value("", timeout=LONG_MS)
        for page in (margaret, dennis):
            await expect(message(page, "on Thursday")).to_have_count(1)
        first, again = line.sent
        assert first == again


async def test_a_chat_of_ten_thousand_messages_is_read_from_its_end_to_wherever_one_likes(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        await asyncio.to_thread(talk_much, service.database)
        _, (margaret,) = await start_class(browser, service, 1)
        await open_drawer(margaret, "Chat")
        newest = message(margaret, f"Message {TEN_THOUSAND - 1}.")
        await expect(newest).to_be_in_viewport(timeout=LONG_MS)
        assert await drawn(margaret) < 60, "only what is near the screen is drawn"

        # To the beginning of what the page has: earlier ones come, and the reader stays where she is.
        log = margaret.get_by_role("log")
        for _ in range(3):
            had = int(await log.get_by_role("listitem").first.get_attribute("aria-setsize") or 0)
            await log.evaluate("(one) => { one.scrollTop = 0; }")
            earliest = log.locator(f"[data-row='old{TEN_THOUSAND - had}']")
            await expect(earliest).not_to_have_attribute("aria-setsize", str(had), timeout=LONG_MS)
            await expect(earliest).to_be_in_viewport(timeout=LONG_MS)
            assert await drawn(margaret) < 60

        # What she writes brings her to the end.
        await say(margaret, "I have read it all.")
        await expect(message(margaret, "I have read it all.")).to_be_in_viewport(timeout=LONG_MS)


class BreakingLine:
    """A page's way to the server, which loses one acknowledgement, and breaks when it is told to."""

    def __init__(self, event: str) -> None:
        self._sends = re.compile(rf'42(\d+)(\["{event}",.*)')
        self._number: str | None = None
        self._ends: tuple[WebSocketRoute, ...] = ()
        self.loses_next = False
        """The acknowledgement of the next such event does not arrive."""
        self.sent: list[str] = []
        """These events from then on, without the number that each asks to be acknowledged by."""

    async def __call__(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._ends = (socket, server)

        def from_page(packet: str | bytes) -> None:
            if (named := self._sends.match(str(packet))) and (self.loses_next or self.sent):
                self.sent.append(named[2])
                if self.loses_next:
                    self._number, self.loses_next = named[1], False
            server.send(packet)

        def from_server(packet: str | bytes) -> None:
            if self._number is None or not str(packet).startswith(f"43{self._number}["):
                socket.send(packet)

        socket.on_message(from_page)
        server.on_message(from_server)

    async def breaks(self) -> None:
        """Break off; the next connection is whole."""
        self._number = None
        for end in self._ends:
            await end.close()


TEN_THOUSAND = 10_000


def talk_much(database: Path) -> None:
    """Write 10,000 messages of the course straight into its database, a minute apart."""
    with closing(sqlite3.connect(database)) as connection, connection:
        course, author = connection.execute(
            "SELECT course_id, person_id FROM course_members JOIN courses ON courses.id = course_id"
            " WHERE title = 'Knee and hip group'"
        ).fetchone()
        start = datetime.now(UTC) - timedelta(minutes=TEN_THOUSAND)
        connection.executemany(
            "INSERT INTO chat_messages (id, course_id, author_id, key, text, posted_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    f"old{at}",
                    course,
                    author,
                    f"old-key-{at}",
                    f"Message {at}.",
                    moment.isoformat(" ", "microseconds"),
                )
                for at in range(TEN_THOUSAND)
                for moment in [(start + timedelta(minutes=at)).replace(tzinfo=None)]
            ),
        )


async def drawn(page: Page) -> int:
    """How many messages the page has drawn."""
    return await page.get_by_role("log").get_by_role("listitem").count()
