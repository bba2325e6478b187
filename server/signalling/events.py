"""THE table of Socket.IO events. Every event of the protocol stands here once.

What a client sends: name, schema of the request, acknowledgement, who may, handler. The rule who may is that
of the command, which the room itself keeps. What the server sends: name and view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.rooms import commands as c
from server.rooms.commands import WhoMay
from server.signalling import handlers as h
from server.signalling import requests as r
from server.signalling import schemas as s
from server.signalling.handlers import Handler, does


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """One row: what a client may send."""

    name: str
    request: type[s.Request]
    ack: type[s.View]
    who: WhoMay
    handler: Handler
    tokens: int = 1
    """What it takes of a person's `TokenBucket`."""
    is_report: bool = False
    """The page sends it by itself: measured apart from what the person asks for."""


CLIENT_EVENTS: tuple[ClientEvent, ...] = (
    ClientEvent("class:join", r.JoinClass, s.JoinedAck, c.Join.who, h.join),
    ClientEvent("media:offer", r.Offer, s.AnswerAck, c.ANYONE_PRESENT, h.offer, tokens=8),
    ClientEvent("media:set", r.OwnMedia, s.DoneAck, c.SetOwnMedia.who, does(h.set_own_media)),
    ClientEvent("media:view", r.OwnView, s.DoneAck, c.ANYONE_PRESENT, h.view, is_report=True),
    ClientEvent("media:restart", r.NewIce, s.RestartedAck, c.ANYONE_PRESENT, h.restart_ice, tokens=4),
    ClientEvent("media:plays", r.HowItPlays, s.DoneAck, c.ANYONE_PRESENT, h.plays, is_report=True),
    ClientEvent("person:admit", r.WhichPerson, s.DoneAck, c.Admit.who, does(h.admit)),
    ClientEvent("person:mute", r.MutePerson, s.DoneAck, c.Mute.who, does(h.mute)),
    ClientEvent("class:leave", r.Nothing, s.DoneAck, c.Leave.who, does(h.leave)),
    ClientEvent("class:end", r.Nothing, s.DoneAck, c.End.who, does(h.end)),
    ClientEvent("question:ask", r.AskQuestion, s.DoneAck, c.Ask.who, does(h.ask)),
    ClientEvent("question:vote", r.VoteQuestion, s.DoneAck, c.Vote.who, does(h.vote)),
    ClientEvent("question:answer", r.AnswerQuestion, s.DoneAck, c.Answer.who, does(h.answer)),
    ClientEvent("chat:post", r.PostMessage, s.DoneAck, c.Post.who, does(h.post)),
    ClientEvent("help:ask", r.AskHelp, s.DoneAck, c.CallHelp.who, does(h.call_help)),
    ClientEvent("help:settle", r.SettleHelp, s.DoneAck, c.SettleHelp.who, does(h.settle_help)),
)

CLIENT_EVENT_BY_NAME: Mapping[str, ClientEvent] = {row.name: row for row in CLIENT_EVENTS}

SERVER_EVENTS: Mapping[str, type[s.View]] = {
    "class": s.ClassView,
    "me": s.MeView,
    "person": s.PersonView,
    "person_left": s.PersonLeftView,
    "here": s.HereView,
    "question": s.QuestionView,
    "message": s.MessageView,
    "help": s.HelpView,
    "slots": s.SlotsView,
    "line": s.LineView,
    "layers": s.LayersView,
    "media_restart": s.Signal,
    "replaced": s.Signal,
    "going_away": s.Signal,
}
