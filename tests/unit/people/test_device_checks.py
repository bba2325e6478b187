"""What counts as a device that is ready for class, and what may be sent as a finding."""

from __future__ import annotations

import pytest

from server.errors import Refused
from server.people.device_checks import DeviceCheck, read_device_check

WORKS = {"camera": "works", "microphone": "works", "sound": "heard", "line": "good", "family": "iphone"}


def test_a_device_has_passed_when_all_four_steps_did():
    assert read_device_check(WORKS).has_passed
    assert read_device_check({**WORKS, "line": "slow"}).has_passed


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"camera": "blocked"}, ("camera",)),
        ({"microphone": "silent"}, ("microphone",)),
        ({"sound": "not_heard", "line": "none"}, ("sound", "connection")),
        ({"camera": "untried", "microphone": "busy"}, ("camera", "microphone")),
    ],
)
def test_what_does_not_work_is_named_in_the_order_of_the_steps(change: dict[str, str], missing):
    assert read_device_check({**WORKS, **change}).not_passed == missing


def test_steps_that_are_left_out_were_not_tried_and_other_fields_do_not_matter():
    assert read_device_check({"camera": "works", "more": "x"}) == DeviceCheck(camera="works")
    assert read_device_check({}).not_passed == ("camera", "microphone", "sound", "connection")
    assert read_device_check({"family": "iphone"}).was_left_out
    assert not read_device_check({"camera": "blocked"}).was_left_out


@pytest.mark.parametrize("field", list(WORKS))
def test_nothing_but_the_few_known_findings_is_taken(field: str):
    with pytest.raises(Refused) as refused:
        read_device_check({**WORKS, field: "07700 900142 Margaret"})
    assert refused.value.code == "unreadable_check"
    assert "Margaret" not in refused.value.words
