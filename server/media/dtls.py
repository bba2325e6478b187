"""DTLS-SRTP (RFC 5763, RFC 5764) on aiortc's transport, for the handshake and the keys only.

This is the one module that touches names that are private to aiortc and pylibsrtp: `_set_role`, `_task`,
`_ssl`, `_rx_srtp` and `_tx_srtp` of the DTLS transport, `_srtp` of a session and `pylibsrtp._binding`. The
last two let us protect packets in place, which saves about 1 µs each; where they are gone, `COPYING` does
the same through the public `Session`. `tests/unit/media/test_dtls.py` guards the names.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import pylibsrtp
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from server.errors import ProtocolError
from server.media.spec import Fingerprint

BUFFER_BYTES = 2048
OK = 0
"""What libsrtp's functions return when all went well."""
_ALGORITHMS = ("sha-256", "sha-384", "sha-512")
_MAX_RECORDS_WAITING = 64

Source = TypeVar("Source")
"""Where a record came from, in whatever terms the caller has."""
Handle = Any
"""A session, as the functions take it."""
Raw = Any
"""A buffer, as the functions take it."""
Length = Any
"""A cell: `length[0]` is the packet's size before, and after."""
SrtpFunction = Callable[[Handle, Raw, Length], int]
"""Changes the buffer and `length[0]` in place; returns OK, or an error's number."""


class Srtp(NamedTuple):
    """libsrtp's four functions, and what they work on."""

    new_buffer: Callable[[], tuple[Raw, memoryview]]
    """A buffer as the functions take it, and a view of its bytes."""
    new_length: Callable[[], Length]
    handle: Callable[[pylibsrtp.Session], Handle]
    """Valid only as long as the session lives."""
    protect: SrtpFunction
    unprotect: SrtpFunction
    protect_rtcp: SrtpFunction
    unprotect_rtcp: SrtpFunction


def in_place() -> Srtp:
    """Straight to the C library, without a copy. Raises ImportError or AttributeError if it has moved."""
    from pylibsrtp._binding import ffi, lib

    def new_buffer() -> tuple[Raw, memoryview]:
        raw = ffi.new("char[]", BUFFER_BYTES)
        return raw, memoryview(ffi.buffer(raw)).cast("B")

    probe = pylibsrtp.Session()
    _ = probe._srtp[0]
    return Srtp(
        new_buffer=new_buffer,
        new_length=lambda: ffi.new("int *"),
        handle=lambda session: session._srtp[0],
        protect=lib.srtp_protect,
        unprotect=lib.srtp_unprotect,
        protect_rtcp=lib.srtp_protect_rtcp,
        unprotect_rtcp=lib.srtp_unprotect_rtcp,
    )


def _copying(name: str) -> SrtpFunction:
    def call(session: pylibsrtp.Session, raw: bytearray, length: list[int]) -> int:
        try:
            done = getattr(session, name)(bytes(raw[: length[0]]))
        except (pylibsrtp.Error, ValueError):
            return OK + 1
        raw[: len(done)] = done
        length[0] = len(done)
        return OK

    return call


def _bytearray_buffer() -> tuple[Raw, memoryview]:
    raw = bytearray(BUFFER_BYTES)
    return raw, memoryview(raw)


COPYING = Srtp(
    new_buffer=_bytearray_buffer,
    new_length=lambda: [0],
    handle=lambda session: session,
    protect=_copying("protect"),
    unprotect=_copying("unprotect"),
    protect_rtcp=_copying("protect_rtcp"),
    unprotect_rtcp=_copying("unprotect_rtcp"),
)


def best_srtp() -> Srtp:
    """In place where this pylibsrtp allows it, else with copies."""
    try:
        return in_place()
    except (ImportError, AttributeError):
        return COPYING


SRTP = best_srtp()


class Certificate:
    """The worker's key and self-signed certificate, one for all its peers."""

    def __init__(self) -> None:
        self._certificate = RTCCertificate.generateCertificate()
        value = next(f.value for f in self._certificate.getFingerprints() if f.algorithm == "sha-256")
        self.fingerprint = Fingerprint(algorithm="sha-256", value=value)


