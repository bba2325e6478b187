"""Whose voices a patient hears, from the worker's notice to the slots that her page is told of."""

from __future__ import annotations

from pathlib import Path

from server.media.spec import VoicesNotice
from server.rooms import commands as c
from tests.integration.rooms.test_registry import running
from tests.integration.rooms.world import CLASS


async def test_a_patients_page_is_told_whose_voice_is_in_which_slot_until_staff_mute_her(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as process:
        await process.in_class("hannah")
        _, margaret = await process.in_class("margaret")
        _, pauline = await process.in_class("pauline")
        room = process.open_class.room
        await room.do(c.SetOwnMedia(microphone_on=True, camera_on=True), "pauline")
        await process.media.until(lambda: process.media.voices.get(CLASS))
        (choice,) = process.media.voices[CLASS]
        assert (choice.to_peer, choice.from_peers) == (margaret, (pauline,))

        slots = choice.slots
        notice = VoicesNotice(room=CLASS, peer=margaret, slots={slots[0]: pauline})
        process.media._on_notice(notice)  # type: ignore[arg-type]
        assert process.open_class.media.slots_for("margaret")[slots[0]] == "pauline"
        assert slots[0] not in process.open_class.media.slots_for("pauline")

        await room.do(c.Mute("pauline", True), "hannah")
        await process.media.until(lambda: not process.media.voices[CLASS])
        assert slots[0] not in process.open_class.media.slots_for("margaret")
        process.media._on_notice(notice)  # type: ignore[arg-type]
        assert slots[0] not in process.open_class.media.slots_for("margaret"), "told a moment too late"
