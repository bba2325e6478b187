"""Chat and votes: 300 connected people in 20 rooms, 50 acknowledged messages and votes a second.

The server (rooms, SQLite, Socket.IO) has a process of its own and is charged for all its CPU time while the
load runs; everybody in a room gets each message and each vote. Time goes from sending to receipt, by each who
gets a message, the acknowledgement to who sent it. Beside it, in turns, runs a bare python-socketio server
that makes the same commit for each and broadcasts the same view (`talk_server`). Goal: at most 1.3 of its CPU
for each delivered message.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType
from sqlalchemy.ext.asyncio import AsyncSession

from server.ids import utc_now
from server.people.links import Link, hash_of, start_session
from server.storage import tables as t
from server.storage.database import Database
from server.storage.migrate import migrate
from tests.integration.storage.databases import url_in
from tests.synthetic.processes import usage

ROOMS, PEOPLE = 20, 15
PER_S = 50.0
RUN_S = 15.0
WARM_UP_S = 2.0
SETTLING_S = 0.5
"""What is on its way then has come."""
TURNS = 2
GOAL = 1.3
TEXT = "My knee is much better since last week, and I can walk to the shop again."


@dataclass
class Outcome:
    """What was measured of one server."""

    delivered: int = 0
    cpu_s: float = 0.0
    receipts_ms: list[float] = field(default_factory=list)
    acks_ms: list[float] = field(default_factory=list)

    @property
    def cpu_us(self) -> float:
        """Of the server, for each delivered message."""
        return self.cpu_s / self.delivered * 1e6


class Member:
    """Somebody in class: Socket.IO (protocol 5) over a WebSocket, as far as listening and asking needs it."""

    def __init__(self, socket: ClientWebSocketResponse, outcome: Outcome) -> None:
        self._socket = socket
        self._outcome = outcome
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def connect(self, link: str) -> None:
        """Go through the handshakes, and begin to listen."""
        await self._socket.receive_str()
        await self._socket.send_str("40" + json.dumps({"link": link}))
        answer = await self._socket.receive_str()
        assert answer.startswith("40"), answer
        self._reading = asyncio.create_task(self._read())

    async def ask(self, event: str, request: dict[str, Any]) -> dict[str, Any]:
        """Send an event; its acknowledgement."""
        number = len(self._asked)
        self._asked[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(f"42{number}" + json.dumps([event, request]))
        async with asyncio.timeout(30):
            ack = await self._asked[number]
        assert ack["ok"], ack
        return ack

    async def close(self) -> None:
        """Stop listening."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if message.data == "2":
                await self._socket.send_str("3")
            elif message.data.startswith("43"):
                number, _, rest = message.data[2:].partition("[")
                self._asked[int(number)].set_result(json.loads("[" + rest)[0])
            elif message.data.startswith('42["message"'):
                self._outcome.delivered += 1
                sent = float(json.loads(message.data[2:])[1]["text"].rpartition(" ")[2])
                self._outcome.receipts_ms.append((time.perf_counter() - sent) * 1000)
            elif message.data.startswith('42["question"'):
                self._outcome.delivered += 1


async def fill(session: AsyncSession) -> None:
    """Twenty courses, each with a physio, fourteen patients, and a class that is on."""
    now = utc_now()
    session.add(t.Service(id="service", name="Riverside", phone="01632 960100"))
    await session.flush()
    session.add(
        t.Programme(
            id="programme",
            service_id="service",
            title="Knee",
            class_count=1,
            class_minutes=60,
            max_patients=16,
        )
    )
    for room in range(ROOMS):
        for number in range(PEOPLE):
            name, role = f"p-{room}-{number}", "patient" if number else "physio"
            session.add(t.Person(id=name, service_id="service", role=role, full_name=name, shown_name=name))
    await session.flush()
    for room in range(ROOMS):
        course = f"course-{room}"
        session.add(t.Course(id=course, programme_id="programme", title=course, lead_id=f"p-{room}-0"))
        await session.flush()
        session.add(
            t.ClassSession(
                id=f"class-{room}",
                course_id=course,
                number=1,
                starts_at=now,
                ends_at=now + timedelta(hours=1),
            )
        )
        for number in range(PEOPLE):
            person = f"p-{room}-{number}"
            session.add(
                t.CourseMember(course_id=course, person_id=person, seat=number - 1 if number else None)
            )
            session.add(
                t.PersonalLink(
                    id=person, course_id=course, person_id=person, token_hash=hash_of(person), created_at=now
                )
            )
            await session.flush()
            await start_session(session, Link(person, course, person, False), now, f"secret-{person}", person)


