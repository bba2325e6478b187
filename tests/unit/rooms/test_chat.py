from __future__ import annotations

from datetime import timedelta

import pytest

from server.errors import Refused
from server.rooms import chat
from server.rooms import commands as c
from server.rooms import events as e
from server.rooms.message import Message, Reaction, ReportReason
from tests.unit.rooms.rooms import AT, Scene, in_class

UNSAFE = ReportReason.UNSAFE


def talking() -> Scene:
    """Margaret has written m1."""
    scene = in_class("margaret", "pauline", "george", "tom")
    say(scene, "margaret", "m1")
    return scene


def say(scene: Scene, person: str, message: str, reply_to: str | None = None) -> None:
    scene.do(c.Post(message, f"key-of-{message}", "Hello", reply_to), person)


def refused(scene: Scene, command: c.Command, actor: str) -> str:
    with pytest.raises(Refused) as told:
        scene.do(command, actor)
    return told.value.code


def test_a_reaction_counts_once_and_can_be_taken_back() -> None:
    scene = talking()
    scene.do(chat.React("m1", Reaction.THANKS, True), "pauline")
    assert scene.do(chat.React("m1", Reaction.THANKS, True), "pauline") == ()
    scene.do(chat.React("m1", Reaction.SAME_HERE, True), "pauline")
    scene.do(chat.React("m1", Reaction.THANKS, False), "pauline")
    assert scene.state.chat["m1"].reactions == {("pauline", Reaction.SAME_HERE)}


def test_a_message_answers_another_that_is_there() -> None:
    scene = talking()
    say(scene, "pauline", "m2", reply_to="m1")
    assert scene.state.chat["m2"].reply_to == "m1"
    assert refused(scene, c.Post("m3", "key-of-m3", "Hello", "m9"), "george") == "no_such_message"


def test_while_the_chat_is_paused_only_staff_write() -> None:
    scene = talking()
    scene.do(chat.PauseChat(True), "tom")
    assert refused(scene, c.Post("m2", "key-of-m2", "Hello"), "pauline") == "chat_paused"
    say(scene, "tom", "m3")
    scene.do(chat.PauseChat(False), "hannah")
    say(scene, "pauline", "m4")


def test_what_a_held_person_writes_is_there_for_staff_and_herself_until_it_is_approved() -> None:
    scene = talking()
    scene.do(chat.HoldMessages("pauline", True), "tom")
    say(scene, "pauline", "m2")
    message = scene.state.chat["m2"]
    assert message.held
    assert [message.is_shown_to(each, each == "tom") for each in ("tom", "pauline", "george")] == [
        True,
        True,
        False,
    ]
    assert refused(scene, chat.React("m2", Reaction.THANKS, True), "george") == "no_such_message"
    scene.do(chat.ApproveMessage("m2", True), "hannah")
    scene.do(chat.React("m2", Reaction.THANKS, True), "george")
    scene.do(chat.HoldMessages("pauline", False), "tom")
    say(scene, "pauline", "m3")
    assert not scene.state.chat["m3"].held


def test_a_held_message_that_is_not_approved_is_hidden() -> None:
    scene = talking()
    scene.do(chat.HoldMessages("pauline", True), "tom")
    say(scene, "pauline", "m2")
    scene.do(chat.ApproveMessage("m2", False), "tom")
    assert (scene.state.chat["m2"].held, scene.state.chat["m2"].hidden) == (False, True)


def test_only_patients_of_the_course_are_held() -> None:
    scene = talking()
    assert refused(scene, chat.HoldMessages("tom", True), "hannah") == "not_a_patient"
    assert refused(scene, chat.HoldMessages("nobody", True), "hannah") == "no_such_person"


def test_a_hidden_message_keeps_its_text_and_can_be_shown_again() -> None:
    scene = talking()
    scene.do(chat.Hide("m1", UNSAFE, True), "tom")
    assert (scene.state.chat["m1"].hidden, scene.state.chat["m1"].text) == (True, "Hello")
    assert refused(scene, chat.React("m1", Reaction.THANKS, True), "pauline") == "no_such_message"
    assert refused(scene, c.Post("m2", "key-of-m2", "Hello", "m1"), "pauline") == "no_such_message"
    scene.do(chat.Hide("m1", UNSAFE, False), "hannah")
    assert not scene.state.chat["m1"].hidden


def test_a_message_is_reported_once_a_person_and_not_by_its_author() -> None:
    scene = talking()
    scene.do(chat.Report("m1", UNSAFE), "pauline")
    assert scene.do(chat.Report("m1", ReportReason.OTHER), "pauline") == ()
    scene.do(chat.Report("m1", UNSAFE), "george")
    assert scene.state.chat["m1"].reporters == {"pauline", "george"}
    assert refused(scene, chat.Report("m1", UNSAFE), "margaret") == "own_message"


def test_what_was_read_never_goes_back() -> None:
    scene = talking()
    say(scene, "margaret", "m2")
    scene.do(chat.SeeMessages("m2"), "pauline")
    assert scene.do(chat.SeeMessages("m1"), "pauline") == ()
    assert scene.do(chat.SeeMessages("m9"), "pauline") == ()
    assert scene.state.channel.seen == {"pauline": "m2"}


def test_the_room_keeps_the_latest_messages_and_knows_that_there_are_more() -> None:
    scene = in_class("margaret")
    for number in range(chat.LATEST_MESSAGES):
        say(scene, "margaret", f"m{number}")
    assert not scene.state.channel.more
    say(scene, "margaret", "one-more")
    assert len(scene.state.chat) == chat.LATEST_MESSAGES
    assert next(iter(scene.state.chat)) == "m1"
    assert scene.state.channel.more


def test_what_happened_on_the_chats_page_takes_its_place_by_time_and_once() -> None:
    scene = talking()
    at = AT + timedelta(seconds=1)
    posted = e.MessagePosted(at=at, actor="li", message_id="m0", author_id="li", key="key-of-m0", text="Hi")
    scene.do(chat.NoteChat((posted,)), None)
    scene.do(chat.NoteChat((posted,)), None)
    assert list(scene.state.chat) == ["m0", "m1"]


def test_an_earlier_message_that_was_looked_up_changes_as_the_latest_do() -> None:
    scene = talking()
    scene.state.recalled["old"] = Message("old", "george", "key-of-old", "Hello", AT - timedelta(days=7))
    before = scene.room.copy().state
    scene.do(chat.Hide("old", UNSAFE, True), "tom")
    assert scene.state.recalled["old"].hidden
    assert scene.state.channel == before.channel
    assert scene.room.made(c.Post("m9", "key-of-old", "Hello"), "george") == "old"


def test_what_staff_do_to_what_a_person_wrote_is_named_for_the_audit() -> None:
    scene = talking()
    scene.do(chat.HoldMessages("pauline", True), "tom")
    say(scene, "pauline", "m2")
    done = [
        *scene.do(chat.Hide("m1", UNSAFE, True), "tom"),
        *scene.do(chat.ApproveMessage("m2", True), "tom"),
        *scene.do(chat.PauseChat(True), "tom"),
    ]
    assert [chat.staff_action(event) for event in done] == ["hide_message", "approve_message", "pause_chat"]
    assert [getattr(event, "person_id", None) for event in done] == ["margaret", "pauline", None]
