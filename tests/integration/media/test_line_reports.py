"""What a worker tells of each browser's line, from what the browser itself reports."""

from __future__ import annotations

from server.media import rtcp
from server.media.line_report import EVERY_S
from server.media.spec import LineNotice, NeedsNotice
from tests.synthetic.client import Client
from tests.synthetic.room import LAYER_SSRCS, STAGE, Class


def lines_of(room: Class, peer: str) -> list[LineNotice]:
    return [each for each in room.notices if isinstance(each, LineNotice) and each.peer == peer]


async def watching(room: Class) -> tuple[Client, Client]:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))
    room.film(physio, "l", key=True)
    await patient.until(lambda: patient.of(STAGE))
    return physio, patient


def report(client: Client, highest: int, lost: int, *, echo: bytes = bytes(4)) -> None:
    """Report reception of the stage at once after the sender report `echo` came (RFC 3550, section 6.4.1)."""
    last = int.from_bytes(echo, "big")
    block = rtcp.ReportBlock(STAGE, 0, lost, highest, 0, last, 0)
    client.send_rtcp(rtcp.receiver_report([block]))


async def test_the_round_trip_is_that_of_the_reports(room: Class) -> None:
    physio, patient = await watching(room)
    sampled = rtcp.SenderReport(LAYER_SSRCS["l"], 5 << 32, 90_000)
    patient.rtcp.clear()
    physio.send_rtcp(rtcp.sender_report(sampled, 1, 1))
    await patient.until(lambda: [each for each in patient.rtcp if each[1] == rtcp.SENDER_REPORT])
    (relayed,) = (each for each in patient.rtcp if each[1] == rtcp.SENDER_REPORT)
    room.pass_time(0.3)
    report(patient, 200, 0, echo=relayed[10:14])
    await room.handled(patient)
    room.pass_time(EVERY_S)
    notice = lines_of(room, "patient")[-1]
    assert notice.rtt_ms is not None
    assert abs(notice.rtt_ms - 300) < 1
    assert lines_of(room, "physio")[-1].rtt_ms is None, "she receives nothing"


async def test_losses_are_told_to_whose_line_they_belong(room: Class) -> None:
    physio, patient = await watching(room)
    report(patient, 1000, 0)
    await room.handled(patient)
    room.pass_time(EVERY_S)
    for number in range(100, 200):
        if number % 10:
            room.film(physio, "l", number=number)
    await room.handled(physio)
    report(patient, 1100, 30)
    await room.handled(patient)
    room.pass_time(EVERY_S)
    physios, patients = lines_of(room, "physio"), lines_of(room, "patient")
    assert 0.08 < max(each.loss_up for each in physios) < 0.12
    assert 0.15 < max(each.loss_down for each in patients) < 0.25
    assert {each.loss_down for each in physios} == {each.loss_up for each in patients} == {0.0}


async def test_a_browser_of_which_nothing_is_heard_is_not_told_of(room: Class) -> None:
    physio, _ = await watching(room)
    room.pass_time(4 * EVERY_S, physio.check)
    known = len(lines_of(room, "patient"))
    room.pass_time(4 * EVERY_S, physio.check)
    assert len(lines_of(room, "patient")) == known


async def test_who_attaches_anew_is_told_again_which_layers_are_needed(room: Class) -> None:
    await watching(room)
    room.pass_time(8)
    told = [each for each in room.notices if isinstance(each, NeedsNotice)]
    assert told
    room.sfu.hello()
    room.pass_time(0.2)
    again = [each for each in room.notices if isinstance(each, NeedsNotice)][len(told) :]
    assert again == told[-1:]
