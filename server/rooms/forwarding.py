"""What the media worker forwards in one class, kept up to what the policy says and to the peers there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.media.spec import Route, VoiceChoice, VoicesNotice
from server.rooms.floor_values import Floor
from server.rooms.media_orders import MediaLink, MediaOrders
from server.rooms.policy import Forward, Voices, who_may_speak, who_sees_whom
from server.rooms.state import PersonInRoom, RoomState

_Slots = dict[str, dict[str, str]]
"""By receiver and slot, whose picture or voice is in it."""

_RestsOn = tuple[dict[str, PersonInRoom], str, Floor]
_Allowed = tuple[tuple[Forward, ...], tuple[Voices, ...]]
_Told = tuple[tuple[Forward, ...], tuple[Voices, ...], dict[str, str], dict[str, frozenset[str]]]


class Forwarding:
    """The routes of one class, as the worker was last told, and who is in whose slots.

    Most slots are given by the policy; the last few to whoever is loudest, as the worker tells.
    """

    def __init__(self, class_id: str, media: MediaLink, orders: MediaOrders) -> None:
        self._class_id = class_id
        self._media = media
        self._orders = orders
        self._told: _Told | None = None
        self._rests_on: _RestsOn | None = None
        self._allowed: _Allowed = (), ()
        self._fixed: _Slots = {}
        self._choices: dict[str, Voices] = {}
        self._peers: dict[str, str] = {}
        self._loudest: _Slots = {}
        """As the worker last told, by peers."""
        self._slots: _Slots = {}

    def slots_for(self, person_id: str) -> dict[str, str]:
        """Return who is in this person's slots, by slot name."""
        return dict(self._slots.get(person_id, {}))

    def forget(self) -> None:
        """It is another worker, or the same after a while: tell it everything the next time."""
        self._told = None
        self._loudest = {}

    def update(
        self, state: RoomState, peers: Mapping[str, str], large: Mapping[str, frozenset[str]] | None = None
    ) -> list[str]:
        """Have the worker forward what the policy says; return in whose slots others are now.

        `peers` are the names of the peers, by person id; `large` the slots that people's pages show large,
        which get the upper layer whatever the policy thinks of their size.
        """
        large = dict(large or {})
        everyone, speakers = self._what_is_allowed(state)
        if (everyone, speakers, peers, large) == self._told:
            return []
        self._peers = dict(peers)
        forwards = [each for each in everyone if each.sender in peers]
        # Before the worker said what it has, an empty table would cut what it still forwards. A class that is
        # over wants just that: nobody may come to say it later.
        is_said = state.ended_at is not None or self._media.is_known(self._class_id)
        self._told = (everyone, speakers, self._peers, large) if is_said else None
        if is_said:
            self._orders.set_routes(
                self._class_id, tuple(_routes(forwards, peers, large)), tuple(_voices(speakers, peers))
            )
        self._fixed = {}
        for each in forwards:
            self._fixed.setdefault(each.receiver, {})[each.slot] = each.sender
        self._choices = {each.receiver: each for each in speakers}
        return self._merge()

    def _what_is_allowed(self, state: RoomState) -> _Allowed:
        """What the policy says; it is asked again when what it rests on is another, which no message is."""
        if (state.people, state.lead_id, state.floor) != self._rests_on:
            self._rests_on = dict(state.people), state.lead_id, state.floor
            people = state.people.values()
            self._allowed = (
                who_sees_whom(people, state.lead_id, state.floor),
                who_may_speak(people, state.lead_id, state.floor),
            )
        return self._allowed

    def heard(self, notice: VoicesNotice) -> list[str]:
        """The worker tells whose voices a peer gets; return in whose slots others are now."""
        self._loudest[notice.peer] = dict(notice.slots)
        return self._merge()

    def _merge(self) -> list[str]:
        """Nobody stands in a slot who may not be heard there, whatever the worker told a moment ago."""
        slots = {receiver: dict(fixed) for receiver, fixed in self._fixed.items()}
        self._loudest = {peer: told for peer, told in self._loudest.items() if peer in self._peers.values()}
        for receiver, choice in self._choices.items():
            loudest = self._loudest.get(self._peers.get(receiver, ""), {})
            senders = {self._peers.get(sender): sender for sender in choice.senders}
            for slot, peer in loudest.items():
                if slot in choice.slots and peer in senders:
                    slots.setdefault(receiver, {})[slot] = senders[peer]
        before, self._slots = self._slots, slots
        return sorted(one for one in before.keys() | slots.keys() if before.get(one) != slots.get(one))


def _routes(
    forwards: Iterable[Forward], peers: Mapping[str, str], large: Mapping[str, frozenset[str]]
) -> list[Route]:
    return [
        Route(
            to_peer=peers[each.receiver],
            slot=each.slot,
            from_peer=peers[each.sender],
            source=each.source,
            layer="h" if each.slot in large.get(each.receiver, ()) else each.layer,
            priority=each.priority,
        )
        for each in forwards
        if each.receiver in peers
    ]


def _voices(choices: Iterable[Voices], peers: Mapping[str, str]) -> list[VoiceChoice]:
    found = (
        (each, tuple(peers[sender] for sender in each.senders if sender in peers))
        for each in choices
        if each.receiver in peers
    )
    return [
        VoiceChoice(to_peer=peers[each.receiver], slots=each.slots, from_peers=senders)
        for each, senders in found
        if senders
    ]
