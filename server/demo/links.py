"""Everybody's personal link to the demo, made from a secret file so that it survives restarts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.config import SettingsError
from server.demo.courses import current_course
from server.people.links import hash_of
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import Course, CourseMember, Patient, Person, PersonalLink, Programme
from server.timetable.courses import classes_of


@dataclass(frozen=True, slots=True)
class DemoLink:
    """One person's link."""

    name: str
    url: str
    link_id: str
    """The link's public name, which stands in the addresses of its pages."""
    born: date | None = None
    """The date of birth that is asked for, where one is."""


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """All links of the demo, with absolute addresses, and the class that is open."""

    base_url: str
    class_id: str
    class_name: str
    physios: tuple[DemoLink, ...]
    """The lead first."""
    helper: DemoLink
    patients: tuple[DemoLink, ...]
    staff: str = ""
    """Where the lead's account is set up, or signed in to."""
    checked_in: tuple[DemoLink, ...] = ()
    """Of the patients of the course that checks in, which has a class now too."""
    checked_in_class: str = ""

    @property
    def measures(self) -> str:
        """Address of the month's figures; opens in a browser in which the lead's link was opened."""
        return f"{self.base_url}/measures/{self.physios[0].link_id}"

    @property
    def watch(self) -> str:
        """Address of the sessions that everyone may watch."""
        return f"{self.base_url}/watch/open"

    def as_json(self) -> dict[str, Any]:
        """Return the addresses for programs (`--links-json`)."""
        return {
            "base_url": self.base_url,
            "class_id": self.class_id,
            "physio": self.physios[0].url,
            "physios": [link.url for link in self.physios],
            "helper": self.helper.url,
            "patients": [link.url for link in self.patients],
            "measures": self.measures,
            "watch": self.watch,
            "staff": self.staff,
            "check_in": [
                {"name": link.name, "url": link.url, "born": link.born.isoformat() if link.born else None}
                for link in self.checked_in
            ],
        }


def demo_secret(data_dir: Path) -> bytes:
    """Return the secret from which the links are made, from `data_dir`/demo-secret (made when missing)."""
    path = data_dir / "demo-secret"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes()
        if len(secret) < 32:
            raise SettingsError(f"{path} is damaged; remove it, and the demo's links will be new") from None
        return secret
    with os.fdopen(handle, "wb") as file:
        secret = secrets.token_bytes(32)
        file.write(secret)
    return secret


def link_token(secret: bytes, link_id: str) -> str:
    """Return the token of a demo link: 256 bits by HMAC-SHA-256, as 43 URL-safe characters."""
    digest = hmac.digest(secret, f"personal link {link_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def demo_links(database: Database, secret: bytes, base_url: str) -> DemoLinks:
    """Return everybody's link and the class that comes first."""
    async with database.reading() as session:
        course = await current_course(session)
        of = (await session.get_one(Programme, course.programme_id)).class_count
        classes = await classes_of(session, course.id)
        current = next(each for each in classes if each.ended_at is None and each.cancelled_at is None)
        rows = list(
            await session.execute(
                select(Person, PersonalLink)
                .join(PersonalLink, PersonalLink.person_id == Person.id)
                .join(
                    CourseMember,
                    (CourseMember.person_id == Person.id) & (CourseMember.course_id == course.id),
                )
                .where(PersonalLink.course_id == course.id, PersonalLink.revoked_at.is_(None))
                .order_by(CourseMember.seat)
            )
        )

    def links(role: Role) -> tuple[DemoLink, ...]:
        of_role = [
            (person, link.id)
            for person, link in rows
            if person.role == role and link.token_hash == hash_of(link_token(secret, link.id))
        ]
        of_role.sort(key=lambda each: each[0].id != course.lead_id)
        return tuple(
            DemoLink(person.full_name, f"{base_url}/j/{link_token(secret, link_id)}", link_id)
            for person, link_id in of_role
        )

    return DemoLinks(
        base_url=base_url,
        class_id=current.id,
        class_name=f"{course.title}, class {current.number} of {max(of, current.number)}",
        physios=links(Role.PHYSIO),
        helper=links(Role.HELPER)[0],
        patients=links(Role.PATIENT),
    )


async def links_with_birth_dates(
    database: Database, secret: bytes, base_url: str, course_id: str
) -> tuple[str, tuple[DemoLink, ...]]:
    """Return which class of a course comes first, and its patients' links that are made from the secret."""
    async with database.reading() as session:
        course = await session.get_one(Course, course_id)
        of = (await session.get_one(Programme, course.programme_id)).class_count
        classes = await classes_of(session, course_id)
        coming = [each for each in classes if each.ended_at is None and each.cancelled_at is None]
        rows = await session.execute(
            select(Person.full_name, PersonalLink.id, PersonalLink.token_hash, Patient.date_of_birth)
            .join(PersonalLink, PersonalLink.person_id == Person.id)
            .join(Patient, Patient.person_id == Person.id)
            .where(PersonalLink.course_id == course_id, PersonalLink.revoked_at.is_(None))
            .order_by(PersonalLink.id)
        )
        found = tuple(
            DemoLink(name, f"{base_url}/j/{link_token(secret, link_id)}", link_id, born)
            for name, link_id, token_hash, born in rows
            if token_hash == hash_of(link_token(secret, link_id))
        )
    if not coming or course.archived_at is not None:
        return "", ()
    return f"{course.title}, class {coming[0].number} of {max(of, coming[0].number)}", found


def _checking_in(links: DemoLinks) -> list[str]:
    """The lines about the course whose patients check in."""
    if not links.checked_in:
        return []
    width = max(len(link.name) for link in links.checked_in)
    return [
        f"About to start: {links.checked_in_class}. Its patients give their date of birth, check their",
        f"device and check in; {links.physios[0].name} reads the answers on Today, in the staff's pages:",
        "",
        *(
            f"patient  {link.name:<{width}}  born {_spoken(link.born)}  {link.url}"
            for link in links.checked_in
        ),
        "",
    ]


def _spoken(born: date | None) -> str:
    """As the page asks for it."""
    return f"{born.day:>2} {born.month:>2} {born.year}" if born else "not known"


def links_table(links: DemoLinks) -> str:
    """Return the links as a table for a terminal, one person a line."""
    physios = [("physio", link) for link in links.physios]
    patients = [("patient", link) for link in links.patients]
    everybody = [*physios, ("helper", links.helper), *patients]
    width = max(len(link.name) for _role, link in everybody)
    lines = [f"{role:<7}  {link.name:<{width}}  {link.url}" for role, link in everybody]
    return "\n".join(
        [
            "",
            f"Moveroom is running at {links.base_url}",
            f"Open now: {links.class_name}. Each person has a link of their own:",
            "",
            *lines,
            "",
            *_checking_in(links),
            "Open a physio's link and some patients' links, each in a tab; the physio lets the patients in.",
            f"Sessions to watch at home (ready half a minute after the first start): {links.watch}",
            f"The month's figures, in a browser in which {links.physios[0].name} has joined:",
            links.measures,
            f"Staff's pages (choose {links.physios[0].name}'s password there first; an authenticator app is"
            " needed):",
            links.staff,
            "",
        ]
    )
