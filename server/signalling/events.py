"""THE table of Socket.IO events. Every event of the protocol stands here once.

What a client sends: name, schema of the request, acknowledgement, who may, handler. The rule who may is that
of the command, which the room itself keeps. What the server sends: name and view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.rooms import cards, chat, floor, pulses, removing, seeing, signs
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.commands import WhoMay
from server.rooms.losses import SettleLoss
from server.signalling import handlers as h
from server.signalling import handlers_chat as hc
from server.signalling import handlers_floor as hf
from server.signalling import handlers_hands as hg
from server.signalling import handlers_help as hh
from server.signalling import handlers_pulse as hp
from server.signalling import handlers_questions as hq
from server.signalling import requests as r
from server.signalling import requests_chat as rc
from server.signalling import requests_floor as rf
from server.signalling import requests_hands as rg
from server.signalling import requests_help as rh
from server.signalling import requests_pulse as rp
from server.signalling import requests_questions as rq
from server.signalling import schemas as s
from server.signalling import schemas_chat as sc
from server.signalling import (
    schemas_class,
    schemas_floor,
    schemas_help,
    schemas_questions,
)
from server.signalling.handlers import Handler, at_once, does
from server.signalling.kinds import Request, View
from server.signalling.requests_cards import SendCard
from server.signalling.schemas_cards import CardView
from server.signalling.schemas_pulse import PulseView


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """One row: what a client may send."""

    name: str
    request: type[Request]
    ack: type[View]
    who: WhoMay
    handler: Handler
    tokens: int = 1
    """What it takes of a person's `TokenBucket`."""
    is_report: bool = False
    """The page sends it by itself: measured apart from what the person asks for."""


