"""What the worker counts. Plain integers, so that counting costs a packet nothing to speak of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Counters since the worker started; all only rise. Datagrams are dropped by exactly one reason."""

    datagrams_in: int = 0
    """Everything read from the sockets."""
    tcp_opened: int = 0
    """TCP connections that browsers, or others, made."""
    tcp_ended: int = 0
    """Those of them that are no more, whoever ended them."""
    tcp_expired: int = 0
    """Ended because no genuine connectivity check came in time."""
    tcp_refused: int = 0
    """Ended because too many had not proven themselves yet."""
    tcp_broken: int = 0
    """Ended because what came was no frame of ours, or proved nothing for too long."""
    tcp_flooded: int = 0
    """Ended because more frames came than any browser sends."""
    tcp_unsent: int = 0
    """Datagrams dropped because a connection's browser did not read fast enough."""
    rtp_in: int = 0
    """RTP packets that passed SRTP and were well-formed."""
    rtp_out: int = 0
    rtcp_in: int = 0
    """Compound RTCP packets that passed SRTCP."""
    rtcp_out: int = 0
    checks_answered: int = 0
    """ICE connectivity checks (STUN binding requests) answered."""
    checks_sent: int = 0
    """ICE connectivity checks of our own."""
    addresses_proven: int = 0
    """Addresses at which a browser answered, or completed DTLS."""
    address_moves: int = 0
    """Times a connected peer moved to another address, as after a change of network."""
    ice_restarts: int = 0
    """Times a browser began to use fresh credentials."""
    withheld: int = 0
    """Times something was not sent yet because its address had not earned it."""
    peers_refused: int = 0
    """Because the room had too many."""

    dropped_empty: int = 0
    dropped_long: int = 0
    """Over 1,500 bytes."""
    dropped_short: int = 0
    """Too short for the header its first byte announces."""
    dropped_kind: int = 0
    """A first byte that is none of STUN, DTLS, RTP or RTCP (RFC 7983)."""
    dropped_stranger: int = 0
    """From an address no connectivity check vouches for, under no SSRC of anybody's."""
    dropped_stun: int = 0
    """No valid connectivity check of a known peer."""
    dropped_taken: int = 0
    """A genuine check from an address on which another peer has just been heard."""
    dropped_replayed: int = 0
    """A check that was answered before, from an address it does not vouch for."""
    dropped_flood: int = 0
    """Checks beyond what one address, or all that are unknown together, may send under one user name."""
    dropped_dtls: int = 0
    """The peer's queue of DTLS records was full, or its first was no ClientHello."""
    dropped_handshakes: int = 0
    """A ClientHello while too many handshakes were under way."""
    dropped_early: int = 0
    """SRTP before there were keys."""
    dropped_srtp: int = 0
    """Failed authentication or was replayed (RFC 3711)."""
    dropped_ssrc: int = 0
    """Under yet another SSRC, from a peer that has shown too many."""
    dropped_malformed: int = 0
    """An RTP or RTCP header that contradicts itself, from an authenticated peer."""
    dropped_unbound: int = 0
    """An SSRC that belongs to no negotiated source."""
    dropped_stale: int = 0
    """Duplicates, and packets too late to be of use."""
    vp8_malformed: int = 0

    plis_in: int = 0
    plis_withheld: int = 0
    """Repeats of one wish, and wishes of a browser that has had its share of key frames."""
    plis_out: int = 0
    nacks_in: int = 0
    """Sequence numbers that subscribers asked for again."""
    nacks_out: int = 0
    """Sequence numbers we asked publishers for again."""
    nacks_withheld: int = 0
    rtx_in: int = 0
    rtx_out: int = 0
    rtx_withheld: int = 0
    """Resends refused by the budget, or of more numbers than anybody may ask for in that time."""
    rtx_missing: int = 0
    """Resends asked for that the ring no longer had, or that privacy forbids."""
    switches: int = 0
    """Times a slot began to carry another layer or another source."""

    send_blocked: int = 0
    """The socket's buffer was full."""
    send_failed: int = 0
    send_refused: int = 0
    """libsrtp would not protect the packet."""
    taps_failed: int = 0
    """Listeners of taps that threw, and were taken off."""
    failures: int = 0
    """Datagrams that met a bug of ours."""
