"""Many datagrams in one system call: Linux's sendmmsg(2), by ctypes, with nothing to compile.

A call per packet costs more in entering the kernel and in parsing addresses than the rest of forwarding
together. So every group of receivers keeps its message headers, addresses in place, and all groups share
the buffers the messages are written into; a forwarded packet then fills the buffers and makes one call.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Any

from server.media.dtls import SRTP, Raw

MOST = 64
"""Messages in one call; more receivers than that make several groups."""


class _IoVec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    """struct msghdr."""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_bytes", ctypes.c_uint),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_bytes", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class _Message(ctypes.Structure):
    """struct mmsghdr."""

    _fields_ = [("header", _Header), ("sent_bytes", ctypes.c_uint)]


_LIBC = ctypes.CDLL(None, use_errno=True)

AVAILABLE = sys.platform == "linux" and ctypes.sizeof(ctypes.c_void_p) == 8 and hasattr(_LIBC, "sendmmsg")
"""Whether this system has the call, with the memory layout that is written out here."""


def socket_address(family: int, address: Sequence[Any]) -> bytes:
    """A struct sockaddr_in or sockaddr_in6 for an address as recvfrom gives it."""
    packed = socket.inet_pton(family, address[0])
    head = struct.pack("=H", family) + struct.pack("!H", address[1])
    if family == socket.AF_INET:
        return head + packed + bytes(8)
    flow, scope = (address[2], address[3]) if len(address) == 4 else (0, 0)
    return head + struct.pack("!I", flow) + packed + struct.pack("=I", scope)


class Slots:
    """The buffers messages are written into, one for each message of a call."""

    def __init__(self) -> None:
        self.buffers: list[tuple[Raw, memoryview]] = [SRTP.new_buffer() for _ in range(MOST)]
        self._pinned = [ctypes.c_char.from_buffer(view) for _, view in self.buffers]
        self.vectors = (_IoVec * MOST)()
        for place, pinned in enumerate(self._pinned):
            self.vectors[place].base = ctypes.addressof(pinned)
        self.lengths = memoryview(self.vectors).cast("B").cast("Q")[1::2]
        """`lengths[place]` is how much of that slot's buffer to send."""


class Calls:
    """The message headers of one group of receivers, in the order of the slots."""

    def __init__(self, slots: Slots, sock: socket.socket, addresses: Sequence[Sequence[Any]]) -> None:
        if len(addresses) > MOST:
            raise ValueError(f"at most {MOST} messages in a call")
        self._file, self._count = sock.fileno(), len(addresses)
        family = int(sock.family)
        self._names = [ctypes.create_string_buffer(socket_address(family, each)) for each in addresses]
        self._messages = (_Message * len(addresses))()
        self._slots = slots
        vectors = ctypes.addressof(slots.vectors)
        for place, name in enumerate(self._names):
            message = self._messages[place].header
            message.name = ctypes.addressof(name)
            message.name_bytes = len(name) - 1
            message.vectors = vectors + place * ctypes.sizeof(_IoVec)
            message.vector_count = 1
        self._call = _LIBC.sendmmsg

    def send(self) -> tuple[int, int, int]:
        """Send every slot's length from its buffer; (sent, blocked by a full buffer, failed otherwise)."""
        sent = self._call(self._file, self._messages, self._count, socket.MSG_DONTWAIT)
        return (sent, 0, 0) if sent == self._count else self._send_rest(max(0, sent), sent < 0)

    def _send_rest(self, at: int, refused: bool) -> tuple[int, int, int]:
        """Go on behind the first `at` messages; the one there was refused, or will be when tried again."""
        sent, failed = at, 0
        while at < self._count:
            if refused:
                if ctypes.get_errno() in (errno.EAGAIN, errno.ENOBUFS):
                    return sent, self._count - at, failed
                failed += 1
                at += 1
            here = ctypes.byref(self._messages, at * ctypes.sizeof(_Message))
            done = (
                self._call(self._file, here, self._count - at, socket.MSG_DONTWAIT) if at < self._count else 0
            )
            refused = done < 0
            sent += max(0, done)
            at += max(0, done)
        return sent, 0, failed
