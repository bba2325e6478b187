"""The player's report as it comes in: JSON of one form, small, and refused in JSON with a code."""

from __future__ import annotations

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from server.errors import Refused
from server.ondemand.watching import Report

MAX_BYTES = 2_000
PATIENCE_S = 10.0
MAX_MS = 24 * 60 * 60 * 1000
_TRY_ANEW = "Open the page again."

STATUS = {
    "not_let_in": 403,
    "patients_only": 403,
    "no_such_session": 404,
    "too_slow": 408,
    "too_large": 413,
    "not_json": 415,
    "too_fast": 429,
    "bad_request": 400,
    "not_in_session": 422,
    "outruns_clock": 422,
    "too_many_pieces": 422,
}
"""The codes there are (docs/ondemand.md), each with its HTTP status."""

Ms = Annotated[int, Field(ge=0, le=MAX_MS)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    playback: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,40}$")]
    from_ms: Ms
    to_ms: Ms
    position_ms: Ms


async def read_report(request: web.Request) -> Report:
    """Read the body; raises `Refused` (not_json, too_large, too_slow, bad_request)."""
    if request.content_type != "application/json":
        raise Refused("not_json", _TRY_ANEW)
    if (request.content_length or 0) > MAX_BYTES:
        raise Refused("too_large", _TRY_ANEW)
    content = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while chunk := await request.content.read(MAX_BYTES + 1 - len(content)):
                content += chunk
                if len(content) > MAX_BYTES:
                    raise Refused("too_large", _TRY_ANEW)
    except TimeoutError:
        raise Refused("too_slow", _TRY_ANEW) from None
    try:
        body = _Body.model_validate_json(bytes(content))
    except ValidationError:
        raise Refused("bad_request", _TRY_ANEW) from None
    return Report(body.playback, body.from_ms, body.to_ms, body.position_ms)


def refusal(refused: Refused) -> web.Response:
    """Return the refusal as the player understands it."""
    headers = {"Cache-Control": "no-store"}
    if refused.code == "too_fast":
        headers["Retry-After"] = "5"
    return web.json_response(
        {"ok": False, "error": {"code": refused.code, "words": refused.words}},
        status=STATUS[refused.code],
        headers=headers,
    )
