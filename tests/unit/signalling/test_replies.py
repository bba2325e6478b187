from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.errors import ProtocolError, Refused
from server.rooms.live_room import NotStored
from server.signalling import kinds, requests, requests_chat, requests_questions
from server.signalling.replies import Replies, from_validation
from server.storage.faults import StorageFailed, StorageFault


def wrong(schema: type[kinds.Request], request: object) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        schema.model_validate(request)
    return caught.value


def test_each_error_is_told_to_whom_it_is_for_and_counted() -> None:
    replies = Replies(lambda: "ref-1")
    refused = replies.error(Refused("staff_only", "Only staff can do that."), "chat:post", "class3")
    assert (refused.code, refused.words, refused.reference) == ("staff_only", "Only staff can do that.", None)
    broke = replies.error(ProtocolError("bad_sdp", "no m-line"), "media:offer", "class3")
    assert (broke.code, broke.detail, broke.reference) == ("bad_sdp", "no m-line", None)
    assert "m-line" not in broke.words
    unsaved = replies.error(NotStored("ref-0"), "chat:post", "class3")
    assert unsaved.reference == "ref-0"
    assert "ref-0" in unsaved.words
    bug = replies.error(ZeroDivisionError("Margaret"), "chat:post", "class3")
    assert (bug.code, bug.reference) == ("our_fault", "ref-1")
    assert "Margaret" not in str(bug)
    assert dict(replies.counts) == {
        "refused": 1, "protocol_error": 1, "not_stored": 1, "storage_failed": 1, "bug": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (StorageFault.FULL, "The class goes on: you can see and hear"),
        (StorageFault.AWAY, "The class goes on: you can see and hear"),
        (StorageFault.BUSY, "it took too long"),
        (StorageFault.FAILED, "could not save that"),
    ],
)
def test_a_fault_of_the_storage_has_its_words_with_the_phone_number_and_its_count(
    fault: StorageFault, words: str
) -> None:
    replies = Replies(lambda: "ref-1")
    while_writing = replies.error(NotStored("ref-0", fault), "chat:post", "class3", "01632 960100")
    while_reading = replies.error(StorageFailed("no", fault), "class:join", "class3", "01632 960100")
    for told, reference in ((while_writing, "ref-0"), (while_reading, "ref-1")):
        assert (told.code, told.reference) == ("not_stored", reference)
        assert words in told.words
        assert f"ring us on 01632 960100 and say {reference}" in told.words
    assert replies.counts[f"storage_{fault.value}"] == replies.counts["not_stored"] == 2
    assert replies.counts["bug"] == 0


def test_where_no_phone_number_is_known_none_is_said() -> None:
    told = Replies(lambda: "ref-1").error(NotStored("ref-0", StorageFault.FULL), "chat:post", None)
    assert "ring us and say ref-0" in told.words


@pytest.mark.parametrize(
    ("schema", "request_", "code"),
    [
        (requests_chat.PostMessage, {"key": "a-random-key", "text": ""}, "text_empty"),
        (requests_questions.AskQuestion, {"key": "a-random-key", "text": "x" * 1001}, "text_too_long"),
        (
            requests_questions.AnswerQuestion,
            {"question": "q1", "state": "answered_in_writing", "text": " "},
            "text_empty",
        ),
        (requests_chat.PostMessage, {"key": "a-random-key", "text": "\0\x1b"}, "text_empty"),
        (requests_chat.PostMessage, {"key": "a-random-key", "text": "\ud800"}, "bad_request"),
        (requests_chat.PostMessage, {"key": "?", "text": ""}, "bad_request"),
        (requests_chat.PostMessage, {"key": "a-random-key", "text": None}, "bad_request"),
    ],
)
def test_only_what_a_person_can_bring_about_is_refused_with_words(
    schema: type[kinds.Request], request_: object, code: str
) -> None:
    assert from_validation(wrong(schema, request_)).code == code


def test_a_fault_is_named_by_place_and_kind_and_never_repeats_what_was_sent() -> None:
    error = from_validation(wrong(requests.OwnMedia, {"microphone_on": "my hip", "x" * 200: "my knee"}))
    assert isinstance(error, ProtocolError)
    assert "microphone_on: bool_type" in error.detail
    assert "hip" not in error.detail
    assert "knee" not in error.detail
    assert len(error.detail) < 400
