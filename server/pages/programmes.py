"""`/staff/programmes`: the programmes of one's services, those that others share, and our sample.

| page | |
|---|---|
| `/staff/programmes` | lists; POST to `/sample` makes a programme from our sample |
| `/staff/programmes/new`, `/{id}/change` | the form (`programmes_form`) |
| `/staff/programmes/{id}` | one, read-only for other services when it is shared |
| `/staff/programmes/{id}/plan...` | what each class is about (`programmes_plan`) |
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.contact import ServiceLine
from server.pages.forms import form_of
from server.pages.programmes_words import CONDITIONS, DONE, facts, plan_rows, watchable
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action, StaffMember
from server.storage.tables import Programme, Service
from server.timetable.programme_check_in import set_check_in
from server.timetable.programme_questions import set_questions_held
from server.timetable.programmes import (
    add_programme,
    copy_programme,
    free_title,
    plan_of,
    programmes_of,
    set_archived,
    set_shared,
    shared_with,
)
from server.timetable.sample_programme import SAMPLE, SAMPLE_PLAN
from server.timetable.services import services_of

routes = web.RouteTableDef()

HERE = "/staff/programmes"
ONE = HERE + "/{programme_id:[A-Za-z0-9_-]{1,32}}"


@routes.get(HERE)
@staff(Action.PLAN_PROGRAMMES)
async def show_programmes(request: web.Request) -> web.Response:
    """List the own programmes, those of other services that share them, and the sample."""
    allowed = request[STAFF].services(Action.PLAN_PROGRAMMES)
    archived = request.query.get("archived") == "yes"
    async with request.app[SITE].database.reading() as session:
        own = await programmes_of(session, allowed, archived=archived)
        shared = [] if archived else await shared_with(session, allowed)
        services = await services_of(session, allowed)
    return staff_page(
        request,
        "staff_programmes.jinja",
        here=HERE,
        own=own,
        shared=shared,
        archived=archived,
        services=[(service.id, service.name) for service in services],
        conditions=dict(CONDITIONS),
        sample=SAMPLE,
        form={},
        done=DONE.get(request.query.get("done", "")),
    )


@routes.post(HERE + "/sample")
@staff(Action.PLAN_PROGRAMMES)
async def post_sample(request: web.Request) -> web.Response:
    """Make a service's own programme from our sample."""
    site, now = request.app[SITE], request.app[SITE].clock()
    service_id = (await form_of(request)).get("service", "")
    member = allow(request, Action.PLAN_PROGRAMMES, service_id)
    programme_id, audit_id = site.new_id(), site.new_id()

    async def work(session: AsyncSession) -> None:
        title = await free_title(session, service_id, SAMPLE.title)
        await add_programme(
            session,
            member,
            service_id,
            replace(SAMPLE, title=title),
            now,
            programme_id=programme_id,
            audit_id=audit_id,
            plan=SAMPLE_PLAN,
        )

    await site.database.write(work)
    return see(f"{HERE}/{programme_id}?done=copied")


@routes.get(ONE)
@staff(Action.PLAN_PROGRAMMES)
async def show_programme(request: web.Request) -> web.Response:
    """Show a programme and its plan: an own one to be changed, a shared one to be copied."""
    site, member = request.app[SITE], request[STAFF]
    async with site.database.reading() as session:
        programme = await session.get(Programme, request.match_info["programme_id"])
        if programme is None or not _may_see(member, programme):
            raise not_yours()
        service = await session.get_one(Service, programme.service_id)
        services = await services_of(session, member.services(Action.PLAN_PROGRAMMES))
    return staff_page(
        request,
        "staff_programmes_one.jinja",
        here=HERE,
        service=ServiceLine(service.name, service.phone),
        programme=programme,
        is_own=member.may(Action.PLAN_PROGRAMMES, programme.service_id),
        facts=facts(programme),
        plan=plan_rows(plan_of(programme), await site.library.sessions()),
        services=[(each.id, each.name) for each in services],
        form={},
        done=DONE.get(request.query.get("done", "")),
    )


