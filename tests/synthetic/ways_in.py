"""What tests of the ways in look at: a class's server side, and whether a picture gets through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.synthetic.client import Client
from tests.synthetic.room import STAGE, Class


def connections(room: Class) -> int:
    """How many TCP connections the server has."""
    return len(room.sfu._mux._listener)


async def until_server(holds: Callable[[], object]) -> None:
    """Wait for the server's side of a connection, of which nothing tells."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def shows(room: Class, physio: Client, *patients: Client, body: bytes = b"picture") -> None:
    """One more frame reaches all of them."""
    known = {patient: len(patient.of(STAGE)) for patient in patients}
    room.film(physio, "l", key=True, body=body)
    for patient in patients:
        await patient.until(lambda patient=patient: len(patient.of(STAGE)) > known[patient])


async def pair(room: Class) -> tuple[Client, Client]:
    """A physio by UDP, and a patient by TCP who sees her."""
    physio, patient = await room.presenter(), await room.viewer(tcp=True)
    room.show(("physio", "patient"))
    await shows(room, physio, patient)
    return physio, patient
