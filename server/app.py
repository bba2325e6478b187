"""The composition root of the web process: everything long-lived is made, owned and closed here."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import ssl
from collections.abc import AsyncIterator
from importlib import import_module

import structlog
from aiohttp import web

from server.config import Settings, SettingsError
from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.log import ContactLog, rules_of
from server.contacts.rounds import SettlingRounds
from server.http_parsing import server_log
from server.ids import new_id, utc_now
from server.lifeline import PORT_PATIENCE_S, watch_supervisor
from server.logs import lost_lines
from server.long_lived import set_apart
from server.media.channel import socket_path
from server.media.pool import MediaPool
from server.ondemand.counting import ViewRule
from server.operations import Operations, add_operations
from server.pages.setup import add_pages
from server.pages.site import SITE
from server.pages.watch_files import hang_up_on_viewers_at_shutdown
from server.people.second_factor import SecondFactors
from server.people.short_codes import ShortCodes, short_code_key
from server.post.mail_server import mail_server_of
from server.post.sending import Postman
from server.rooms.registry import Rooms, on_the_loop
from server.signalling.loop_back import LoopBacks
from server.signalling.namespace import attach_signalling
from server.storage.database import Database

log = structlog.get_logger()

DATABASE = web.AppKey("database", Database)
OPERATIONS = web.AppKey("operations", Operations)
ROOMS = web.AppKey("rooms", Rooms)
MEDIA = web.AppKey("media", MediaPool)
SETTLING = web.AppKey("settling", SettlingRounds)
POSTMAN = web.AppKey("postman", Postman)
LOOPS = web.AppKey("loops", LoopBacks)

GRACE_S = 1.0
"""How long requests that are under way may take when the process is told to stop. A browser that does not
read what it asked for (aiohttp then cancels, and waits as long again) holds the others up for twice this."""

KEEP_ALIVE_S = 30.0
"""How long a browser may keep a connection that it asks nothing on."""


async def make_app(settings: Settings) -> web.Application:
    """Compose the web application; what it opens is opened at its start-up and closed at its clean-up."""
    database = await Database.open(settings.database, alone=True)
    media_sockets = [socket_path(settings.data_dir, worker) for worker in range(settings.worker_count)]
    contact_log = ContactLog(rules_of(settings), new_id)
    rooms = Rooms(
        database,
        lambda on_notice, on_room: MediaPool(media_sockets, on_notice=on_notice, on_room=on_room),
        clock=utc_now,
        new_id=new_id,
        scribe=contact_log,
    )
    app = web.Application()
    hang_up_on_viewers_at_shutdown(app)
    app[DATABASE] = database
    app[ROOMS] = rooms
    app[SETTLING] = SettlingRounds(database, contact_log, clock=utc_now, later=on_the_loop)
    app[LOOPS] = LoopBacks(rooms.media, new_id=new_id)
    app[POSTMAN] = Postman(database, mail_server_of(settings), clock=utc_now, later=on_the_loop)
    add_pages(
        app,
        database=database,
        clock=utc_now,
        base_url=settings.base_url,
        zone=settings.time_zone,
        mail_from=settings.mail_from if settings.sends_mail else "",
        contact_log=contact_log,
        timetable_changed=rooms.timetable_changed,
        check_in_changed=rooms.check_in_changed,
        talk_told=rooms,
        hang_up=rooms.hang_up,
        experience_secrets=ExperienceSecrets(settings.data_dir),
        short_codes=ShortCodes(short_code_key(settings.data_dir)),
        second_factors=SecondFactors(settings.data_dir),
        recordings=settings.recordings_dir,
        view_rule=ViewRule(settings.view_counts_percent, settings.view_counts_minutes),
        test_nhs_numbers_only=settings.test_nhs_numbers_only,
        loop_back=app[LOOPS].answer,
        trusted_proxies=settings.trusted_proxies,
    )
    signalling = attach_signalling(
        app, rooms=rooms, database=database, clock=utc_now, base_url=settings.base_url
    )
    media = rooms.media
    assert isinstance(media, MediaPool)
    app[MEDIA] = media
    operations = Operations(database, rooms, media)
    operations.failures["signalling"] = lambda: signalling.counts
    operations.failures["pages"] = lambda: app[SITE].failures
    operations.failures["library"] = lambda: app[SITE].library.failures
    operations.failures["storage"] = lambda: database.trouble.counts
    operations.failures["post"] = lambda: app[POSTMAN].failures
    operations.failures["rooms"] = lambda: rooms.failures
    operations.failures["http"] = lambda: operations.http_counts
    operations.failures["log"] = lambda: {"line_lost": lost_lines()}
    app[OPERATIONS] = operations
    add_operations(app, operations)
    app.cleanup_ctx.append(_database)
    app.cleanup_ctx.append(_rooms)
    app.cleanup_ctx.append(_loops)
    app.cleanup_ctx.append(_settling)
    app.cleanup_ctx.append(_postman)
    return app


async def _database(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[DATABASE].close()


async def _rooms(app: web.Application) -> AsyncIterator[None]:
    await app[ROOMS].start()
    yield
    await app[ROOMS].close()


async def _loops(app: web.Application) -> AsyncIterator[None]:
    app[LOOPS].start()
    yield
    await app[LOOPS].close()


async def _settling(app: web.Application) -> AsyncIterator[None]:
    app[SETTLING].start()
    yield
    await app[SETTLING].close()


async def _postman(app: web.Application) -> AsyncIterator[None]:
    app[POSTMAN].start()
    yield
    await app[POSTMAN].close()


async def _bound(settings: Settings, stop: asyncio.Event) -> socket.socket:
    """The bound socket; wait a while for a port that another process just lets go of."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + PORT_PATIENCE_S
    family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
    while True:
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.http_host, settings.http_port))
        except OSError as problem:
            bound.close()
            if problem.errno != errno.EADDRINUSE or loop.time() > until_s or stop.is_set():
                raise SettingsError(
                    f"MOVEROOM_HTTP_HOST={settings.http_host}, MOVEROOM_HTTP_PORT={settings.http_port}"
                    f" cannot be used: {os.strerror(problem.errno or 0)}"
                ) from None
        else:
            return bound
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.1)


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """How the web server speaks HTTPS; None where it does not. `SettingsError` for files that are none.

    Python's defaults for servers: TLS 1.2 or newer, with forward secrecy.
    """
    if settings.https_cert is None or settings.https_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.https_cert, settings.https_key)
    except (OSError, ValueError) as wrong:
        raise SettingsError(
            f"MOVEROOM_HTTPS_CERT={settings.https_cert}, MOVEROOM_HTTPS_KEY={settings.https_key}"
            f" cannot be used: {wrong}"
        ) from None
    return context


async def serve_web(settings: Settings) -> int:
    """Serve pages and signalling until SIGTERM, SIGINT or the end of the supervisor; returns 0.

    Raises `SettingsError` when the HTTP address cannot be used; that is found out before anything else is
    touched, and nobody is let in before everything is open.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    unwatch = watch_supervisor(stop.set)
    tls = tls_of(settings)
    with await _bound(settings, stop) as bound:
        app = await make_app(settings)
        operations = app[OPERATIONS]
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=server_log(operations.http_counts),
            shutdown_timeout=GRACE_S,
            keepalive_timeout=KEEP_ALIVE_S,
        )
        try:
            await runner.setup()
            server = runner.server
            assert server is not None
            operations.connections = lambda: len(server.connections)
            await web.SockSite(runner, bound, ssl_context=tls).start()
            log.info("web_ready", port=settings.http_port)
            loop.run_in_executor(None, import_module, "aiortc.sdp")  # for the first offer, which comes soon
            settled = set_apart(on_the_loop)
            await stop.wait()
            settled.cancel()
        finally:
            unwatch()
            app[MEDIA].attach_no_more()
            await runner.cleanup()
    log.info("web_ended")
    return 0
