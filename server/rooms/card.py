"""Signposting cards: where else there is help. Values only; sending them stands in `cards`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CardText:
    """What stands on a card."""

    title: str
    words: str
    phone: str = ""
    address: str = ""
    """Of a page, http or https."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was sent."""

    id: str
    person_id: str | None
    """Whom it is for; None: all patients of the course."""
    sender_id: str
    key: str
    text: CardText = field(repr=False)
    sent_at: datetime


READY_CARDS: tuple[CardText, ...] = (
    CardText(
        "NHS 111",
        "For medical help now when it is not an emergency. Call 111 at any time, day or night, or use NHS 111"
        " online. In an emergency call 999.",
        "111",
        "https://111.nhs.uk",
    ),
    CardText(
        "Call 999",
        "For chest pain, a stroke, bad bleeding, or if you have fallen and cannot get up. Stay where you are"
        " and keep warm.",
        "999",
        "https://www.nhs.uk/nhs-services/urgent-and-emergency-care-services/when-to-call-999/",
    ),
    CardText(
        "If you fall at home",
        "How to get up safely, when to get help, and how to make a fall less likely.",
        "",
        "https://www.nhs.uk/conditions/falls/",
    ),
    CardText(
        "Samaritans",
        "To talk to somebody about whatever troubles you. Free, at any time, day or night.",
        "116 123",
        "https://www.samaritans.org",
    ),
    CardText(
        "Age UK Advice Line",
        "Free advice for older people and their families: care, money, housing, and help at home. Every day,"
        " 8am to 7pm.",
        "0800 678 1602",
        "https://www.ageuk.org.uk",
    ),
)
"""Ready to send. Of the whole of the United Kingdom but for 111, which Northern Ireland does not have."""


def ready_cards(service_name: str, service_phone: str) -> tuple[CardText, ...]:
    """Return the cards that can be sent as they are: the service's own number first, where it has one."""
    if not service_phone:
        return READY_CARDS
    words = (
        f"{service_name}: to ask about your classes, or when something worries you between them. If it cannot"
        " wait, call 111. In an emergency call 999."
    )
    return (CardText("Ring us", words, service_phone), *READY_CARDS)
