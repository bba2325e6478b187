"""What a patient must not read in anything that is sent to her: the rules once more, by the words themselves.

Every text that somebody writes in a test is written once only, so that it is known whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from server.rooms.question import AskedTo
from server.rooms.state import Place, RoomState
from server.signalling.kinds import View

Sent = Iterable[tuple[str, View]]


def leaks(state: RoomState, viewer_id: str, sent: Sent) -> Iterator[str]:
    """Say what of this a patient may not be sent."""
    views = [(name, view.model_dump(mode="json")) for name, view in sent]
    text = json.dumps(views)
    yield from (
        f"{viewer_id} reads {secret!r}" for secret in set(_secrets(state, viewer_id)) if secret in text
    )
    for name, view in views:
        for question in view["questions"] if name == "class" else [view] if name == "question" else []:
            kept = state.questions[question["id"]]
            names = {kept.asker_id, kept.asker_id.title()} & {question["asker"], question["asker_name"]}
            if kept.anonymous and kept.asker_id != viewer_id and names:
                yield f"{viewer_id} reads who asked {kept.id}"
        for person in view["people"] if name == "class" else [view] if name == "person" else []:
            if state.people[person["id"]].place is Place.WAITING:
                yield f"{viewer_id} is told of {person['id']}, who waits"
        for pulse in [view["pulse"]] if name == "class" else [view] if name == "pulse" else []:
            if pulse and (pulse["values"] or (pulse["bars"] and not _is_told(pulse))):
                yield f"{viewer_id} reads what others answered"
        for call in view["help"] if name == "class" else [view] if name == "help" else []:
            if state.help[call["id"]].person_id != viewer_id:
                yield f"{viewer_id} is told of a call for help of another"


def _is_told(pulse: dict[str, Any]) -> bool:
    """Whether patients may know how many chose what: closed, and of pain and effort nobody can tell whose."""
    return pulse["closed_at"] is not None and (pulse["kind"] == "poll" or pulse["answered"] >= 5)


def _secrets(state: RoomState, viewer_id: str) -> Iterator[str]:
    """Return every text, and every name and number, that this patient must not be sent."""
    yield from (f"{each.title()} Example" for each in state.members)
    place = state.place_of(viewer_id)
    is_inside = place in (Place.IN_CLASS, Place.DROPPED)
    for question in state.questions.values():
        yield from (each.text for each in question.replies if each.hidden)
        if question.asker_id == viewer_id and is_inside:
            continue
        if not is_inside or question.held or question.to is AskedTo.STAFF:
            yield from (question.text, *(each.text for each in question.replies))
    for message in state.chat.values():
        is_kept_back = message.hidden or (message.held and message.author_id != viewer_id)
        if not is_inside or is_kept_back:
            yield message.text
    for card in state.cards.values():
        if not is_inside or card.person_id not in (None, viewer_id):
            yield card.text.words
    if not is_inside:
        yield from (each.text for each in state.pulses.values())
    for person in state.people.values():
        if person.person_id != viewer_id and person.told.startswith("Words"):
            yield person.told
