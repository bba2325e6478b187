"""Signs, questions to everyone, and cards as views."""

from __future__ import annotations

from collections import Counter

from server.rooms.card import Card, ready_cards
from server.rooms.pulse import Pulse, PulseKind
from server.rooms.pulses import missing
from server.rooms.state import PersonInRoom, RoomState
from server.signalling.schemas_cards import CardView, ReadyCardView
from server.signalling.schemas_hands import SignalView
from server.signalling.schemas_pulse import PulseView
from server.signalling.views_help import name_of
from server.timetable.courses import ClassDetails

FEWEST_FOR_BARS = 5
"""With how many answers patients get the bars of pain and effort. Of fewer each could tell whose they are:
of two, the one that is not hers is the other's.
"""


def signal_view(person: PersonInRoom | None) -> SignalView | None:
    """Return somebody's last sign."""
    if person is None or person.signal is None:
        return None
    return SignalView(kind=person.signal.kind.value, at=person.signal.at)


def pulse_view(state: RoomState, pulse: Pulse, viewer_id: str) -> PulseView:
    """Return a question to everyone as this person sees it: patients learn how many chose what when it is
    closed, of pain and effort only when enough answered, and never who did.
    """
    is_staff, absent = state.members[viewer_id].role.is_staff, missing(state, pulse)
    chosen = Counter(pulse.answers.values())
    shown_from = 0 if pulse.kind is PulseKind.POLL else FEWEST_FOR_BARS
    shows_bars = is_staff or (pulse.closed_at is not None and len(pulse.answers) >= shown_from)
    return PulseView(
        id=pulse.id,
        kind=pulse.kind.value,
        text=pulse.text,
        options=pulse.options,
        asked_at=pulse.asked_at,
        closed_at=pulse.closed_at,
        my_value=pulse.answers.get(viewer_id),
        answered=len(pulse.answers),
        of=len(pulse.answers) + len(absent),
        shown_from=shown_from,
        bars=tuple(chosen[value] for value in range(pulse.choices)) if shows_bars else (),
        values=dict(pulse.answers) if is_staff else {},
        missing=absent if is_staff else (),
    )


def may_see_card(state: RoomState, card: Card, viewer_id: str) -> bool:
    """Staff see all cards, a patient those for her and for everyone."""
    return card.person_id in (None, viewer_id) or state.members[viewer_id].role.is_staff


def card_view(details: ClassDetails, card: Card) -> CardView:
    """Return a card that was sent."""
    return CardView(
        id=card.id,
        person=card.person_id,
        title=card.text.title,
        words=card.text.words,
        phone=card.text.phone,
        address=card.text.address,
        sent_at=card.sent_at,
        sent_by_name=name_of(details, card.sender_id),
    )


def ready_card_views(details: ClassDetails) -> tuple[ReadyCardView, ...]:
    """Return the cards that can be sent as they are."""
    return tuple(
        ReadyCardView(title=each.title, words=each.words, phone=each.phone, address=each.address)
        for each in ready_cards(details.service_name, details.service_phone)
    )
