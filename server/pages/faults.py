"""The one place where a refusal or a fault becomes a page."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from server.errors import Refused
from server.pages.rendering import page
from server.pages.security import is_cross_site
from server.pages.site import SITE

log = structlog.get_logger()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
async def faults_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with a page in plain words, whatever goes wrong.

    A POST from another site is refused before it reaches a handler. A bug is logged under a reference that
    the page shows; the log has the route's pattern, never the address, which may hold a personal token.
    """
    site = request.app[SITE]
    if request.method not in SAFE_METHODS and is_cross_site(request, site.base_url):
        return page(request, "another_site.jinja", site.contact.last_known, status=403)
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status == 404:
            return page(request, "not_found.jinja", await site.contact.of_server(), status=404)
        raise
    except Refused as refused:
        return page(request, "refused.jinja", site.contact.last_known, status=403, words=refused.words)
    except Exception:
        reference = site.new_id()[:8]
        resource = request.match_info.route.resource
        log.exception("page_failed", reference=reference, route=resource.canonical if resource else "")
        return page(request, "our_fault.jinja", site.contact.last_known, status=500, reference=reference)
