from __future__ import annotations

import pytest

from server.people.staff import Action, Grant, StaffMember, StaffRole


def member(*grants: tuple[StaffRole, str | None]) -> StaffMember:
    return StaffMember("a", "s", "Beth", "Beth", frozenset(Grant(*grant) for grant in grants))


def test_a_role_holds_in_its_own_service_alone() -> None:
    admin = member((StaffRole.SERVICE_ADMIN, "riverside"))
    assert admin.may(Action.RUN_SERVICE)
    assert admin.may(Action.RUN_SERVICE, "riverside")
    assert not admin.may(Action.RUN_SERVICE, "hillside")
    assert admin.services(Action.RUN_SERVICE) == {"riverside"}


def test_a_role_of_one_service_lends_nothing_to_one_of_another() -> None:
    both = member((StaffRole.SERVICE_ADMIN, "riverside"), (StaffRole.HELPER, "hillside"))
    assert both.may(Action.RUN_CLASSES, "hillside")
    assert not both.may(Action.RUN_CLASSES, "riverside")
    assert not both.may(Action.KEEP_PATIENTS, "hillside")


def test_a_system_admin_runs_all_services_and_sees_no_patients() -> None:
    admin = member((StaffRole.SYSTEM_ADMIN, None))
    assert admin.may(Action.RUN_SERVICE, "any")
    assert admin.services(Action.RUN_SERVICE) is None
    for action in (Action.KEEP_PATIENTS, Action.SEE_CHECK_INS, Action.INVITE, Action.RUN_CLASSES):
        assert not admin.may(action)


def test_a_helper_sees_no_clinical_notes() -> None:
    assert not member((StaffRole.HELPER, "riverside")).may(Action.SEE_CHECK_INS)


def test_a_quality_lead_sees_figures_alone() -> None:
    lead = member((StaffRole.QUALITY_LEAD, None))
    assert {action for action in Action if lead.may(action)} == {Action.SIGNED_IN, Action.SEE_FIGURES}


@pytest.mark.parametrize("action", list(Action))
def test_who_has_no_role_may_nothing(action: Action) -> None:
    assert not member().may(action)