@routes.post(ONE + "/copy")
@staff(Action.PLAN_PROGRAMMES)
async def post_copy(request: web.Request) -> web.Response:
    """Make a service's own copy of a programme that one may see."""
    site, now = request.app[SITE], request.app[SITE].clock()
    service_id = (await form_of(request)).get("service", "")
    member = allow(request, Action.PLAN_PROGRAMMES, service_id)
    source_id = request.match_info["programme_id"]
    copy_id, audit_id = site.new_id(), site.new_id()
    library = await site.library.sessions()

    async def work(session: AsyncSession) -> None:
        source = await session.get(Programme, source_id)
        if source is None or not _may_see(member, source):
            raise not_yours()
        service = await session.get_one(Service, service_id)
        await copy_programme(
            session,
            member,
            source,
            service_id,
            now,
            programme_id=copy_id,
            audit_id=audit_id,
            keep=watchable(library, source.title, service.name),
        )

    await site.database.write(work)
    return see(f"{HERE}/{copy_id}?done=copied")


@routes.post(ONE + "/share")
@staff(Action.PLAN_PROGRAMMES)
async def post_share(request: web.Request) -> web.Response:
    """Let other services make their own copies of it, or (`no`) no longer."""
    now, audit_id = request.app[SITE].clock(), request.app[SITE].new_id()
    is_shared = (await form_of(request)).get("share") != "no"

    async def work(session: AsyncSession) -> str:
        programme, member = await own_programme(request, session)
        await set_shared(session, member, programme, is_shared, now, audit_id=audit_id)
        return programme.id

    programme_id = await request.app[SITE].database.write(work)
    return see(f"{HERE}/{programme_id}?done={'shared' if is_shared else 'unshared'}")


@routes.post(ONE + "/check-in")
@staff(Action.PLAN_PROGRAMMES)
async def post_check_in(request: web.Request) -> web.Response:
    """Have its patients check in before each class, or (`no`) no longer."""
    now, audit_id = request.app[SITE].clock(), request.app[SITE].new_id()
    has_check_in = (await form_of(request)).get("check-in") != "no"

    async def work(session: AsyncSession) -> str:
        programme, member = await own_programme(request, session)
        await set_check_in(session, member, programme, has_check_in, now, audit_id=audit_id)
        return programme.id

    programme_id = await request.app[SITE].database.write(work)
    return see(f"{HERE}/{programme_id}?done={'check-in-on' if has_check_in else 'check-in-off'}")


@routes.post(ONE + "/questions")
@staff(Action.PLAN_PROGRAMMES)
async def post_questions(request: web.Request) -> web.Response:
    """Have staff approve questions before the group sees them, or (`no`) no longer."""
    now, audit_id = request.app[SITE].clock(), request.app[SITE].new_id()
    held = (await form_of(request)).get("hold") != "no"

    async def work(session: AsyncSession) -> str:
        programme, member = await own_programme(request, session)
        await set_questions_held(session, member, programme, held, now, audit_id=audit_id)
        return programme.id

    programme_id = await request.app[SITE].database.write(work)
    return see(f"{HERE}/{programme_id}?done={'questions-held' if held else 'questions-shown'}")


@routes.post(ONE + "/archive")
@staff(Action.PLAN_PROGRAMMES)
async def post_archive(request: web.Request) -> web.Response:
    """Take it out of use, or (`no`) bring it back."""
    now, audit_id = request.app[SITE].clock(), request.app[SITE].new_id()
    is_archived = (await form_of(request)).get("archive") != "no"

    async def work(session: AsyncSession) -> str:
        programme, member = await own_programme(request, session)
        await set_archived(session, member, programme, is_archived, now, audit_id=audit_id)
        return programme.id

    programme_id = await request.app[SITE].database.write(work)
    return see(f"{HERE}/{programme_id}?done={'archived' if is_archived else 'restored'}")


async def own_programme(request: web.Request, session: AsyncSession) -> tuple[Programme, StaffMember]:
    """Return the programme in the address, if one may change it, and who is signed in."""
    programme = await session.get(Programme, request.match_info["programme_id"])
    if programme is None:
        raise not_yours()
    return programme, allow(request, Action.PLAN_PROGRAMMES, programme.service_id)


def _may_see(member: StaffMember, programme: Programme) -> bool:
    if member.may(Action.PLAN_PROGRAMMES, programme.service_id):
        return True
    return programme.is_shared and programme.archived_at is None
