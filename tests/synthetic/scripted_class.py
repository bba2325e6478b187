"""A class in which people do things at random, over real sockets, while the web process is killed.

Every request is sent until it is acknowledged. What one thing in the class is (a question, somebody's place
or mute) is changed by one task at a time, so that what was acknowledged says exactly what must be true.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.e2e.service import DemoService
from tests.synthetic.ledger import Asked, Called, Ledger, Written
from tests.synthetic.person import Person, Reply
from tests.synthetic.stays import Moment, Stays
from tests.synthetic.watcher import Watcher

STEPS = 7
"""What each person does between two kills: stays below the rate that one socket may ask at."""
MOST_OPEN_QUESTIONS = 8
"""Of one patient; the server refuses more than 10."""
LATEST_KILL = 60
"""A kill comes at some sending, acknowledgement or news up to this one of a round, while all are busy."""
LONGEST_DELAY_S = 0.03


@dataclass
class Round:
    """What was seen of one kill."""

    faults: list[str]
    resent: int
    back_within_s: float


class ScriptedClass:
    """A physio, a helper and patients. `ledger` holds what was acknowledged to them."""

    def __init__(self, service: DemoService, chance: random.Random, patients: int = 3) -> None:
        self.ledger = Ledger()
        self.stays = Stays()
        self._service, self._chance = service, chance
        self._count = 0
        self._pulse: str | None = None
        self._kill_at = 0
        self._kill_now = asyncio.Event()
        self.physio = Person(service.physio, None, self._happened)
        self.helper = Person(service.helper, ["polling"], self._happened)
        transports = (["websocket"], ["polling", "websocket"], ["polling"])
        self.patients = [
            Person(link, transports[at % 3], self._happened)
            for at, link in enumerate(service.patients[:patients])
        ]

        self.at_home = Person(service.patients[-1])
        """Watches a session meanwhile; never in class."""
        self.watcher: Watcher

    @property
    def everyone(self) -> list[Person]:
        """All who take part."""
        return [self.physio, self.helper, *self.patients]

    async def begin(self) -> None:
        """All come in; the patients are let in."""
        for person in self.everyone:
            await person.open_link()
            await person.come_in()
            self._came(person)
        for patient in self.patients:
            await self._be_admitted(patient)
        asks = {"key": "key-of-the-pulse", "kind": "effort", "text": "How hard is it?"}
        self._pulse = _done(await self.physio.ask("pulse:ask", asks))
        await self.at_home.open_link()
        assert self.at_home.http is not None
        self.watcher = Watcher(
            self.at_home.http, self._service.base_url, self.at_home.link_id, self._chance, self._happened
        )
        await self.watcher.open_page()

    @property
    def class_id(self) -> str:
        """Which class this is."""
        assert self.physio.view is not None
        return str(self.physio.view.plain["class_id"])

    async def end_for_all(self) -> None:
        """The physio ends the class."""
        asked = datetime.now(UTC)
        assert self.physio.view is not None
        lost = [
            {"person": each["person"], "done": "rang_fine"} for each in self.physio.view.plain["unaccounted"]
        ]
        calls = {
            key: each for key, each in self.ledger.help.items() if each.kind == "now" and not each.settled
        }
        answers = [{"help": key, "done": "fine"} for key in calls]
        _done(await self.physio.ask("class:end", {"accounts": lost, "calls": answers}))
        for each in calls.values():
            each.settled = True
        self._went(asked, *(person for person, place in self.ledger.place.items() if place == "in_class"))

    async def end(self) -> None:
        """Everybody hangs up."""
        await asyncio.gather(*(person.close() for person in (*self.everyone, self.at_home)))

    async def round(self) -> Round:
        """Everybody is busy, the web process is killed; then a freshly joined physio's view is compared."""
        self._kill_now.clear()
        self._kill_at = self._count + self._chance.randint(1, LATEST_KILL)
        sent_again = self._resent()
        busy = asyncio.gather(
            *(self._busy(self._patient_step, patient) for patient in self.patients),
            self._busy(self._helper_step, self.helper),
            self._busy(self._say, self.physio),
            self._watch(),
        )
        await self._kill_now.wait()
        await asyncio.sleep(self._chance.uniform(0, LONGEST_DELAY_S))
        killed_at = asyncio.get_running_loop().time()
        await self._service.kill("web")
        await busy
        faults = [fault for person in self.everyone for fault in await self._faults_of(person)]
        await self._look_from_another_device()
        assert self.physio.view is not None
        faults += self.ledger.faults(self.physio.view.plain)
        faults += self.watcher.faults(self._service.database)
        back_at = max(person.back_at for person in self.everyone if person is not self.physio)
        return Round(
            faults=faults,
            resent=self._resent() - sent_again,
            back_within_s=back_at - killed_at,
        )

    def _resent(self) -> int:
        return self.watcher.resent + sum(person.resent for person in self.everyone)

    def _happened(self) -> None:
        self._count += 1
        if self._count == self._kill_at:
            self._kill_now.set()

    async def _watch(self) -> None:
        for _ in range(STEPS):
            await self.watcher.watch()

    async def _busy(self, step: Callable[[Person], Awaitable[None]], person: Person) -> None:
        for _ in range(STEPS):
            await step(person)

    async def _faults_of(self, person: Person) -> list[str]:
        faults = [f"came back from {was} to {now}" for was, now in person.returns if was == "in_class" != now]
        person.returns.clear()
        if self.ledger.place[person.id] != "left":
            faults += await person.differs_from_a_fresh_view()
        return [f"{person.id}: {fault}" for fault in faults]

    async def _look_from_another_device(self) -> None:
        before, self.physio = self.physio, self.physio.on_another_device()
        self.physio.resent = before.resent
        await self.physio.come_in()
        await asyncio.wait_for(before.replaced.wait(), 5)
        await before.close()

    # ---- what people do

    async def _patient_step(self, patient: Person) -> None:
        steps: list[Callable[[Person], Awaitable[None]]]
        match self.ledger.place[patient.id]:
            case "left":
                steps = [self._come_back]
            case "waiting":
                steps = [self._be_admitted, self._be_admitted, self._set_media, self._call, self._leave]
            case _:
                steps = [self._ask, self._ask, self._vote, self._vote, self._vote, self._say, self._say]
                steps += [self._set_media, self._be_muted, self._be_answered, self._call, self._settle]
                steps += [self._set_hand, self._answer_everyones_question, self._leave]
                steps += [self._thank, self._be_replied, self._choose_who_sees, self._be_stopped]
                steps += [self._be_sent_a_card]
        await self._chance.choice(steps)(patient)

    async def _helper_step(self, helper: Person) -> None:
        if self.ledger.place[helper.id] == "left":
            await self._come_back(helper)
        else:
            await self._chance.choice([self._say, self._say, self._say, self._leave])(helper)

    async def _come_back(self, person: Person) -> None:
        await person.come_in()
        self._came(person)

    def _came(self, person: Person) -> None:
        assert person.view is not None, "let in"
        expected = "waiting" if person in self.patients else "in_class"
        assert person.view.place == expected
        self.ledger.place[person.id] = expected
        self.ledger.microphone_on[person.id] = False
        self.ledger.muted.setdefault(person.id, False)

    async def _be_admitted(self, patient: Person) -> None:
        asked = datetime.now(UTC)
        _done(await self.physio.ask("person:admit", {"person": patient.id}))
        self.stays.came.setdefault(patient.id, Moment(asked, datetime.now(UTC)))
        self.ledger.place[patient.id] = "in_class"
        self.ledger.microphone_on[patient.id] = False
        await patient.until(lambda: patient.view is not None and patient.view.place == "in_class", 20)

    async def _leave(self, person: Person) -> None:
        asked = datetime.now(UTC)
        _done(await person.leave())
        if self.ledger.place[person.id] == "in_class":
            self._went(asked, person.id)
        self.ledger.hand_up[person.id] = False
        self.ledger.place[person.id] = "left"

    def _went(self, asked: datetime, *whose: str) -> None:
        for person in whose:
            self.stays.went[person] = Moment(asked, datetime.now(UTC))

    async def _ask(self, patient: Person) -> None:
        if len(self._own_open_questions(patient)) >= MOST_OPEN_QUESTIONS:
            await self._be_answered(patient)
            return
        self._note_written(self.ledger.questions, *await self._write("question:ask", patient, Asked))

    async def _say(self, person: Person) -> None:
        self._note_written(self.ledger.messages, *await self._write("chat:post", person, Written))

    async def _write(self, event: str, person: Person, kind: type[Written]) -> tuple[str, Written]:
        text, first_sent = f"{event} {self._chance.getrandbits(40):010x}", self._count
        key = f"{self._chance.getrandbits(64):016x}"
        made = _done(await person.ask(event, {"key": key, "text": text}))
        assert made is not None
        return made, kind(person.id, text, first_sent, self._count)

    def _note_written(self, among: dict[str, Asked] | dict[str, Written], made: str, what: Written) -> None:
        assert made not in among, "two keys gave one id"
        among[made] = what

    async def _vote(self, patient: Person) -> None:
        others = [key for key, each in self.ledger.questions.items() if each.author != patient.id]
        if not others:
            return
        chosen, up = self._chance.choice(others), self._chance.random() < 0.7
        question = self.ledger.questions[chosen]
        reply = await patient.ask("question:vote", {"question": chosen, "up": up})
        if reply.refused == "already_answered":
            if reply.sent > 1 and up != (patient.id in question.voters):
                question.doubtful.add(patient.id)
            return
        _done(reply)
        (question.voters.add if up else question.voters.discard)(patient.id)

    def _own_open_questions(self, patient: Person) -> list[tuple[str, Asked]]:
        return [
            (key, each)
            for key, each in self.ledger.questions.items()
            if each.author == patient.id and not each.state.startswith("answered")
        ]

    async def _be_answered(self, patient: Person) -> None:
        own = self._own_open_questions(patient)
        if not own:
            return
        key, question = self._chance.choice(own)
        state = self._chance.choice(["answered_live", "answered_in_writing"])
        text = f"answer {self._chance.getrandbits(40):010x}" if state == "answered_in_writing" else None
        _done(await self.physio.ask("question:answer", {"question": key, "state": state, "text": text}))
        question.state, question.answer = state, text

    async def _set_media(self, patient: Person) -> None:
        on = self._chance.random() < 0.5
        _done(await patient.ask("media:set", {"microphone_on": on, "camera_on": True}))
        self.ledger.microphone_on[patient.id] = on

    async def _set_hand(self, patient: Person) -> None:
        up = self._chance.random() < 0.6
        _done(await patient.ask("hand:raise", {"raised": up}))
        self.ledger.hand_up[patient.id] = up

    async def _answer_everyones_question(self, patient: Person) -> None:
        value = self._chance.randint(0, 10)
        _done(await patient.ask("pulse:answer", {"pulse": self._pulse, "value": value}))
        self.ledger.answers[patient.id] = value

    async def _thank(self, patient: Person) -> None:
        """For one of the latest messages, or take the thanks back."""
        if not self.ledger.messages:
            return
        message, on = self._chance.choice(list(self.ledger.messages)[-8:]), self._chance.random() < 0.7
        _done(await patient.ask("chat:react", {"message": message, "reaction": "thanks", "on": on}))
        (self.ledger.thanks.add if on else self.ledger.thanks.discard)((message, patient.id))

    async def _be_replied(self, patient: Person) -> None:
        if not (own := self._own_open_questions(patient)):
            return
        question, text = self._chance.choice(own), f"reply {self._chance.getrandbits(40):010x}"
        request = {"key": f"key-of-{text[6:]}", "question": question[0], "text": text}
        _done(await self.physio.ask("question:reply", request))
        question[1].replies.append(text)

    async def _choose_who_sees(self, patient: Person) -> None:
        to_group = self._chance.random() < 0.5
        await self._at_once(patient, "me:show", {"to_group": to_group})
        self.ledger.seen_by_group[patient.id] = to_group

    async def _be_stopped(self, patient: Person) -> None:
        stopped = self._chance.random() < 0.5
        await self._at_once(self.physio, "person:stop_camera", {"person": patient.id, "stopped": stopped})
        self.ledger.camera_stopped[patient.id] = stopped

    async def _at_once(self, person: Person, event: str, request: dict[str, object]) -> None:
        """Ask until a media worker has carried it out: a new web process attaches to it in a moment."""
        reply = await person.ask(event, request)
        while reply.refused == "media_unavailable":
            await asyncio.sleep(LONGEST_DELAY_S)
            reply = await person.ask(event, request)
        _done(reply)

    async def _be_sent_a_card(self, patient: Person) -> None:
        title = f"card {self._chance.getrandbits(40):010x}"
        card = {"title": title, "words": "Here is help.", "phone": "111", "address": ""}
        request = {"key": f"key-of-{title[5:]}", "person": patient.id, **card}
        made = _done(await self.physio.ask("card:send", request))
        assert made is not None
        self.ledger.cards[made] = patient.id, title

    async def _be_muted(self, patient: Person) -> None:
        muted = self._chance.random() < 0.6
        _done(await self.physio.ask("person:mute", {"person": patient.id, "muted": muted}))
        self.ledger.muted[patient.id] = muted

    async def _call(self, patient: Person) -> None:
        kind = self._chance.choice(["now", "rest", "private"])
        made = _done(await patient.ask("help:ask", {"kind": kind}))
        assert made is not None
        open_calls = {
            (each.caller, each.kind): key for key, each in self.ledger.help.items() if not each.settled
        }
        assert open_calls.get((patient.id, kind), made) == made, "an open call was called twice"
        self.ledger.help.setdefault(made, Called(patient.id, kind))

    async def _settle(self, patient: Person) -> None:
        own = [
            key for key, each in self.ledger.help.items() if each.caller == patient.id and not each.settled
        ]
        if own:
            key, by = own[0], self._chance.choice([patient, self.physio])
            done = {"done": "talked", "note": "Settled."} if by is self.physio else {}
            _done(await by.ask("help:settle", {"help": key, **done}))
            self.ledger.help[key].settled = True


def _done(reply: Reply) -> str | None:
    assert reply.refused is None, f"refused: {reply.ack}"
    made = reply.ack.get("id")
    return None if made is None else str(made)


@asynccontextmanager
async def scripted_class(service: DemoService, seed: int) -> AsyncIterator[ScriptedClass]:
    """A class of random doings by this seed; everybody is in class."""
    held = ScriptedClass(service, random.Random(seed))
    try:
        await held.begin()
        yield held
    finally:
        await held.end()
