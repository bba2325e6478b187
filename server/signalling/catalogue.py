"""The modules in which the protocol's requests and views stand; one more subject is one more line here."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType

from pydantic import BaseModel

from server.signalling import (
    requests,
    requests_cards,
    requests_chat,
    requests_floor,
    requests_hands,
    requests_help,
    requests_pulse,
    requests_questions,
    schemas,
    schemas_cards,
    schemas_chat,
    schemas_class,
    schemas_floor,
    schemas_hands,
    schemas_help,
    schemas_pulse,
    schemas_questions,
)
from server.signalling.kinds import Request, View

REQUESTS: tuple[ModuleType, ...] = (
    requests,
    requests_floor,
    requests_questions,
    requests_chat,
    requests_hands,
    requests_help,
    requests_pulse,
    requests_cards,
)
VIEWS: tuple[ModuleType, ...] = (
    schemas,
    schemas_class,
    schemas_floor,
    schemas_questions,
    schemas_chat,
    schemas_hands,
    schemas_help,
    schemas_pulse,
    schemas_cards,
)


def models() -> Iterator[type[BaseModel]]:
    """Every schema that is part of the protocol, requests first, in the order in which they are written."""
    for module in (*REQUESTS, *VIEWS):
        for member in vars(module).values():
            if not inspect.isclass(member) or member.__module__ != module.__name__:
                continue
            if issubclass(member, Request | View):
                yield member
