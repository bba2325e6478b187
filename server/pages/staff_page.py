"""Renders the staff's pages: the navigation by what somebody may do, and what all of them share."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.pages.access import SIGNED_OUT_AT, STAFF
from server.pages.contact import NOBODY, ServiceLine
from server.pages.rendering import form_page
from server.pages.site import SITE
from server.people.staff import Action, StaffMember
from server.timetable.spoken import clock_time


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    words: str
    address: str
    action: Action


PLACES = (
    Place("Today", "/staff", Action.RUN_CLASSES),
    Place("Courses", "/staff/courses", Action.PLAN_COURSES),
    Place("Patients", "/staff/patients", Action.KEEP_PATIENTS),
    Place("Programmes", "/staff/programmes", Action.PLAN_PROGRAMMES),
    Place("Messages", "/staff/messages", Action.INVITE),
    Place("Figures", "/staff/figures", Action.SEE_FIGURES),
    Place("Services", "/staff/services", Action.RUN_SERVICE),
    Place("Staff", "/staff/accounts", Action.RUN_SERVICE),
    Place("Audit", "/staff/audit", Action.SEE_AUDIT),
    Place("Your account", "/staff/account", Action.SIGNED_IN),
)


def places_for(member: StaffMember) -> list[Place]:
    """What somebody finds in the navigation."""
    return [place for place in PLACES if member.may(place.action)]


def home_of(member: StaffMember) -> str:
    """Where somebody begins after signing in."""
    return places_for(member)[0].address


def staff_page(
    request: web.Request,
    template: str,
    *,
    here: str,
    service: ServiceLine = NOBODY,
    status: int = 200,
    **values: object,
) -> web.Response:
    """Render a page for whoever is signed in. `here` is the address of its entry in the navigation; `service`
    is the one that the page is about, where it is about one.
    """
    site, member, ends_at = request.app[SITE], request[STAFF], request[SIGNED_OUT_AT]
    return form_page(
        request,
        template,
        service,
        status=status,
        member=member,
        places=places_for(member),
        here=here,
        signed_out_at=clock_time(ends_at, site.zone),
        signed_out_in_s=max(0, int((ends_at - site.clock()).total_seconds())),
        **values,
    )
