from __future__ import annotations

from server.timetable.agreement import TEXT, VERSION, text_hash

HASHES = {
    1: "c5405a122489b006afca45758a3847ffcbda71b7aaaf1549515dd7afd10d9cc6",
}
"""Of each version that was ever shown. A change of the text needs a new version, and its hash here."""


def test_a_change_of_the_text_is_a_new_version() -> None:
    assert HASHES[VERSION] == text_hash()
    assert max(HASHES) == VERSION


def test_the_text_says_what_a_group_has_to_agree_on() -> None:
    words = " ".join(TEXT)
    for part in ("stays in the group", "Do not record", "leave at any time", "private word", "chat", "Help"):
        assert part in words
