from __future__ import annotations

import json
from datetime import timedelta

from server.rooms import commands as c
from server.rooms.chat import LATEST_MESSAGES
from server.rooms.loss import AccountDone
from server.rooms.losses import SettleLoss
from server.rooms.question import QuestionState
from server.rooms.state import BeforeClass, HelpDone, HelpKind, Place
from server.signalling.fan_out import messages
from server.signalling.views import Viewer
from server.timetable.courses import ClassDetails, Enrolled
from tests.unit.rooms.rooms import AT, MEMBERS, Scene, ask, ending, in_class

DETAILS = ClassDetails(
    id="class3",
    course_id="course1",
    title="Knee and hip group",
    number=3,
    of=12,
    starts_at=AT,
    ends_at=AT + timedelta(hours=1),
    ended_at=None,
    service_name="Riverside Physiotherapy",
    service_phone="01632 960100",
    lead_id="hannah",
    people=tuple(
        Enrolled(
            each.person_id,
            each.role,
            each.person_id.title(),
            f"{each.person_id.title()} Example",
            f"phone of {each.person_id}",
            each.seat,
        )
        for each in MEMBERS.values()
    ),
)


TODAY = BeforeClass(
    place="at her son's",
    phone="07700 900321",
    with_whom="her son",
    emergency_name="Sam",
    emergency_phone="07700 900322",
)


def seen_by(person: str, scene: Scene) -> Viewer:
    return Viewer(scene.state, DETAILS, person)


def whole(person: str, scene: Scene) -> dict[str, object]:
    view: dict[str, object] = json.loads(seen_by(person, scene).whole({}, AT).model_dump_json())
    return view


def told(person: str, scene: Scene, command: c.Command, actor: str | None) -> list[tuple[str, object]]:
    """What this person is sent when somebody does something: event and id."""
    sent = messages(seen_by(person, scene), scene.do(command, actor), {}, AT)
    return [(event, getattr(view, "id", None)) for event, view in sent]


def busy_class() -> Scene:
    """Hannah, Tom, Margaret and Pauline in class, George dropped out, Li waits; something of everything."""
    scene = in_class("tom", "margaret", "pauline", "george")
    scene.do(c.Lost("george"), None)
    scene.put("li", Place.WAITING)
    ask("margaret", scene)
    scene.do(c.Post("m1", "key-of-m1", "Hello"), "pauline")
    scene.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    return scene


def ids(view: dict[str, object], field: str) -> set[str]:
    each = view[field]
    assert isinstance(each, list)
    return {one["id"] for one in each}


def test_staff_see_everyone_with_full_name_and_patients_numbers() -> None:
    view = seen_by("hannah", busy_class()).whole({}, AT)
    people = {person.id: person for person in view.people}
    assert set(people) == {"tom", "margaret", "pauline", "george", "li"}
    assert (people["li"].full_name, people["li"].phone) == ("Li Example", "phone of li")
    assert people["tom"].phone is None
    assert (people["george"].place, people["li"].place) == ("dropped", "waiting")
    assert view.help[0].phone == "phone of margaret"
    assert (view.here, view.seats, view.presenter) == (5, 4, "hannah")


def test_patients_see_shown_names_only_and_nobody_who_waits() -> None:
    view = whole("pauline", busy_class())
    assert ids(view, "people") == {"hannah", "tom", "margaret", "george"}
    assert ids(view, "questions") == {"q1"}
    assert ids(view, "chat") == {"m1"}
    assert ids(view, "help") == set()
    text = json.dumps({**view, "me": None})
    assert "Example" not in text
    assert "phone of" not in text
    assert '"li"' not in text


def test_a_patient_sees_her_own_call_and_her_own_number() -> None:
    view = seen_by("margaret", busy_class()).whole({}, AT)
    assert [call.id for call in view.help] == ["h1"]
    assert view.help[0].phone is None
    assert view.me.phone == "phone of margaret"


