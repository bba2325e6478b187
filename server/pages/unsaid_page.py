"""`/staff/classes/{class_id}/what-became`: staff say after class what became of a patient."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.after_safety import CALL_CHOICES, LOSS_CHOICES
from server.pages.fields import Fields
from server.pages.forms import form_of
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.today import HERE, about_class, service_line
from server.pages.unsaid import About, Unsaid, unsaid_of
from server.pages.waiting_room import CLASS
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.staff import Action
from server.storage.tables import HelpCall, LossAccount
from server.timetable.today import OwnClass, own_class_of

routes = web.RouteTableDef()

CHOICES: Mapping[About, Mapping[str, str]] = {About.LOSS: LOSS_CHOICES, About.CALL: CALL_CHOICES}
MOST_CHARS = 1000


@routes.get(CLASS + "/what-became")
@staff(Action.RUN_CLASSES)
async def show_what_became(request: web.Request) -> web.Response:
    """Ask of each patient what became of her."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        own = await _own(request, session)
        found = await unsaid_of(session, own.session.id, site.zone)
    return _page(request, own, found, {}, {})


@routes.post(CLASS + "/what-became")
@staff(Action.RUN_CLASSES)
async def send_what_became(request: web.Request) -> web.Response:
    """Keep what became of one patient. Where a colleague was quicker, nothing is replaced."""
    site = request.app[SITE]
    form = await form_of(request)
    async with site.database.reading() as session:
        own = await _own(request, session)
        found = await unsaid_of(session, own.session.id, site.zone)
    meant = next((each for each in found if f"{each.about}-{each.id}" == form.get("of")), None)
    if meant is None:
        raise Refused(
            "said_already", "Somebody has said meanwhile what became of this patient. Look at Today again."
        )
    fields = Fields(form)
    done = fields.choice("done", CHOICES[meant.about], "Select what was done")
    note = fields.lines("note", None, most=MOST_CHARS)
    if fields.errors or done is None:
        return _page(request, own, found, form, fields.errors)
    member, now, audit_id = request[STAFF], site.clock(), site.new_id()
    by = member.people.get(own.service.id)
    if by is None:
        raise not_yours()

    async def work(session: AsyncSession) -> bool:
        if meant.about is About.LOSS:
            if meant not in await unsaid_of(session, own.session.id, site.zone):
                return False
            row = {"class_id": meant.class_id, "person_id": meant.person_id, "lost_at": meant.at}
            await session.execute(insert(LossAccount).values(**row, done=done, note=note, at=now, by_id=by))
        else:
            settled = await session.scalar(
                update(HelpCall)
                .where(HelpCall.id == meant.id, HelpCall.settled_at.is_(None))
                .values(settled_at=now, settled_by=by, done=done, done_note=note)
                .returning(HelpCall.id)
            )
            if settled is None:
                return False
        audit(
            session,
            member,
            "account_for" if meant.about is About.LOSS else "settle_help",
            now,
            audit_id,
            service_id=own.service.id,
            subject_id=meant.person_id,
            class_id=meant.class_id,
            detail={"done": done},
        )
        return True

    if not await site.database.write(work):
        raise Refused(
            "said_already", "Somebody has said meanwhile what became of this patient. Look at Today again."
        )
    return see(HERE if len(found) == 1 else f"/staff/classes/{own.session.id}/what-became")


async def _own(request: web.Request, session: AsyncSession) -> OwnClass:
    """The class in the address, if it is one's own; the same words whether there is such a class or not."""
    own = await own_class_of(session, request[STAFF], request.match_info["class_id"])
    if own is None:
        raise not_yours()
    allow(request, Action.RUN_CLASSES, own.service.id)
    return own


def _page(
    request: web.Request,
    own: OwnClass,
    found: list[Unsaid],
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> web.Response:
    site = request.app[SITE]
    return staff_page(
        request,
        "staff_what_became.jinja",
        here=HERE,
        service=service_line(own),
        status=400 if errors else 200,
        found=found,
        choices=CHOICES,
        values=values,
        errors=errors,
        **about_class(own, site.clock(), site.zone),
    )
