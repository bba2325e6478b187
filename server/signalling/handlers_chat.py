"""What is done for the events about the chat."""

from __future__ import annotations

from collections.abc import Callable

from server.errors import Refused
from server.rooms import chat
from server.rooms import commands as c
from server.rooms.chat_stored import EARLIER_AT_ONCE
from server.rooms.message import Reaction, ReportReason
from server.rooms.refusals import check_who
from server.signalling import requests_chat as r
from server.signalling.fan_out import viewer_of
from server.signalling.handlers import Caller
from server.signalling.kinds import View
from server.signalling.schemas_chat import MessagesAck
from server.signalling.views_chat import may_see_message, message_view


def post(request: r.PostMessage, new_id: Callable[[], str]) -> c.Command:
    """chat:post."""
    return c.Post(new_id(), request.key, request.text, request.reply_to)


def react(request: r.ReactToMessage, new_id: Callable[[], str]) -> c.Command:
    """chat:react."""
    return chat.React(request.message, Reaction(request.reaction), request.on)


def report(request: r.ReportMessage, new_id: Callable[[], str]) -> c.Command:
    """chat:report."""
    return chat.Report(request.message, ReportReason(request.reason))


def hide(request: r.HideMessage, new_id: Callable[[], str]) -> c.Command:
    """chat:hide."""
    return chat.Hide(request.message, ReportReason(request.reason), request.hidden)


def pause(request: r.PauseChat, new_id: Callable[[], str]) -> c.Command:
    """chat:pause."""
    return chat.PauseChat(request.paused)


def hold(request: r.HoldPerson, new_id: Callable[[], str]) -> c.Command:
    """chat:hold."""
    return chat.HoldMessages(request.person, request.held)


def approve(request: r.ApproveMessage, new_id: Callable[[], str]) -> c.Command:
    """chat:approve."""
    return chat.ApproveMessage(request.message, request.approved)


def seen(request: r.SeenMessages, new_id: Callable[[], str]) -> c.Command:
    """chat:seen."""
    return chat.SeeMessages(request.up_to)


async def earlier(caller: Caller, request: r.EarlierMessages) -> View:
    """chat:earlier. Read from the tables: the room keeps the latest messages only."""
    room = caller.open_class.room
    check_who(c.ANYONE_IN_CLASS, room.state, caller.connection.person_id)
    messages = await room.earlier_messages(request.before)
    if messages is None:
        raise Refused("no_such_message", "That message is not there.")
    viewer = viewer_of(caller.open_class, caller.connection)
    more, page = len(messages) > EARLIER_AT_ONCE, messages[-EARLIER_AT_ONCE:]
    shown = tuple(message_view(viewer, each) for each in page if may_see_message(viewer, each))
    return MessagesAck(messages=shown, more=more)
