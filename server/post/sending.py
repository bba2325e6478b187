"""Sends what lies in the outbox: each letter once, as far as SMTP allows, whatever happens in between.

States of a letter, and what changes them (`Postman` alone does, but for "Try again"):

| state | columns | next |
|---|---|---|
| waits | `next_at` | begun, when due and no older letter to this person about this course waits |
| begun | `next_at`, `sending_since` | sent; waits again (later); given up |
| sent | `sent_at` | text and calendar are wiped |
| given up | `failed_at`, `problem` | waits, when staff press "Try again"; wiped after `KEPT` |

That it is begun is committed before the mail server is asked, and what became of it before the next one is
begun. So a letter that is found begun is one whose outcome nobody knows: Moveroom was killed between the two,
or the mail server fell silent after it had the message. It is sent again as the same message, byte for byte,
with the same Message-ID, and staff read that it may have come twice. The other choice, to leave it and have
staff find out, would now and then leave a patient without a link before a class, and nobody looking; twice is
a nuisance only, mail servers drop what they have already, and a calendar takes the same entry (UID, SEQUENCE)
once.

An older letter goes first, so that nobody reads of a new time before the old one. A mail server that is away,
or does not let us sign in, keeps all waiting (1 minute, then twice as long each time, 6 hours at most); after
`MOST_ATTEMPTS`, not quite 3 days, letters are given up. Started without a mail server, perhaps because a
setting was lost, all wait as they are for the next start with one, `OVERDUE` at most.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.ids import Clock
from server.post.composing import CannotCompose, Content, compose
from server.post.letters import OUTBOX
from server.post.mail_server import Away, Connection, MailServer, Never, Outcome, Sent, Unsure
from server.storage.database import Database
from server.storage.tables import Letter

log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 20
"""1 + 2 + 4 + ... + 256 minutes, then 10 times 6 hours: 2 days and 20 hours after the first."""
KEPT = timedelta(days=14)
"""How long the text of a letter that was given up is kept, so that it can be tried again: a link is in it."""
OVERDUE = timedelta(days=3)
"""How long letters wait for an installation that was started without a mail server to be given one."""
WIPED_EVERY = timedelta(hours=1)
BY_ONE_CONNECTION = 50
"""Letters; many mail servers hang up after some."""
ROUND = 200
"""Letters that are taken from the outbox together."""
LOOK_EVERY_S = 300.0
"""How often the outbox is looked at though nothing is known to be due."""
FINISH_S = 5.0
"""How long the letter under way may take when the server is told to stop."""
TWICE = "It may have come twice: we could not tell whether the first time had worked."
PERHAPS = "It may have come all the same."
NO_SERVER = "This installation has no mail server."


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not happen."""


Alarm = Callable[[float, Callable[[], None]], Timer]
"""Calls back once after so many seconds."""


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many attempts; None when that was the last."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(FIRST_WAIT * int(2 ** (attempts - 1)), LONGEST_WAIT)


