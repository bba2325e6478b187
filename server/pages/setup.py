"""Puts the pages into the web application."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random, SystemRandom
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.log import ContactLog
from server.ids import Clock, new_id, new_token
from server.ondemand.counting import ViewRule
from server.ondemand.library import Library
from server.ondemand.watching import WatchLog
from server.pages import (
    after_class,
    cancel_class,
    cannot_come,
    class_page,
    experience,
    front,
    measures,
    personal_link,
    watch,
    watch_door,
)
from server.pages.client_files import client_folder, read_client_files, static_route
from server.pages.contact import Contact
from server.pages.faults import faults_as_pages
from server.pages.rendering import template_environment
from server.pages.security import add_security_headers
from server.pages.site import SITE, Site
from server.people.links import purge_sessions
from server.storage.database import Database, StorageFailed
from server.timetable.spoken import LONDON

log = structlog.get_logger(__name__)


def add_pages(
    app: web.Application,
    *,
    database: Database,
    clock: Clock,
    base_url: str,
    contact_log: ContactLog,
    timetable_changed: Callable[[str], Awaitable[None]],
    experience_secrets: ExperienceSecrets,
    recordings: Path,
    view_rule: ViewRule,
    zone: ZoneInfo = LONDON,
    dist: Path | None = None,
    id_source: Callable[[], str] = new_id,
    secret_source: Callable[[], str] = new_token,
    chance: Random | None = None,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> None:
    """Add routes, static files, security headers and the pages for faults to `app`.

    `base_url` is the address under which people reach the server (cookies are Secure when it is https).
    `dist` is the folder of built client files, by default the wheel's or the checkout's; `ClientNotBuilt`
    when there is nothing in it. `recordings` is the folder of the sessions on demand. The headers and the
    check of where a POST comes from hold for every route of `app`, also those that others add.
    """
    home = client_folder()
    site = Site(
        database=database,
        clock=clock,
        zone=zone,
        base_url=base_url,
        new_id=id_source,
        new_secret=secret_source,
        client=read_client_files(dist or home / "dist"),
        templates=template_environment(home / "templates"),
        contact=Contact(database),
        contact_log=contact_log,
        timetable_changed=timetable_changed,
        experience_secrets=experience_secrets,
        library=Library(recordings, monotonic_s=monotonic_s),
        watch_log=WatchLog(database, view_rule, clock=clock, new_id=id_source, monotonic_s=monotonic_s),
        chance=chance or SystemRandom(),
    )
    app[SITE] = site
    app.middlewares.append(faults_as_pages)
    add_security_headers(app, is_https=site.is_https)
    app.add_routes([static_route(site.client), *front.routes, *personal_link.routes, *class_page.routes])
    app.add_routes([*cannot_come.routes, *cancel_class.routes])
    app.add_routes([*after_class.routes, *experience.routes, *measures.routes])
    app.add_routes([*watch_door.routes, *watch.routes])
    app.on_startup.append(_learn_contact)
    app.on_startup.append(_purge_sessions)


async def _learn_contact(app: web.Application) -> None:
    """Read the phone number before the first request, so that even the first fault can show it."""
    await app[SITE].contact.of_server()


async def _purge_sessions(app: web.Application) -> None:
    """Forget the browsers that are let in no more; when the storage cannot, the next start will."""
    site = app[SITE]
    now = site.clock()
    try:
        await site.database.write(lambda session: purge_sessions(session, now))
    except StorageFailed as failed:
        log.warning("sessions_not_purged", fault=str(failed.fault))
