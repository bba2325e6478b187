"""The authorisation matrix of the class room: every event × every role × own class / another service's class.

Generated from the table of events: one that is added is covered by being there. What each role may in its own
class is `test_refused_requests`' matrix; here somebody of another service's class asks for this one's people.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from socketio.exceptions import ConnectionError as NotConnected
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import Link, hash_of, start_session
from server.people.roles import Role
from server.rooms.commands import WhoMay
from server.signalling.events import CLIENT_EVENTS
from server.storage import tables as t
from tests.integration.rooms.world import CLASS
from tests.integration.storage.databases import TUESDAY_10AM
from tests.unit.signalling.clients import REQUESTS, Client, Server

STRANGERS = {"sofia": "physio", "hugo": "helper", "peter": "patient"}
"""Of another service, whose class is at the same time."""


async def add_another_service(session: AsyncSession) -> None:
    session.add(t.Service(id="service2", name="Hillside", phone="01632 960999"))
    await session.flush()
    for person_id, role in STRANGERS.items():
        session.add(
            t.Person(
                id=person_id, service_id="service2", role=role, full_name=person_id, shown_name=person_id
            )
        )
    session.add(
        t.Programme(
            id="prog2", service_id="service2", title="Back", class_count=1, class_minutes=60, max_patients=12
        )
    )
    await session.flush()
    session.add(t.Course(id="course2", programme_id="prog2", title="Back group", lead_id="sofia"))
    await session.flush()
    for seat, (person_id, role) in enumerate(STRANGERS.items()):
        session.add(
            t.CourseMember(course_id="course2", person_id=person_id, seat=seat if role == "patient" else None)
        )
    session.add(
        t.ClassSession(
            id="theirs",
            course_id="course2",
            number=1,
            starts_at=TUESDAY_10AM,
            ends_at=TUESDAY_10AM + timedelta(hours=1),
        )
    )
    for person_id in STRANGERS:
        session.add(
            t.PersonalLink(
                id=f"link-{person_id}",
                course_id="course2",
                person_id=person_id,
                token_hash=hash_of(f"token-{person_id}"),
                created_at=TUESDAY_10AM,
            )
        )
    await session.flush()
    for person_id in STRANGERS:
        link = Link(f"link-{person_id}", "course2", person_id, revoked=False)
        await start_session(session, link, TUESDAY_10AM, f"secret-{person_id}", f"session-{person_id}")


@pytest.fixture
async def two(server: Server) -> Server:
    """The test's class and another service's; Hannah and Margaret are in the one, Pauline waits for it."""
    await server.database.write(add_another_service)
    return server


async def state_of(server: Server) -> list[tuple[object, ...]]:
    """What the tables say of this class: where everybody is, questions, help, messages, journal."""
    found: list[tuple[object, ...]] = []
    async with server.database.reading() as session:
        for table in (t.Participation, t.Question, t.HelpCall, t.ChatMessage, t.JournalEntry):
            query = select(table.__table__).where(table.__table__.c.class_id == CLASS)
            found += sorted((tuple(row) for row in await session.execute(query)), key=str)
    return found


def test_every_event_says_who_may() -> None:
    for row in CLIENT_EVENTS:
        assert isinstance(row.who, WhoMay)
        assert not row.who.system, f"{row.name}: what the system alone may do is no event"
        assert row.who.roles
        assert row.who.roles <= frozenset(Role)


@pytest.mark.parametrize("event", [row.name for row in CLIENT_EVENTS if row.name != "class:join"])
async def test_nobody_of_another_service_reaches_into_a_class(two: Server, event: str) -> None:
    hannah = await two.joined("hannah")
    margaret = await two.in_class(hannah, "margaret")
    await two.joined("pauline")
    assert (await margaret.ask("question:ask", REQUESTS["question:ask"]))["ok"]
    assert (await margaret.ask("help:ask", REQUESTS["help:ask"]))["ok"]
    theirs = await things_of(two)
    strangers = [await two.joined(person) for person in STRANGERS]
    before = await state_of(two)
    for client in (hannah, margaret):
        client.inbox.clear()
    for stranger in strangers:
        for person in ("pauline", "margaret", "hannah"):
            await stranger.ask(event, about(event, {**theirs, "person": person}))
    assert await state_of(two) == before
    assert heard_of(hannah) == heard_of(margaret) == []


async def things_of(server: Server) -> dict[str, str]:
    """What the other class's requests can name: a question and a call for help."""
    async with server.database.reading() as session:
        question = (await session.scalars(select(t.Question.id))).one()
        help_id = (await session.scalars(select(t.HelpCall.id))).one()
    return {"question": question, "help": help_id}


def about(event: str, theirs: dict[str, str]) -> dict[str, object]:
    """The event's request, naming what is the other class's."""
    request = REQUESTS[event]
    return {**request, **{name: value for name, value in theirs.items() if name in request}}


def heard_of(client: Client) -> list[str]:
    """What somebody was told by the class; the server's own measurements go on all the time."""
    return [event for event, _ in client.inbox if event not in ("line", "layers", "slots")]


@pytest.mark.parametrize("person", STRANGERS)
async def test_nobody_connects_by_somebody_elses_link(two: Server, person: str) -> None:
    """The link's public id opens nothing: its own cookie does."""
    client = Client(person)
    for cookie in (f"mr_link-{person}=secret-{person}", f"mr_link-margaret=secret-{person}", ""):
        with pytest.raises(NotConnected):
            await client.connect(two.url, {"link": "link-margaret"}, {"Cookie": cookie})
    assert client.refused is not None
    assert client.refused["data"]["code"] == "not_let_in"
