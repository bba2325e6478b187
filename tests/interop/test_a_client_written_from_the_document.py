"""A client that knows only `docs/protocol.md` joins a real class. If it cannot, the document is wrong."""

from __future__ import annotations

import array
import asyncio
import itertools
import re
from contextlib import AsyncExitStack
from pathlib import Path

import av
import pytest
from aiortc import MediaStreamTrack

from tests.e2e.service import DemoService, demo_service
from tests.interop.foreign_client import TONE_HZ, ForeignClient, OneColour, RequestRefused, Tone

PHYSIOS_WALL, PATIENTS_WALL = 190, 70
"""Brightness (luma, 0 to 255) of what their cameras see."""
pytestmark = pytest.mark.timeout(60)


async def opened(stack: AsyncExitStack, link: str) -> ForeignClient:
    """A client that has pressed Join and is connected."""
    client = ForeignClient()
    stack.push_async_callback(client.close)
    await client.open_link(link)
    await client.connect()
    return client


async def in_class(stack: AsyncExitStack, service: DemoService) -> tuple[ForeignClient, ForeignClient]:
    """A physio, and a patient whom she has let in; both have negotiated their media."""
    physio = await opened(stack, service.physio)
    assert await physio.join() == "needed"
    assert physio.view["me"]["place"] == "in_class"
    await physio.negotiate(Tone(), OneColour(PHYSIOS_WALL))

    patient = await opened(stack, service.patients[0])
    assert await patient.join() == "needed"
    assert patient.view["me"]["place"] == "waiting"
    await patient.negotiate(Tone(), OneColour(PATIENTS_WALL))
    with pytest.raises(RequestRefused, match="still_waiting"):
        await patient.ask("question:ask", {"key": patient.new_key(), "text": "Am I in?"})

    waiting = await physio.until(lambda view: [p for p in view["people"] if p["place"] == "waiting"])
    await physio.ask("person:admit", {"person": waiting[0]["id"]})
    await patient.until(lambda view: view["me"]["place"] == "in_class")
    await physio.switch_on("microphone", "camera")
    await patient.switch_on("camera")
    return physio, patient


async def picture(track: MediaStreamTrack, brightness: int) -> None:
    """Wait for a decoded frame of a wall this bright."""
    async with asyncio.timeout(10):
        while True:
            frame = await track.recv()
            assert isinstance(frame, av.VideoFrame)
            if abs(bytes(frame.planes[0])[0] - brightness) < 12:
                return


async def tone(track: MediaStreamTrack) -> None:
    """Wait for 0.2 s of decoded sound that is neither silent nor of another pitch."""
    async with asyncio.timeout(10):
        heard = array.array("h")
        while True:
            frame = await track.recv()
            assert isinstance(frame, av.AudioFrame)
            samples = array.array(
                "h", bytes(frame.planes[0])[: 2 * frame.samples * len(frame.layout.channels)]
            )
            heard = (heard + samples[:: len(frame.layout.channels)])[-frame.sample_rate // 5 :]
            rises = sum(1 for before, after in itertools.pairwise(heard) if before < 0 <= after)
            if max(heard) > 2000 and abs(rises * 5 - TONE_HZ) <= 10:
                return


async def test_a_patient_is_let_in_sees_and_hears_the_physio_and_gets_an_answer(tmp_path: Path) -> None:
    async with demo_service(tmp_path) as service, AsyncExitStack() as stack:
        physio, patient = await in_class(stack, service)
        me = patient.view["me"]["id"]
        await patient.until(lambda view: view["slots"].get("stage") == view["presenter"])
        await physio.until(lambda view: me in view["slots"].values())
        seat = next(slot for slot, one in physio.view["slots"].items() if one == me and "-" not in slot)
        await asyncio.gather(
            picture(patient.tracks["stage"], PHYSIOS_WALL),
            tone(patient.tracks["stage-voice"]),
            picture(physio.tracks[seat], PATIENTS_WALL),
        )

        key = patient.new_key()
        asked = await patient.ask("question:ask", {"key": key, "text": " Which foot first? "})
        again = await patient.ask("question:ask", {"key": key, "text": " Which foot first? "})
        assert again["id"] == asked["id"]
        mine = await patient.until(lambda view: [q for q in view["questions"] if q["id"] == asked["id"]])
        assert (mine[0]["text"], mine[0]["mine"], mine[0]["state"]) == ("Which foot first?", True, "waiting")
        await physio.until(lambda view: [q for q in view["questions"] if q["id"] == asked["id"]])
        await physio.ask(
            "question:answer",
            {"question": asked["id"], "state": "answered_in_writing", "text": "The left one."},
        )
        await patient.until(lambda view: [q for q in view["questions"] if q["answer"] == "The left one."])
        assert len(patient.view["questions"]) == 1


async def test_media_outlast_a_lost_socket_and_a_second_device_takes_over(tmp_path: Path) -> None:
    async with demo_service(tmp_path) as service, AsyncExitStack() as stack:
        physio, patient = await in_class(stack, service)
        me = patient.view["me"]["id"]
        await picture(patient.tracks["stage"], PHYSIOS_WALL)

        await patient.disconnect()
        await patient.connect()
        assert await patient.join(patient.peer) == "kept"
        assert patient.view["me"]["place"] == "in_class"
        await picture(patient.tracks["stage"], PHYSIOS_WALL)

        tablet = await opened(stack, service.patients[0])
        with pytest.raises(RequestRefused, match="other_device"):
            await tablet.join()
        await physio.until(lambda view: [one for one in view["people"] if one["other_device"]])
        assert await tablet.join(take_over=True) == "needed"
        assert tablet.view["me"]["place"] == "in_class"
        await asyncio.wait_for(patient.replaced.wait(), 5)
        await tablet.negotiate(Tone(), OneColour(PATIENTS_WALL))
        await picture(tablet.tracks["stage"], PHYSIOS_WALL)

        await physio.ask("class:end")
        await tablet.until(lambda view: view["ended"])
        assert me not in [person["id"] for person in tablet.view["people"]]
        await patient.disconnect()
        with pytest.raises(RequestRefused, match=r"class_over|too_early"):
            await patient.connect()


async def test_media_come_back_when_the_server_asks_for_a_new_offer(tmp_path: Path) -> None:
    async with demo_service(tmp_path) as service, AsyncExitStack() as stack:
        physio, patient = await in_class(stack, service)
        await picture(patient.tracks["stage"], PHYSIOS_WALL)

        await service.kill("media")
        for client in (physio, patient):
            await client.until(lambda _, client=client: "media_restart" in client.heard)
            await client.negotiate(Tone(), OneColour(PHYSIOS_WALL if client is physio else PATIENTS_WALL))
            await client.switch_on("camera")
        await picture(patient.tracks["stage"], PHYSIOS_WALL)
        assert patient.view["me"]["place"] == "in_class"


async def test_a_link_without_its_cookie_opens_nothing(tmp_path: Path) -> None:
    async with demo_service(tmp_path) as service, AsyncExitStack() as stack:
        patient = await opened(stack, service.patients[0])
        await patient.disconnect()
        patient.cookie = "mr_other=secret"
        with pytest.raises(RequestRefused, match="not_let_in"):
            await patient.connect()


def test_the_client_uses_nothing_of_the_servers() -> None:
    source = (Path(__file__).parent / "foreign_client.py").read_text()
    assert not re.search(r"^\s*(from|import) (server|tests)\b", source, re.MULTILINE)
