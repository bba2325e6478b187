"""People of a class, without browsers, who write, vote and call for help; what was acknowledged to them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.light_people import admit, do, light_people
from tests.e2e.service import DemoService
from tests.synthetic.person import Person

STEPS = 6
"""Of each person; stays below the rate at which one socket may ask."""


@dataclass
class BusyPeople:
    """A helper and three patients. What was acknowledged: messages by id, and who votes for the question."""

    helper: Person
    patients: list[Person]
    happened: asyncio.Event
    messages: dict[str, str] = field(default_factory=dict)
    voters: set[str] = field(default_factory=set)
    question: str = ""
    reply: str = ""
    praised: str = ""
    answered: str = ""
    pulse: str = ""
    values: dict[str, int] = field(default_factory=dict)

    @property
    def everyone(self) -> list[Person]:
        """All of them."""
        return [self.helper, *self.patients]

    async def say(self, person: Person, text: str, reply_to: str | None = None) -> str:
        """Write to the group; the message's id."""
        request = {"key": secrets.token_hex(8), "text": text, "reply_to": reply_to}
        made = await do(person, "chat:post", request)
        assert made not in self.messages, "two keys gave one id"
        self.messages[made] = text
        return made

    async def prepare(self) -> None:
        """A question and a message with replies, hands, a pulse; all muted, one aside, the class locked."""
        dennis, rosa, priya = self.patients
        asked = {"key": "the-stairs", "text": "Are stairs all right?", "to": "group"}
        self.question = await do(dennis, "question:ask", asked)
        replied = {"key": "the-rail", "question": self.question, "text": "Hold on to the rail."}
        self.reply = await do(rosa, "question:reply", replied)
        self.praised = await self.say(dennis, "I did all ten today.")
        self.answered = await self.say(rosa, "So did I.", self.praised)
        for person in (rosa, priya):
            praise = {"message": self.praised, "reaction": "well_done", "on": True}
            await do(person, "chat:react", praise)
        for person in (priya, rosa):
            await do(person, "hand:raise", {"raised": True})
        asked = {"key": "how-hard", "kind": "effort", "text": "How hard is it?", "options": []}
        self.pulse = await do(self.helper, "pulse:ask", asked)
        await do(self.helper, "person:mute_all")
        await do(self.helper, "aside:take", {"person": priya.id})
        await do(self.helper, "class:lock", {"locked": True})

    async def be_busy(self) -> None:
        """All write and answer; two vote, and take it back, and vote; the one who asked calls for help."""
        dennis, rosa, priya = self.patients
        await asyncio.gather(
            self._write(self.helper),
            self._write(dennis),
            self._vote(rosa),
            self._vote(priya),
            self._call(dennis),
        )

    async def _write(self, person: Person) -> None:
        for step in range(STEPS):
            await self.say(person, f"{step} of {person.id}")
            self.happened.set()

    async def _vote(self, person: Person) -> None:
        for step in range(STEPS - 1):
            up = step % 2 == 0
            await do(person, "question:vote", {"question": self.question, "up": up})
            (self.voters.add if up else self.voters.discard)(person.id)
            await do(person, "pulse:answer", {"pulse": self.pulse, "value": step})
            self.values[person.id] = step
            await self.say(person, f"{step} of {person.id}")

    async def _call(self, person: Person) -> None:
        await self.happened.wait()
        await do(person, "help:ask", {"kind": "now"})

    def faults(self, seen: dict[str, Any]) -> list[str]:
        """In what a staff member's fresh view differs from what was acknowledged."""
        dennis, rosa, priya = self.patients
        question, praised = seen["questions"][self.question], seen["chat"][self.praised]
        shown = {key: each["text"] for key, each in seen["chat"].items() if key in self.messages}
        texts = [each["text"] for each in seen["chat"].values()]
        people = seen["people"]
        calls = [each["person"] for each in seen["help"].values() if each["settled_at"] is None]
        wanted = {
            "messages": (shown, self.messages),
            "written twice": ([text for text in self.messages.values() if texts.count(text) != 1], []),
            "votes": (question["votes"] >= len(self.voters), True),
            "replies": ([each["id"] for each in question["replies"]], [self.reply]),
            "reactions": (praised["reactions"], {"well_done": 2}),
            "what is replied to": (seen["chat"][self.answered]["reply_to"], self.praised),
            "muted": ([people[each.id]["muted_by_staff"] for each in self.patients], [True, True, True]),
            "hands": ([people[each.id]["hand"] for each in (priya, rosa, dennis)], [1, 2, None]),
            "answers": (seen["pulse"]["values"], self.values),
            "locked": (seen["locked"], True),
            "aside": ([people[each.id]["aside"] for each in (dennis, rosa, priya)], [False, False, True]),
            "with whom": (seen["me"]["aside_with"], priya.id),
            "Dennis's calls": (calls.count(dennis.id), 1),
        }
        return [
            f"{what}: {is_so!r}, not {should!r}"
            for what, (is_so, should) in wanted.items()
            if is_so != should
        ]


@asynccontextmanager
async def busy_people(service: DemoService) -> AsyncIterator[BusyPeople]:
    """The helper and the second to fourth patient come in, and are let in."""
    async with light_people((service.helper, *service.patients[1:4])) as (helper, *patients):
        await admit(helper, *patients)
        yield BusyPeople(helper, patients, asyncio.Event())
