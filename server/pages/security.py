"""What protects every answer of the web server: response headers, and where a POST may come from.

Instead of CSRF tokens the browser's own word is checked (Fetch Metadata, or Origin where that is missing);
session cookies are SameSite=Lax besides.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from aiohttp import web

NONCE = web.RequestKey("nonce", str)

PERMISSIONS = ", ".join(
    [
        "camera=(self)",
        "microphone=(self)",
        "screen-wake-lock=(self)",
        "fullscreen=(self)",
        "autoplay=(self)",
        "picture-in-picture=(self)",
        "display-capture=(self)",
        "geolocation=()",
        "payment=()",
        "usb=()",
    ]
)


def nonce_of(request: web.Request) -> str:
    """Return this answer's nonce for inline scripts, made when first asked for."""
    if NONCE not in request:
        request[NONCE] = secrets.token_urlsafe(16)
    return request[NONCE]


def content_security_policy(nonce: str | None) -> str:
    """Return the policy: everything from this host, no inline style, inline script by nonce only."""
    script = "script-src 'self'" + (f" 'nonce-{nonce}'" if nonce else "")
    return "; ".join(
        [
            "default-src 'none'",
            script,
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "media-src 'self' blob: mediastream:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def is_cross_site(request: web.BaseRequest, base_url: str) -> bool:
    """Return whether another web site made the browser send this.

    Sec-Fetch-Site decides where the browser sends it (https and localhost). Otherwise Origin must be ours.
    Neither: not a browser, or one so old that only SameSite guards it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc not in (urlsplit(base_url).netloc, request.host)


def add_security_headers(app: web.Application, *, is_https: bool) -> None:
    """Put the headers on every answer of the application, files and refusals included."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", content_security_policy(request.get(NONCE)))
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        headers["Server"] = "Moveroom"
        if is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    app.on_response_prepare.append(add)
