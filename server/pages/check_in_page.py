"""What all pages of the check-in share: their values, and telling the class what was sent."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.pages.checking_in import CheckingIn
from server.pages.rendering import form_page
from server.pages.site import SITE


def check_in_page(
    request: web.Request,
    checking: CheckingIn,
    template: str,
    errors: Mapping[str, str] | None = None,
    **values: object,
) -> web.Response:
    """Render a page for who checks in; with `errors` what was sent is asked again."""
    lead = checking.details.lead.shown_name if checking.details.lead else "your physio"
    return form_page(
        request,
        template,
        checking.who.service,
        status=400 if errors else 200,
        person=checking.who.person,
        address=checking.address,
        link_id=checking.link_id,
        number=checking.details.number,
        lead=lead,
        lead_first=lead[0].upper() + lead[1:],
        errors=errors or {},
        **values,
    )


async def tell_class(request: web.Request, checking: CheckingIn) -> None:
    """Have the class know at once that a check-in was sent."""
    changed = request.app[SITE].check_in_changed
    await changed(checking.details.id, checking.person_id)
    if checking.partner is not None:
        await changed(checking.details.id, checking.partner.person_id)
