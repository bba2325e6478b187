from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    pack_remb_fci,
)
from hypothesis import given
from hypothesis import strategies as st

from server.media import rtcp


def as_aiortc(packet: bytes):
    (found,) = RtcpPacket.parse(packet)
    return found


def test_aiortc_understands_our_requests() -> None:
    loss = as_aiortc(rtcp.picture_loss(77))
    assert isinstance(loss, RtcpPsfbPacket)
    assert (loss.fmt, loss.media_ssrc) == (1, 77)
    nack = as_aiortc(rtcp.nack(77, [100, 101, 116, 117, 400]))
    assert isinstance(nack, RtcpRtpfbPacket)
    assert nack.lost == [100, 101, 116, 117, 400]


def test_missing_numbers_are_told_across_the_wrap() -> None:
    (nack,) = rtcp.parse(rtcp.nack(77, [65530, 65535, 3, 40])) or []
    assert nack == rtcp.Nack(77, (65530, 65535, 3, 40))


def test_aiortc_understands_our_reports() -> None:
    block = rtcp.ReportBlock(77, 12, 345, 0x10002, 9, 1000, 2000)
    report = as_aiortc(rtcp.receiver_report([block]))
    assert isinstance(report, RtcpRrPacket)
    (found,) = report.reports
    assert (found.ssrc, found.fraction_lost, found.packets_lost, found.highest_sequence) == (
        77, 12, 345, 0x10002,
    )  # fmt: skip
    assert (found.jitter, found.lsr, found.dlsr) == (9, 1000, 2000)
    sent = as_aiortc(rtcp.sender_report(rtcp.SenderReport(5, 1 << 40, 99), packets=3, octets=4))
    assert isinstance(sent, RtcpSrPacket)
    assert (sent.ssrc, sent.sender_info.ntp_timestamp, sent.sender_info.rtp_timestamp) == (5, 1 << 40, 99)
    assert (sent.sender_info.packet_count, sent.sender_info.octet_count) == (3, 4)


def test_a_compound_packet_is_understood_in_order() -> None:
    compound = (
        rtcp.sender_report(rtcp.SenderReport(5, 6, 7), 0, 0)
        + rtcp.nack(8, [1, 2, 20])
        + rtcp.picture_loss(9)
        + bytes.fromhex("84ce000400000001000000000000000a01000000")  # a full intra request for SSRC 10
    )
    assert rtcp.parse(compound) == [
        rtcp.SenderReport(5, 6, 7),
        rtcp.Nack(8, (1, 2, 20)),
        rtcp.KeyframeWanted(9),
        rtcp.KeyframeWanted(10),
    ]


def test_what_is_cut_off_is_malformed() -> None:
    whole = rtcp.nack(8, [1])
    assert rtcp.parse(whole[:-1]) is None
    assert rtcp.parse(whole + b"\x80") is None
    assert rtcp.parse(b"\x00" + whole[1:]) is None


def padded(packet: bytes, padding: bytes) -> bytes:
    words = (len(packet) + len(padding)) // 4 - 1
    return bytes([packet[0] | 0x20, packet[1]]) + words.to_bytes(2, "big") + packet[4:] + padding


def test_padding_tells_nothing() -> None:
    lost = rtcp.nack(8, [500])
    assert rtcp.parse(padded(lost, b"\0\0\0\4")) == [rtcp.Nack(8, (500,))]
    report = rtcp.receiver_report([])
    block = bytes(23)
    assert rtcp.parse(padded(bytes([report[0] | 1]) + report[1:], block + b"\x18")) == []
    arrivals = rtcp.transport_feedback(8, b"")
    assert rtcp.parse(padded(arrivals, b"body5\0\0\3")) == [rtcp.TransportFeedback(b"body5")]
    assert rtcp.parse(padded(rtcp.picture_loss(8), b"\0\0\0\5")) == [], "it took a byte of the SSRC"
    for nonsense in (b"\0\0\0\0", b"\0\0\0\x11"):
        assert rtcp.parse(padded(lost, nonsense)) is None


def test_what_we_do_not_act_on_is_passed_over() -> None:
    goodbye = bytes.fromhex("81cb000100000001")
    assert rtcp.parse(goodbye + rtcp.picture_loss(9)) == [rtcp.KeyframeWanted(9)]


@given(st.binary(max_size=100))
def test_no_bytes_whatever_break_it(packet: bytes) -> None:
    rtcp.parse(packet)


@given(
    st.lists(st.tuples(st.integers(0x80, 0xBF), st.integers(200, 207), st.binary(max_size=40)), max_size=4)
)
def test_no_bodies_of_well_formed_packets_break_it(parts: list[tuple[int, int, bytes]]) -> None:
    packet = b""
    for first, kind, body in parts:
        body += bytes(-len(body) % 4)
        if first & 0x20:
            body += b"\0\0\0\4"
        packet += bytes([first, kind]) + (len(body) // 4).to_bytes(2, "big") + body
    assert rtcp.parse(packet) is not None


def test_of_an_endless_nack_only_the_oldest_numbers_are_read() -> None:
    (found,) = rtcp.parse(rtcp.nack(9, range(1000, 6000)))
    assert found == rtcp.Nack(9, tuple(range(1000, 1064)))


def test_what_aiortc_says_of_reception_is_understood_in_either_report() -> None:
    told = RtcpReceiverInfo(
        ssrc=7,
        fraction_lost=25,
        packets_lost=3,
        highest_sequence=70_000,
        jitter=5,
        lsr=0xABCDEF01,
        dlsr=65536,
    )
    block = rtcp.ReportBlock(7, 25, 3, 70_000, 5, 0xABCDEF01, 65536)
    assert rtcp.parse(bytes(RtcpRrPacket(ssrc=1, reports=[told]))) == [block]
    sent = RtcpSenderInfo(ntp_timestamp=1 << 40, rtp_timestamp=9, packet_count=1, octet_count=2)
    report = bytes(RtcpSrPacket(ssrc=1, sender_info=sent, reports=[told]))
    assert rtcp.parse(report) == [rtcp.SenderReport(1, 1 << 40, 9), block]


@given(st.integers(0, 10**9))
def test_aiortcs_estimate_is_understood_to_its_precision(bps: int) -> None:
    packet = RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(bps, [5, 6]))
    (limit,) = rtcp.parse(bytes(packet)) or ()
    assert isinstance(limit, rtcp.BitrateLimit)
    assert limit.bps <= bps <= limit.bps * (1 + 2**-17) + 1


def test_feedback_of_another_application_is_passed_over() -> None:
    packet = RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=b"OTHR" + bytes(8))
    assert rtcp.parse(bytes(packet)) == []
