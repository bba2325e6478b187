"""Lost sound in real browsers: the packet after it brings most of it again (Opus FEC, RFC 6716)."""

from __future__ import annotations

import socket

import pytest

from server.media.spec import Route
from tests.e2e.browser import chromium, until
from tests.e2e.service import free_port
from tests.integration.media_control.test_answer_in_chromium import blank_page, joined
from tests.lab.network import HOST, HOSTS, network
from tests.lab.speech import speak

__all__ = ["blank_page"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOSS, LOST_PKTS = 0.1, 50
PACKET_SAMPLES = 960
CAMERA_OFF = "pc.getSenders()[1].replaceTrack(null)"
UFRAG = "/a=ice-ufrag:(\\S+)/.exec(pc.localDescription.sdp)[1]"
HEARD = """
async mid => {
  const heard = [...(await pc.getStats()).values()].find(s => s.type == 'inbound-rtp' && s.mid == mid);
  return {
    came: heard?.packetsReceived ?? 0,
    lost: heard?.packetsLost ?? 0,
    offered: heard?.fecPacketsReceived ?? 0,
    restored: (heard?.fecPacketsReceived ?? 0) - (heard?.fecPacketsDiscarded ?? 0),
    concealed: (heard?.concealedSamples ?? 0) - (heard?.silentConcealedSamples ?? 0),
  };
}
"""


@pytest.fixture
async def net(ways_in):
    """The lab's relay before the worker."""
    async with network([int(ways_in["MOVEROOM_MEDIA_PORT"])]) as relay:
        yield relay


@pytest.fixture
def ways_in():
    port = free_port(socket.SOCK_DGRAM, hosts=HOSTS)
    return {"MOVEROOM_MEDIA_PORT": str(port), "MOVEROOM_MEDIA_ANNOUNCED": HOST}


async def test_of_speech_that_a_listeners_line_loses_most_is_heard_all_the_same(
    net, attach, blank_page, tmp_path
):
    speech = tmp_path / "speech.wav"
    speak(speech)
    attached = await attach()
    async with chromium(f"--use-file-for-fake-audio-capture={speech}") as browser:
        physio, _, _ = await joined(browser, blank_page, attached, "staff")
        patient, offer, _ = await joined(browser, blank_page, attached, "patient")
        for page in (physio, patient):
            await page.evaluate(CAMERA_OFF)
        voice = Route(to_peer="patient", slot="stage-voice", from_peer="staff", source="microphone")
        await attached.client.set_routes("room", [voice])
        mid = next(mid for mid, slot in offer.slots.items() if slot == "stage-voice")
        heard, start = {}, {}

        async def more(what: str, than: int) -> bool:
            heard.update(await patient.evaluate(HEARD, mid))
            return heard[what] - start.get(what, 0) > than

        await until(lambda: more("came", 100), "two seconds of speech")
        assert heard["offered"] == 0, "nothing was lost yet, and the encoder spends nothing on it"
        await net.set(await patient.evaluate(UFRAG), down={"loss": LOSS})
        await until(lambda: more("offered", 10), "the speaker's encoder to know of the losses", 60)
        start.update(heard)

        async def most_is_restored() -> bool:
            enough = await more("lost", LOST_PKTS)
            lost, restored, concealed = (heard[of] - start[of] for of in ("lost", "restored", "concealed"))
            return enough and restored > lost / 2 and concealed < lost * PACKET_SAMPLES / 2

        try:
            await until(most_is_restored, "more than half of what is lost to be restored", 120)
        except AssertionError as late:
            raise AssertionError(f"{late}: first {start}, then {heard}") from None
