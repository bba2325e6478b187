"""What was acknowledged to the people of a scripted class, and whether a view of it holds all of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from tests.synthetic.kept_view import LATEST_MESSAGES


@dataclass
class Written:
    """A question or a message that was acknowledged. Moments are by the class's own count."""

    author: str
    text: str
    first_sent: int
    acknowledged: int


@dataclass
class Asked(Written):
    """A question, and what became of it."""

    voters: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    """Votes that were sent, lost, and refused when sent again: stored or not."""
    state: str = "waiting"
    answer: str | None = None
    replies: list[str] = field(default_factory=list)
    """What staff replied, in order."""


@dataclass
class Called:
    """A call for help."""

    caller: str
    kind: str
    settled: bool = False


@dataclass
class Ledger:
    """Everything acknowledged, by id; each entry has one writer at a time, so it is exact."""

    questions: dict[str, Asked] = field(default_factory=dict)
    messages: dict[str, Written] = field(default_factory=dict)
    help: dict[str, Called] = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)
    microphone_on: dict[str, bool] = field(default_factory=dict)
    muted: dict[str, bool] = field(default_factory=dict)
    hand_up: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    """To the question that staff ask everyone, by patient."""
    thanks: set[tuple[str, str]] = field(default_factory=set)
    """Who said thanks to which message: message and person."""
    seen_by_group: dict[str, bool] = field(default_factory=dict)
    camera_stopped: dict[str, bool] = field(default_factory=dict)
    cards: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id, for whom and with what title."""

    def faults(self, view: Mapping[str, Any]) -> list[str]:
        """What is lost, twice, changed or out of order in a staff member's view (`KeptView.plain`)."""
        return [
            *_differences("question", self._plain_questions(), _plain_questions(view)),
            *self._wrong_votes(view["questions"]),
            *_differences("message", self._plain_messages(view["chat"]), _plain_messages(view)),
            *_out_of_order("question", self.questions, list(view["questions"])),
            *_out_of_order("message", self.messages, list(view["chat"])),
            *_differences("call", self._plain_help(), _plain_help(view)),
            *_differences("person", self._plain_people(view["me"]["id"]), _plain_people(view)),
            *self._wrong_count(view),
            *_differences("answer of", self.answers, view["pulse"]["values"]),
            *_differences("thanks for", self._plain_thanks(view["chat"]), _plain_thanks(view)),
            *_differences("card", self.cards, _plain_cards(view)),
        ]

    def _plain_questions(self) -> dict[str, object]:
        return {
            key: (each.author, each.text, each.state, each.answer, each.replies)
            for key, each in self.questions.items()
        }

    def _plain_messages(self, shown: Mapping[str, Any]) -> dict[str, object]:
        """Without those that have given way: a full view holds the latest, so only to later ones."""
        known = [self.messages[key] for key in shown if key in self.messages]
        full = len(shown) == LATEST_MESSAGES
        return {
            key: (each.author, each.text)
            for key, each in self.messages.items()
            if key in shown or not full or any(one.acknowledged < each.first_sent for one in known)
        }

    def _wrong_votes(self, shown: Mapping[str, Any]) -> Iterator[str]:
        for key, each in self.questions.items():
            least, most = len(each.voters - each.doubtful), len(each.voters | each.doubtful)
            if key in shown and not least <= shown[key]["votes"] <= most:
                yield f"question {key} has {shown[key]['votes']} votes, not {sorted(each.voters)}"

    def _plain_thanks(self, shown: Mapping[str, Any]) -> dict[str, int]:
        return dict(Counter(message for message, _ in self.thanks if message in shown))

    def _plain_help(self) -> dict[str, object]:
        return {key: (each.caller, each.kind, each.settled) for key, each in self.help.items()}

    def _plain_people(self, viewer: str) -> dict[str, object]:
        return {
            person: (
                place,
                self.microphone_on[person],
                self.muted[person],
                self.hand_up.get(person, False),
                self.seen_by_group.get(person, False),
                self.camera_stopped.get(person, False),
            )
            for person, place in self.place.items()
            if place != "left" and person != viewer
        }

    def _wrong_count(self, view: Mapping[str, Any]) -> Iterator[str]:
        here = sum(place in ("in_class", "waiting") for place in self.place.values())
        if view["here"] != here:
            yield f"{view['here']} are said to be here, not {here}"


def _plain_questions(view: Mapping[str, Any]) -> dict[str, object]:
    return {
        key: (
            each["asker"],
            each["text"],
            each["state"],
            each["answer"],
            [reply["text"] for reply in each["replies"]],
        )
        for key, each in view["questions"].items()
    }


def _plain_messages(view: Mapping[str, Any]) -> dict[str, object]:
    return {key: (each["author"], each["text"]) for key, each in view["chat"].items()}


def _plain_thanks(view: Mapping[str, Any]) -> dict[str, int]:
    counts = {key: each["reactions"].get("thanks", 0) for key, each in view["chat"].items()}
    return {key: count for key, count in counts.items() if count}


def _plain_cards(view: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {key: (each["person"], each["title"]) for key, each in view["cards"].items()}


def _plain_help(view: Mapping[str, Any]) -> dict[str, object]:
    return {
        key: (each["person"], each["kind"], each["settled_at"] is not None)
        for key, each in view["help"].items()
    }


def _plain_people(view: Mapping[str, Any]) -> dict[str, object]:
    return {
        key: (
            each["place"],
            each["microphone_on"],
            each["muted_by_staff"],
            each["hand"] is not None,
            each["seen_by_group"],
            each["camera_stopped"],
        )
        for key, each in view["people"].items()
    }


def _differences(what: str, expected: Mapping[str, object], shown: Mapping[str, object]) -> Iterator[str]:
    for key in expected.keys() - shown.keys():
        yield f"{what} {key} is lost: {expected[key]}"
    for key in shown.keys() - expected.keys():
        yield f"{what} {key} was never acknowledged: {shown[key]}"
    for key in expected.keys() & shown.keys():
        if expected[key] != shown[key]:
            yield f"{what} {key} is {shown[key]}, not {expected[key]}"


def _out_of_order(what: str, written: Mapping[str, Written], shown: Sequence[str]) -> Iterator[str]:
    """What was acknowledged before another was sent stands before it."""
    known = [key for key in shown if key in written]
    for earlier, later in combinations(known, 2):
        if written[later].acknowledged < written[earlier].first_sent:
            yield f"{what} {later} was written before {earlier} and stands behind it"
