"""Who a signed-in member of staff is, and what the roles may do. Pure.

| role | may, in the service the role is for (system admin and quality lead: in all) |
|---|---|
| lead | programmes, courses, patients, invitations; run own classes, see and decide on their check-ins |
| helper | run own classes: Today, the waiting room; no check-in's clinical notes |
| service_admin | the service itself, its staff, programmes, courses, patients, invitations, its audit |
| quality_lead | figures without names; no file of contacts |
| system_admin | services, all staff accounts, the audit without patients' names |

"Own" classes are those of a course one leads or helps in, and those one covers (`timetable.ownership`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class StaffRole(StrEnum):
    """A role of an account; the values stand in the tables."""

    LEAD = "lead"
    HELPER = "helper"
    SERVICE_ADMIN = "service_admin"
    QUALITY_LEAD = "quality_lead"
    SYSTEM_ADMIN = "system_admin"

    @property
    def is_for_all(self) -> bool:
        """Whether it is held for all services, and not for one."""
        return self in (StaffRole.QUALITY_LEAD, StaffRole.SYSTEM_ADMIN)


class Profession(StrEnum):
    """Of those who lead."""

    PHYSIOTHERAPIST = "physiotherapist"
    OCCUPATIONAL_THERAPIST = "occupational therapist"
    DIETICIAN = "dietician"
    PSYCHOLOGIST = "psychologist"
    NURSE = "nurse"


class Action(StrEnum):
    """What a page or a button of the staff's pages does."""

    SIGNED_IN = "be signed in"
    """Own account, sign out: every member of staff."""
    RUN_INSTALLATION = "run the installation"
    """Services; accounts with roles for all services."""
    RUN_SERVICE = "run a service"
    """Its name, phone, sites, codes, targets; its staff."""
    SEE_AUDIT = "read the audit"
    SEE_NAMES_IN_AUDIT = "read patients' names in the audit"
    """And look for what was done to a patient."""
    PLAN_PROGRAMMES = "plan programmes"
    PLAN_COURSES = "plan courses"
    """Courses, their classes, the waiting list."""
    KEEP_PATIENTS = "keep patients' records"
    """See and change them, import them, put them on courses."""
    INVITE = "invite patients"
    """Letters, codes, links, e-mails, and what became of them."""
    RUN_CLASSES = "run own classes"
    """Today, the waiting room: admit, message, refuse."""
    SEE_CHECK_INS = "see check-ins"
    """What patients said of their health, and decide on it; of own classes."""
    SEE_FIGURES = "see the month's figures"


_MAY: Mapping[StaffRole, frozenset[Action]] = {
    StaffRole.LEAD: frozenset(
        {
            Action.SIGNED_IN,
            Action.PLAN_PROGRAMMES,
            Action.PLAN_COURSES,
            Action.KEEP_PATIENTS,
            Action.INVITE,
            Action.RUN_CLASSES,
            Action.SEE_CHECK_INS,
            Action.SEE_FIGURES,
        }
    ),
    StaffRole.HELPER: frozenset({Action.SIGNED_IN, Action.RUN_CLASSES}),
    StaffRole.SERVICE_ADMIN: frozenset(
        {
            Action.SIGNED_IN,
            Action.RUN_SERVICE,
            Action.SEE_AUDIT,
            Action.SEE_NAMES_IN_AUDIT,
            Action.PLAN_PROGRAMMES,
            Action.PLAN_COURSES,
            Action.KEEP_PATIENTS,
            Action.INVITE,
            Action.SEE_FIGURES,
        }
    ),
    StaffRole.QUALITY_LEAD: frozenset({Action.SIGNED_IN, Action.SEE_FIGURES}),
    StaffRole.SYSTEM_ADMIN: frozenset(
        {Action.SIGNED_IN, Action.RUN_INSTALLATION, Action.RUN_SERVICE, Action.SEE_AUDIT}
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and the service it is for; None: for all."""

    role: StaffRole
    service_id: str | None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A signed-in member of staff."""

    account_id: str
    session_id: str
    full_name: str
    shown_name: str
    grants: frozenset[Grant]
    people: Mapping[str, str] = field(default_factory=dict)
    """By service: as which person this one leads or helps there."""
    used_at: datetime | None = None
    """When the session was last used, as far as it is stored."""
    session_ends_at: datetime | None = None
    """When the session ends whatever happens."""

    def may(self, action: Action, service_id: str | None = None) -> bool:
        """Whether some role allows it: in this service, or without one anywhere."""
        return any(
            action in _MAY[grant.role]
            and (service_id is None or grant.service_id is None or grant.service_id == service_id)
            for grant in self.grants
        )

    def services(self, action: Action) -> frozenset[str] | None:
        """The services in which it may; None: in all."""
        found = [grant.service_id for grant in self.grants if action in _MAY[grant.role]]
        if any(service_id is None for service_id in found):
            return None
        return frozenset(service_id for service_id in found if service_id is not None)

    @property
    def roles(self) -> frozenset[StaffRole]:
        """All its roles."""
        return frozenset(grant.role for grant in self.grants)
