"""Writes `docs/protocol-fields.md` from the event table and the schemas: every field of every message.

`python -m server.signalling.protocol_document` writes the file, with `--check` it only says (exit code 1)
whether the file is stale. What a field means is its docstring there, else it stands in `MEANINGS`.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, StringConstraints

from server.signalling import catalogue, kinds
from server.signalling.events import CLIENT_EVENTS, SERVER_EVENTS, ClientEvent

FIELDS_FILE = Path(__file__).parents[2] / "docs" / "protocol-fields.md"
HEAD = """\
# The fields of the protocol

Written by `python -m server.signalling.protocol_document` from `requests*.py`, `schemas*.py` and
`events.py` in `server/signalling/`. Do not edit. How it all goes together stands in
[protocol.md](protocol.md).

All is JSON. Times are text: ISO 8601 in UTC, like `2026-11-22T10:00:00.123456Z`, with or without fractions of
a second. In a request, a field may be left out where the third column says so; a view has all its fields,
though a later version may send more of them: ignore what you do not know.
"""
_TEXTS: Mapping[str, str] = {
    "PersonId": "id",
    "Key": "key",
    "Written": "text",
    "ShortText": "short text",
    "SlotName": "slot name",
    "PeerName": "peer name",
    "Mid": "mid",
}
"""Kinds of text in `schemas`, and what the document calls them. All ids are of one form, as a person's."""
_SCALARS: Mapping[Any, str] = {str: "string", bool: "boolean", int: "integer", datetime: "time"}

MEANINGS: Mapping[str, str] = {
    "ConnectAuth.link": "The `LINK_ID` of the link: the last part of `/class/LINK_ID`.",
    "Offer.sdp": "The local description.",
    "AnswerAck.sdp": "The answer: the remote description.",
    "AnswerAck.peer": "The name of this media connection, for the next `class:join`.",
    "AnswerQuestion.text": "The answer; with `answered_in_writing` it is needed, else it must not be there.",
    "AnswerQuestion.state": "What becomes of the question.",
    "AskQuestion.text": "The question.",
    "PostMessage.text": "The message.",
    "VoteQuestion.up": "true: vote. false: take the vote back.",
    "MutePerson.muted": "true: withhold. false: give back.",
    "AskHelp.kind": "What for.",
    "SettleHelp.help": "The call's id.",
    "CallAnswered.help": "The call's id.",
    "ErrorView.code": "For the program; the codes are in protocol.md, section 7.",
    "ErrorView.words": "For the person: show them.",
    "ErrorView.reference": "For the person to tell us: finds the fault in the server's log.",
    "NewIce.peer": "The `peer` of the last `media:offer`'s acknowledgement.",
    "NewIce.ufrag": "`a=ice-ufrag` of the browser's new local description.",
    "NewIce.pwd": "`a=ice-pwd` of it.",
    "RestartedAck.ufrag": "The server's new `a=ice-ufrag`, to put into the remote description.",
    "RestartedAck.pwd": "The server's new `a=ice-pwd`.",
    "LineView.id": "Person id.",
    "LineView.level": "How good the connection is.",
    "LayersView.peer": "Whose layers these are; those of another than one's present peer are worth nothing.",
    "LayersView.camera": "The rids to send; empty: nobody takes the picture now.",
    "DoneAck.id": "What was made, or had been made before with the same key; else null.",
    "JoinedAck.view": "The whole class as it is now.",
    "RefusedAck.error": "Why.",
    "ClassView.title": "The course's name.",
    "ClassView.number": "Which class of the course, from 1.",
    "ClassView.of": "How many classes the course has.",
    "ClassView.starts_at": "By the timetable.",
    "ClassView.ends_at": "By the timetable, or as extended; the class ends when a physio ends it.",
    "ClassView.server_time": "Now, by the server's clock.",
    "ClassView.service_name": "Who holds the class.",
    "ClassView.service_phone": "Whom to ring when nothing works.",
    "ClassView.ended": "The class is over; nothing can be done in it any more.",
    "ClassView.me": "Oneself.",
    "ClassView.people": "The others whom this viewer may see.",
    "ClassView.questions": "In the order they were asked.",
    "ClassView.chat": "The course's latest 200 messages, oldest first.",
    "ClassView.help": "Calls for help of this class: staff get all, a patient the own ones.",
    "ClassView.slots": "Slot name to person id, as in `SlotsView`.",
    "HereView.here": "How many people are in class or in the waiting room.",
    "HereView.presenter": "Person id of who is on everyone's stage; null while no staff are in class.",
    "MeView.id": "Person id.",
    "PersonView.id": "Person id.",
    "PersonLeftView.id": "Person id.",
    "MeView.name": "First or chosen name.",
    "MeView.seen_by_group": "Whether classmates get the own picture.",
    "PersonView.seen_by_group": "Whether classmates get this person's picture.",
    "PersonView.place": "Where the person is.",
    "PersonView.place_since": "Since when the person is at `place`.",
    "TurnAwayPerson.reason": "Why; for the record.",
    "TellPerson.text": "The message.",
    "CheckInView.person": "Person id.",
    "CheckInView.name": "First or chosen name.",
    "CheckInView.full_name": "For staff.",
    "CheckInView.state": "How far; see above.",
    "CheckInView.emergency_name": "Whom to ring in an emergency.",
    "CheckInView.emergency_phone": "On which number.",
    "TurnedAwayView.words": "For the person: show them.",
    "QuestionView.mine": "Asked by this viewer.",
    "QuestionView.votes": "How many others voted for it.",
    "QuestionView.answer": "When answered in writing.",
    "QuestionView.answered_by_name": "When answered.",
    "QuestionView.answered_by_role": "When answered.",
    "MessageView.author": "Person id.",
    "MessageView.mine": "Written by this viewer.",
    "HelpView.person": "Person id of the caller.",
    "HelpView.name": "The caller's name.",
    "HelpView.kind": "What for.",
    "HelpView.settled_at": "null: not settled yet.",
    "ok": "Whether it was done.",
    "asked_at": "When it was asked.",
    "asker_name": "The asker's name.",
    "author_name": "The author's name.",
    "author_role": "The author's role.",
    "called_at": "When the call was made.",
    "posted_at": "When it was posted.",
    "camera_on": "Whether the camera is switched on.",
    "microphone_on": "Whether the microphone is switched on.",
    "muted_by_staff": "Whether staff withhold the sound from the group.",
    "class_id": "The class's id.",
    "id": "Its id; a later view of the same id replaces this one.",
    "key": "Chosen at random, once for each thing written.",
    "person": "Person id.",
    "question": "The question's id.",
    "place": "Where the person is; `left` also before the first join.",
    "role": "What the person is in this class.",
    "state": "Where the question is.",
    "text": "What was written.",
}
"""By field, or by `Model.field`, which goes first."""


