"""Synthetic people: aiortc's whole RTCPeerConnection, negotiated as a browser is."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Mapping

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from server.media.client import MediaClient
from server.media.spec import Kind, PeerSpec
from server.signalling.requests import Offer
from server.signalling.sdp import negotiate

ROOM = "room"


def answer(offer: Offer, client: MediaClient, peer: str, slots: Mapping[str, Kind]) -> tuple[PeerSpec, str]:
    """As the signalling answers, with its own chance."""
    assert client.hello is not None
    return negotiate(
        offer,
        client.hello,
        room=ROOM,
        peer=peer,
        role_slots=slots,
        random_ssrc=lambda: random.randrange(1, 1 << 32),
        random_credentials=lambda: (secrets.token_hex(4), secrets.token_hex(16)),
    )


class Person:
    """Sends a microphone and a camera, receives its slots."""

    def __init__(self, peer: str, slots: Mapping[str, Kind]) -> None:
        self.peer, self.slots = peer, slots
        self.tracks: dict[str, MediaStreamTrack] = {}
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))

    async def join(self, client: MediaClient) -> PeerSpec:
        """Offer, have the worker await us, and connect."""
        microphone = self.pc.addTransceiver(AudioStreamTrack(), direction="sendonly")
        camera = self.pc.addTransceiver(VideoStreamTrack(), direction="sendonly")
        receivers = {
            name: self.pc.addTransceiver(kind, direction="recvonly") for name, kind in self.slots.items()
        }
        await self.pc.setLocalDescription(await self.pc.createOffer())
        offer = Offer(
            sdp=self.pc.localDescription.sdp,
            sources={microphone.mid: "microphone", camera.mid: "camera"},
            slots={transceiver.mid: name for name, transceiver in receivers.items()},
        )
        spec, text = answer(offer, client, self.peer, self.slots)
        await client.open_peer(spec)
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=text, type="answer"))
        self.tracks = {name: transceiver.receiver.track for name, transceiver in receivers.items()}
        return spec

    async def receives(self, slot: str, frames: int = 5) -> None:
        """Frames arrive, decoded, in the slot."""
        async with asyncio.timeout(20):
            for _ in range(frames):
                await self.tracks[slot].recv()

    async def leave(self) -> None:
        await self.pc.close()