def test_who_waits_sees_staff_only() -> None:
    view = seen_by("li", busy_class()).whole({"stage": "hannah"}, AT)
    assert {person.id for person in view.people} == {"hannah", "tom"}
    assert (view.questions, view.chat, view.help, view.slots) == ((), (), (), {})
    assert view.here == 5


def test_nobody_is_among_the_others_herself() -> None:
    for person in ("hannah", "margaret"):
        assert person not in {each.id for each in seen_by(person, busy_class()).whole({}, AT).people}


def test_an_answer_names_who_gave_it() -> None:
    scene = busy_class()
    scene.do(c.Vote("q1", True), "pauline")
    scene.do(c.Answer("q1", QuestionState.ANSWERED_IN_WRITING, "Yes."), "tom")
    view = seen_by("pauline", scene).question("q1")
    assert (view.votes, view.voted, view.mine) == (1, True, False)
    assert (view.answer, view.answered_by_name, view.answered_by_role) == ("Yes.", "Tom", "helper")


def test_the_chat_begins_with_its_latest_messages() -> None:
    scene = in_class()
    for number in range(LATEST_MESSAGES + 5):
        scene.do(c.Post(f"m{number}", f"key-of-m{number}", "Hello"), "hannah")
    chat = seen_by("hannah", scene).whole({}, AT).chat
    assert len(chat) == LATEST_MESSAGES
    assert chat[-1].id == f"m{LATEST_MESSAGES + 4}"


def test_somebody_taken_off_the_list_keeps_what_she_wrote_without_her_name() -> None:
    scene = busy_class()
    del scene.state.members["pauline"]
    details = ClassDetails(
        **{field: getattr(DETAILS, field) for field in DETAILS.__slots__ if field != "people"},
        people=tuple(each for each in DETAILS.people if each.person_id != "pauline"),
    )
    assert "Pauline" not in Viewer(scene.state, details, "hannah").message("m1").author_name


def test_who_is_admitted_gets_the_whole_class_and_the_others_one_person() -> None:
    assert told("li", busy_class(), c.Admit("li"), "hannah") == [("class", None)]
    assert told("pauline", busy_class(), c.Admit("li"), "hannah") == [("person", "li"), ("here", None)]


def test_who_comes_to_the_waiting_room_is_told_to_staff_only() -> None:
    def scene() -> Scene:
        return in_class("tom", "margaret")

    assert told("tom", scene(), c.Join(), "li") == [("person", "li"), ("line", "li"), ("here", None)]
    assert told("margaret", scene(), c.Join(), "li") == [("here", None)]


def test_who_gives_up_waiting_is_no_longer_shown_to_staff_and_was_never_shown_to_patients() -> None:
    assert told("hannah", busy_class(), c.Leave(), "li") == [("person_left", "li"), ("here", None)]
    assert told("margaret", busy_class(), c.Leave(), "li") == [("here", None)]


def test_who_leaves_class_is_gone_for_everyone_who_saw_her() -> None:
    assert ("person_left", "pauline") in told("margaret", busy_class(), c.Leave(), "pauline")
    assert told("li", busy_class(), c.Leave(), "pauline") == [("here", None)]
    assert told("li", busy_class(), c.Leave(), "tom") == [("person_left", "tom"), ("here", None)]


def test_a_mute_is_told_to_the_patient_as_her_own_state() -> None:
    assert told("margaret", busy_class(), c.Mute("margaret", True), "tom") == [("me", "margaret")]
    assert told("hannah", busy_class(), c.Mute("margaret", True), "tom") == [("person", "margaret")]


def test_questions_and_chat_go_to_people_in_class_only() -> None:
    post = c.Post("m2", "key-of-m2", "Hello")
    assert told("pauline", busy_class(), post, "hannah") == [("message", "m2")]
    assert told("george", busy_class(), post, "hannah") == [("message", "m2")]
    assert told("li", busy_class(), post, "hannah") == []
    assert told("li", busy_class(), c.Vote("q1", True), "pauline") == []