def fields_document() -> str:
    """The whole of protocol-fields.md."""
    parts = [HEAD, _texts(), _values(), _client_events(), _server_events()]
    parts.append("## Requests\n")
    parts.extend(_section(model) for model in catalogue.models() if issubclass(model, kinds.Request))
    parts.append("## Acknowledgements and views\n")
    parts.extend(_section(model) for model in catalogue.models() if issubclass(model, kinds.View))
    return "\n".join(parts)


def meaning_of(model: type[BaseModel], field: str) -> str:
    """What a field means: its docstring, else what `MEANINGS` says. KeyError when neither says anything."""
    described = model.model_fields[field].description
    if described:
        return " ".join(described.split())
    return MEANINGS.get(f"{model.__name__}.{field}") or MEANINGS[field]


def _section(model: type[BaseModel]) -> str:
    lines = [f"### {model.__name__}\n", inspect.cleandoc(model.__doc__ or "") + "\n"]
    if not model.model_fields:
        return "\n".join([*lines, "No fields.\n"])
    hints = get_type_hints(model, include_extras=True)
    is_request = issubclass(model, kinds.Request)
    rows = []
    for name, field in model.model_fields.items():
        left_out = "yes" if is_request and not field.is_required() else ""
        cells = (
            f"`{name}`",
            type_of(hints[name]),
            *([left_out] if is_request else ()),
            meaning_of(model, name),
        )
        rows.append(_row(*cells))
    head = ("field", "type", "may be left out", "meaning") if is_request else ("field", "type", "meaning")
    return "\n".join([*lines, _row(*head), _row(*("---" for _ in head)), *rows, ""])


