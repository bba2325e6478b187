"""What is done for the events of moderating, and of who sees whom."""

from __future__ import annotations

from collections.abc import Callable

from server.rooms import commands as c
from server.rooms import floor, removing, seeing
from server.rooms.floor_values import UndoKind
from server.rooms.state import HelpDone, Turned
from server.signalling import requests, requests_floor


def mute_all(request: requests.Nothing, new_id: Callable[[], str]) -> c.Command:
    """person:mute_all."""
    return floor.MuteAll()


def take_back(request: requests_floor.UndoLast, new_id: Callable[[], str]) -> c.Command:
    """class:undo."""
    return floor.TakeBack(UndoKind(request.kind) if request.kind else None)


def lock(request: requests_floor.LockClass, new_id: Callable[[], str]) -> c.Command:
    """class:lock."""
    return floor.Lock(request.locked)


def extend(request: requests.Nothing, new_id: Callable[[], str]) -> c.Command:
    """class:extend."""
    return floor.Extend()


def hand_over(request: requests.WhichPerson, new_id: Callable[[], str]) -> c.Command:
    """class:present."""
    return floor.HandOver(request.person)


def spotlight(request: requests_floor.Spotlight, new_id: Callable[[], str]) -> c.Command:
    """stage:spotlight."""
    return floor.PutInSpotlight(request.person)


def show(request: requests_floor.ShowMe, new_id: Callable[[], str]) -> c.Command:
    """me:show."""
    return seeing.ShowToGroup(request.to_group)


def stop(request: requests_floor.StopCamera, new_id: Callable[[], str]) -> c.Command:
    """person:stop_camera."""
    return seeing.StopCamera(request.person, request.stopped)


def take_aside(request: requests.WhichPerson, new_id: Callable[[], str]) -> c.Command:
    """aside:take."""
    return seeing.TakeAside(request.person)


def end_aside(request: requests.Nothing, new_id: Callable[[], str]) -> c.Command:
    """aside:end."""
    return seeing.EndAside()


def remove(request: requests_floor.RemovePerson, new_id: Callable[[], str]) -> c.Command:
    """person:remove."""
    done = HelpDone(request.done) if request.done is not None else None
    return removing.Remove(request.person, Turned(request.reason), request.text, done, request.note or "")


def let_back(request: requests.WhichPerson, new_id: Callable[[], str]) -> c.Command:
    """person:let_back."""
    return removing.LetBack(request.person)
