"""`/staff/programmes/{id}/plan`: what each class is about; `/plan/{number}`: what is watched with it."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import staff
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.programmes import HERE, ONE, own_programme
from server.pages.programmes_words import SessionChoice, watchable
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.staff import Action
from server.storage.tables import Programme, Service
from server.timetable.programmes import MOST_SESSIONS, PlannedClass, plan_classes, plan_of

routes = web.RouteTableDef()

PLAN = ONE + "/plan"
ONE_CLASS = PLAN + "/{number:[0-9]{1,2}}"


@routes.get(PLAN)
@staff(Action.PLAN_PROGRAMMES)
async def show_plan(request: web.Request) -> web.Response:
    """Ask what each class is about."""
    async with request.app[SITE].database.reading() as session:
        programme, _member = await own_programme(request, session)
    topics = {f"topic-{number}": each.topic for number, each in enumerate(plan_of(programme), start=1)}
    return _topics_page(request, programme, topics, {})


@routes.post(PLAN)
@staff(Action.PLAN_PROGRAMMES)
async def post_plan(request: web.Request) -> web.Response:
    """Write down what each class is about."""
    site, now, audit_id = request.app[SITE], request.app[SITE].clock(), request.app[SITE].new_id()
    fields = Fields(await form_of(request))
    async with site.database.reading() as session:
        programme, _member = await own_programme(request, session)
    topics = [fields.text(f"topic-{number + 1}", None) for number in range(programme.class_count)]
    if fields.errors:
        return _topics_page(request, programme, dict(fields.form), fields.errors)

    async def work(session: AsyncSession) -> None:
        programme, member = await own_programme(request, session)
        plan = plan_of(programme)
        given = [*topics, *("" for _ in plan)][: len(plan)]
        changed = [replace(each, topic=topic) for each, topic in zip(plan, given, strict=True)]
        await plan_classes(session, member, programme, changed, now, audit_id=audit_id)

    await site.database.write(work)
    return see(f"{HERE}/{programme.id}?done=planned")


@routes.get(ONE_CLASS)
@staff(Action.PLAN_PROGRAMMES)
async def show_planned_class(request: web.Request) -> web.Response:
    """Ask which recorded sessions go with a class."""
    async with request.app[SITE].database.reading() as session:
        programme, _member = await own_programme(request, session)
        service = await session.get_one(Service, programme.service_id)
    number = _number(request, programme)
    choices = await _choices(request, programme, service)
    chosen = plan_of(programme)[number - 1].sessions
    return _sessions_page(request, programme, number, choices, {box(name): "yes" for name in chosen}, {})


@routes.post(ONE_CLASS)
@staff(Action.PLAN_PROGRAMMES)
async def post_planned_class(request: web.Request) -> web.Response:
    """Write down which recorded sessions go with a class."""
    site, now, audit_id = request.app[SITE], request.app[SITE].clock(), request.app[SITE].new_id()
    form = await form_of(request)
    async with site.database.reading() as session:
        programme, _member = await own_programme(request, session)
        service = await session.get_one(Service, programme.service_id)
    number = _number(request, programme)
    choices = await _choices(request, programme, service)
    ticked = tuple(name for name in choices if form.get(box(name)))
    if len(ticked) > MOST_SESSIONS:
        errors = {"sessions": f"Select {MOST_SESSIONS} sessions or fewer"}
        return _sessions_page(request, programme, number, choices, dict(form), errors)

    async def work(session: AsyncSession) -> None:
        programme, member = await own_programme(request, session)
        plan: list[PlannedClass] = plan_of(programme)
        if number > len(plan):
            raise _no_such_class()
        away = tuple(name for name in plan[number - 1].sessions if name not in choices)
        plan[number - 1] = replace(plan[number - 1], sessions=(ticked + away)[:MOST_SESSIONS])
        await plan_classes(session, member, programme, plan, now, audit_id=audit_id)

    await site.database.write(work)
    return see(f"{HERE}/{programme.id}?done=planned")


def box(name: str) -> str:
    """Return the name of a session's box."""
    return f"session-{name}"


async def _choices(request: web.Request, programme: Programme, service: Service) -> dict[str, SessionChoice]:
    return watchable(await request.app[SITE].library.sessions(), programme.title, service.name)


def _number(request: web.Request, programme: Programme) -> int:
    number = int(request.match_info["number"])
    if not 1 <= number <= programme.class_count:
        raise _no_such_class()
    return number


def _no_such_class() -> Refused:
    return Refused("no_such_class", "The programme has no class with this number. Go back and look again.")


def _topics_page(
    request: web.Request, programme: Programme, form: dict[str, str], errors: dict[str, str]
) -> web.Response:
    return staff_page(
        request,
        "staff_programmes_plan.jinja",
        here=HERE,
        status=400 if errors else 200,
        programme=programme,
        form=form,
        errors=errors,
    )


def _sessions_page(
    request: web.Request,
    programme: Programme,
    number: int,
    choices: dict[str, SessionChoice],
    form: dict[str, str],
    errors: dict[str, str],
) -> web.Response:
    return staff_page(
        request,
        "staff_programmes_sessions.jinja",
        here=HERE,
        status=400 if errors else 200,
        programme=programme,
        number=number,
        topic=plan_of(programme)[number - 1].topic,
        boxes=[(box(each.name), each.title, each.about) for each in choices.values()],
        form=form,
        errors=errors,
    )
