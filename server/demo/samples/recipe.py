"""Whether a sample session is there as this version makes it; told without drawing or encoding anything."""

from __future__ import annotations

import json
from enum import StrEnum, auto
from pathlib import Path

RECIPE = 4
"""Raised whenever the samples come out differently: those of an earlier recipe are made again."""

MARK = ".sample.json"
"""Lies in each folder that the demo made; a folder without it is somebody's own and is left alone."""


class State(StrEnum):
    """What is to be done about a sample session."""

    MISSING = auto()
    OUTDATED = auto()
    MADE = auto()
    NOT_OURS = auto()


def mark(*, spoken: bool) -> str:
    """Return the mark of a session made now, with or without speech."""
    return json.dumps({"recipe": RECIPE, "spoken": spoken}) + "\n"


def state_of(folder: Path, *, can_speak: bool) -> State:
    """Return how a sample's folder stands; a silent one is outdated as soon as there is speech."""
    if not folder.exists():
        return State.MISSING
    try:
        made = json.loads((folder / MARK).read_text())
    except FileNotFoundError:
        return State.NOT_OURS
    except (OSError, ValueError):
        return State.OUTDATED
    if not isinstance(made, dict):
        return State.OUTDATED
    spoken = made.get("spoken") is True
    current = made.get("recipe") == RECIPE and (folder / "session.json").exists()
    return State.MADE if current and (spoken or not can_speak) else State.OUTDATED


def to_make(recordings: Path, names: tuple[str, ...], *, can_speak: bool) -> list[str]:
    """Return the samples that are missing or outdated."""
    return [
        name
        for name in names
        if state_of(recordings / name, can_speak=can_speak) in (State.MISSING, State.OUTDATED)
    ]
