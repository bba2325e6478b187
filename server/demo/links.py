"""Everybody's personal link to the demo, made from a secret file so that it survives restarts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.config import SettingsError
from server.demo.courses import current_course
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import CourseMember, Person, PersonalLink, Programme
from server.timetable.courses import classes_of


@dataclass(frozen=True, slots=True)
class DemoLink:
    """One person's link."""

    name: str
    url: str
    link_id: str
    """The link's public name, which stands in the addresses of its pages."""


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
        of = (await session.scalars(select(Programme.class_count))).one()
        classes = await classes_of(session, course.id)
        current = next(each for each in classes if each.ended_at is None and each.cancelled_at is None)
        rows = list(
            await session.execute(
                select(Person, PersonalLink.id)
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
        of_role = [(person, link_id) for person, link_id in rows if person.role == role]
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
            "Open a physio's link and some patients' links, each in a tab; the physio lets the patients in.",
            f"Sessions to watch at home (ready half a minute after the first start): {links.watch}",
            f"The month's figures, in a browser in which {links.physios[0].name} has joined:",
            links.measures,
            "",
        ]
    )