def type_of(annotation: Any) -> str:  # noqa: ANN401 - an annotation can be anything
    """The words for a Python annotation; refuses what the protocol has no business with."""
    for name, value in kinds.VALUES.items():
        if annotation == value:
            return f"[{name}](#values)"
    for name, words in _TEXTS.items():
        if annotation == getattr(kinds, name):
            return f"[{words}](#kinds-of-text)"
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is type(None):
        return "null"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        lengths = next((each for each in args[1:] if isinstance(each, StringConstraints)), None)
        if lengths is None:
            least, most = (limit for field in args[1:] for limit in _limits(field))
            return f"whole number from {least:,} to {most:,}"
        if lengths.pattern is not None:
            return f"string that matches `{lengths.pattern}`"
        return f"string of {lengths.min_length} to {lengths.max_length:,} characters"
    if origin is Literal:
        return " or ".join(_json(value) for value in args)
    if origin in (Union, types.UnionType):
        return " or ".join(type_of(arg) for arg in args)
    if origin is list or (origin is tuple and len(args) == 2 and args[1] is Ellipsis):
        return f"array of {type_of(args[0])}"
    if origin is dict:
        return f"object: {type_of(args[0])} to {type_of(args[1])}"
    if inspect.isclass(annotation) and issubclass(annotation, kinds.Request | kinds.View):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    raise TypeError(f"no words for {annotation!r}")


def _limits(field: Any) -> Iterator[int]:  # noqa: ANN401 - what pydantic keeps in Annotated
    for limit in field.metadata:
        yield limit.ge if hasattr(limit, "ge") else limit.le


def _texts() -> str:
    rows = []
    for name, words in _TEXTS.items():
        constraints: StringConstraints = get_args(getattr(kinds, name))[1]
        if constraints.pattern is not None:
            rows.append(_row(words, f"matches `{constraints.pattern}`"))
        else:
            size = f"{constraints.min_length} to {constraints.max_length:,}"
            cut = "control characters but line ends and tabs, and white space at both ends, are left out"
            rows.append(_row(words, f"{size} characters, after {cut}"))
    return "\n".join(["## Kinds of text\n", _row("name", "what it may be"), _row("---", "---"), *rows, ""])


def _values() -> str:
    rows = [
        _row(name, ", ".join(_json(each) for each in get_args(value))) for name, value in kinds.VALUES.items()
    ]
    return "\n".join(["## Values\n", _row("name", "one of"), _row("---", "---"), *rows, ""])


def _client_events() -> str:
    head = ("event", "request", "positive acknowledgement", "who", "from where", "cost")
    rows = [
        _row(f"`{row.name}`", _link(row.request), _link(row.ack), *_who(row), _cost(row))
        for row in CLIENT_EVENTS
    ]
    return "\n".join(["## What a client sends\n", _row(*head), _row(*("---" for _ in head)), *rows, ""])


def _cost(row: ClientEvent) -> str:
    return f"{row.tokens} of the reports" if row.is_report else str(row.tokens)


def _who(row: ClientEvent) -> tuple[str, str]:
    roles = [role for role in get_args(kinds.Role) if role in row.who.roles]
    everyone = len(roles) == len(get_args(kinds.Role))
    places = [place for place in get_args(kinds.PlaceName) if place in (row.who.places or ())]
    names = [f"{role} who leads" if row.who.leading and role == "helper" else role for role in roles]
    return ("everyone" if everyone else ", ".join(names), ", ".join(places) or "anywhere")


def _server_events() -> str:
    rows = [_row(f"`{name}`", _link(view)) for name, view in SERVER_EVENTS.items()]
    return "\n".join(["## What the server sends\n", _row("event", "view"), _row("---", "---"), *rows, ""])


def _link(model: type[BaseModel]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"


def _json(value: object) -> str:
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or check it; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m server.signalling.protocol_document", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="only say whether the file is stale")
    options = parser.parse_args(arguments)
    document = fields_document()
    if options.check:
        if FIELDS_FILE.exists() and FIELDS_FILE.read_text(encoding="utf-8") == document:
            return 0
        sys.stderr.write(
            f"{FIELDS_FILE.name} is stale: run `python -m server.signalling.protocol_document`, commit it\n"
        )
        return 1
    FIELDS_FILE.parent.mkdir(parents=True, exist_ok=True)
    FIELDS_FILE.write_text(document, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
