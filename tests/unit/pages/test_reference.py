from __future__ import annotations

import re

from server.pages.reference import spoken_reference


def test_a_reference_can_be_read_out_on_the_phone() -> None:
    for number in range(200):
        assert re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", spoken_reference(f"id{number}"))


def test_two_faults_have_two_references_and_one_always_the_same() -> None:
    assert len({spoken_reference(f"id{number}") for number in range(1000)}) == 1000
    assert spoken_reference("id1") == spoken_reference("id1")
