import asyncio
import os

import pylibsrtp
import pytest
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from pylibsrtp import Policy

from server.errors import ProtocolError
from server.media import dtls
from server.media.spec import Fingerprint
from tests.synthetic.client import CERTIFICATE, FINGERPRINT


def session(key: bytes, *, outbound: bool) -> pylibsrtp.Session:
    policy = Policy(
        key=key,
        ssrc_type=Policy.SSRC_ANY_OUTBOUND if outbound else Policy.SSRC_ANY_INBOUND,
        srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    )
    return pylibsrtp.Session(policy)


def test_the_private_names_we_use_are_still_there() -> None:
    transport = RTCDtlsTransport(dtls._Wire(lambda record: None, lambda source: None), [CERTIFICATE])
    assert {"_task", "_rx_srtp", "_tx_srtp", "_ssl"} <= vars(transport).keys()
    transport._set_role("server")
    assert transport._role == "server"
    assert pylibsrtp.Session()._srtp[0]
    calls = dtls.in_place()
    assert dtls.SRTP.protect is calls.protect, "packets are protected in place"


@pytest.mark.parametrize("srtp", [dtls.in_place(), dtls.COPYING], ids=["in place", "copying"])
def test_what_one_side_protects_the_other_reads(srtp: dtls.Srtp) -> None:
    key, packet = os.urandom(44), b"\x80\x60\x00\x01" + bytes(7) + b"\x07payload"
    sender, receiver = session(key, outbound=True), session(key, outbound=False)
    raw, view = srtp.new_buffer()
    length = srtp.new_length()
    view[: len(packet)], length[0] = packet, len(packet)
    assert srtp.protect(srtp.handle(sender), raw, length) == dtls.OK
    assert length[0] == len(packet) + 16
    assert receiver.unprotect(bytes(view[: length[0]])) == packet


@pytest.mark.parametrize("srtp", [dtls.in_place(), dtls.COPYING], ids=["in place", "copying"])
def test_what_was_tampered_with_is_refused(srtp: dtls.Srtp) -> None:
    key, packet = os.urandom(44), b"\x80\x60\x00\x01" + bytes(7) + b"\x07payload"
    protected = bytearray(session(key, outbound=True).protect(packet))
    protected[-1] ^= 1
    raw, view = srtp.new_buffer()
    length = srtp.new_length()
    view[: len(protected)], length[0] = protected, len(protected)
    assert srtp.unprotect(srtp.handle(session(key, outbound=False)), raw, length) != dtls.OK


def test_without_the_private_names_the_public_session_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> dtls.Srtp:
        raise AttributeError("_srtp")

    monkeypatch.setattr(dtls, "in_place", gone)
    assert dtls.best_srtp() is dtls.COPYING


def test_a_peer_whose_certificate_we_could_not_recognise_is_refused() -> None:
    with pytest.raises(ProtocolError):
        dtls.check_fingerprints(())
    with pytest.raises(ProtocolError):
        dtls.check_fingerprints((Fingerprint(algorithm="md5", value="00"),))
    dtls.check_fingerprints((Fingerprint(algorithm="SHA-256", value=FINGERPRINT),))


class Pair:
    """A link and a browser's transport, wired to one another."""

    def __init__(self) -> None:
        self.certificate = dtls.Certificate()
        self.keys: asyncio.Future[dtls.Keys] = asyncio.get_running_loop().create_future()
        self.down = asyncio.Event()
        self.downs = 0
        self.sources: list[int] = []
        self.sent = 0
        self.wire = dtls._Wire(self.to_link, lambda source: None)
        self.browser = RTCDtlsTransport(self.wire, [CERTIFICATE])
        self.browser._set_role("client")
        self.link = dtls.DtlsLink(
            self.certificate,
            lambda record: self.wire.records.put_nowait((record, None)),
            self.sources.append,
            self.keys.set_result,
            self.went_down,
        )

    def to_link(self, record: bytes) -> None:
        self.sent += 1
        assert self.link.feed(record, self.sent)

    def went_down(self) -> None:
        self.downs += 1
        self.down.set()

    async def shake_hands(self, fingerprint: str = FINGERPRINT) -> None:
        self.link.begin((Fingerprint(algorithm="sha-256", value=fingerprint),))
        theirs = self.certificate.fingerprint
        await self.browser.start(RTCDtlsParameters([RTCDtlsFingerprint(theirs.algorithm, theirs.value)]))


async def test_a_handshake_gives_keys_that_fit() -> None:
    pair = Pair()
    await pair.shake_hands()
    keys = await asyncio.wait_for(pair.keys, 5)
    assert keys.profile == "SRTP_AEAD_AES_256_GCM"
    assert pair.sources == [1, 2], "it is told which record it is about to handle"
    packet = b"\x80\x60\x00\x01" + bytes(7) + b"\x07payload"
    assert keys.sessions[1].unprotect(pair.browser._tx_srtp.protect(packet)) == packet
    await pair.link.close()
    await pair.browser.stop()


async def test_a_goodbye_is_told_once() -> None:
    pair = Pair()
    await pair.shake_hands()
    await asyncio.wait_for(pair.keys, 5)
    await pair.browser.stop()
    await asyncio.wait_for(pair.down.wait(), 5)
    await pair.link.close()
    await pair.link.close()
    assert pair.downs == 1


async def test_somebody_with_another_certificate_gets_no_keys() -> None:
    pair = Pair()
    await pair.shake_hands(fingerprint="00:" * 31 + "00")
    await asyncio.wait_for(pair.down.wait(), 5)
    assert not pair.keys.done()
    await pair.link.close()
    await pair.browser.stop()


async def test_closing_in_mid_handshake_ends_every_task_and_tells_nothing() -> None:
    pair = Pair()
    pair.link.begin((Fingerprint(algorithm="sha-256", value=FINGERPRINT),))
    before = asyncio.all_tasks()
    await pair.link.close()
    assert pair.downs == 0
    assert asyncio.all_tasks() <= before


async def test_records_are_dropped_when_too_many_wait() -> None:
    pair = Pair()
    assert all(pair.link.feed(b"\x16", None) for _ in range(64))
    assert not pair.link.feed(b"\x16", None)