class Keys(NamedTuple):
    """Both directions of SRTP. The handles are for `SRTP`'s functions; the sessions keep them alive."""

    tx: Handle
    rx: Handle
    sessions: tuple[pylibsrtp.Session, pylibsrtp.Session]
    profile: str
    """The negotiated protection profile, by its name in OpenSSL."""


class _Wire(Generic[Source]):
    """What RTCDtlsTransport wants of an ICE transport: a role, `_recv` and `_send`."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None], listen: Callable[[Source], None]) -> None:
        self._send_now, self._listen = send, listen
        self.records: asyncio.Queue[tuple[bytes, Source]] = asyncio.Queue(_MAX_RECORDS_WAITING)

    async def _recv(self) -> bytes:
        record, source = await self.records.get()
        self._listen(source)
        return record

    async def _send(self, record: bytes) -> None:
        self._send_now(record)


class DtlsLink(Generic[Source]):
    """One browser's DTLS, with us as the server (`a=setup:passive`).

    `on_record` is told where the record came from that is handled next, to which all is due that follows.
    `on_up` is called once with the keys, `on_down` at most once: when the handshake failed or the browser
    said goodbye. Neither is called after `close`.
    """

    def __init__(
        self,
        certificate: Certificate,
        send: Callable[[bytes], None],
        on_record: Callable[[Source], None],
        on_up: Callable[[Keys], None],
        on_down: Callable[[], None],
    ) -> None:
        self._wire = _Wire(send, on_record)
        self._transport = RTCDtlsTransport(self._wire, [certificate._certificate])
        self._transport._set_role("server")
        self._transport.on("statechange", self._changed)
        self._on_up, self._on_down = on_up, on_down
        self._handshake: asyncio.Task[None] | None = None
        self._is_up = False
        self._ended = False

    def begin(self, fingerprints: Sequence[Fingerprint]) -> None:
        """Wait for the browser's hello; only the first call counts."""
        if self._handshake is None and not self._ended:
            self._handshake = asyncio.create_task(self._shake_hands(fingerprints))

    @property
    def has_begun(self) -> bool:
        """Whether `begin` was called."""
        return self._handshake is not None

    def feed(self, record: bytes, source: Source) -> bool:
        """Take a datagram whose first byte is 20 to 63; False if too many are waiting."""
        try:
            self._wire.records.put_nowait((record, source))
        except asyncio.QueueFull:
            return False
        return True

    async def _shake_hands(self, fingerprints: Sequence[Fingerprint]) -> None:
        remote = RTCDtlsParameters(
            [RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints], role="client"
        )
        try:
            await self._transport.start(remote)
        except asyncio.CancelledError:
            raise
        except Exception:  # whatever OpenSSL makes of a hostile handshake, it has failed
            self._end()
            return
        if self._transport.state != "connected" or self._ended:
            self._end()
            return
        sessions = self._transport._tx_srtp, self._transport._rx_srtp
        profile = self._transport._ssl.get_selected_srtp_profile().decode()
        self._is_up = True
        self._on_up(Keys(SRTP.handle(sessions[0]), SRTP.handle(sessions[1]), sessions, profile))

    def _changed(self) -> None:
        if self._is_up and self._transport.state == "closed":
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._on_down()

    async def close(self) -> None:
        """Say goodbye (close_notify) and await the end of all tasks. Idempotent."""
        self._ended = True
        tasks = [task for task in (self._handshake, self._transport._task) if task is not None]
        if self._handshake is not None:
            self._handshake.cancel()
        await self._transport.stop()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


def check_fingerprints(fingerprints: Sequence[Fingerprint]) -> None:
    """Refuse a peer whose certificate we could never recognise (RFC 8122)."""
    if not any(f.algorithm.lower() in _ALGORITHMS for f in fingerprints):
        raise ProtocolError("fingerprint", f"no fingerprint by {', '.join(_ALGORITHMS)}")
