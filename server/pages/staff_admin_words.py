"""What the pages of staff accounts say, and their form: roles as boxes, names, profession."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.pages.fields import Fields
from server.people.staff import Grant, Profession, StaffRole
from server.people.staff_list import Listed
from server.people.staff_people import StaffDetails
from server.storage.tables import Service, StaffAccount

IN_A_SERVICE = (StaffRole.LEAD, StaffRole.HELPER, StaffRole.SERVICE_ADMIN)
FOR_ALL = (StaffRole.QUALITY_LEAD, StaffRole.SYSTEM_ADMIN)

ROLES: Mapping[StaffRole, tuple[str, str]] = {
    StaffRole.LEAD: ("Leads classes", "Plans courses, keeps patients' records, sees check-ins"),
    StaffRole.HELPER: ("Helps in classes", "Lets patients in and watches safety"),
    StaffRole.SERVICE_ADMIN: ("Runs the service", "Staff, sites, courses, patients, the audit"),
    StaffRole.QUALITY_LEAD: ("Sees the figures of all services", "No patient is named there"),
    StaffRole.SYSTEM_ADMIN: ("Runs Moveroom", "All services and all staff accounts"),
}

PROFESSIONS = (
    ("", "None"),
    *((each.value, each.value.capitalize()) for each in Profession),
)

DONE: Mapping[str, str] = {
    "sent": "Account added. We have sent an email with a link for choosing a password.",
    "joined": "Somebody with this email address had an account already. They have the new roles now, and"
    " sign in as before.",
    "changed": "Your changes are saved.",
    "closed": "Account closed. This person is signed out.",
    "opened": "Account opened again.",
    "key": "We have sent an email with a link for choosing a password.",
}


@dataclass(frozen=True, slots=True)
class RoleBoxes:
    """The roles for one service, or for all, as a group of boxes."""

    legend: str
    boxes: list[tuple[str, str, str]]
    """Name of the box, its words, its hint."""


def role_boxes(services: Sequence[Service], with_all: bool) -> list[RoleBoxes]:
    """Return the boxes for the roles that somebody may give."""
    one = len(services) == 1
    groups = [
        RoleBoxes(
            "What they do" if one and not with_all else f"What they do in {service.name}",
            [(box_name(Grant(role, service.id)), *ROLES[role]) for role in IN_A_SERVICE],
        )
        for service in services
    ]
    if with_all:
        groups.append(
            RoleBoxes(
                "What they do for all services",
                [(box_name(Grant(role, None)), *ROLES[role]) for role in FOR_ALL],
            )
        )
    return groups


def box_name(grant: Grant) -> str:
    """Return the name of a role's box."""
    return f"{grant.role.value}-{grant.service_id or 'all'}"


def ticked_roles(form: Mapping[str, str], services: Iterable[Service], with_all: bool) -> frozenset[Grant]:
    """Return the roles whose boxes are ticked."""
    offered = [Grant(role, service.id) for service in services for role in IN_A_SERVICE]
    if with_all:
        offered += [Grant(role, None) for role in FOR_ALL]
    return frozenset(grant for grant in offered if form.get(box_name(grant)))


def read_details(fields: Fields) -> StaffDetails:
    """Read names, phone and profession; what is missing stands in `fields.errors`."""
    full_name = fields.text("full_name", "Enter their full name")
    shown_name = fields.text("shown_name", "Enter the name that patients see", most=80)
    phone = fields.phone("phone", None)
    profession = fields.choice("profession", [value for value, _words in PROFESSIONS], None)
    return StaffDetails(full_name, shown_name, phone, Profession(profession) if profession else None)


def form_of_account(account: StaffAccount) -> dict[str, str]:
    """Return an account's fields as the form has them."""
    return {
        "email": account.email,
        "full_name": account.full_name,
        "shown_name": account.shown_name,
        "phone": account.phone,
        "profession": account.profession,
    }


def form_of_roles(grants: Iterable[Grant]) -> dict[str, str]:
    """Return the boxes that are ticked."""
    return {box_name(grant): "yes" for grant in grants}


def roles_in_words(grants: Iterable[Grant], names: Mapping[str, str]) -> list[str]:
    """Return "Leads classes in Riverside", one for each role; the service only when `names` has several."""
    lines = []
    for grant in sorted(grants, key=lambda grant: (names.get(grant.service_id or "", ""), grant.role)):
        words = ROLES[grant.role][0]
        where = names.get(grant.service_id or "") if len(names) > 1 else None
        lines.append(f"{words} · {where}" if where else words)
    return lines


def state_in_words(listed: Listed) -> str:
    """Return what an administrator should know of an account: closed, or not set up."""
    if listed.is_disabled:
        return "Closed"
    return "In use" if listed.is_set_up else "Not set up yet"
