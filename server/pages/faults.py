"""The one place where a refusal or a fault becomes a page, or JSON for the client's own requests."""

from __future__ import annotations

import contextlib

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from server.errors import ProtocolError, Refused
from server.pages.contact import ServiceLine
from server.pages.fault_words import NO_SUCH_PAGE, STORAGE, UNREADABLE, FaultWords
from server.pages.forms import posted_text
from server.pages.last_resort import last_resort
from server.pages.reference import spoken_reference
from server.pages.rendering import form_page, link_in, page
from server.pages.security import is_cross_site
from server.pages.site import SITE
from server.storage.database import StorageFailed

log = structlog.get_logger()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = "application/json"


@web.middleware
async def faults_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with a page in plain words, whatever goes wrong, and count it in `Site.failures`.

    A POST from another site is refused before it reaches a handler. A bug or a fault of the storage is
    logged under a reference that the page shows; the log has the route's pattern, never the address, which
    may hold a personal token. When even that page cannot be made, a plain one has the phone number.
    """
    try:
        return await _answer(request, handler)
    except web.HTTPException:
        raise
    except Exception:
        request.app[SITE].failures["page_not_made"] += 1
        with contextlib.suppress(Exception):
            _logged(request, "fault_page_failed")
        if _speaks_json(request):
            return _json(500, "our_fault", "Something went wrong on our side.")
        return last_resort(_service(request))


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    site = request.app[SITE]
    if request.method not in SAFE_METHODS and is_cross_site(request, site.base_url):
        site.failures["another_site"] += 1
        return page(request, "another_site.jinja", _service(request), status=403)
    try:
        return await handler(request)
    except web.HTTPException as answer:
        return await _not_as_asked(request, answer)
    except Refused as refused:
        site.failures["refused"] += 1
        if _speaks_json(request):
            return _json(403, refused.code, refused.words)
        return page(request, "refused.jinja", _service(request), status=403, words=refused.words)
    except ProtocolError as broken:
        site.failures["unreadable"] += 1
        if _speaks_json(request):
            return _json(400, broken.code, broken.detail)
        return page(request, "unreadable.jinja", _service(request), status=400, words=UNREADABLE[400])
    except StorageFailed as failed:
        return await _storage_failed(request, failed)
    except Exception:
        site.failures["bug"] += 1
        reference = _logged(request, "page_failed")
        if _speaks_json(request):
            return _json(500, "our_fault", f"Something went wrong on our side. Reference: {reference}")
        return page(request, "our_fault.jinja", _service(request), status=500, reference=reference)


def _service(request: web.Request) -> ServiceLine:
    """Whom the person in front of this address would ring, as far as is known without the database."""
    return request.app[SITE].contact.known_for(link_in(request))


async def _not_as_asked(request: web.Request, answer: web.HTTPException) -> web.StreamResponse:
    """Make a page of what handlers and the router refuse; redirections and the like go as they are."""
    site, service = request.app[SITE], _service(request)
    if answer.status < 400:
        raise answer
    if answer.status == 404:
        site.failures["not_found"] += 1
        if _speaks_json(request):
            return _json(404, "not_found", NO_SUCH_PAGE)
        known = service if service.phone else await site.contact.of_server()
        return page(request, "not_found.jinja", known, status=404)
    site.failures["unreadable"] += 1
    words = UNREADABLE.get(answer.status, UNREADABLE[400])
    if _speaks_json(request):
        made: web.Response = _json(answer.status, "unreadable", words)
    else:
        made = page(request, "unreadable.jinja", service, status=answer.status, words=words)
    if "Allow" in answer.headers:
        made.headers["Allow"] = answer.headers["Allow"]
    return made


async def _storage_failed(request: web.Request, failed: StorageFailed) -> web.StreamResponse:
    """Say what is true, that nothing was saved, and offer to send the same once more."""
    site = request.app[SITE]
    site.failures[f"storage_{failed.fault}"] += 1
    reference = _logged(request, "storage_failed", fault=str(failed.fault))
    words: FaultWords = STORAGE[failed.fault]
    if _speaks_json(request):
        answer = _json(503, f"storage_{failed.fault}", f"{words.heading}. {words.lines[-1]}")
    else:
        answer = form_page(
            request,
            "storage_fault.jinja",
            _service(request),
            status=503,
            words=words,
            reference=reference,
            posted=None if request.method in SAFE_METHODS else await posted_text(request),
        )
    answer.headers["Retry-After"] = str(words.retry_after_s)
    return answer


def _logged(request: web.Request, event: str, **more: str) -> str:
    reference = spoken_reference(request.app[SITE].new_id())
    resource = request.match_info.route.resource
    log.exception(event, reference=reference, route=resource.canonical if resource else "", **more)
    return reference


def _speaks_json(request: web.Request) -> bool:
    """Whether the client's script asks, and not a person by a form or an address."""
    return request.method not in SAFE_METHODS and request.content_type == JSON


def _json(status: int, code: str, words: str) -> web.Response:
    answer = web.json_response({"ok": False, "error": {"code": code, "words": words}}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
