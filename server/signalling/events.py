"""The table of Socket.IO events: name, schema of the request, acknowledgement."""

from __future__ import annotations

from dataclasses import dataclass

from server.signalling import schemas
from server.signalling.schemas import Request, View


@dataclass(frozen=True)
class ClientEvent:
    """One row: what a client may send."""

    name: str
    request: type[Request]
    ack: type[View]


CLIENT_EVENTS: tuple[ClientEvent, ...] = (
    ClientEvent("class:join", schemas.JoinClass, schemas.JoinedAck),
    ClientEvent("media:offer", schemas.Offer, schemas.AnswerAck),
    ClientEvent("media:set", schemas.OwnMedia, schemas.DoneAck),
    ClientEvent("person:admit", schemas.WhichPerson, schemas.DoneAck),
    ClientEvent("person:mute", schemas.MutePerson, schemas.DoneAck),
    ClientEvent("class:leave", schemas.Nothing, schemas.DoneAck),
    ClientEvent("class:end", schemas.Nothing, schemas.DoneAck),
    ClientEvent("question:ask", schemas.AskQuestion, schemas.DoneAck),
    ClientEvent("question:vote", schemas.VoteQuestion, schemas.DoneAck),
    ClientEvent("question:answer", schemas.AnswerQuestion, schemas.DoneAck),
    ClientEvent("chat:post", schemas.PostMessage, schemas.DoneAck),
    ClientEvent("help:ask", schemas.AskHelp, schemas.DoneAck),
    ClientEvent("help:settle", schemas.SettleHelp, schemas.DoneAck),
)

SERVER_EVENTS: dict[str, type[View]] = {
    "class": schemas.ClassView,
    "me": schemas.MeView,
    "person": schemas.PersonView,
    "person_left": schemas.PersonLeftView,
    "here": schemas.HereView,
    "question": schemas.QuestionView,
    "message": schemas.MessageView,
    "help": schemas.HelpView,
    "slots": schemas.SlotsView,
    "media_restart": schemas.Signal,
    "replaced": schemas.Signal,
}
"""What the server sends, by event name."""
