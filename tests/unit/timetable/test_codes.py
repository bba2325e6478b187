from __future__ import annotations

import pytest

from server.timetable.codes import organisation_code, site_code, team_code


@pytest.mark.parametrize(
    ("written", "code"), [("RH8", "RH8"), ("rh8", "RH8"), (" q 4 4 ", "Q44"), ("A1B2C3", "A1B2C3")]
)
def test_an_organisation_has_three_to_six_letters_and_digits(written, code):
    assert organisation_code(written) == code


@pytest.mark.parametrize("written", ["", "RH", "A1B2C3D", "RH-8", "RH8é", "٣٣٣"])
def test_what_cannot_be_an_organisation_is_refused(written):
    assert organisation_code(written) is None


@pytest.mark.parametrize(
    ("written", "code"), [("rh802", "RH802"), ("RH8 02", "RH802"), ("G12345678", "G12345678")]
)
def test_a_site_has_five_to_nine_letters_and_digits(written, code):
    assert site_code(written) == code


@pytest.mark.parametrize("written", ["", "RH80", "G123456789", "RH8/02"])
def test_what_cannot_be_a_site_is_refused(written):
    assert site_code(written) is None


@pytest.mark.parametrize("written", ["MSK-1", "Pain team 2", "a" * 20])
def test_a_team_has_up_to_twenty_characters_as_written(written):
    assert team_code(written) == written


@pytest.mark.parametrize("written", ["", "a" * 21, "-MSK", "MSK;1", "MSK\n1"])
def test_what_cannot_be_a_team_is_refused(written):
    assert team_code(written) is None
