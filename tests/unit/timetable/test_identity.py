from __future__ import annotations

from datetime import date

from server.timetable.identity import identity_question


def test_the_date_of_birth_is_asked_for_where_it_is_known() -> None:
    question = identity_question("Margaret Ellis", date(1955, 3, 12), "07700 900142")
    assert question == "Date of birth: 12 March 1955"


def test_else_the_end_of_the_phone_number_else_the_full_name() -> None:
    assert identity_question("Margaret Ellis", None, "07700 900142").endswith("it ends in 142")
    assert identity_question("Margaret Ellis", None, "").endswith("Margaret Ellis")
