"""`/staff/patients/import` and `/staff/courses/{course_id}/import`: patients from a file.

The file is chosen or dropped, looked at row by row, and taken over whole or not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.pages.access import STAFF, staff
from server.pages.forms import form_of
from server.pages.patient_import_examined import Examined, columns_for, examine, file_of
from server.pages.patients import chosen_service, services_of
from server.pages.patients_here import HERE, course_here, page_number, today
from server.pages.patients_on_course import COURSES, list_address
from server.pages.patients_placing import tell_rooms
from server.pages.pending_files import PendingFile
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.uploads import upload_of
from server.pages.way_in import see
from server.people.auditing import audit, audit_each
from server.people.patient_import import Rules
from server.people.patient_import_file import MOST_BYTES, MOST_ROWS, template
from server.people.patient_import_match import Stands, store
from server.people.staff import Action, StaffMember
from server.timetable.course_import import newcomers
from server.timetable.enrolment import Places, classes_now, put_on_course, wait_no_longer
from server.timetable.patient_courses import patients_on_course
from server.timetable.telling import invite

routes = web.RouteTableDef()
IMPORT = HERE + "/import"
COURSE_IMPORT = COURSES + "/{course_id}/import"
FILE = "/{file_id:[A-Za-z0-9_-]{1,32}}"

ROWS_ON_A_PAGE = 100
PROBLEMS_SHOWN = 200
FORGOTTEN = "The file is not here any more: we keep it for 30 minutes. Choose it again."


@routes.get(IMPORT)
@routes.get(COURSE_IMPORT)
@staff(Action.KEEP_PATIENTS)
async def show_import(request: web.Request) -> web.Response:
    """Ask for the file."""
    async with request.app[SITE].database.reading() as session:
        course = await _course(request, session)
        services = await services_of(request, session)
    errors = {"file": FORGOTTEN} if "forgotten" in request.query else {}
    return _ask(request, course, services, errors)


@routes.get(IMPORT + "/template.csv")
@routes.get(COURSE_IMPORT + "/template.csv")
@staff(Action.KEEP_PATIENTS)
async def download_template(request: web.Request) -> web.Response:
    """Give a file to fill in."""
    async with request.app[SITE].database.reading() as session:
        course = await _course(request, session)
    return web.Response(
        body=template(columns_for(course is not None)).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="patients.csv"',
            "Cache-Control": "no-store",
        },
    )


@routes.post(IMPORT)
@routes.post(COURSE_IMPORT)
@staff(Action.KEEP_PATIENTS)
async def send_file(request: web.Request) -> web.Response:
    """Take the file into memory, if it is a table of patients, and go on to look at it."""
    site, member = request.app[SITE], request[STAFF]
    async with site.database.reading() as session:
        course = await _course(request, session)
        services = await services_of(request, session)
    try:
        upload = await upload_of(request, field="file", most_bytes=MOST_BYTES)
        service_id = course.service_id if course else chosen_service(services, upload.fields)
        if service_id is None:
            return _ask(request, course, services, {"service": "Select the service that treats them"})
        pending = PendingFile(
            member.account_id, upload.content, service_id, course.course_id if course else None, site.clock()
        )
        await asyncio.to_thread(file_of, pending, _rules(request))
    except Refused as refused:
        if refused.code == "not_yours":
            raise
        return _ask(request, course, services, {"file": refused.words})
    file_id = site.new_id()
    site.pending_files.keep(file_id, pending)
    return see(f"{_address(course)}/{file_id}")


@routes.get(IMPORT + FILE)
@routes.get(COURSE_IMPORT + FILE)
@staff(Action.KEEP_PATIENTS)
async def show_file(request: web.Request) -> web.Response:
    """Show every row, a page at a time, and all that is wrong."""
    site = request.app[SITE]
    async with site.database.reading() as session:
        course = await _course(request, session)
    pending = _pending(request, course)
    if pending is None:
        return see(f"{_address(course)}?forgotten")
    file = await asyncio.to_thread(file_of, pending, _rules(request))
    async with site.database.reading() as session:
        examined = await examine(session, file, pending, course)
    return _preview(request, course, examined, {})


@routes.post(IMPORT + FILE)
@routes.post(COURSE_IMPORT + FILE)
@staff(Action.KEEP_PATIENTS)
async def take_over(request: web.Request) -> web.Response:
    """Store the whole file, compared once more in the same transaction, or nothing of it."""
    site, member = request.app[SITE], request[STAFF]
    now = site.clock()
    form = await form_of(request)
    async with site.database.reading() as session:
        course = await _course(request, session)
    pending = _pending(request, course)
    if pending is None:
        return see(f"{_address(course)}?forgotten")
    file = await asyncio.to_thread(file_of, pending, _rules(request))
    alike = form.get("alike")

    async def work(session: AsyncSession) -> Examined | list[str]:
        examined = await examine(session, file, pending, course)
        if examined.problems or (examined.counts[Stands.LIKELY] and alike not in ("same", "new")):
            return examined
        people = await store(
            session,
            pending.service_id,
            examined.rows,
            site.new_id,
            alike_are_same=alike == "same",
        )
        await _note_all(request, session, member, pending, people, examined, now)
        if course is None:
            return []
        there = {each.person_id for each in await patients_on_course(session, course.course_id)}
        members = await put_on_course(
            session,
            course.course_id,
            newcomers(people, examined.file.referrals, there),
            now,
            new_id=site.new_id,
            new_secret=site.new_secret,
        )
        await wait_no_longer(session, course.course_id, [each.person_id for each in members])
        await invite(session, course.course_id, members, site.letterhead, now)
        return await classes_now(session, course.course_id, now)

    try:
        done = await site.database.write(work)
    except Refused as refused:
        async with site.database.reading() as session:
            examined = await examine(session, file, pending, course)
        return _preview(request, course, examined, {"problems": refused.words})
    if isinstance(done, Examined):
        missing = {} if done.problems else {"alike": "Select whether they are the same people"}
        return _preview(request, course, done, missing)
    site.pending_files.forget(request.match_info["file_id"])
    await tell_rooms(site, done)
    return see(f"{list_address(course.course_id) if course else HERE}?done=imported")


async def _course(request: web.Request, session: AsyncSession) -> Places | None:
    return await course_here(request, session) if "course_id" in request.match_info else None


def _pending(request: web.Request, course: Places | None) -> PendingFile | None:
    """The file of the address, when it is this account's and was sent for this page."""
    site = request.app[SITE]
    found = site.pending_files.get(request.match_info["file_id"], request[STAFF].account_id, site.clock())
    if found is None or found.course_id != (course.course_id if course else None):
        return None
    return found if request[STAFF].may(Action.KEEP_PATIENTS, found.service_id) else None


