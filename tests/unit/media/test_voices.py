"""Who of many speakers is heard: never too many, never the wrong ones, without flapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from server.errors import ProtocolError
from server.media.loudness import Loudness
from server.media.spec import Notice, Route, VoiceChoice, VoicesNotice
from server.media.voices import CLEARLY_LOUDER_DB, TOLD_EVERY_S, Voices, VoiceSlots, check_choices

SLOTS = ("voice0", "voice1", "voice2")
EVERYBODY = ("ann", "bea", "cat", "dot", "eve")
QUIET_DB = -90
PACKET_S, TICK_S = 0.02, 0.05


class Talk:
    """Some people's microphones, a packet every 20 ms each, and one listener's three slots.

    `said` has the levels (dBov) each sends next; who has none sends quiet.
    """

    def __init__(self, candidates: Sequence[str] = EVERYBODY) -> None:
        self.now = 1000.0
        self._steps = 0
        self.microphones = {voice: Loudness() for voice in EVERYBODY}
        self.slots = VoiceSlots()
        self.slots.choose(SLOTS, candidates, self.now)
        self.changes = 0

    def for_s(self, seconds: float, at_tick: Callable[[], None] = lambda: None, **levels: float) -> None:
        """Let everybody speak at these levels for so long."""
        self.play({voice: [level] * round(seconds / PACKET_S) for voice, level in levels.items()}, at_tick)
        for _ in range(round(seconds / 0.01) if not levels else 0):
            self._step({}, at_tick)

    def play(self, said: dict[str, list[float]], at_tick: Callable[[], None] = lambda: None) -> None:
        """Let everybody send these packets."""
        for at in range(2 * max((len(levels) for levels in said.values()), default=0)):
            packets = {voice: levels[at // 2] for voice, levels in said.items() if at // 2 < len(levels)}
            self._step(packets, at_tick)

    def _step(self, packets: dict[str, float], at_tick: Callable[[], None]) -> None:
        """Ten milliseconds: a packet of each in every second, a tick in every fifth."""
        if self._steps % 2 == 0:
            for voice, microphone in self.microphones.items():
                microphone.hear(round(-packets.get(voice, QUIET_DB)), 80, self.now)
        if self._steps % 5 == 4:
            standings = {voice: each.standing(self.now) for voice, each in self.microphones.items()}
            speaking = sorted((v for v in standings if standings[v] > -127), key=lambda v: -standings[v])
            self.changes += self.slots.race(standings, speaking)
            at_tick()
        self._steps += 1
        self.now += 0.01

    @property
    def heard(self) -> set[str]:
        return set(self.slots.heard.values())


def talks(least_db: int = -100) -> st.SearchStrategy[dict[str, list[float]]]:
    """Up to three seconds in which everybody speaks, pauses and rustles."""
    stretch = st.tuples(st.integers(1, 40), st.integers(least_db, -10))
    spoken = st.lists(stretch, max_size=6).map(lambda all_: [float(db) for n, db in all_ for _ in range(n)])
    return st.fixed_dictionaries(dict.fromkeys(EVERYBODY, spoken))


@given(talks())
@settings(max_examples=60, deadline=None)
def test_at_most_three_are_heard_and_no_voice_ever_moves_to_another_slot(
    said: dict[str, list[float]],
) -> None:
    talk = Talk()
    before: dict[str, str] = {}

    def look() -> None:
        nonlocal before
        heard = talk.slots.heard
        assert set(heard) <= set(SLOTS)
        assert len(set(heard.values())) == len(heard)
        now = {voice: slot for slot, voice in heard.items()}
        assert all(now[voice] == slot for voice, slot in before.items() if voice in now)
        before = now

    talk.play(said, look)


@given(talks(), st.lists(st.sets(st.sampled_from(EVERYBODY)), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_nobody_is_heard_who_is_no_candidate(said: dict[str, list[float]], allowed: list[set[str]]) -> None:
    talk = Talk()
    for candidates in allowed:
        talk.slots.choose(SLOTS, sorted(candidates), talk.now)
        assert talk.heard <= candidates
        if len(candidates) <= len(SLOTS):
            assert talk.heard == candidates, "where all fit, all are heard"

        def look(candidates: set[str] = candidates) -> None:
            assert talk.heard <= candidates

        talk.play(said, look)


@given(talks(), st.sampled_from(EVERYBODY), st.integers(-54, -10))
@settings(max_examples=60, deadline=None)
def test_the_loudest_is_heard_within_100_ms(said: dict[str, list[float]], voice: str, level: int) -> None:
    """Whatever the others do, as long as it is clearly less loud than she is, or long enough ago."""
    others = {other: list(levels) for other, levels in said.items() if other != voice}
    talk = Talk()
    talk.play(others)
    talk.for_s(6.5)  # 0 dBov falls below speech in 3.7 s
    less = level - CLEARLY_LOUDER_DB
    talk.play({other: [min(db, less) for db in levels] for other, levels in others.items()})
    talk.for_s(0.1, **(dict.fromkeys(others, less) | {voice: level}))
    assert voice in talk.heard


@given(st.lists(st.floats(-70, 0), min_size=4, max_size=4), st.integers(-45, -20))
@settings(max_examples=20, deadline=None)
def test_a_speaker_who_is_heard_is_never_displaced_by_noise(noises: list[float], level: int) -> None:
    """Neither by rustling as loud as she is, nor by single clicks of any loudness, nor in her pauses."""
    talk = Talk()
    talk.for_s(0.2, ann=level)
    rustles = [min(noise, level) for noise in noises]

    def look() -> None:
        assert "ann" in talk.heard

    for word in range(6):
        talk.for_s(0.3, look, **dict(zip(EVERYBODY, [level, *rustles], strict=True)))
        clicks: dict[str, list[float]] = {voice: [QUIET_DB, 0, QUIET_DB] for voice in EVERYBODY[1:]}
        talk.play(clicks | {"ann": [level] * 3}, look)
        if word % 3 == 0:
            talk.for_s(0.3, look, **dict(zip(EVERYBODY[1:], rustles, strict=True)))


@given(st.integers(0, 1 << 32))
@settings(max_examples=30, deadline=None)
def test_between_voices_of_like_loudness_nothing_flaps(seed: int) -> None:
    talk, chance = Talk(), Random(seed)
    talk.for_s(0.3, ann=-30, bea=-30, cat=-30)
    changes = talk.changes
    talk.play({voice: [chance.uniform(-33, -28) for _ in range(100)] for voice in EVERYBODY})
    assert (talk.changes, talk.heard) == (changes, {"ann", "bea", "cat"})


def test_who_falls_silent_keeps_the_slot_for_two_seconds_from_whoever_is_less_loud() -> None:
    talk = Talk()
    talk.for_s(0.2, ann=-25, bea=-25, cat=-25)
    talk.for_s(1.9, bea=-25, cat=-25, dot=-50)
    assert talk.heard == {"ann", "bea", "cat"}
    talk.for_s(0.4, bea=-25, cat=-25, dot=-50)
    assert talk.heard == {"bea", "cat", "dot"}


def test_who_answers_gets_the_slot_of_the_one_silent_for_longest_as_soon_as_she_speaks() -> None:
    talk = Talk()
    talk.for_s(0.2, bea=-25)
    talk.for_s(0.2, ann=-25)
    talk.for_s(0.2, cat=-25)
    talk.for_s(3)
    slot = next(slot for slot, voice in talk.slots.heard.items() if voice == "bea")
    talk.for_s(0.1, dot=-45)
    assert talk.slots.heard[slot] == "dot"


def test_with_nobody_else_speaking_who_was_heard_last_stays() -> None:
    talk = Talk()
    talk.for_s(0.2, ann=-25, bea=-25, cat=-25)
    talk.for_s(60)
    assert talk.heard == {"ann", "bea", "cat"}


# ---- rooms


class Listening:
    """Voices of a room with microphones in it."""

    def __init__(self) -> None:
        self.told: list[VoicesNotice] = []
        self.voices = Voices(self._hear)
        self.microphones = {voice: Microphone() for voice in EVERYBODY}
        self.now = 1000.0

    def _hear(self, notice: Notice) -> None:
        assert isinstance(notice, VoicesNotice)
        self.told.append(notice)

    def choose(self, **candidates: tuple[str, ...]) -> None:
        self.voices.choose(
            "room",
            [VoiceChoice(to_peer=to, slots=SLOTS, from_peers=who) for to, who in candidates.items()],
            self.now,
        )
        self.voices.listen("room", self.microphones.items())

    def for_s(self, seconds: float, *speaking: str) -> None:
        for step in range(round(seconds / 0.01)):
            if step % 2 == 0:
                for voice, microphone in self.microphones.items():
                    if microphone.loudness is not None:
                        microphone.loudness.hear(30 if voice in speaking else 90, 80, self.now)
            if step % 5 == 4:
                self.voices.tick(self.now)
            self.now += 0.01

    def heard_by(self, peer: str) -> set[str]:
        return {route.from_peer for (to, _), (route, _) in self.voices.heard("room").items() if to == peer}


class Microphone:
    def __init__(self) -> None:
        self.loudness: Loudness | None = None


def test_nobody_ever_gets_her_own_voice() -> None:
    room = Listening()
    room.choose(ann=EVERYBODY, eve=EVERYBODY)
    room.for_s(0.3, "ann")
    assert (room.heard_by("ann"), room.heard_by("eve")) == (set(), {"ann"})
    room.for_s(0.3, *EVERYBODY)
    assert room.heard_by("ann") == {"bea", "cat", "dot"}


def test_levels_are_read_of_candidates_only_and_of_nobody_when_nobody_chooses() -> None:
    room = Listening()
    room.choose(ann=("bea", "cat", "dot", "eve"))
    assert {v for v, m in room.microphones.items() if m.loudness is not None} == set(EVERYBODY) - {"ann"}
    room.choose()
    assert all(microphone.loudness is None for microphone in room.microphones.values())


def test_changes_are_told_together_and_not_more_often_than_five_times_a_second() -> None:
    room = Listening()
    room.choose(ann=("bea", "cat", "dot", "eve"))
    room.for_s(0.1, "bea")
    room.for_s(0.05, "bea", "cat")
    room.for_s(TOLD_EVERY_S, "bea", "cat", "dot")
    first, second = ({"voice0": "bea"}, {"voice0": "bea", "voice1": "cat", "voice2": "dot"})
    assert [notice.slots for notice in room.told] == [first, second]
    room.for_s(5, "bea", "cat", "dot")
    assert len(room.told) == 2, "what does not change is not told"


def test_being_told_the_terms_again_it_tells_who_is_heard_again() -> None:
    room = Listening()
    room.choose(ann=("bea", "cat", "dot", "eve"))
    room.for_s(0.3, "bea")
    room.told.clear()
    room.choose(ann=("bea", "cat", "dot", "eve"))
    room.for_s(0.3)
    assert [notice.slots for notice in room.told] == [{"voice0": "bea"}]


def test_who_may_be_heard_no_more_is_told_of_too() -> None:
    room = Listening()
    room.choose(ann=("bea", "cat", "dot", "eve"))
    room.for_s(0.3, "bea")
    room.choose(ann=("cat", "dot", "eve", "fay"))
    assert room.heard_by("ann") == set()
    room.for_s(0.3)
    assert room.told[-1].slots == {}


def test_how_long_somebody_may_be_heard_is_remembered_through_new_terms_and_not_through_being_muted() -> None:
    room = Listening()
    room.choose(ann=("bea", "cat"))
    began = room.now
    room.for_s(1)
    room.choose(ann=("bea",))
    room.for_s(1)
    room.choose(ann=("bea", "cat"))
    since = {route.from_peer: since for route, since in room.voices.heard("room").values()}
    assert since == {"bea": began, "cat": room.now}


def test_one_slot_is_not_filled_twice() -> None:
    choice = VoiceChoice(to_peer="ann", slots=("voice0",), from_peers=("bea",))
    route = Route(to_peer="ann", slot="voice0", from_peer="physio", source="microphone")
    check_choices([route], [choice.model_copy(update={"slots": ("voice1",)})])
    for routes, choices in (([route], [choice]), ([route, route], []), ([], [choice, choice])):
        with pytest.raises(ProtocolError) as refused:
            check_choices(routes, choices)
        assert refused.value.code == "slot_taken"


def test_there_is_no_choice_for_no_slots() -> None:
    with pytest.raises(ValidationError):
        VoiceChoice(to_peer="ann", slots=(), from_peers=("bea",))
    slots = VoiceSlots()
    slots.choose((), ("bea",), 0.0)
    assert not slots.race({"bea": -20.0}, ["bea"])
