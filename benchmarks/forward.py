"""What forwarding a packet costs: one presenter to sixteen browsers, beside the floor of the same run.

The unit under test runs in a process of its own, which is charged for all its CPU time (user and system):
one presenter sends 1,187.5 packets/s of about 1,100 bytes, in steps of 5 ms as a browser's pacer does, and
sixteen receivers get each, which makes 19,000 packets/s out, over loopback, with uvloop and AES-256-GCM.

The floor is what no forwarder in Python on one socket can do without: for each of sixteen sessions pack a
header, copy the payload, protect in place, sendto, in a tight loop, to sixteen addresses that are drained.
Both are the median of five runs, in turns, so that a busy machine burdens them alike. The unit sleeps and
wakes 200 times a second where the floor never does, and a processor that dozes off in between is slow to
wake and slow at first. That is the machine's doing and not the forwarder's, so a process of idle priority
keeps each processor awake throughout, for both: it gives way to everybody, and the floor is no slower for it.

`python -m benchmarks.forward`; with `--profile` the unit's time by function instead.
"""

from __future__ import annotations

import asyncio
import contextlib
import cProfile
import gc
import json
import multiprocessing
import os
import pstats
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from struct import Struct
from typing import Any

import uvloop
from pylibsrtp import Policy, Session

from server.media.dtls import SRTP
from server.media.sfu import Sfu
from server.media.spec import PeerNotice, PeerSpec, Route, WorkerHello
from tests.synthetic.client import VP8, Client, camera, picture, picture_slot, rtp

GOAL_RATIO = 1.75
RECEIVERS = 16
PACKETS_PER_S_OUT = 19_000
STEP_S = 0.005
RUNS = 5
RUN_S = 2.2
WARM_UP_S = 1.5
PAYLOAD_BYTES = 1080
FLOOR_PACKETS = 32_000
_DRAIN_EVERY_S = 0.004
_CAMERA_SSRC = 77
_PACKETS_PER_FRAME = 40
_HEADER = Struct("!BBHIIII")


# The unit under test, in its own process ------------------------------------------------------------------


def _unit(orders: Connection, profiled: bool) -> None:
    uvloop.run(_serve(orders, profiled))
    os._exit(0)


async def _serve(orders: Connection, profiled: bool) -> None:
    notices: list[PeerNotice] = []
    sfu = Sfu(notices.append, host="127.0.0.1", port=0)
    await sfu.start()
    done = asyncio.Event()
    profile = cProfile.Profile()
    begun = [0.0, 0.0, 0.0]

    def obey() -> None:
        order, given = orders.recv()
        if order == "hello":
            orders.send(sfu.hello().model_dump_json())
        elif order == "open":
            sfu.open_peer(PeerSpec.model_validate_json(given))
            orders.send(sfu.hello().model_dump_json())
        elif order == "routes":
            sfu.set_routes("room", [Route.model_validate(route) for route in given])
            orders.send(None)
        elif order == "begin":
            gc.collect()
            gc.freeze()
            if profiled:
                profile.enable()
            stats = sfu.stats()
            begun[:] = [time.process_time(), stats["rtp_in"], stats["rtp_out"]]
            orders.send(None)
        elif order == "end":
            spent, stats = time.process_time() - begun[0], sfu.stats()
            profile.disable()
            if profiled:
                pstats.Stats(profile).sort_stats("tottime").print_stats(15)
            profiles = {peer.keys.profile for peer in sfu._peers.values() if peer.keys is not None}
            came, went = stats["rtp_in"] - begun[1], stats["rtp_out"] - begun[2]
            orders.send((spent, came, went, sorted(profiles)))
        else:
            done.set()

    asyncio.get_running_loop().add_reader(orders.fileno(), obey)
    await done.wait()
    await sfu.close()


# The browsers, in ours ------------------------------------------------------------------------------------