def test_a_call_for_help_goes_to_staff_and_the_caller() -> None:
    call = c.CallHelp("h2", HelpKind.NOW)
    for person, expected in {"hannah": [("help", "h2")], "tom": [("help", "h2")], "pauline": []}.items():
        assert told(person, busy_class(), call, "li") == expected
    assert told("li", busy_class(), call, "li") == [("help", "h2")]


def test_the_caller_is_told_who_has_seen_her_call_and_so_are_all_staff() -> None:
    for person, expected in {"margaret": [("help", "h1")], "hannah": [("help", "h1")], "pauline": []}.items():
        assert told(person, busy_class(), c.SeeHelp("h1"), "tom") == expected
    scene = busy_class()
    scene.do(c.SeeHelp("h1"), "tom")
    for person in ("margaret", "hannah"):
        assert seen_by(person, scene).help("h1").seen_by_name == "Tom"


def test_the_end_is_the_whole_class_for_everyone() -> None:
    for person in ("hannah", "margaret", "li"):
        assert told(person, busy_class(), ending(busy_class().state), "hannah") == [("class", None)]


def test_staff_see_with_a_call_where_she_is_and_whom_to_ring_and_the_caller_sees_none_of_it() -> None:
    scene = busy_class()
    scene.state.before_class["margaret"] = TODAY
    scene.do(c.SettleHelp("h1", HelpDone.TALKED, "She sat down."), "tom")
    call = seen_by("hannah", scene).help("h1")
    assert (call.place, call.with_whom, call.phones) == (
        "at her son's",
        "her son",
        ("07700 900321", "phone of margaret"),
    )
    assert (call.emergency_name, call.emergency_phone) == ("Sam", "07700 900322")
    assert (call.done, call.done_note) == ("talked", "She sat down.")
    own = seen_by("margaret", scene).help("h1").model_dump_json()
    for secret in ("talked", "sat down", "her son", "07700", "Sam"):
        assert secret not in own


def test_staff_are_told_who_is_lost_with_name_and_number_and_nobody_else_is() -> None:
    scene = busy_class()
    scene.state.before_class["george"] = TODAY
    (george,) = seen_by("tom", scene).whole({}, AT).unaccounted
    assert (george.person, george.full_name, george.phone) == ("george", "George Example", "07700 900321")
    assert george.since == scene.state.people["george"].lost_since
    assert seen_by("pauline", scene).whole({}, AT).unaccounted == ()
    assert seen_by("ravi", scene).whole({}, AT).unaccounted == ()


def test_an_account_is_told_to_staff_alone() -> None:
    settle = SettleLoss("george", AccountDone.RANG_FINE)
    expected = [("unaccounted", None), ("person", "george")]
    assert told("hannah", busy_class(), settle, "tom") == expected
    for person in ("george", "margaret", "li"):
        assert told(person, busy_class(), settle, "tom") == []
    scene = busy_class()
    scene.do(settle, "tom")
    assert seen_by("hannah", scene).person("george").drop_settled
    assert not seen_by("margaret", scene).person("george").drop_settled
    assert seen_by("hannah", scene).unaccounted().people == ()


def test_who_drops_out_and_who_is_back_is_told_to_staff_with_who_is_lost() -> None:
    lost = ("unaccounted", None)
    assert lost in told("tom", busy_class(), c.Lost("margaret"), None)
    assert lost in told("tom", busy_class(), c.ComeBack("george"), None)
    assert lost in told("tom", busy_class(), c.Leave(), "george")
    assert lost not in told("tom", busy_class(), c.Leave(), "margaret")
    assert lost not in told("margaret", busy_class(), c.Lost("pauline"), None)


def test_each_thing_is_sent_once_however_often_it_changed_in_a_batch() -> None:
    scene = busy_class()
    events = [*scene.do(c.Vote("q1", True), "pauline"), *scene.do(c.Vote("q1", False), "pauline")]
    assert [event for event, _ in messages(seen_by("hannah", scene), events, {}, AT)] == ["question"]
