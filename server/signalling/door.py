"""Who is at the socket: from the link named in `auth` and that link's cookie to a person and a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from server.errors import Refused
from server.ids import Clock
from server.people.links import Link, browser_of, link_that_let_in, secret_in
from server.rooms.refusals import class_cancelled, class_over
from server.signalling.replies import from_validation
from server.signalling.requests import ConnectAuth
from server.storage.database import Database
from server.storage.tables import ClassSession
from server.timetable.courses import class_just_finished, classes_of, current_class
from server.timetable.doors import Doors, doors, doors_open_at
from server.timetable.steps import Step, next_step_of


@dataclass(frozen=True, slots=True)
class Guest:
    """Who connects, and to which class."""

    person_id: str
    class_id: str
    way_in: str
    """Id of the browser's session by the link: while it is stored, the socket may stay."""


async def who_connects(
    environ: Mapping[str, Any], auth: object, database: Database, clock: Clock, *, is_https: bool = False
) -> Guest:
    """Return who connects; `is_https`: people reach the server by https, so that only cookies count which are
    bound to its host. Raises `Refused` with words, or `ProtocolError` for a wrong `auth`."""
    try:
        link_id = ConnectAuth.model_validate(auth).link
    except ValidationError as error:
        raise from_validation(error) from None
    secret = secret_in(cookies_of(environ), link_id, is_https=is_https)
    now = clock()
    async with database.reading() as session:
        browser = await browser_of(session, link_id, secret, now) if secret else None
        if browser is None:
            raise _not_let_in(await link_that_let_in(session, link_id, secret) if secret else None, now)
        if browser.birth_date_due:
            raise step_missing(Step.BIRTH_DATE)
        holder = browser.holder
        details = await current_class(session, holder.course_id, now)
        just_finished = await class_just_finished(session, holder.course_id, now)
        called_off = any(_is_called_off(each, now) for each in await classes_of(session, holder.course_id))
        step = await next_step_of(session, browser.session_id, details.id if details else None)
    if details is None:
        raise Refused("no_class", "There is no class on this course. Please ring the service.")
    if details.person(holder.person_id) is None:
        raise Refused("not_on_list", f"You are not on the list of this class. Ring {details.service_phone}.")
    match doors(details, now):
        case Doors.CANCELLED:
            raise class_cancelled()
        case Doors.NOT_YET if called_off:
            raise class_cancelled()
        case Doors.NOT_YET if just_finished is not None:
            raise class_over()
        case Doors.NOT_YET:
            raise Refused("too_early", "The class is not open yet. It opens 10 minutes before it starts.")
        case Doors.CLOSED:
            raise class_over()
    if step is not Step.CLASS_ROOM:
        raise step_missing(step)
    return Guest(holder.person_id, details.id, browser.session_id)


def step_missing(step: Step) -> Refused:
    """Refuse whoever has left out a step on the way in; the client loads the class page anew, which leads to
    it.
    """
    words = {
        Step.BIRTH_DATE: "Give your date of birth first. We will ask for it now.",
        Step.CHECK_IN: "Answer the questions before class first. They come now.",
    }.get(step, "There is one more step before class. It comes now.")
    return Refused("step_missing", words)


def _not_let_in(link: Link | None, now: datetime) -> Refused:
    """What is told to a browser whose cookie opens nothing (any more); `link` once gave it."""
    if link is not None and link.revoked:
        return Refused("link_replaced", "We have sent you a newer link. Open that, and press Join class.")
    if link is not None and link.has_ended(now):
        return Refused("link_ended", "Your link has ended. Ring us if you want to come to class again.")
    return Refused("not_let_in", "Open the link we sent you again, and press Join class.")


def _is_called_off(each: ClassSession, now: datetime) -> bool:
    """Whether people would be in this class now, had staff not called it off."""
    return each.cancelled_at is not None and doors_open_at(each) <= now < each.ends_at


def cookies_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the handshake's cookies; one that cannot be read costs only itself."""
    pairs = (each.strip().partition("=") for each in str(environ.get("HTTP_COOKIE", "")).split(";"))
    return {name: value.strip('"') for name, _, value in pairs if name}


def is_same_origin(origin: str | None, environ: Mapping[str, Any], base_url: str) -> bool:
    """Whether a page of this server opened the socket. Programs that are no browser send no Origin.

    `base_url` says by which scheme the server is reached; its host may have other names.
    """
    if origin is None:
        return True
    scheme, _, host = origin.partition("://")
    if base_url and origin == base_url:
        return True
    schemes = (base_url.partition("://")[0],) if base_url else ("http", "https")
    return scheme in schemes and host == environ.get("HTTP_HOST")