def _rules(request: web.Request) -> Rules:
    return Rules(today(request), request.app[SITE].test_nhs_numbers_only)


def _address(course: Places | None) -> str:
    return f"{COURSES}/{course.course_id}/import" if course else IMPORT


async def _note_all(
    request: web.Request,
    session: AsyncSession,
    member: StaffMember,
    pending: PendingFile,
    people: Mapping[int, str],
    examined: Examined,
    now: datetime,
) -> None:
    """Note that the file was taken over, and each patient of it."""
    site = request.app[SITE]
    counts = {stands.value: count for stands, count in examined.counts.items()}
    course = {"course_id": pending.course_id} if pending.course_id else {}
    service_id = pending.service_id
    audit(
        session,
        member,
        "import_patients",
        now,
        site.new_id(),
        service_id=service_id,
        detail={**counts, **course},
    )
    await audit_each(
        session,
        member,
        "import_patient",
        now,
        site.new_id,
        service_id=service_id,
        subject_ids=sorted(set(people.values())),
        detail=course or None,
    )


def _ask(
    request: web.Request, course: Places | None, services: Mapping[str, str], errors: Mapping[str, str]
) -> web.Response:
    return staff_page(
        request,
        "staff_import.jinja",
        here=COURSES if course else HERE,
        status=400 if errors else 200,
        errors=errors,
        course=course,
        services=None if course or len(services) == 1 else services,
        address=_address(course),
        back=list_address(course.course_id) if course else HERE,
        columns=columns_for(course is not None),
        most_rows=MOST_ROWS,
    )


def _preview(
    request: web.Request, course: Places | None, examined: Examined, errors: Mapping[str, str]
) -> web.Response:
    if examined.problems:
        count = len(examined.problems)
        some = "1 thing is" if count == 1 else f"{count} things are"
        words = f"{some} wrong in the file. Put it right and send the file again; nothing is saved."
        errors = {"problems": words, **errors}
    pages = -(-len(examined.rows) // ROWS_ON_A_PAGE)
    page = min(page_number(request.query.get("page")), pages)
    return staff_page(
        request,
        "staff_import_preview.jinja",
        here=COURSES if course else HERE,
        status=400 if errors and request.method == "POST" else 200,
        errors=errors,
        course=course,
        examined=examined,
        counts={stands.value: count for stands, count in examined.counts.items()},
        rows=examined.rows[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE],
        problems=examined.problems[:PROBLEMS_SHOWN],
        more_problems=max(0, len(examined.problems) - PROBLEMS_SHOWN),
        page=page,
        pages=pages,
        address=f"{_address(course)}/{request.match_info['file_id']}",
        back=_address(course),
    )
