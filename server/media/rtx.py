"""The stream beside a slot's own (RFC 4588): what is sent again, and padding that tries a line out."""

from __future__ import annotations

from struct import Struct

from server.media import outlet, vp8
from server.media.counts import Counts
from server.media.layer import Kept
from server.media.link import Link
from server.media.outlet import HEADER_BYTES, Outlet
from server.media.resends import Resends
from server.media.span import Span, find
from server.media.spec import SlotSpec

PAD_BYTES = 255
"""The most padding that one packet can have."""
_NUMBER = Struct("!H")
_MARKED = Struct("!HHIIII")
_PADDING = 0x2000
_ONE_WORD = 0xBEDE0001


class Rtx:
    """Of one slot; its numbers begin after `sequence`. For a slot without rtx it sends nothing."""

    def __init__(self, spec: SlotSpec, link: Link, sender: Outlet, counts: Counts, sequence: int) -> None:
        self.resends = Resends()
        self.octets = 0
        """Sent again so far, with headers."""
        self._link, self._outlet, self._counts = link, sender, counts
        self._sequence = sequence
        self._marked = spec.extensions.transport_cc
        self._head: tuple[int, bytes, int] | None = None
        if spec.rtx_payload_type is not None and spec.rtx_ssrc is not None:
            self._head = (
                outlet.first_word(spec.rtx_payload_type),
                outlet.identity(spec.rtx_ssrc),
                outlet.send_time_id(spec.extensions.abs_send_time),
            )

    def resend(
        self, numbers: tuple[int, ...], present: Span | None, before: Span | None, flowed: int, now: float
    ) -> None:
        """Send these numbers of the slot again, as far as the budget goes; `flowed` are its octets so far.

        Without rtx nothing is: with another time of sending in its header a packet would be encrypted
        twice under one number (RFC 3711, section 9.1; RFC 7714, section 8.4).
        """
        self._counts.nacks_in += len(numbers)
        granted = 0 if self._head is None else self.resends.granted(len(numbers), now)
        self._counts.rtx_withheld += len(numbers) - granted
        for number in numbers[:granted]:
            found = find(number, present, before)
            if found is None:
                self._counts.rtx_missing += 1
                continue
            span, kept = found
            cost = HEADER_BYTES + len(kept[3])
            copies = self.resends.copies(number, cost, flowed, now)
            if not copies:
                self._counts.rtx_withheld += 1
            self.octets += copies * cost
            self._send(copies, number, span, kept, now)

    def repeat(self, number: int, span: Span, kept: Kept, flowed: int, now: float, *, twice: bool) -> None:
        """This number of the slot goes out for the first time, and late; with `twice` once more at once, as
        far as the budget goes.
        """
        self.resends.note_first(number, now)
        cost = HEADER_BYTES + len(kept[3])
        if twice and self._head is not None and self.resends.allows_another(cost, flowed, now):
            self.octets += cost
            self._send(1, number, span, kept, now)

    def _send(self, copies: int, number: int, span: Span, kept: Kept, now: float) -> None:
        tx, address = self._link.tx, self._link.address
        if not copies or tx is None or address is None or self._head is None:
            return
        _, marker, timestamp, payload, descriptor, _ = kept
        changed = bytearray(payload)
        if descriptor is not None and (span.add_picture or span.add_tl0):
            vp8.rewrite(changed, 0, descriptor, span.add_picture, span.add_tl0)
        changed[:0] = _NUMBER.pack(number)
        first, ident, stamp_id = self._head
        add_time = span.early.get(timestamp, span.add_time)
        targets = [(first, add, add_time, ident, stamp_id, tx, address, 0, 0) for add in range(1, copies + 1)]
        self._outlet.send_each(targets, marker, self._sequence, timestamp, bytes(changed), None, now)
        self._sequence = (self._sequence + copies) & 0xFFFF
        self._counts.rtx_out += copies

    def pad(self, transport_number: int, padding: int, timestamp: int) -> None:
        """Send a packet of nothing but 1 to `PAD_BYTES` of padding, under this transport-wide number
        (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 2).
        """
        tx, address, marked = self._link.tx, self._link.address, self._marked
        if tx is None or address is None or self._head is None or marked is None:
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        first, ident, _ = self._head
        value = marked << 28 | 1 << 24 | transport_number << 8
        ssrc = int.from_bytes(ident[:4])
        head = _MARKED.pack(first | _PADDING, self._sequence, timestamp, ssrc, _ONE_WORD, value)
        self._outlet.send_rtp(head + bytes(padding - 1) + bytes((padding,)), tx, address)