CLIENT_EVENTS: tuple[ClientEvent, ...] = (
    ClientEvent("class:join", r.JoinClass, schemas_class.JoinedAck, c.Join.who, h.join),
    ClientEvent("media:offer", r.Offer, s.AnswerAck, c.ANYONE_PRESENT, h.offer, tokens=8),
    ClientEvent("media:set", r.OwnMedia, s.DoneAck, c.SetOwnMedia.who, does(h.set_own_media)),
    ClientEvent("media:view", r.OwnView, s.DoneAck, c.ANYONE_PRESENT, h.view, is_report=True),
    ClientEvent("media:restart", r.NewIce, s.RestartedAck, c.ANYONE_PRESENT, h.restart_ice, tokens=4),
    ClientEvent("media:plays", r.HowItPlays, s.DoneAck, c.ANYONE_PRESENT, h.plays, is_report=True),
    ClientEvent("person:admit", r.WhichPerson, s.DoneAck, c.Admit.who, does(h.admit)),
    ClientEvent("person:admit_ready", r.Nothing, s.DoneAck, c.AdmitReady.who, does(h.admit_ready)),
    ClientEvent("person:allow", r.AllowPerson, s.DoneAck, c.Allow.who, does(h.allow)),
    ClientEvent("person:refuse", r.TurnAwayPerson, s.DoneAck, c.TurnAway.who, does(h.turn_away)),
    ClientEvent("person:message", r.TellPerson, s.DoneAck, c.TellWaiting.who, does(h.tell_waiting)),
    ClientEvent("person:mute", r.MutePerson, s.DoneAck, c.Mute.who, does(h.mute)),
    ClientEvent("person:mute_all", r.Nothing, s.DoneAck, floor.MuteAll.who, does(hf.mute_all)),
    ClientEvent("class:undo", rf.UndoLast, s.DoneAck, floor.TakeBack.who, does(hf.take_back)),
    ClientEvent("class:lock", rf.LockClass, s.DoneAck, floor.Lock.who, does(hf.lock)),
    ClientEvent("class:extend", r.Nothing, s.DoneAck, floor.Extend.who, does(hf.extend)),
    ClientEvent("class:present", r.WhichPerson, s.DoneAck, floor.HandOver.who, does(hf.hand_over)),
    ClientEvent("stage:spotlight", rf.Spotlight, s.DoneAck, floor.PutInSpotlight.who, does(hf.spotlight)),
    ClientEvent("me:show", rf.ShowMe, s.DoneAck, seeing.ShowToGroup.who, at_once(hf.show)),
    ClientEvent("person:stop_camera", rf.StopCamera, s.DoneAck, seeing.StopCamera.who, at_once(hf.stop)),
    ClientEvent("aside:take", r.WhichPerson, s.DoneAck, seeing.TakeAside.who, at_once(hf.take_aside)),
    ClientEvent("aside:end", r.Nothing, s.DoneAck, seeing.EndAside.who, at_once(hf.end_aside)),
    ClientEvent("person:remove", rf.RemovePerson, s.DoneAck, removing.Remove.who, at_once(hf.remove)),
    ClientEvent("person:let_back", r.WhichPerson, s.DoneAck, removing.LetBack.who, does(hf.let_back)),
    ClientEvent("class:leave", r.Nothing, s.DoneAck, c.Leave.who, does(h.leave)),
    ClientEvent("class:end", rh.EndClass, s.DoneAck, c.End.who, does(hh.end)),
    ClientEvent("question:ask", rq.AskQuestion, s.DoneAck, c.Ask.who, does(hq.ask)),
    ClientEvent("question:edit", rq.EditQuestion, s.DoneAck, q.EditQuestion.who, does(hq.edit)),
    ClientEvent("question:vote", rq.VoteQuestion, s.DoneAck, c.Vote.who, does(hq.vote)),
    ClientEvent("question:answer", rq.AnswerQuestion, s.DoneAck, c.Answer.who, does(hq.answer)),
    ClientEvent("question:reply", rq.ReplyToQuestion, s.DoneAck, q.ReplyToQuestion.who, does(hq.reply)),
    ClientEvent("question:pin", rq.PinQuestion, s.DoneAck, q.PinQuestion.who, does(hq.pin)),
    ClientEvent("question:merge", rq.MergeQuestion, s.DoneAck, q.MergeQuestion.who, does(hq.merge)),
    ClientEvent("question:approve", rq.ApproveQuestion, s.DoneAck, q.ApproveQuestion.who, does(hq.approve)),
    ClientEvent("question:report", rq.ReportQuestion, s.DoneAck, qm.ReportQuestion.who, does(hq.report)),
    ClientEvent("question:hide_reply", rq.HideReply, s.DoneAck, qm.HideReply.who, does(hq.hide_reply)),
    ClientEvent("chat:post", rc.PostMessage, s.DoneAck, c.Post.who, does(hc.post)),
    ClientEvent("chat:react", rc.ReactToMessage, s.DoneAck, chat.React.who, does(hc.react)),
    ClientEvent("chat:report", rc.ReportMessage, s.DoneAck, chat.Report.who, does(hc.report)),
    ClientEvent("chat:hide", rc.HideMessage, s.DoneAck, chat.Hide.who, does(hc.hide)),
    ClientEvent("chat:pause", rc.PauseChat, s.DoneAck, chat.PauseChat.who, does(hc.pause)),
    ClientEvent("chat:hold", rc.HoldPerson, s.DoneAck, chat.HoldMessages.who, does(hc.hold)),
    ClientEvent("chat:approve", rc.ApproveMessage, s.DoneAck, chat.ApproveMessage.who, does(hc.approve)),
    ClientEvent("chat:seen", rc.SeenMessages, s.DoneAck, chat.SeeMessages.who, does(hc.seen), is_report=True),
    ClientEvent("chat:earlier", rc.EarlierMessages, sc.MessagesAck, c.ANYONE_IN_CLASS, hc.earlier, tokens=4),
    ClientEvent("help:ask", rh.AskHelp, s.DoneAck, c.CallHelp.who, does(hh.call_help)),
    ClientEvent("help:see", rh.SeeHelp, s.DoneAck, c.SeeHelp.who, does(hh.see_help)),
    ClientEvent("help:settle", rh.SettleHelp, s.DoneAck, c.SettleHelp.who, does(hh.settle_help)),
    ClientEvent("hand:raise", rg.RaiseHand, s.DoneAck, signs.RaiseHand.who, does(hg.raise_hand)),
    ClientEvent("hand:lower", r.WhichPerson, s.DoneAck, signs.LowerHand.who, does(hg.lower)),
    ClientEvent("hand:lower_all", r.Nothing, s.DoneAck, signs.LowerAllHands.who, does(hg.lower_all)),
    ClientEvent("signal:send", rg.SendSignal, s.DoneAck, signs.SendSignal.who, does(hg.send_signal)),
    ClientEvent("signal:settle", r.WhichPerson, s.DoneAck, signs.SettleSignal.who, does(hg.settle_signal)),
    ClientEvent("pulse:ask", rp.AskPulse, s.DoneAck, pulses.AskPulse.who, does(hp.ask)),
    ClientEvent("pulse:answer", rp.AnswerPulse, s.DoneAck, pulses.AnswerPulse.who, does(hp.answer)),
    ClientEvent("pulse:close", rp.WhichPulse, s.DoneAck, pulses.ClosePulse.who, does(hp.close)),
    ClientEvent("card:send", SendCard, s.DoneAck, cards.SendCard.who, does(hp.send_card)),
    ClientEvent("drop:settle", rh.AccountFor, s.DoneAck, SettleLoss.who, does(hh.settle_drop)),
)

CLIENT_EVENT_BY_NAME: Mapping[str, ClientEvent] = {row.name: row for row in CLIENT_EVENTS}

SERVER_EVENTS: Mapping[str, type[View]] = {
    "class": schemas_class.ClassView,
    "me": s.MeView,
    "person": s.PersonView,
    "person_left": s.PersonLeftView,
    "here": s.HereView,
    "floor": schemas_floor.FloorView,
    "check_in": s.CheckInView,
    "turned_away": s.TurnedAwayView,
    "question": schemas_questions.QuestionView,
    "question_gone": schemas_questions.QuestionGoneView,
    "message": sc.MessageView,
    "chat": sc.ChatStateView,
    "help": schemas_help.HelpView,
    "unaccounted": schemas_help.UnaccountedPeopleView,
    "pulse": PulseView,
    "card": CardView,
    "slots": s.SlotsView,
    "line": s.LineView,
    "layers": s.LayersView,
    "media_restart": s.Signal,
    "replaced": s.Signal,
    "going_away": s.Signal,
}