@asynccontextmanager
async def served(which: str, folder: Path) -> AsyncIterator[tuple[int, int]]:
    """A server of this kind, with everybody in the tables: the id of its process, and its port."""
    url = url_in(folder)
    await asyncio.to_thread(migrate, url)
    database = await Database.open(url)
    await database.write(fill)
    await database.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.talk_server", which, url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.pid, int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


async def load(which: str, outcome: Outcome, run_s: float) -> None:
    """Bring everybody in, then have them write and vote."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        process_id, port = await stack.enter_async_context(served(which, Path(folder)))
        web = await stack.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
        members: list[list[Member]] = []
        questions = []
        for room in range(ROOMS):
            there = []
            for number in range(PEOPLE):
                person = f"p-{room}-{number}"
                cookie = {"Cookie": f"mr_{person}=secret-{person}"}
                url = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
                member = Member(await stack.enter_async_context(web.ws_connect(url, headers=cookie)), outcome)
                stack.push_async_callback(member.close)
                await member.connect(person)
                await member.ask("class:join", {})
                there.append(member)
            await there[0].ask("person:admit_ready", {})
            ask = {"key": "key-of-question", "text": "May I sit?"}
            questions.append((await there[1].ask("question:ask", ask))["id"])
            members.append(there)
        warm_up = range(int(WARM_UP_S * PER_S))
        await talk(members, questions, outcome, warm_up)
        for each in (outcome.receipts_ms, outcome.acks_ms):
            each.clear()
        counted, before = outcome.delivered, usage(process_id).cpu_s
        await talk(members, questions, outcome, range(warm_up.stop, warm_up.stop + int(run_s * PER_S)))
        outcome.cpu_s = usage(process_id).cpu_s - before
        outcome.delivered -= counted


async def talk(members: list[list[Member]], questions: list[str], outcome: Outcome, numbers: range) -> None:
    """Write and vote in turns, in one room after the other, by the clock."""
    asking: list[asyncio.Task[None]] = []
    begun = time.perf_counter()
    for number in numbers:
        due = begun + (number - numbers.start) / PER_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        room, turn = number % ROOMS, number // ROOMS
        who = members[room][2 + turn // 2 % (PEOPLE - 2)]
        asking.append(asyncio.create_task(_say(who, questions[room], turn, outcome, is_vote=turn % 2 == 1)))
    await asyncio.gather(*asking)
    await asyncio.sleep(SETTLING_S)


async def _say(who: Member, question: str, turn: int, outcome: Outcome, *, is_vote: bool) -> None:
    sent = time.perf_counter()
    if is_vote:
        is_up = turn // 2 // (PEOPLE - 2) % 2 == 0
        await who.ask("question:vote", {"question": question, "up": is_up})
    else:
        await who.ask("chat:post", {"key": f"key-{sent:.9f}".replace(".", "-"), "text": f"{TEXT} {sent!r}"})
    outcome.acks_ms.append((time.perf_counter() - sent) * 1000)


async def measure(run_s: float = RUN_S, turns: int = TURNS) -> dict[str, list[Outcome]]:
    """Load both servers in turns; what was measured, by server."""
    outcomes: dict[str, list[Outcome]] = {"bare": [], "moveroom": []}
    for _ in range(turns):
        for which, done in outcomes.items():
            done.append(Outcome())
            await load(which, done[-1], run_s)
    return outcomes


def run() -> list[dict[str, Any]]:
    """Measure, and return the figures."""
    outcomes = asyncio.run(measure())
    ours, bare = outcomes["moveroom"], outcomes["bare"]
    figures = [_figure("chat_cpu_us_per_delivered", "us", *(_cpu(each) for each in (ours, bare)))]
    for name, which in (("receipt", "receipts_ms"), ("acknowledgement", "acks_ms")):
        for percent in (50, 99):
            values = [_percentile(each, which, percent) for each in (ours, bare)]
            figures.append(_figure(f"chat_{name}_ms_p{percent}", "ms", *values))
    return figures


def _cpu(outcomes: list[Outcome]) -> float:
    return min(each.cpu_us for each in outcomes)


def _percentile(outcomes: list[Outcome], which: str, percent: int) -> float:
    values = [value for each in outcomes for value in getattr(each, which)]
    return float(statistics.quantiles(values, n=100)[percent - 1])


def _figure(name: str, unit: str, value: float, reference: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "reference": reference, "ratio": value / reference}
