"""The report of a month: virtual contacts by class and status, and on-demand views beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.contacts.months import Month


@dataclass(frozen=True, slots=True)
class ClassCount:
    """What one class gave to a month."""

    class_id: str
    title: str
    """The course's."""
    number: int
    """Of the class within its course."""
    starts_at: datetime
    """When it was to begin, aware UTC."""
    contacts: int
    """How many patients were seen by video: its part of X."""
    by_status: Mapping[str, int]
    """How many patients by attendance status; only statuses that somebody has."""
    minutes: int
    """Whole minutes of all its contacts together."""


@dataclass(frozen=True, slots=True)
class MonthReport:
    """One service's month in its own time zone."""

    month: Month
    service_id: str
    service_name: str
    contacts: int
    """X: live attendances with status 5 or 6 by video."""
    target: int | None
    """How many were aimed at; None without a target."""
    by_status: Mapping[str, int]
    """How many patients by attendance status; "0" are those of classes that lie ahead or go on."""
    classes: tuple[ClassCount, ...]
    """In the order of their planned start."""
    views: int
    """On-demand views: beside X, never inside it."""
