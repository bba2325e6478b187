"""Two services on one server, each with one of everything that an address can name.

`Bundle` is one patient with a course around them, whose class is today with its doors open; as many as are
wanted in either service. An address is filled by the names of its parameters: a new kind of parameter is
added to `Bundle.ids`, once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar
from aiohttp.web_urldispatcher import AbstractRoute
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.pending_files import PendingFile
from server.people.links import hash_of
from server.people.staff import StaffRole
from server.storage.tables import (
    Carer,
    ClassSession,
    Course,
    CourseMember,
    Letter,
    LinkSession,
    Patient,
    Person,
    PersonalLink,
    Programme,
    Service,
    Site,
    StaffAccount,
    StaffSession,
    WaitingPlace,
)
from server.storage.tables import StaffRole as RoleRow
from tests.integration.pages.staff import StaffBrowser, signed_in
from tests.integration.pages.world import World, pages_world

OWN, OTHER = "own", "other"
NOTHING = "nothing-there"
ROLES = tuple(StaffRole)
BORN = date(1951, 3, 14)
CSV = b"full name,shown name\nPat Example,Pat\n"


@dataclass
class Bundle:
    """One of everything, in one service. `ids` by the name of an address's parameter."""

    service_id: str
    name: str
    cookie_secret: str
    token: str
    lead_id: str
    helper_id: str
    is_proven: bool = True
    """Whether the date of birth was given in the browser."""
    is_revoked: bool = False
    has_ended: bool = False

    @property
    def cookie(self) -> str:
        """The header of the browser in which Join was pressed."""
        return f"mr_{self.ids['link_id']}={self.cookie_secret}"

    @property
    def ids(self) -> Mapping[str, str]:
        return {
            "service_id": self.service_id,
            "site_id": f"{self.name}-site",
            "programme_id": f"{self.name}-programme",
            "course_id": f"{self.name}-course",
            "class_id": f"{self.name}-class",
            "person_id": f"{self.name}-patient",
            "patient_id": f"{self.name}-patient",
            "carer_id": f"{self.name}-carer",
            "partner_id": f"{self.name}-partner",
            "place_id": f"{self.name}-place",
            "waiting_id": f"{self.name}-place",
            "letter_id": f"{self.name}-letter",
            "link_id": f"{self.name}-link",
            "account_id": f"{self.name}-account",
            "session_id": f"{self.name}-session",
            "file_id": f"{self.name}-file",
            "token": self.token,
        }


