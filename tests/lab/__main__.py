"""The relay by hand, or as a test's process: `python -m tests.lab --server 127.0.0.1:8090 --rtt 80`.

Takes orders as lines of JSON on standard input, answers each with one on standard output, ends with the
input. README.md lists conditions and orders.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from tests.lab.conditions import Conditions
from tests.lab.relay import Relay


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    add = parser.add_argument
    add("--server", required=True, help="address and media ports: 127.0.0.1:8090 or 127.0.0.1:8090,8091")
    add("--web", type=int, action="append", default=[], help="another TCP port to carry, such as HTTP's")
    add("--listen", default="127.0.0.2", help="where browsers come in, on the same ports")
    add("--seed", type=int, default=1)
    add("--rtt", type=float, default=80, help="round trip in ms")
    add("--jitter", type=float, default=0, help="ms, each way")
    add("--loss", type=float, default=0, help="share lost at random, each way, from 0 to 1")
    add("--burst-loss", type=float, default=0, help="share lost in bursts (Gilbert-Elliott), each way")
    add("--burst-pkts", type=float, default=5, help="mean length of these bursts in packets")
    add("--up-kbps", type=float, default=None)
    add("--down-kbps", type=float, default=None)
    add("--queue-ms", type=float, default=300)
    add("--udp-blocked", action="store_true")
    return parser.parse_args()


async def _run(given: argparse.Namespace) -> None:
    both: dict[str, Any] = {
        "delay_ms": given.rtt / 2,
        "jitter_ms": given.jitter,
        "loss": given.loss,
        "burst_loss": given.burst_loss,
        "burst_pkts": given.burst_pkts,
        "queue_ms": given.queue_ms,
        "udp_blocked": given.udp_blocked,
    }
    server, _, ports = given.server.rpartition(":")
    relay = Relay(
        server,
        media=[int(port) for port in ports.split(",")],
        web=given.web,
        host=given.listen,
        seed=given.seed,
        up=Conditions(**both, kbps=given.up_kbps),
        down=Conditions(**both, kbps=given.down_kbps),
    )
    await relay.open()
    _say({"ready": True, "listens": given.listen})
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        try:
            _say(relay.obey(json.loads(line)))
        except (ValueError, LookupError, TypeError) as wrong:
            _say({"ok": False, "error": str(wrong)})
    await relay.close()


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
