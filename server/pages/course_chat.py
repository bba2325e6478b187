"""`/class/{link_id}/chat`: the course's chat before and after class, by link, without script.

Patients read, write and report; staff of the course also hide, show, approve, hold and pause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from server.errors import Refused
from server.pages.access import by_link
from server.pages.course_chat_words import REASONS, lines_of
from server.pages.forms import form_of
from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.pages.way_in import see
from server.rooms import chat
from server.rooms import commands as c
from server.rooms.chat_stored import EARLIER_AT_ONCE, earlier_messages
from server.rooms.course_talk import Teller, load_talk, talk
from server.rooms.message import ReportReason
from server.timetable.courses import names_on_course

routes = web.RouteTableDef()

PATH = "/class/{link_id:[A-Za-z0-9_-]{1,32}}/chat"
LATEST_ON_PAGE = 100
_KEY_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


@routes.get(PATH)
@by_link
async def show_chat(request: web.Request) -> web.Response:
    """Show the latest messages, or those before one; looking marks nothing as read."""
    return await _chat_page(request)


@routes.post(PATH)
@by_link
async def say_in_chat(request: web.Request) -> web.Response:
    """Do what the form says, tell open classes of the course, and show the chat again."""
    site = request.app[SITE]
    form = await form_of(request)
    async with site.database.reading() as session:
        who = await known_person(request, session)
    if isinstance(who, web.Response):
        return who
    teller = _teller(who)
    try:
        command = _command(form, site.new_id)
        now = site.clock()
        events = await site.database.write(lambda session: talk(session, teller, command, now, site.new_id))
    except Refused as refused:
        return await _chat_page(request, wrong=refused.words, written=form.get("text", ""))
    if events:
        await site.talk_told.chat_changed(who.course_id, events)
    return see(f"/class/{who.link_id}/chat")


def _command(form: Mapping[str, str], new_id: Callable[[], str]) -> c.Command:
    """What the pressed button stands for; refuse what no form of ours sends."""
    message, person = form.get("message", ""), form.get("person", "")
    reason = next((each for each in ReportReason if each == form.get("reason")), None)
    match form.get("do"):
        case "post":
            key = form.get("key", "")
            if not 8 <= len(key) <= 40 or not _KEY_CHARS.issuperset(key):
                raise _unclear()
            return c.Post(new_id(), key, form.get("text", ""), form.get("reply_to") or None)
        case "read":
            return chat.SeeMessages(message)
        case "report" if reason:
            return chat.Report(message, reason)
        case "hide" if reason:
            return chat.Hide(message, reason, True)
        case "show":
            return chat.Hide(message, ReportReason.OTHER, False)
        case "approve" | "decline" as which:
            return chat.ApproveMessage(message, which == "approve")
        case "hold" | "release" as which:
            return chat.HoldMessages(person, which == "hold")
        case "pause" | "resume" as which:
            return chat.PauseChat(which == "pause")
    raise _unclear()


def _unclear() -> Refused:
    return Refused("unclear", "We did not understand that. Choose what you want to do, then try again.")


def _teller(who: KnownPerson) -> Teller:
    return Teller(who.course_id, who.service_id, who.person.person_id, who.person.role)


async def _chat_page(request: web.Request, *, wrong: str = "", written: str = "") -> web.Response:
    site = request.app[SITE]
    before, reply_to = request.query.get("before", ""), request.query.get("reply", "")
    async with site.database.reading() as session:
        who = await known_person(request, session)
        if isinstance(who, web.Response):
            return who
        state = await load_talk(session, _teller(who))
        names = await names_on_course(session, who.course_id)
        earlier = await earlier_messages(session, who.course_id, before) if before else None
    latest = list(state.chat.values())
    messages = latest[-LATEST_ON_PAGE:] if earlier is None else earlier[-EARLIER_AT_ONCE:]
    all_before = len(latest) > LATEST_ON_PAGE or state.channel.more
    lines = lines_of(messages, state, names, who.person, site.clock(), site.zone)
    shown = [each for each in lines if not each.is_held_back]
    return form_page(
        request,
        "course_chat.jinja",
        who.service,
        status=409 if wrong else 200,
        person=who.person,
        link_id=who.link_id,
        address=f"/class/{who.link_id}/chat",
        lines=shown,
        earlier=messages[0].id
        if messages and (all_before if earlier is None else len(earlier) > len(messages))
        else "",
        is_earlier=earlier is not None,
        answered=next((each for each in shown if each.id == reply_to and not each.is_hidden), None),
        latest_unread=latest[-1].id if latest and any(each.is_new for each in shown) else "",
        is_staff=who.person.role.is_staff,
        is_paused=state.channel.paused,
        is_read_first=who.person.person_id in state.channel.held,
        held=[(each, names.get(each, "")) for each in sorted(state.channel.held)],
        reasons=REASONS,
        key=site.new_id().replace("_", "-"),
        wrong=wrong,
        written=written,
    )
