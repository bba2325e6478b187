"""Media for a `Person`: a real browser's offer with a synthetic client behind it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any, Protocol, TypeVar

from server.media.spec import Fingerprint, IceCredentials, WorkerHello
from tests.synthetic.client import FINGERPRINT, IDS, camera, microphone
from tests.synthetic.person import Reply
from tests.synthetic.traffic import Counting

OFFERS = Path(__file__).parents[1] / "unit" / "signalling" / "offers"
OFFERED_IDS = IDS.model_copy(
    update={"mid": 4, "rid": 10, "repaired_rid": 11, "audio_level": 1, "transport_cc": 3, "abs_send_time": 2}
)
"""The header extension ids in those offers."""
PATIENCE, ONE_OFFER_S = 20, 0.8
"""An offer counts as 8 requests, and 10 a second may be sent (docs/protocol.md, section 3)."""
VOICE_SSRC = {"staff": 1709124124, "patient": 3538499604}
"""The microphone's SSRC in those offers."""


C = TypeVar("C", bound=Counting)


class Asks(Protocol):
    """Somebody in class who can ask."""

    async def ask(self, event: str, request: dict[str, Any]) -> Reply:
        """Ask; the acknowledgement."""


async def negotiate_media(person: Asks, role: str, kind: type[C] = Counting) -> C:
    """Offer as a browser of this role (patient or staff) does, take the answer, and be connected."""
    offer = json.loads((OFFERS / f"{role}.json").read_text())
    sdp, replaced = re.subn(
        r"a=fingerprint:sha-256 \S+", f"a=fingerprint:sha-256 {FINGERPRINT}", offer["sdp"]
    )
    assert replaced
    reply = await person.ask("media:offer", {**offer, "sdp": sdp})
    for _ in range(PATIENCE):  # who comes and goes many times a minute is asked to slow down, and does
        if reply.ack["ok"] or reply.ack["error"]["code"] != "too_fast":
            break
        await asyncio.sleep(ONE_OFFER_S)
        reply = await person.ask("media:offer", {**offer, "sdp": sdp})
    assert reply.ack["ok"], reply.ack
    answer, peer = str(reply.ack["sdp"]), str(reply.ack["peer"])
    client = kind(peer, sources=[microphone(VOICE_SSRC[role]), camera("l", "h")])
    theirs = IceCredentials(ufrag=_line(sdp, "ice-ufrag"), pwd=_line(sdp, "ice-pwd"))
    client.spec = client.spec.model_copy(
        update={"ufrag": _line(answer, "ice-ufrag"), "pwd": _line(answer, "ice-pwd"), "remote": theirs}
    )
    await client.connect(_hello(answer))
    return client


def _line(answer: str, name: str) -> str:
    found = re.search(rf"^a={name}:(.*?)\r?$", answer, re.MULTILINE)
    assert found is not None, f"no a={name} in the answer"
    return found.group(1)


def _hello(answer: str) -> WorkerHello:
    algorithm, value = _line(answer, "fingerprint").split(" ")
    _foundation, _component, _protocol, _priority, address, port, *_ = _line(answer, "candidate").split(" ")
    return WorkerHello(
        boot="from the answer",
        fingerprint=Fingerprint(algorithm=algorithm, value=value),
        addresses=((address, int(port)),),
        peers=(),
    )
