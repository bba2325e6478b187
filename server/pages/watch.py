"""`/watch/{link_id}`: the sessions to watch, each session's page and files, and what its player reports.

Below `/watch/open` is what everyone may watch; nothing of it is logged. Below a link's id its cookie is
needed, as for the class page. A session somebody may not watch answers as one that is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from server.errors import Refused
from server.ondemand.audience import may_watch, offered
from server.ondemand.folder import LeftOut, RecordedSession, open_within
from server.ondemand.views import Progress, progress_of
from server.ondemand.weeks import week_of_course
from server.pages.access import by_link
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.watch_door import LINK, visit_of
from server.pages.watch_files import FilePart
from server.pages.watch_list import library_page
from server.pages.watch_player import player_page
from server.pages.watch_report import read_report, refusal
from server.pages.watch_visit import Visit
from server.timetable.courses import classes_of

routes = web.RouteTableDef()

SESSION = LINK + "/{name:[a-z0-9-]{1,80}}"
CACHE_OPEN, CACHE_PRIVATE = "public, no-cache", "private, no-cache"
"""A browser may keep the file, and asks each time whether it is still this one and still allowed."""


@routes.get(LINK)
@by_link
async def show_library(request: web.Request) -> web.Response:
    """List what this person may watch: this week's exercises first, then the others, by tag if asked."""
    visit = await visit_of(request)
    if isinstance(visit, web.Response):
        return visit
    site = request.app[SITE]
    now = site.clock()
    week, progress = None, dict[str, Progress]()
    if visit.viewer is not None:
        async with site.database.reading() as session:
            classes = await classes_of(session, visit.viewer.course_id)
            progress.update(await progress_of(session, visit.viewer.person_id))
        week = week_of_course(classes, now, site.zone)
    values = library_page(
        offered(await site.library.sessions(), visit.viewer),
        progress,
        week=week,
        asked_tag=request.query.get("tag"),
        list_address=visit.list_address,
        now=now,
        zone=site.zone,
    )
    return page(request, "library.jinja", visit.service, person=visit.viewer, **values)


@routes.get(SESSION)
@by_link
async def show_player(request: web.Request) -> web.Response:
    """Show one session: its video, captions and parts, from where this person stopped."""
    visit = await visit_of(request)
    if isinstance(visit, web.Response):
        return visit
    site = request.app[SITE]
    session, every = await _session(request, visit)
    progress: Mapping[str, Progress] = {}
    if visit.viewer is not None:
        async with site.database.reading() as reading:
            progress = await progress_of(reading, visit.viewer.person_id)
    values = player_page(
        session,
        offered(every, visit.viewer),
        progress.get(session.name),
        list_address=visit.list_address,
        is_logged=visit.viewer is not None and visit.viewer.is_logged,
        service_phone=visit.service.phone,
        now=site.clock(),
        zone=site.zone,
    )
    return page(
        request, "player.jinja", visit.service, person=visit.viewer, player=site.client.player, **values
    )


@routes.get(SESSION + "/{file:[A-Za-z0-9._-]{1,100}}")
@by_link
async def show_file(request: web.Request) -> web.StreamResponse:
    """Give a file that the session's manifest names, or a range of it; no other."""
    visit = await visit_of(request, recent_will_do=True)
    if isinstance(visit, web.Response):
        return visit
    session, _every = await _session(request, visit)
    name = request.match_info["file"]
    content_type = session.content_types.get(name)
    if content_type is None:
        raise web.HTTPNotFound
    try:
        file = await asyncio.to_thread(open_within, session.folder, name)
    except LeftOut:
        raise web.HTTPNotFound from None
    cache = CACHE_OPEN if visit.viewer is None else CACHE_PRIVATE
    return FilePart(request, file, content_type, cache)


@routes.post(SESSION + "/watched")
@by_link
async def take_report(request: web.Request) -> web.Response:
    """Store what was watched; answer when it is stored. Faults of the storage are answered by `faults`."""
    site = request.app[SITE]
    visit = await visit_of(request)
    try:
        if isinstance(visit, web.Response) or visit.viewer is None:
            raise Refused("not_let_in", "Open your personal link again, then the exercises.")
        try:
            session, _every = await _session(request, visit)
        except web.HTTPNotFound:
            raise Refused("no_such_session", "This session is not there any more. Go to the list.") from None
        if not visit.viewer.is_logged:
            raise Refused("patients_only", "Only what patients watch is kept.")
        report = await read_report(request)
        watched = await site.watch_log.report(
            visit.viewer.person_id, session.name, session.duration_ms, report
        )
    except Refused as refused:
        site.failures[f"report_{refused.code}"] += 1
        return refusal(refused)
    return web.json_response(
        {
            "ok": True,
            "watched_ms": watched.watched_ms,
            "counted": watched.counted,
            "kept_all": watched.kept_all,
        },
        headers={"Cache-Control": "no-store"},
    )


async def _session(
    request: web.Request, visit: Visit
) -> tuple[RecordedSession, Mapping[str, RecordedSession]]:
    """Return the session of the address, and all there are; HTTPNotFound where this person has none."""
    every = await request.app[SITE].library.sessions()
    session = every.get(request.match_info["name"])
    if session is None or not may_watch(session, visit.viewer):
        raise web.HTTPNotFound
    return session, every
