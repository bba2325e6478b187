from __future__ import annotations

from typing import get_args

from server.people import roles
from server.signalling import kinds


def test_physio_and_helper_are_staff_and_a_patient_is_not() -> None:
    assert [role for role in roles.Role if role.is_staff] == [roles.Role.PHYSIO, roles.Role.HELPER]


def test_roles_are_called_in_the_protocol_what_they_are_called_in_the_tables() -> None:
    assert set(get_args(kinds.Role)) == {role.value for role in roles.Role}
