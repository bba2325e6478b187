"""What is done for each event of the table: a handler turns a checked request into an acknowledgement."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from server.errors import ProtocolError
from server.ids import Clock
from server.media.spec import IceCredentials, PeerView, SlotWish
from server.rooms import commands as c
from server.rooms.lines import Plays
from server.rooms.media_orders import MediaLink
from server.rooms.open_class import OpenClass
from server.rooms.policy import slots_of
from server.rooms.presence import Device
from server.rooms.refusals import check_who, media_unavailable
from server.rooms.state import HelpDone, SideView, Turned
from server.signalling import (
    requests,
    schemas,
    schemas_class,
)
from server.signalling.connection import SocketConnection
from server.signalling.fan_out import viewer_of
from server.signalling.kinds import Request, View
from server.signalling.sdp import negotiate


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent an event, and what is needed to do it."""

    connection: SocketConnection
    open_class: OpenClass
    media: MediaLink
    clock: Clock
    new_id: Callable[[], str]


Handler = Callable[[Caller, Any], Awaitable[View]]
R = TypeVar("R", bound=Request)


def does(build: Callable[[R, Callable[[], str]], c.Command]) -> Callable[[Caller, R], Awaitable[View]]:
    """Return a handler that gives the room a command, and the id of what it made as acknowledgement."""

    async def handler(caller: Caller, request: R) -> View:
        command = build(request, caller.new_id)
        return schemas.DoneAck(id=await caller.open_class.room.do(command, caller.connection.person_id))

    return handler


def at_once(build: Callable[[R, Callable[[], str]], c.Command]) -> Callable[[Caller, R], Awaitable[View]]:
    """Return a handler as `does`, which acknowledges only when the media worker has done what follows: from
    then on nobody gets a packet of what they may not see or hear any more.
    """
    give = does(build)

    async def handler(caller: Caller, request: R) -> View:
        done = await give(caller, request)
        await caller.open_class.media.carried_out()
        return done

    return handler


async def join(caller: Caller, request: requests.JoinClass) -> View:
    """class:join. The view is made in the same step as the acknowledgement is sent: nothing gets between."""
    device = Device(request.device, request.take_over)
    media = await caller.open_class.join(caller.connection, request.peer, device)
    viewer = viewer_of(caller.open_class, caller.connection)
    slots = caller.open_class.media.slots_for(caller.connection.person_id)
    return schemas_class.JoinedAck(view=viewer.whole(slots, caller.clock()), media=media)


async def offer(caller: Caller, request: requests.Offer) -> View:
    """media:offer. Negotiate here, then have the worker open the peer."""
    open_class, person_id = caller.open_class, caller.connection.person_id
    state = open_class.room.state
    check_who(c.ANYONE_PRESENT, state, person_id)
    hello = caller.media.hello_of(open_class.class_id)
    if hello is None:
        raise media_unavailable()
    spec, answer = negotiate(
        request,
        hello,
        room=open_class.class_id,
        peer=open_class.media.new_peer(person_id),
        role_slots=slots_of(state.members[person_id].role),
        random_ssrc=lambda: secrets.randbelow(2**32 - 1) + 1,
        random_credentials=random_credentials,
        sends_music=state.members[person_id].role.is_staff,
        has_side_view=state.members[person_id].role.is_staff,
    )
    await open_class.media.open(caller.connection, spec)
    return schemas.AnswerAck(sdp=answer, peer=spec.peer)


async def view(caller: Caller, request: requests.OwnView) -> View:
    """media:view. What a page shows is the worker's matter; that no pictures are wanted, staff are told."""
    _check_own_peer(caller, request.peer)
    role = caller.open_class.room.state.members[caller.connection.person_id].role
    pictures = [slot for slot, kind in slots_of(role).items() if kind == "video"]
    shown = tuple(SlotWish(slot=slot, height=request.slots.get(slot, 0)) for slot in pictures)
    await caller.open_class.show(
        caller.connection.person_id,
        PeerView(peer=request.peer, slots=shown, sound_only=request.sound_only),
    )
    return schemas.DoneAck()


async def restart_ice(caller: Caller, request: requests.NewIce) -> View:
    """media:restart. The connection goes on, under fresh credentials of both sides."""
    _check_own_peer(caller, request.peer)
    ufrag, pwd = random_credentials()
    await caller.open_class.media.restart_ice(
        request.peer,
        IceCredentials(ufrag=ufrag, pwd=pwd),
        IceCredentials(ufrag=request.ufrag, pwd=request.pwd),
    )
    return schemas.RestartedAck(ufrag=ufrag, pwd=pwd)


async def plays(caller: Caller, request: requests.HowItPlays) -> View:
    """media:plays."""
    person_id = caller.connection.person_id
    check_who(c.ANYONE_PRESENT, caller.open_class.room.state, person_id)
    frozen, concealed = request.frozen_ms / request.over_ms, request.concealed_ms / request.over_ms
    caller.open_class.media.lines.plays(person_id, Plays(frozen, concealed))
    return schemas.DoneAck()


def _check_own_peer(caller: Caller, peer: str) -> None:
    """Refuse, as ProtocolError, what names another connection than the caller's present one."""
    person_id = caller.connection.person_id
    check_who(c.ANYONE_PRESENT, caller.open_class.room.state, person_id)
    if caller.open_class.presence.of(person_id).peer != peer:
        raise ProtocolError("unknown_peer", "this is not your media connection any more")


def random_credentials() -> tuple[str, str]:
    """A fresh ICE ufrag and pwd (RFC 8445, section 5.3)."""
    return secrets.token_hex(4), secrets.token_hex(16)


def set_own_media(request: requests.OwnMedia, new_id: Callable[[], str]) -> c.Command:
    """media:set."""
    side_view = SideView(request.side_view) if request.side_view is not None else None
    return c.SetOwnMedia(request.microphone_on, request.camera_on, side_view, request.aside)


def admit(request: requests.WhichPerson, new_id: Callable[[], str]) -> c.Command:
    """person:admit."""
    return c.Admit(request.person)


def admit_ready(request: requests.Nothing, new_id: Callable[[], str]) -> c.Command:
    """person:admit_ready."""
    return c.AdmitReady()


def allow(request: requests.AllowPerson, new_id: Callable[[], str]) -> c.Command:
    """person:allow."""
    return c.Allow(request.person, request.text)


def turn_away(request: requests.TurnAwayPerson, new_id: Callable[[], str]) -> c.Command:
    """person:refuse."""
    done = HelpDone(request.done) if request.done is not None else None
    return c.TurnAway(request.person, Turned(request.reason), request.text, done, request.note or "")


def tell_waiting(request: requests.TellPerson, new_id: Callable[[], str]) -> c.Command:
    """person:message."""
    return c.TellWaiting(request.person, request.text)


def mute(request: requests.MutePerson, new_id: Callable[[], str]) -> c.Command:
    """person:mute."""
    return c.Mute(request.person, request.muted)


def leave(request: requests.Nothing, new_id: Callable[[], str]) -> c.Command:
    """class:leave."""
    return c.Leave()
