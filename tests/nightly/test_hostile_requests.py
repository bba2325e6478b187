"""Tens of thousands of broken offers and requests: each is done, or refused with a typed error."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiortc.sdp import SessionDescription
from pydantic import ValidationError

from server.errors import ProtocolError
from server.media.peer import check_spec
from server.media.spec import Fingerprint, WorkerHello
from server.rooms.policy import PATIENT_SLOTS, STAFF_SLOTS
from server.signalling.events import CLIENT_EVENTS
from server.signalling.replies import Replies
from server.signalling.requests import Offer
from server.signalling.sdp import negotiate
from tests.nightly.scale import scaled_count
from tests.synthetic.broken_input import broken_lines, broken_request, broken_text
from tests.unit.signalling.clients import serving

pytestmark = pytest.mark.nightly

SEED = random.SystemRandom().randrange(1_000_000)
OFFERS, REQUESTS, REQUESTS_SENT = 20_000, 20_000, 300
OFFER_FILES = Path(__file__).parents[1] / "unit" / "signalling" / "offers"


# ---- offers


@pytest.mark.timeout(1800)
def test_offers_are_answered_or_refused_with_a_protocol_error(tmp_path: Path, figure):
    chance, began, count = random.Random(SEED), time.monotonic(), scaled_count(OFFERS)
    offers = [
        (Offer.model_validate(json.loads((OFFER_FILES / f"{name}.json").read_text())), slots)
        for name, slots in (("patient", PATIENT_SLOTS), ("patient", PATIENT_SLOTS), ("staff", STAFF_SLOTS))
    ]
    hello = WorkerHello(
        boot="boot",
        fingerprint=Fingerprint(algorithm="sha-256", value=":".join(["AB"] * 32)),
        addresses=(("192.0.2.7", 8090),),
        peers=(),
    )
    outcomes: Counter[str] = Counter()
    for _ in range(count):
        good, slots = chance.choice(offers)
        sdp = broken_lines(good.sdp, chance)
        if chance.random() < 0.05:
            sdp = broken_text(sdp, chance)
        request: dict[str, Any] = {"sdp": sdp, "sources": good.sources, "slots": good.slots}
        if chance.random() < 0.1:
            request = broken_request(request, chance)
        try:
            offer = Offer.model_validate(request)
        except ValidationError:
            outcomes["schema"] += 1
            continue
        try:
            spec, answer = negotiate(
                offer,
                hello,
                room="room",
                peer="peer",
                role_slots=slots,
                random_ssrc=lambda: chance.randrange(1, 1 << 32),
                random_credentials=lambda: ("ufrag", "p" * 22),
            )
            check_spec(spec)
        except ProtocolError as refused:
            outcomes[refused.code] += 1
            continue
        except Exception as bug:
            kept = tmp_path / "offer.json"
            kept.write_text(offer.model_dump_json())
            raise AssertionError(f"{bug!r}; the offer is in {kept}") from bug
        outcomes["answered"] += 1
        if outcomes["answered"] % 10 == 0:
            SessionDescription.parse(answer)
    figure(
        "hostile_offers", inputs=count, errors_untyped=0, seconds=round(time.monotonic() - began),
        answered=outcomes["answered"], kinds_of_refusal=len(outcomes) - 1, seed=SEED,
    )  # fmt: skip
    assert outcomes["answered"] > count / 50
    assert len(outcomes) > 5


# ---- requests

GOOD_REQUESTS: dict[str, dict[str, Any]] = {
    "class:join": {"peer": "margaret.made1"},
    "media:offer": {"sdp": "v=0\r\n", "sources": {"0": "microphone"}, "slots": {"1": "stage"}},
    "media:set": {"microphone_on": True, "camera_on": False},
    "person:admit": {"person": "margaret"},
    "person:mute": {"person": "margaret", "muted": True},
    "class:leave": {},
    "class:end": {},
    "question:ask": {"key": "key-of-question", "text": "Should it click?"},
    "question:vote": {"question": "made1", "up": True},
    "question:answer": {"question": "made1", "state": "answered_in_writing", "text": "Yes."},
    "chat:post": {"key": "key-of-message", "text": "Morning."},
    "help:ask": {"kind": "now"},
    "help:settle": {"help": "made1"},
}


@pytest.mark.timeout(900)
def test_every_schema_refuses_with_a_typed_error(figure):
    chance, began, count = random.Random(SEED), time.monotonic(), scaled_count(REQUESTS)
    replies, refused = Replies(lambda: "reference"), 0
    for row in CLIENT_EVENTS:
        row.request.model_validate(GOOD_REQUESTS[row.name])
        for _ in range(count):
            request = broken_request(GOOD_REQUESTS[row.name], chance)
            try:
                row.request.model_validate(request)
            except Exception as problem:
                replies.error(problem, row.name, None).model_dump_json()
                refused += 1
        assert replies.counts["bug"] == 0, f"{row.name}, seed {SEED}"
    figure(
        "hostile_requests", inputs=count * len(CLIENT_EVENTS), refused=refused,
        errors_untyped=replies.counts["bug"], seconds=round(time.monotonic() - began), seed=SEED,
    )  # fmt: skip
    assert refused > count


@pytest.mark.timeout(900)
async def test_broken_requests_over_real_sockets_are_nobodys_fault_but_the_clients(tmp_path: Path, figure):
    chance, began, count = random.Random(SEED), time.monotonic(), scaled_count(REQUESTS_SENT, least=20)
    outcomes: Counter[str] = Counter()
    async with serving(tmp_path) as server:
        hannah = await server.joined("hannah")
        margaret = await server.in_class(hannah, "margaret")
        await server.in_class(hannah, "pauline")
        for row in CLIENT_EVENTS:
            sender = hannah if "person:" in row.name or row.name == "question:answer" else margaret
            for _ in range(count):
                server.seconds += 1
                request = broken_request(GOOD_REQUESTS[row.name], chance)
                ack = await sender.ask(row.name, request)
                if ack["ok"]:
                    outcomes["ok"] += 1
                else:
                    outcomes[ack["error"]["code"]] += 1
                    assert ack["error"]["reference"] is None, f"{row.name} {request!r}: {ack}"
                if row.name == "class:leave" and ack["ok"]:
                    await margaret.ask("class:join")
                    await hannah.ask("person:admit", {"person": "margaret"})
            assert (await hannah.ask("chat:post", {"key": f"still-here-{row.name[:5]}x".replace(":", "-"),
                                                   "text": row.name}))["ok"]  # fmt: skip
        counts = server.signalling.counts
    figure(
        "hostile_requests_sent", inputs=count * len(CLIENT_EVENTS), errors_untyped=counts.get("bug", 0),
        not_stored=counts.get("not_stored", 0), seconds=round(time.monotonic() - began), seed=SEED,
        **dict(outcomes.most_common(4)),
    )  # fmt: skip
    assert counts.get("bug", 0) == counts.get("not_stored", 0) == 0
