"""`/staff/messages`: what became of the e-mails to patients, and trying again what was given up."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.access import STAFF, allow, not_yours, staff
from server.pages.messages_words import (
    STATES,
    answer_of,
    kind_in_words,
    problem_in_words,
    state_in_words,
)
from server.pages.site import SITE
from server.pages.staff_page import staff_page
from server.pages.way_in import see
from server.people.auditing import audit
from server.people.staff import Action
from server.post.record import Asked, State, letter_of, read_post
from server.storage.tables import Course
from server.timetable.telling import send_again

routes = web.RouteTableDef()

HERE = "/staff/messages"


@routes.get(HERE)
@staff(Action.INVITE)
async def show_messages(request: web.Request) -> web.Response:
    """Show a page of e-mails, the newest first: all, those of one course, those in one state."""
    site, now = request.app[SITE], request.app[SITE].clock()
    scope = request[STAFF].services(Action.INVITE)
    course_id = request.query.get("course") or None
    state = next((each for each in State if each == request.query.get("state")), None)
    async with site.database.reading() as session:
        post = await read_post(session, Asked(scope, course_id, state, _page(request.query.get("page"))))
        course = await session.get(Course, course_id) if course_id and post.total else None
    rows = [
        {
            "letter": letter,
            "kind": kind_in_words(letter.kind),
            "state": state_in_words(letter, now, site.zone, sends_mail=site.letterhead.sends_mail),
            "problem": problem_in_words(letter.problem),
            "answer": answer_of(letter.problem),
        }
        for letter in post.letters
    ]
    done = "We are sending the email again." if request.query.get("done") == "again" else None
    return staff_page(
        request,
        "staff_messages.jinja",
        here=HERE,
        rows=rows,
        post=post,
        course=course,
        state=state,
        states=[(None, "All", post.total, _address(course_id, None))]
        + [(each, words, post.counts[each], _address(course_id, each)) for each, words in STATES.items()],
        everything=HERE,
        newer=_address(course_id, state, post.page - 1) if post.page > 1 else None,
        older=_address(course_id, state, post.page + 1) if post.page < post.pages else None,
        sends_mail=site.letterhead.sends_mail,
        done=done,
    )


@routes.post(HERE + "/{letter_id:[A-Za-z0-9_-]{1,32}}/again")
@staff(Action.INVITE)
async def post_again(request: web.Request) -> web.Response:
    """Have an e-mail that was given up sent once more."""
    site, now = request.app[SITE], request.app[SITE].clock()
    letter_id = request.match_info["letter_id"]
    async with site.database.reading() as session:
        found = await letter_of(session, letter_id)
    if found is None or found.service_id is None:
        raise not_yours()
    member = allow(request, Action.INVITE, found.service_id)
    audit_id = site.new_id()

    async def work(session: AsyncSession) -> bool:
        letter = await letter_of(session, letter_id)
        tried = letter is not None and await send_again(session, letter, now)
        if tried:
            audit(
                session,
                member,
                "send_message_again",
                now,
                audit_id,
                service_id=found.service_id,
                subject_id=found.person_id,
                detail={"letter_id": letter_id},
            )
        return tried

    tried = await site.database.write(work)
    return see(f"{HERE}?done=again" if tried else HERE)


def _page(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 6 else 1


def _address(course_id: str | None, state: State | None, page: int = 1) -> str:
    asked = {"course": course_id, "state": state, "page": page if page > 1 else None}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{HERE}?{query}" if query else HERE