@dataclass
class TwoServices:
    """The world, and who is signed in: by role, of the own service."""

    world: World
    watching: sqlite3.Connection
    asking: ClientSession
    """Keeps its connections, and no cookies."""
    staff: dict[StaffRole, StaffBrowser] = field(default_factory=dict)
    physios: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=count)

    def writes(self) -> int:
        """Changes with every transaction that the server commits."""
        return int(self.watching.execute("PRAGMA data_version").fetchone()[0])

    async def bundle(
        self, service_id: str, *, is_proven: bool = True, is_revoked: bool = False, has_ended: bool = False
    ) -> Bundle:
        name = f"{service_id}{next(self.numbers)}"
        made = Bundle(
            service_id,
            name,
            f"cookie-of-{name}",
            f"token-of-{name}".ljust(43, "x"),
            self.physios[service_id],
            self.helpers[service_id],
            is_proven,
            is_revoked,
            has_ended,
        )

        async def work(session: AsyncSession) -> None:
            for rows in self._rows(made):
                session.add_all(rows)
                await session.flush()

        await self.world.database.write(work)
        ids = made.ids
        self.world.site.pending_files.keep(
            ids["file_id"],
            PendingFile(ids["account_id"], CSV, service_id, ids["course_id"], self.world.clock()),
        )
        return made

    def _rows(self, made: Bundle) -> list[list[object]]:
        now, ids, service_id = self.world.clock(), made.ids, made.service_id
        patient, partner = ids["person_id"], ids["partner_id"]
        return [
            [
                Person(
                    id=each,
                    service_id=service_id,
                    role="patient",
                    full_name=f"Pat {each}",
                    shown_name="Pat",
                    phone="",
                )
                for each in (patient, partner)
            ]
            + [
                Site(id=ids["site_id"], service_id=service_id, name=f"Site {made.name}"),
                Programme(
                    id=ids["programme_id"],
                    service_id=service_id,
                    title=f"Programme {made.name}",
                    class_count=1,
                    class_minutes=60,
                    max_patients=12,
                    week_plan=[{"topic": "", "sessions": []}],
                    has_check_in=True,
                ),
                StaffAccount(
                    id=ids["account_id"],
                    email=f"{made.name}@example.org",
                    full_name="Staff Example",
                    shown_name="Staff",
                    created_at=now,
                ),
            ],
            [
                *(
                    Patient(person_id=each, subject_id=f"subject {each}", date_of_birth=BORN)
                    for each in (patient, partner)
                ),
                RoleRow(
                    id=f"{made.name}-role",
                    account_id=ids["account_id"],
                    service_id=service_id,
                    role="service_admin",
                ),
                StaffSession(
                    id=ids["session_id"],
                    account_id=ids["account_id"],
                    secret_hash=hash_of(f"session of {made.name}"),
                    created_at=now,
                    used_at=now,
                    expires_at=now + timedelta(hours=12),
                    second_factor_at=now,
                ),
                Course(
                    id=ids["course_id"],
                    programme_id=ids["programme_id"],
                    title=f"Course {made.name}",
                    lead_id=self.physios[service_id],
                    helper_id=self.helpers[service_id],
                    created_at=now,
                ),
                WaitingPlace(
                    id=ids["place_id"],
                    programme_id=ids["programme_id"],
                    person_id=ids["partner_id"],
                    added_at=now,
                ),
                Carer(
                    id=ids["carer_id"],
                    patient_id=patient,
                    full_name="Carer Example",
                    relation="wife",
                    phone="",
                ),
            ],
            [
                *(
                    CourseMember(course_id=ids["course_id"], person_id=each, seat=seat)
                    for each, seat in (
                        (patient, 0),
                        (self.physios[service_id], None),
                        (self.helpers[service_id], None),
                    )
                ),
                ClassSession(
                    id=ids["class_id"],
                    course_id=ids["course_id"],
                    number=1,
                    starts_at=now + timedelta(minutes=5),
                    ends_at=now + timedelta(minutes=65),
                ),
                PersonalLink(
                    id=ids["link_id"],
                    course_id=ids["course_id"],
                    person_id=patient,
                    token_hash=hash_of(made.token),
                    created_at=now,
                    revoked_at=now if made.is_revoked else None,
                    expires_at=now if made.has_ended else None,
                ),
                Letter(
                    id=ids["letter_id"],
                    key=f"letter {made.name}",
                    kind="invitation",
                    service_id=service_id,
                    person_id=patient,
                    course_id=ids["course_id"],
                    to_address="pat@example.org",
                    subject="Your class",
                    text="Hello",
                    written_at=now,
                    failed_at=now,
                    problem="550",
                ),
            ],
            [
                LinkSession(
                    id=f"{made.name}-browser",
                    link_id=ids["link_id"],
                    secret_hash=hash_of(made.cookie_secret),
                    created_at=now,
                    expires_at=now + timedelta(days=120),
                    proven_at=now if made.is_proven else None,
                )
            ],
        ]


@asynccontextmanager
async def two_services(folder: Path, *, mail_from: str = "") -> AsyncIterator[TwoServices]:
    async with (
        pages_world(folder, mail_from=mail_from) as world,
        ClientSession(cookie_jar=DummyCookieJar()) as asking,
    ):
        watching = sqlite3.connect(folder / "moveroom.sqlite3", isolation_level=None)
        both = TwoServices(world, watching, asking)

        async def add(session: AsyncSession) -> None:
            for service_id in (OWN, OTHER):
                session.add(Service(id=service_id, name=f"Service {service_id}", phone="01632 960000"))

        await world.database.write(add)
        for service_id in (OWN, OTHER):
            lead = await signed_in(world, StaffRole.LEAD, service_id)
            helper = await signed_in(world, StaffRole.HELPER, service_id)
            both.physios[service_id] = await lead.person_id(service_id)
            both.helpers[service_id] = await helper.person_id(service_id)
            if service_id == OWN:
                both.staff = {StaffRole.LEAD: lead, StaffRole.HELPER: helper}
        for role in ROLES:
            if role not in both.staff:
                both.staff[role] = await signed_in(world, role, OWN)
        try:
            yield both
        finally:
            watching.close()


CONSTANTS = {
    "number": "1",
    "name": "seated-knee-class",
    "file": "session.json",
    "tail": "",
    "key": "k" * 43,
}


def parameters(route: AbstractRoute) -> list[str]:
    """The names of the parameters in a route's address."""
    assert route.resource is not None
    pattern = route.resource.get_info().get("pattern")
    return list(pattern.groupindex) if pattern is not None else []


def address(route: AbstractRoute, ids: Mapping[str, str]) -> str:
    """The route's address with these ids; fails for a parameter that no bundle has."""
    assert route.resource is not None
    values = {**CONSTANTS, **ids}
    missing = [name for name in parameters(route) if name not in values]
    assert not missing, (
        f"{route.resource.canonical}: add {missing} to tests/integration/pages/two_services.py"
    )
    path = route.resource.canonical
    for name in parameters(route):
        path = path.replace("{" + name + "}", values[name])
    return path