class Postman:
    """Empties the outbox. `start`, then `close`; `failures` counts what went wrong, for the metrics."""

    def __init__(self, database: Database, server: MailServer | None, *, clock: Clock, later: Alarm) -> None:
        """`server`: None where no mail is sent; what lies there waits for a start with one."""
        self.failures: Counter[str] = Counter()
        self._database = database
        self._server = server
        self._clock = clock
        self._later = later
        self._woken = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._not_noted: dict[str, Outcome] = {}
        """What became of letters and is not stored yet: until it is, nothing else is begun."""
        self._wiped_at: datetime | None = None

    def start(self) -> None:
        """Begin with what lies there."""
        self._database.listeners.listen(OUTBOX, self._woken.set)
        self._task = asyncio.create_task(self._go_round(), name="postman")

    async def close(self) -> None:
        """Finish the letter under way, if that is quickly done, and begin no other. Idempotent."""
        self._closing = True
        self._woken.set()
        if self._task is None:
            return
        await asyncio.wait([self._task], timeout=FINISH_S)
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _go_round(self) -> None:
        while not self._closing:
            self._woken.clear()
            wait_s = LOOK_EVERY_S
            try:
                wait_s = await self._round()
            except Exception:
                self.failures["round"] += 1
                wait_s = FIRST_WAIT.total_seconds()
                log.exception("outbox_not_emptied")
            timer = self._later(wait_s, self._woken.set)
            try:
                await self._woken.wait()
            finally:
                timer.cancel()

    async def _round(self) -> float:
        """Send all that is due; return in how many seconds the next letter is."""
        await self._note_what_is_open()
        await self._wipe_old()
        while not self._closing:
            due, next_at = await self._due()
            if not due:
                return self._seconds_to(next_at)
            if self._server is None:
                await self._without_server(due)
                return LOOK_EVERY_S
            await self._by_one_connection(self._server, due)
        return LOOK_EVERY_S

    def _seconds_to(self, next_at: datetime | None) -> float:
        if next_at is None:
            return LOOK_EVERY_S
        return min(max(0.0, (next_at - self._clock()).total_seconds()), LOOK_EVERY_S)

    async def _due(self) -> tuple[list[str], datetime | None]:
        """Return the letters to send now, the oldest first, and when the first of the others is due."""
        now = self._clock()
        query = (
            select(Letter.id, Letter.person_id, Letter.course_id, Letter.next_at)
            .where(Letter.next_at.is_not(None))
            .order_by(Letter.written_at, Letter.id)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        due: list[str] = []
        later: list[datetime] = []
        spoken_to: set[tuple[str, str]] = set()
        for letter_id, person_id, course_id, next_at in rows:
            if person_id is not None and course_id is not None:
                if (person_id, course_id) in spoken_to:
                    continue
                spoken_to.add((person_id, course_id))
            if next_at is not None and next_at > now:
                later.append(next_at)
            else:
                due.append(letter_id)
        return due[:ROUND], min(later, default=None)

    async def _without_server(self, due: list[str]) -> None:
        """Leave what is due as it is, and give up what has been for `OVERDUE`: it can be tried again."""
        self.failures["no_server"] += 1
        log.warning("letters_wait_without_mail_server", letters=len(due))
        async with self._database.reading() as session:
            late = Letter.next_at < self._clock() - OVERDUE
            overdue = list(await session.scalars(select(Letter.id).where(late)))
        if overdue:
            await self._note(overdue, Never(NO_SERVER), begun=False)

    async def _by_one_connection(self, server: MailServer, due: list[str]) -> None:
        connection = Connection(server)
        try:
            if (away := await connection.open()) is not None:
                await self._all_wait(due, away)
                return
            for number, letter_id in enumerate(due[:BY_ONE_CONNECTION]):
                if self._closing or (number and not connection.is_open):
                    break  # the first is tried in any case: each connection gets something done
                outcome = await self._deliver(connection, server, letter_id)
                if isinstance(outcome, Away):
                    await self._all_wait([each for each in due if each != letter_id], outcome)
                    break
            await connection.close()
        finally:
            connection.hang_up()

    async def _deliver(self, connection: Connection, server: MailServer, letter_id: str) -> Outcome | None:
        """Begin a letter, hand it over, store what became of it. None when it waits no more."""
        content = await self._database.write(lambda session: self._begin(session, letter_id))
        if content is None:
            return None
        try:
            outcome = await connection.send(compose(content, server.sender))
        except CannotCompose as wrong:
            outcome = Never(str(wrong))
        except Exception:
            log.exception("letter_not_handed_over", letter=letter_id)
            connection.hang_up()
            outcome = Unsure("Something went wrong on our side.")
        self._not_noted[letter_id] = outcome
        await self._note_what_is_open()
        return outcome

    async def _begin(self, session: AsyncSession, letter_id: str) -> Content | None:
        letter = await session.get(Letter, letter_id)
        if letter is None or letter.next_at is None:
            return None
        if letter.sending_since is not None:
            self.failures["unsure"] += 1
            letter.problem = TWICE
            log.warning("letter_sent_again", letter=letter_id)
        letter.sending_since = self._clock()
        return Content(
            letter_id=letter.id,
            to_address=letter.to_address,
            subject=letter.subject,
            text=letter.text,
            calendar=letter.calendar,
            method=letter.method,
            written_at=letter.written_at,
        )

    async def _note_what_is_open(self) -> None:
        for letter_id, outcome in list(self._not_noted.items()):
            await self._note([letter_id], outcome, begun=True)
            del self._not_noted[letter_id]

    async def _all_wait(self, letter_ids: list[str], outcome: Away) -> None:
        """The mail server takes none of them for now; they were not begun."""
        log.warning("mail_server_away", problem=outcome.problem, letters=len(letter_ids))
        await self._note(letter_ids, outcome, begun=False)

    async def _note(self, letter_ids: list[str], outcome: Outcome, *, begun: bool) -> None:
        async def work(session: AsyncSession) -> None:
            for letter in await session.scalars(select(Letter).where(Letter.id.in_(letter_ids))):
                if letter.next_at is not None:
                    self._change(letter, outcome, begun=begun)

        await self._database.write(work)

    def _change(self, letter: Letter, outcome: Outcome, *, begun: bool) -> None:
        """Put a letter into the state that follows; see the table above."""
        now = self._clock()
        letter.attempts += 1
        earlier_unsure = letter.problem == TWICE if begun else letter.sending_since is not None
        if isinstance(outcome, Sent):
            letter.sent_at, letter.next_at, letter.sending_since = now, None, None
            letter.problem = TWICE if earlier_unsure else None
            letter.text, letter.calendar = "", None
            log.info("letter_sent", letter=letter.id, kind=letter.kind)
            return
        unsure = earlier_unsure or isinstance(outcome, Unsure)
        wait = None if isinstance(outcome, Never) else wait_after(letter.attempts)
        letter.problem = outcome.problem
        if wait is None:
            letter.next_at, letter.failed_at, letter.sending_since = None, now, None
            letter.problem = f"{outcome.problem} {PERHAPS}" if unsure else outcome.problem
        else:
            letter.next_at = now + wait
            letter.sending_since = letter.sending_since if unsure else None
        became = "given_up" if wait is None else "away" if isinstance(outcome, Away) else "later"
        self.failures[became] += 1
        log.warning("letter_not_sent", letter=letter.id, kind=letter.kind, became=became)

    async def _wipe_old(self) -> None:
        """Wipe what was given up long ago, once an hour."""
        now = self._clock()
        if self._wiped_at is not None and now < self._wiped_at + WIPED_EVERY:
            return

        async def work(session: AsyncSession) -> None:
            await session.execute(
                update(Letter)
                .where(Letter.failed_at < now - KEPT, Letter.text != "")
                .values(text="", calendar=None)
            )

        await self._database.write(work)
        self._wiped_at = now
