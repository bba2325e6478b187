"""Puts the pages into the web application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
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
    account,
    administration_pages,
    after_class,
    before_class_pages,
    cancel_class,
    cannot_come,
    class_page,
    code_door,
    courses_pages,
    device_check,
    experience,
    link_pages,
    measures,
    messages,
    patients_pages,
    personal_link,
    setup_account,
    sign_in,
    watch,
    watch_door,
)
from server.pages.access import anybody
from server.pages.check_in_told import CheckInChanged, nobody_is_told
from server.pages.client_files import client_folder, read_client_files, static_route
from server.pages.contact import Contact
from server.pages.door_rates import DoorRates
from server.pages.faults import faults_as_pages
from server.pages.hanging_up import HangUp, nobody_to_hang_up_on
from server.pages.loop import LoopBack, no_loop_back
from server.pages.rates import PROXIES, Networks
from server.pages.rendering import compile_others, template_environment
from server.pages.security import add_security_headers
from server.pages.sign_in_rates import SignInRates
from server.pages.site import SITE, Site
from server.pages.talk_told import NobodyTalks, TalkTold
from server.people.links import purge_sessions
from server.people.passwords import Passwords
from server.people.second_factor import SecondFactors
from server.people.short_codes import ShortCodes
from server.people.sign_in import SignIn
from server.people.staff_sessions import purge_staff_sessions
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
    short_codes: ShortCodes,
    second_factors: SecondFactors,
    recordings: Path,
    view_rule: ViewRule,
    zone: ZoneInfo = LONDON,
    mail_from: str = "",
    dist: Path | None = None,
    id_source: Callable[[], str] = new_id,
    secret_source: Callable[[], str] = new_token,
    chance: Random | None = None,
    test_nhs_numbers_only: bool = False,
    loop_back: LoopBack = no_loop_back,
    check_in_changed: CheckInChanged = nobody_is_told,
    talk_told: TalkTold | None = None,
    hang_up: HangUp = nobody_to_hang_up_on,
    trusted_proxies: Networks = (),
    monotonic_s: Callable[[], float] = time.monotonic,
) -> None:
    """Add routes, static files, security headers and the pages for faults to `app`.

    `base_url` is the address under which people reach the server (cookies are Secure when it is https).
    `dist` is the folder of built client files, by default the wheel's or the checkout's; `ClientNotBuilt`
    when there is nothing in it. `recordings` is the folder of the sessions on demand; `mail_from` the address
    from which e-mails are sent, empty when none are. The headers and the
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
        short_codes=short_codes,
        door_rates=DoorRates.made(monotonic_s),
        sign_in=SignIn(database, Passwords(), second_factors, id_source, secret_source),
        sign_in_rates=SignInRates.made(monotonic_s),
        library=Library(recordings, monotonic_s=monotonic_s),
        watch_log=WatchLog(database, view_rule, clock=clock, new_id=id_source, monotonic_s=monotonic_s),
        chance=chance or SystemRandom(),
        mail_from=mail_from,
        test_nhs_numbers_only=test_nhs_numbers_only,
        loop_back=loop_back,
        check_in_changed=check_in_changed,
        talk_told=talk_told or NobodyTalks(),
        hang_up=hang_up,
    )
    app[SITE] = site
    app[PROXIES] = trusted_proxies
    app.middlewares.append(faults_as_pages)
    add_security_headers(app, is_https=site.is_https)
    static = static_route(site.client)
    anybody(static.handler)
    app.add_routes([static, *code_door.routes, *personal_link.routes, *class_page.routes])
    app.add_routes(link_pages.routes)
    app.add_routes([*cannot_come.routes, *cancel_class.routes])
    app.add_routes([*after_class.routes, *experience.routes, *measures.routes])
    app.add_routes([*watch_door.routes, *watch.routes])
    app.add_routes(device_check.routes)
    app.add_routes(before_class_pages.routes)
    app.add_routes([*sign_in.routes, *setup_account.routes, *account.routes])
    app.add_routes(courses_pages.routes)
    app.add_routes(patients_pages.routes)
    app.add_routes(messages.routes)
    app.add_routes(administration_pages.routes)
    app.on_startup.append(_learn_contact)
    app.on_startup.append(_purge_sessions)
    app.on_cleanup.append(_end_passwords)
    app.cleanup_ctx.append(_compile_templates)


async def _compile_templates(app: web.Application) -> AsyncIterator[None]:
    """Compile what nobody waits for yet beside the first requests: so a server is back sooner."""
    work = partial(compile_others, app[SITE].templates, client_folder() / "templates")
    compiling = asyncio.get_running_loop().run_in_executor(None, work)
    yield
    await compiling


async def _learn_contact(app: web.Application) -> None:
    """Read the phone number before the first request, so that even the first fault can show it."""
    await app[SITE].contact.of_server()


async def _purge_sessions(app: web.Application) -> None:
    """Forget the browsers that are let in no more; when the storage cannot, the next start will."""
    site = app[SITE]
    now = site.clock()
    try:
        await site.database.write(lambda session: purge_sessions(session, now))
        await site.database.write(lambda session: purge_staff_sessions(session, now))
    except StorageFailed as failed:
        log.warning("sessions_not_purged", fault=str(failed.fault))


async def _end_passwords(app: web.Application) -> None:
    app[SITE].sign_in.passwords.close()
