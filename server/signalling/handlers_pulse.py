"""What is done for questions to everyone at once, and for signposting cards."""

from __future__ import annotations

from collections.abc import Callable

from server.rooms import cards, pulses
from server.rooms import commands as c
from server.rooms.card import CardText
from server.rooms.pulse import PulseKind
from server.signalling import requests_cards, requests_pulse


def ask(request: requests_pulse.AskPulse, new_id: Callable[[], str]) -> c.Command:
    """pulse:ask."""
    return pulses.AskPulse(
        new_id(), request.key, PulseKind(request.kind), request.text, tuple(request.options)
    )


def answer(request: requests_pulse.AnswerPulse, new_id: Callable[[], str]) -> c.Command:
    """pulse:answer."""
    return pulses.AnswerPulse(request.pulse, request.value)


def close(request: requests_pulse.WhichPulse, new_id: Callable[[], str]) -> c.Command:
    """pulse:close."""
    return pulses.ClosePulse(request.pulse)


def send_card(request: requests_cards.SendCard, new_id: Callable[[], str]) -> c.Command:
    """card:send."""
    text = CardText(request.title, request.words, request.phone, request.address)
    return cards.SendCard(new_id(), request.key, request.person, text)
