from __future__ import annotations

import re

import pytest

from server.errors import Refused
from server.rooms.card import READY_CARDS, CardText, ready_cards
from server.rooms.cards import SendCard
from server.signalling.requests_cards import SendCard as Request
from tests.unit.rooms.rooms import in_class

TEXT = CardText("Walking group", "Tuesdays at 2pm by the river.", "01632 960777", "https://walk.example")


def test_a_card_is_sent_once_to_one_or_to_all() -> None:
    scene = in_class("margaret", "tom")
    for number, person in enumerate(("margaret", None, "li")):
        scene.do(SendCard(f"c{number}", f"key-of-c{number}", person, TEXT), "tom")
    assert [each.person_id for each in scene.state.cards.values()] == ["margaret", None, "li"]
    again = SendCard("c9", "key-of-c0", "margaret", TEXT)
    assert scene.do(again, "tom") == ()
    assert scene.room.made(again, "tom") == "c0"


def test_a_card_goes_to_patients_of_the_course_only_and_only_from_staff() -> None:
    scene = in_class("margaret", "tom")
    for person in ("tom", "nobody"):
        with pytest.raises(Refused, match="no_such_person"):
            scene.do(SendCard("c1", "key-of-c1", person, TEXT), "hannah")
    with pytest.raises(Refused, match="staff_only"):
        scene.do(SendCard("c1", "key-of-c1", None, TEXT), "margaret")
    assert scene.state.cards == {}


@pytest.mark.parametrize("card", ready_cards("Riverside", "01632 960100"), ids=lambda card: card.title)
def test_a_ready_card_can_be_sent_as_it_is(card: CardText) -> None:
    request = {"key": "a-random-key", "person": None, "title": card.title, "words": card.words}
    Request.model_validate({**request, "phone": card.phone, "address": card.address})


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http:",
        "ftp://x.example",
        "https://a b",
        "https://x.example/\nb",
        "//x.example",
        "https://user@x.example",
    ],
)
def test_an_address_that_is_no_page_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=re.escape("address")):
        Request.model_validate(
            {
                "key": "a-random-key",
                "person": None,
                "title": "A",
                "words": "B",
                "phone": "",
                "address": address,
            }
        )


def test_the_services_own_number_is_the_first_ready_card_where_it_has_one() -> None:
    first = ready_cards("Riverside", "01632 960100")[0]
    assert (first.phone, "Riverside" in first.words) == ("01632 960100", True)
    assert ready_cards("Riverside", "") == READY_CARDS
