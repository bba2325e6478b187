"""Key frames and layers among many: one request for all who come, and publishers who hear what is wanted."""

from __future__ import annotations

from server.media.spec import NeedsNotice, PeerView, SlotWish
from tests.synthetic.room import LAYER_SSRCS, STAGE, Class, key_frames_asked_of


def needed(room: Class, peer: str) -> list[tuple[str, ...]]:
    return [n.layers for n in room.notices if isinstance(n, NeedsNotice) and n.peer == peer]


async def test_ten_who_join_at_once_cost_the_presenter_one_key_frame_and_ten_more_none(room: Class) -> None:
    physio = await room.presenter("physio", "l")
    room.film(physio, "l")
    await room.handled(physio)
    first = [await room.viewer(f"first{number}") for number in range(10)]
    room.show(*(("physio", client.name) for client in first))
    await physio.until(lambda: key_frames_asked_of(physio))
    room.pass_time(0.2)
    room.film(physio, "l", key=True)
    for client in first:
        await client.until(lambda client=client: client.of(STAGE))
    later = [await room.viewer(f"later{number}") for number in range(10)]
    room.now += 0.5
    room.film(physio, "l")
    await room.handled(physio)
    room.show(*(("physio", client.name) for client in (*first, *later)))
    for client in later:
        await client.until(lambda client=client: len(client.of(STAGE)) == 2)
    room.pass_time(0.5)
    await room.handled(physio)
    assert key_frames_asked_of(physio) == [LAYER_SSRCS["l"]]


async def test_a_publisher_hears_which_layers_anybody_takes_and_at_once_when_one_is_wanted_again(
    room: Class,
) -> None:
    physio, patient = await room.presenter(), await room.viewer()
    room.show(("physio", "patient"))

    def film() -> None:
        for rid in ("l", "m", "h"):
            room.film(physio, rid, key=True)

    async def class_goes_on(seconds: float) -> None:
        for _ in range(round(seconds / 0.25)):
            film()
            await room.handled(physio)
            room.pass_time(0.25)

    await class_goes_on(4)
    assert needed(room, "physio") == [], "at first all are needed"
    await class_goes_on(3)
    assert needed(room, "physio") == [("h",)]
    room.sfu.set_view(PeerView(peer="patient", slots=(SlotWish(slot="stage", height=180),)))
    room.pass_time(0.15)
    assert needed(room, "physio")[-1] == ("l", "h"), "the new one at once, the old one for 5 s yet"
    await class_goes_on(6)
    assert needed(room, "physio")[-1] == ("l",)
    room.sfu.set_view(PeerView(peer="patient", sound_only=True))
    await class_goes_on(6)
    assert needed(room, "physio")[-1] == ()
    shown = len(patient.of(STAGE))
    await class_goes_on(1)
    await room.handled(patient)
    assert len(patient.of(STAGE)) == shown, "a hidden page is sent no picture"
    told = len(needed(room, "physio"))
    room.sfu.hello()
    room.pass_time(0.15)
    assert needed(room, "physio")[told:] == [()], "whoever attaches anew is told again"


async def test_a_view_of_somebody_who_is_not_there_is_passed_over(room: Class) -> None:
    room.sfu.set_view(PeerView(peer="nobody", sound_only=True))
    await room.viewer("patient")
