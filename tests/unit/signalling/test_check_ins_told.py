"""Who is told of check-ins: staff in class, and nobody else."""

from __future__ import annotations

import json
from datetime import date

from server.rooms import commands as c
from server.rooms.state import BeforeClass, Place, Turned
from server.signalling.fan_out import messages
from server.signalling.kinds import View
from server.timetable.check_in_rules import State
from tests.unit.rooms.rooms import AT, PATIENTS, Scene, in_class
from tests.unit.signalling.test_views import seen_by, told, whole

HELD = BeforeClass(
    State.HELD,
    date_of_birth=date(1955, 3, 12),
    place="12 Mill Lane",
    phone="07700 900142",
    emergency_name="Ruth Example",
)


def class_with_check_in() -> Scene:
    """Hannah, Tom and George are in class, Li waits and is held, Margaret has not come."""
    scene = in_class("tom", "george")
    scene.state.has_check_in = True
    scene.state.before_class["li"] = HELD
    scene.put("li", Place.WAITING)
    return scene


def sent(person: str, scene: Scene, command: c.Command, actor: str | None) -> list[tuple[str, View]]:
    return messages(seen_by(person, scene), scene.do(command, actor), {}, AT)


def test_staff_in_class_see_every_patients_check_in_without_symptoms() -> None:
    scene = class_with_check_in()
    for staff in ("hannah", "tom"):
        check_ins = {each["person"]: each for each in whole(staff, scene)["check_ins"]}  # type: ignore[attr-defined]
        assert set(check_ins) == set(PATIENTS)
        assert check_ins["li"]["state"] == "held"
        assert check_ins["li"]["place"] == "12 Mill Lane"
        assert check_ins["li"]["ask"] == "Date of birth: 12 March 1955"
        assert check_ins["margaret"]["state"] == "not_yet"
        assert check_ins["margaret"]["phone"] == "phone of margaret"


def test_patients_and_staff_outside_of_class_see_none() -> None:
    scene = class_with_check_in()
    for person in ("george", "li", "ravi"):
        view = json.dumps(whole(person, scene))
        assert '"check_ins": []' in view
        assert "Mill Lane" not in view
        assert "1955" not in view


def test_without_a_check_in_there_are_none() -> None:
    assert whole("hannah", in_class("george"))["check_ins"] == []


def test_staff_in_class_hear_of_a_red_flag_at_once_also_of_somebody_who_has_not_come() -> None:
    flagged = c.NoteCheckIn("margaret", BeforeClass(State.RED_FLAG))
    for staff in ("hannah", "tom"):
        (event, view), *others = sent(staff, class_with_check_in(), flagged, None)
        assert (event, view.person, view.state) == ("check_in", "margaret", "red_flag")  # type: ignore[attr-defined]
        assert others == []
    for person in ("george", "li", "ravi"):
        assert sent(person, class_with_check_in(), flagged, None) == []


def test_who_waits_knows_whether_the_physio_talks_to_them_first_and_nothing_else_of_the_check_in() -> None:
    assert whole("li", class_with_check_in())["me"]["is_held"] is True
    assert whole("george", class_with_check_in())["me"]["is_held"] is False
    scene = class_with_check_in()
    scene.put("pauline", Place.WAITING)
    for state, is_held in ((State.HELD, True), (State.ALLOWED, False), (State.READY, False)):
        noted = c.NoteCheckIn("pauline", BeforeClass(state, place="3 High Street"))
        ((event, view),) = sent("pauline", scene, noted, None)
        assert (event, view.is_held) == ("me", is_held)  # type: ignore[attr-defined]
        assert "High Street" not in view.model_dump_json()


def test_of_two_in_front_of_one_device_both_know_that_the_physio_talks_to_them_first() -> None:
    scene = class_with_check_in()
    scene.state.before_class["pauline"] = BeforeClass(State.READY, partner_id="li")
    scene.put("pauline", Place.WAITING)
    assert whole("pauline", scene)["me"]["is_held"] is True
    allow = c.NoteCheckIn("li", BeforeClass(State.ALLOWED, partner_id="pauline"))
    ((event, view),) = sent("pauline", scene, allow, None)
    assert (event, view.is_held) == ("me", False)  # type: ignore[attr-defined]


def test_who_is_turned_away_is_told_why_and_staff_that_it_is_so() -> None:
    turn_away = c.TurnAway("li", Turned.UNWELL, "Please rest today.")
    whole_class, turned = sent("li", class_with_check_in(), turn_away, "tom")
    assert whole_class[0] == "class"
    assert whole_class[1].me.place == "left"  # type: ignore[attr-defined]
    assert turned[0] == "turned_away"
    assert turned[1].model_dump() == {"words": "Please rest today.", "phone": "01632 960100"}
    assert [event for event, _ in told("hannah", class_with_check_in(), turn_away, "tom")] == [
        "check_in", "person_left", "here",
    ]  # fmt: skip
    assert [event for event, _ in told("george", class_with_check_in(), turn_away, "tom")] == ["here"]


def test_who_comes_back_to_the_waiting_room_sees_it_staff_see_her_there_and_the_group_no_more() -> None:
    def dropped_and_held() -> Scene:
        scene = class_with_check_in()
        scene.do(c.Lost("george"), None)
        scene.state.before_class["george"] = HELD
        scene.put("pauline", Place.WAITING)
        scene.do(c.Allow("pauline", "Asked aloud."), "hannah")
        scene.do(c.Admit("pauline"), "hannah")
        return scene

    ((event, view),) = sent("george", dropped_and_held(), c.Join(), "george")
    assert (event, view.me.place, view.people[0].role) == ("class", "waiting", "physio")  # type: ignore[attr-defined]
    assert {each.role for each in view.people} == {"physio", "helper"}  # type: ignore[attr-defined]
    assert (view.chat, view.slots) == ((), {})  # type: ignore[attr-defined]
    for staff in ("hannah", "tom"):
        (event, view), here, lost = sent(staff, dropped_and_held(), c.Join(), "george")
        assert (event, view.id, view.place) == ("person", "george", "waiting")  # type: ignore[attr-defined]
        assert (here[0], lost[0]) == ("here", "unaccounted")
    (event, view), here = sent("pauline", dropped_and_held(), c.Join(), "george")
    assert (event, view.id, here[0]) == ("person_left", "george", "here")  # type: ignore[attr-defined]
    assert [event for event, _ in sent("li", dropped_and_held(), c.Join(), "george")] == ["here"]


def test_a_message_to_who_waits_is_for_her_alone() -> None:
    message = c.TellWaiting("li", "I will let you in at 10.")
    ((event, view),) = sent("li", class_with_check_in(), message, "tom")
    assert (event, view.told) == ("me", "I will let you in at 10.")  # type: ignore[attr-defined]
    for person in ("hannah", "george"):
        assert sent(person, class_with_check_in(), message, "tom") == []
