from __future__ import annotations

from pathlib import Path

import pytest

from server.rooms.policy import PATIENT_SLOTS, STAFF_SLOTS
from server.signalling.events import CLIENT_EVENTS, SERVER_EVENTS, ClientEvent

TEXT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
ROWS = {line.split("|")[1].strip(" `"): line for line in TEXT.splitlines() if line.startswith("|")}


@pytest.mark.parametrize("event", CLIENT_EVENTS, ids=lambda event: event.name)
def test_every_request_is_described_with_all_its_fields(event: ClientEvent) -> None:
    for field in event.request.model_fields:
        assert f"`{field}`" in ROWS[event.name]


@pytest.mark.parametrize("event", SERVER_EVENTS)
def test_everything_the_server_sends_is_described(event: str) -> None:
    assert event in ROWS


def test_the_slots_are_named_from_the_first_to_the_last() -> None:
    for slot in ("stage", "side", "mate0", "mate3", "stage-voice", "side-voice", "voice0", "voice2"):
        assert slot in PATIENT_SLOTS
        assert f"`{slot}`" in TEXT
    for slot in ("seat0", "seat15", "staff0", "staff1", "seat0-voice", "seat15-voice", "staff1-voice"):
        assert slot in STAFF_SLOTS
        assert f"`{slot}`" in TEXT
