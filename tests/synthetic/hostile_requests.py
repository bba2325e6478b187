"""Broken requests and offers without end: done, or refused with a typed error, while a class goes on."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiortc.sdp import SessionDescription
from pydantic import ValidationError

from server.errors import ProtocolError
from server.media.spec import Fingerprint, WorkerHello
from server.media.spec_check import check_spec
from server.rooms.policy import PATIENT_SLOTS, STAFF_SLOTS
from server.signalling.events import CLIENT_EVENT_BY_NAME, CLIENT_EVENTS
from server.signalling.replies import Replies
from server.signalling.requests import Offer
from server.signalling.sdp import negotiate
from tests.synthetic.broken_input import broken_lines, broken_request, broken_text
from tests.unit.signalling.clients import OFFERS, REQUESTS, Client, Server, serving

SLICE = 1000
"""After so many broken inputs the class that goes on has its turn."""


def fuzz_schema(event: str, count: int, chance: random.Random, replies: Replies) -> int:
    """Give one event's schema so many broken requests; how many it refused. None may be our fault."""
    row, good, refused = CLIENT_EVENT_BY_NAME[event], REQUESTS[event], 0
    row.request.model_validate(good)
    for _ in range(count):
        request = broken_request(good, chance)
        try:
            row.request.model_validate(request)
        except Exception as problem:
            told = replies.error(problem, event, None)
            refused += 1
            if told.reference is not None:
                raise AssertionError(f"{event} {request!r}: {problem!r}") from problem
    return refused


class Silent:
    """A log to which hundreds of thousands of lines may be written."""

    def info(self, *_: object, **__: object) -> None:
        """Keep nothing."""

    error = warning = info


class OfferFuzz:
    """Broken offers of real browsers, negotiated as the server does; `outcomes` counts what came of them."""

    def __init__(self, chance: random.Random, keep_in: Path) -> None:
        self.outcomes: Counter[str] = Counter()
        self._chance = chance
        self._kept = keep_in / "offer.json"
        self._offers = [
            (Offer.model_validate(json.loads((OFFERS / f"{name}.json").read_text())), slots)
            for name, slots in (
                ("patient", PATIENT_SLOTS),
                ("patient", PATIENT_SLOTS),
                ("staff", STAFF_SLOTS),
            )
        ]
        self._hello = WorkerHello(
            boot="boot",
            fingerprint=Fingerprint(algorithm="sha-256", value=":".join(["AB"] * 32)),
            addresses=(("192.0.2.7", 8090),),
            peers=(),
        )

    def run(self, count: int) -> None:
        """Negotiate so many; an offer that brings about a bug is kept."""
        for _ in range(count):
            self.outcomes[self._one()] += 1

    def _one(self) -> str:
        chance = self._chance
        good, slots = chance.choice(self._offers)
        sdp = broken_lines(good.sdp, chance)
        if chance.random() < 0.05:
            sdp = broken_text(sdp, chance)
        request: dict[str, Any] = {"sdp": sdp, "sources": good.sources, "slots": good.slots}
        if chance.random() < 0.1:
            request = broken_request(request, chance)
        try:
            offer = Offer.model_validate(request)
        except ValidationError:
            return "schema"
        try:
            spec, answer = negotiate(
                offer,
                self._hello,
                room="room",
                peer="peer",
                role_slots=slots,
                random_ssrc=lambda: chance.randrange(1, 1 << 32),
                random_credentials=lambda: ("ufrag", "p" * 22),
            )
            check_spec(spec)
        except ProtocolError as refused:
            return refused.code
        except Exception as bug:
            self._kept.write_text(offer.model_dump_json())
            raise AssertionError(f"{bug!r}; the offer is in {self._kept}") from bug
        if self.outcomes["answered"] % 10 == 0:
            SessionDescription.parse(answer)
        return "answered"


