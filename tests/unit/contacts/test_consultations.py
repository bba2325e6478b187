from __future__ import annotations

from datetime import timedelta

from server.contacts.rules import Consultation, Dated, Status, consultations
from tests.integration.storage.databases import TUESDAY_10AM


def dated(subject: str, day: int, status: Status) -> Dated:
    return Dated(subject, TUESDAY_10AM + timedelta(days=day), status)


def test_the_first_time_a_patient_is_seen_is_the_initial_consultation_all_later_ones_follow_up() -> None:
    course = [
        dated("a", 7, Status.LATE),
        dated("a", 0, Status.ON_TIME),
        dated("a", 14, Status.MISSED),
        dated("b", 7, Status.ON_TIME),
    ]
    assert consultations(course) == [
        Consultation.FOLLOW_UP,
        Consultation.INITIAL,
        Consultation.FOLLOW_UP,
        Consultation.INITIAL,
    ]


def test_a_missed_first_class_leaves_the_initial_consultation_to_come() -> None:
    course = [dated("a", 0, Status.MISSED), dated("a", 7, Status.ON_TIME), dated("a", 14, Status.ON_TIME)]
    assert consultations(course) == [
        Consultation.INITIAL,
        Consultation.INITIAL,
        Consultation.FOLLOW_UP,
    ]
