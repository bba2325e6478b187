"""A file that a person chose, out of a posted form (multipart/form-data, RFC 7578), read with limits.

What is no such form is a program's doing and refused like any other form that cannot be read; what a person
can do wrong (no file, a file that is too large) is said in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from server.errors import Refused

MULTIPART = "multipart/form-data"
MOST_PARTS = 10
LONGEST_FIELD_BYTES = 1024
AROUND_BYTES = 64 * 1024
"""What a form may have beside the file."""
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with a file."""

    content: bytes
    fields: Mapping[str, str]
    """What else stood in the form."""


async def upload_of(request: web.Request, *, field: str, most_bytes: int) -> Upload:
    """Return the file of a posted form, which is kept in memory only.

    Raises `Refused` (no_file, file_too_large), HTTPUnsupportedMediaType or HTTPBadRequest.
    """
    if request.content_type != MULTIPART:
        raise web.HTTPUnsupportedMediaType(text="a form with a file is needed")
    if request.content_length is not None and request.content_length > most_bytes + AROUND_BYTES:
        raise _too_large(most_bytes)
    content: bytes | None = None
    fields: dict[str, str] = {}
    parts = 0
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            parts += 1
            if parts > MOST_PARTS or not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest(text="this form cannot be read")
            if part.name == field:
                content = await _read(part, most_bytes)
                if content is None:
                    raise _too_large(most_bytes)
                continue
            value = await _read(part, LONGEST_FIELD_BYTES)
            if value is None:
                raise web.HTTPBadRequest(text="a field is too long")
            fields.setdefault(part.name or "", value.decode())
    except (ValueError, LookupError, RuntimeError) as broken:
        raise web.HTTPBadRequest(text="this form cannot be read") from broken
    if not content:
        raise Refused("no_file", "Choose a file")
    return Upload(content, fields)


async def _read(part: BodyPartReader, most_bytes: int) -> bytes | None:
    """Return the part's content; None when it is longer."""
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > most_bytes:
            return None
    return bytes(content)


def _too_large(most_bytes: int) -> Refused:
    return Refused(
        "file_too_large", f"The file must be {most_bytes // (1024 * 1024)} MB or less. Split it in two"
    )
