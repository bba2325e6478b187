"""`session.json`: what a session's folder says of itself (recordings/README.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

MAX_BYTES = 64 * 1024

VIDEO_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}
WORDS_TYPES = {".vtt": "text/vtt; charset=utf-8"}
PICTURE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}

EVERYONE, PATIENTS = "everyone", "patients"
AUDIENCES = (
    'must be "everyone", "patients", {"service": "its name", "programmes": ["a title", ...]}'
    " or a list of such; titles without their service would let in another service's patients"
)

_FILE = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"
_WORDS = r"^[^\x00-\x1f\x7f\u2028\u2029]+$"


def _file(types: dict[str, str]) -> StringConstraints:
    ends = "|".join(suffix.removeprefix(".") for suffix in types)
    return StringConstraints(pattern=rf"^{_FILE}\.(?:{ends})$", max_length=100)


def _words(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most, pattern=_WORDS)


class NotAManifest(Exception):
    """The manifest cannot be used; the message names the field and says why, for who wrote it."""


class ProgrammesOf(BaseModel):
    """Programmes of one service, by their titles: two services may both have a "Knee and hip group"."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    service: Annotated[str, _words(200)]
    programmes: Annotated[tuple[Annotated[str, _words(200)], ...], Field(min_length=1, max_length=50)]


class Manifest(BaseModel):
    """The manifest's fields. File names are names within the folder, never paths."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Annotated[str, _words(120)]
    summary: Annotated[str, _words(500)]
    video: Annotated[str, _file(VIDEO_TYPES)]
    captions: Annotated[str, _file(WORDS_TYPES)]
    """Required: pre-recorded video has captions (WCAG 2.2, 1.2.2)."""
    chapters: Annotated[str, _file(WORDS_TYPES)] | None = None
    poster: Annotated[str, _file(PICTURE_TYPES)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$")]
    """Of the captions, as BCP 47 has it: en-GB."""
    tags: Annotated[tuple[Annotated[str, _words(30)], ...], Field(max_length=10)] = ()
    level: Annotated[str, _words(40)] | None = None
    week: Annotated[int, Field(ge=1, le=52)] | None = None
    """The week of a course in which it is to be done at home."""
    audience: (
        Literal["everyone", "patients"]
        | ProgrammesOf
        | Annotated[tuple[ProgrammesOf, ...], Field(min_length=1, max_length=50)]
    )
    """Everyone, whoever has a personal link, or those on a course of one of these programmes."""

    @property
    def content_types(self) -> dict[str, str]:
        """The files that may be served, each with its type, fixed by its ending."""
        every = {**VIDEO_TYPES, **WORDS_TYPES, **PICTURE_TYPES}
        names = (self.video, self.captions, self.chapters, self.poster)
        return {name: every["." + name.rpartition(".")[2]] for name in names if name is not None}


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest; raises `NotAManifest`."""
    if len(content) > MAX_BYTES:
        raise NotAManifest(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["loc"][:1] == ("audience",) and first["type"] != "missing":
            raise NotAManifest(f"audience: {AUDIENCES}") from None
        field = ".".join(str(part) for part in first["loc"])
        raise NotAManifest(f"{field}: {first['msg']}" if field else first["msg"]) from None