class Drain:
    """Empties sockets in a process of its own, every few milliseconds.

    It looks by the clock and is not woken: over loopback the sender would be charged for waking it, which
    no network card charges for.
    """

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._process = multiprocessing.get_context("fork").Process(
            target=self._drain, args=(sockets,), daemon=True
        )
        self._process.start()

    @staticmethod
    def _drain(sockets: list[socket.socket]) -> None:
        while True:
            time.sleep(_DRAIN_EVERY_S)
            for each in sockets:
                try:
                    while True:
                        each.recv(2048)
                except BlockingIOError:
                    continue

    def stop(self) -> None:
        """Drain no more."""
        self._process.terminate()
        self._process.join()


def _spin() -> None:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        pass


@contextlib.contextmanager
def awake() -> Iterator[None]:
    """Keep every processor from dozing off, where the system knows idle priority."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "SCHED_IDLE") else 0
    context = multiprocessing.get_context("fork")
    spinners = [context.Process(target=_spin, daemon=True) for _ in range(count)]
    for spinner in spinners:
        spinner.start()
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.terminate()
            spinner.join()


async def _measure(profiled: bool, between: Callable[[], None]) -> tuple[list[float], float]:
    """Microseconds of CPU per packet out in each run, and packets/s out; `between` is called after each."""
    ours, theirs = multiprocessing.Pipe()
    unit = multiprocessing.get_context("spawn").Process(target=_unit, args=(theirs, profiled), daemon=True)
    unit.start()

    def order(what: str, given: Any = None) -> Any:
        ours.send((what, given))
        if not ours.poll(10):
            raise RuntimeError(f"the unit under test does not answer to {what!r}")
        return ours.recv()

    presenter = Client("presenter", sources=[camera(ssrcs=(_CAMERA_SSRC,))], keep=False)
    receivers = [
        Client(f"r{i}", slots=[picture_slot("stage", 5000 + 2 * i)], keep=False) for i in range(RECEIVERS)
    ]
    clients = [presenter, *receivers]
    for client in clients:
        hello = WorkerHello.model_validate_json(order("open", client.spec.model_dump_json()))
        await client.connect(hello)
    order(
        "routes",
        [
            {"to_peer": c.name, "slot": "stage", "from_peer": "presenter", "source": "camera"}
            for c in receivers
        ],
    )
    for client in receivers:
        client.quiet()
    drain = Drain([client.socket for client in receivers])
    checks = asyncio.create_task(_keep_checking(clients))
    number = await _present(presenter, WARM_UP_S, 0)
    runs, came_in_all, out_in_all = [], 0, 0
    profiles: list[str] = []
    for _ in range(RUNS):
        order("begin")
        sent = await _present(presenter, RUN_S, number)
        spent, came, out, profiles = order("end")
        runs.append(spent / out * 1e6)
        number, came_in_all, out_in_all = number + sent, came_in_all + came, out_in_all + out
        between()
    checks.cancel()
    drain.stop()
    ours.send(("stop", None))
    unit.join(5)
    for client in clients:
        await client.close()
    if profiles != ["SRTP_AEAD_AES_256_GCM"]:
        raise RuntimeError(f"negotiated {profiles}, not AES-256-GCM")
    rate = out_in_all / (RUNS * RUN_S)
    if out_in_all < 0.999 * came_in_all * RECEIVERS or rate < 0.9 * PACKETS_PER_S_OUT:
        raise RuntimeError(f"{came_in_all} packets in, {out_in_all} out to {RECEIVERS}, {rate:.0f}/s")
    return runs, rate


async def _keep_checking(clients: list[Client]) -> None:
    """Consent, as browsers keep it up."""
    while True:
        await asyncio.sleep(2)
        for client in clients:
            client.check()


async def _present(presenter: Client, seconds: float, number: int) -> int:
    """Send for so long in steps of 5 ms; say how many packets."""
    per_step = PACKETS_PER_S_OUT / RECEIVERS * STEP_S
    body = os.urandom(PAYLOAD_BYTES)
    began, sent, step = time.monotonic(), 0, 0
    while (now := time.monotonic() - began) < seconds:
        while sent < per_step * step:
            frame, place = divmod(sent, _PACKETS_PER_FRAME)
            presenter.send_rtp(
                rtp(
                    payload_type=VP8,
                    number=number + sent,
                    timestamp=number * 90 + frame * 3600,
                    ssrc=_CAMERA_SSRC,
                    payload=picture(key=frame % 250 == 0 and place == 0, picture_id=frame, body=body),
                    marker=place == _PACKETS_PER_FRAME - 1,
                    extensions={5: Struct("!H").pack((number + sent) & 0xFFFF)},
                )
            )
            sent += 1
        step += 1
        await asyncio.sleep(max(0.0, step * STEP_S - now))
    return sent


# The floor ------------------------------------------------------------------------------------------------


class Floor:
    """The same sends with nothing around them."""

    def __init__(self) -> None:
        self._drained = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(RECEIVERS)]
        for each in self._drained:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            each.bind(("127.0.0.1", 0))
            each.setblocking(False)
        self._drain = Drain(self._drained)
        self._sessions = []
        for _ in range(RECEIVERS):
            policy = Policy(
                key=os.urandom(44),
                ssrc_type=Policy.SSRC_ANY_OUTBOUND,
                srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
            )
            policy.window_size = 1024
            self._sessions.append(Session(policy))
        self._number = 0

    def run(self) -> float:
        """Microseconds of CPU per packet, over 32,000 packets."""
        targets = [
            (SRTP.handle(session), each.getsockname())
            for session, each in zip(self._sessions, self._drained, strict=True)
        ]
        raw, view = SRTP.new_buffer()
        length = SRTP.new_length()
        payload = os.urandom(PAYLOAD_BYTES + 6)
        size = _HEADER.size + len(payload)
        pack, protect = _HEADER.pack_into, SRTP.protect
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
            sender.setblocking(False)
            sendto = sender.sendto
            began = time.process_time()
            for number in range(self._number, self._number + FLOOR_PACKETS // RECEIVERS):
                for tx, address in targets:
                    pack(view, 0, 0x90, VP8, number & 0xFFFF, 1, 7, 0xBEDE0001, 0)
                    view[20:size] = payload
                    length[0] = size
                    protect(tx, raw, length)
                    sendto(view[: length[0]], address)
            spent = time.process_time() - began
        self._number += FLOOR_PACKETS // RECEIVERS
        return spent / FLOOR_PACKETS * 1e6

    def close(self) -> None:
        """Let go of the sockets."""
        self._drain.stop()
        for each in self._drained:
            each.close()


def run() -> list[dict[str, Any]]:
    """Measure; about 15 s. The figures as `benchmarks` collects them."""
    floor = Floor()
    floors: list[float] = []
    with awake():
        floor.run()
        runs, rate = uvloop.run(_measure(profiled=False, between=lambda: floors.append(floor.run())))
    floor.close()
    value, reference = statistics.median(runs), statistics.median(floors)
    print(
        f"forward: {rate:.0f} packets/s out, {rate * value / 1e4:.0f}% of a core; runs of {min(runs):.2f} to"
        f" {max(runs):.2f} µs, floors of {min(floors):.2f} to {max(floors):.2f};"
        f" goal: {GOAL_RATIO} × the floor"
    )
    return [
        {
            "name": "forward_us_per_packet",
            "value": round(value, 3),
            "unit": "µs",
            "reference": round(reference, 3),
            "ratio": round(value / reference, 3),
        }
    ]


if __name__ == "__main__":
    if "--profile" in sys.argv:
        uvloop.run(_measure(profiled=True, between=lambda: None))
    else:
        print(json.dumps(run(), indent=2, ensure_ascii=False))