class ClassBeside:
    """A class on real sockets that goes on beside it all: nobody in it may lose a word, or each other."""

    def __init__(self, server: Server, hannah: Client, margaret: Client, pauline: Client) -> None:
        self.server = server
        self.margaret = margaret
        self.hannah = hannah
        self.said = 0
        self._pauline = pauline

    async def turn(self) -> None:
        """Hannah and Pauline each write something, which the other hears."""
        for writer, reader in ((self.hannah, self._pauline), (self._pauline, self.hannah)):
            self.server.seconds += 1
            self.said += 1
            text = f"This is message {self.said}"
            ack = await writer.ask("chat:post", {"key": f"key-of-message-{self.said}", "text": text})
            assert ack["ok"], ack
            await reader.heard("message", id=ack["id"], text=text, mine=False)

    async def assert_nothing_lost(self) -> None:
        """All of it is in the tables' view, in order, and everybody is where they were."""
        server, person = self.server, self._pauline.person
        server.seconds += 10
        view = (await server.joined(person)).ack["view"]
        assert view["me"]["place"] == "in_class"
        kept = [one["text"] for one in view["chat"] if one["text"].startswith("This is message ")]
        expected = [f"This is message {number}" for number in range(1, self.said + 1)]
        assert kept == expected[-len(kept) :]
        assert len(kept) >= min(self.said, 50)
        counts = server.signalling.counts
        assert counts.get("bug", 0) == counts.get("not_stored", 0) == 0


@asynccontextmanager
async def class_beside(folder: Path):
    """A class of Hannah, Margaret and Pauline."""
    async with serving(folder) as server:
        hannah = await server.joined("hannah")
        margaret = await server.in_class(hannah, "margaret")
        yield ClassBeside(server, hannah, margaret, await server.in_class(hannah, "pauline"))


async def fuzz_schemas(folder: Path, each: int, seed: int) -> dict[str, int]:
    """So many broken requests for every event's schema, beside a class."""
    chance, replies, refused = random.Random(seed), Replies(lambda: "reference"), 0
    with patch("server.signalling.replies.log", Silent()):
        async with class_beside(folder) as beside:
            for row in CLIENT_EVENTS:
                for count in _slices(each):
                    refused += fuzz_schema(row.name, count, chance, replies)
                    await beside.turn()
            await beside.assert_nothing_lost()
    counted = replies.counts["refused"] + replies.counts["protocol_error"]
    assert counted == refused, "each refusal is counted once"
    return {"inputs": each * len(CLIENT_EVENTS), "refused": refused, "said_beside": beside.said}


async def fuzz_offers(folder: Path, count: int, seed: int) -> Counter[str]:
    """So many broken offers, beside a class."""
    fuzz = OfferFuzz(random.Random(seed), folder)
    async with class_beside(folder) as beside:
        for part in _slices(count, SLICE // 10):
            fuzz.run(part)
            await beside.turn()
        await beside.assert_nothing_lost()
    return fuzz.outcomes


async def send_broken_requests(folder: Path, each: int, seed: int) -> Counter[str]:
    """So many broken requests of every kind over a real socket of somebody in the class itself."""
    chance, outcomes = random.Random(seed), Counter[str]()
    async with class_beside(folder) as beside:
        server, hannah, margaret = beside.server, beside.hannah, beside.margaret
        for row in CLIENT_EVENTS:
            sender = hannah if "person:" in row.name or row.name == "question:answer" else margaret
            for number in range(each):
                server.seconds += 1
                request = broken_request(REQUESTS[row.name], chance)
                ack = await sender.ask(row.name, request)
                outcomes["ok" if ack["ok"] else ack["error"]["code"]] += 1
                if not ack["ok"]:
                    assert ack["error"]["reference"] is None, f"{row.name} {request!r}: {ack}"
                    assert ack["error"]["words"]
                elif row.name == "class:leave":
                    await margaret.ask("class:join", {"device": "device-of-margaret"})
                    await hannah.ask("person:admit", {"person": "margaret"})
                if number % 20 == 0:
                    await beside.turn()
        await beside.assert_nothing_lost()
        counts = server.signalling.counts
        refused = sum(number for code, number in outcomes.items() if code != "ok")
        assert counts.get("refused", 0) + counts.get("protocol_error", 0) >= refused
    return outcomes


def _slices(count: int, size: int = SLICE) -> Iterator[int]:
    for start in range(0, count, size):
        yield min(size, count - start)
