"""Paths of one browser over a network on which all that is sent lies open."""

from __future__ import annotations

import itertools
import random

from aioice import stun

from server.media import ice
from server.media.counts import Counts
from server.media.path import Credentials, Path
from server.media.paths import (
    Paths,
)
from server.media.spec import IceCredentials

HOME, NEW, FORGED = ("192.0.2.1", 1000), ("192.0.2.1", 2000), ("203.0.113.9", 3000)
OURS = IceCredentials(ufrag="ours", pwd="our-password-of-enough-length")
THEIRS = IceCredentials(ufrag="hers", pwd="her-password-of-enough-length")
AGAIN = IceCredentials(ufrag="oursagain", pwd="another-password-of-enough-length")
THEIRS_AGAIN = IceCredentials(ufrag="hersagain", pwd="her-other-password-of-enough-length")
CHECK_BYTES, ANSWER = 100, b"a" * 64


class World:
    """Paths, a mux that only takes notes, and a network on which all that is sent lies open."""

    def __init__(self, remote: IceCredentials | None = THEIRS) -> None:
        self.now = 1000.0
        self.counts = Counts()
        self.names: dict[str, str] = {}
        self.known: dict[object, Path] = {}
        self.sent: list[tuple[bytes, object]] = []
        self.went: list[object] = []
        self._transactions = itertools.count()
        self.paths = Paths(
            self, Credentials(OURS, remote), self, self.take, self.counts, lambda: self.now,  # type: ignore[arg-type]
            random.Random(1).randrange, self.went.append,
        )  # fmt: skip

    # what paths want of the mux

    def add(self, ufrag: str, pwd: str, endpoint: object) -> None:
        self.names[ufrag] = pwd

    def retire(self, ufrag: str, endpoint: object) -> None:
        self.names.pop(ufrag, None)

    def learn(self, path: Path) -> None:
        self.known[path.address] = path

    def forget(self, path: Path) -> None:
        del self.known[path.address]

    def take(self, datagram: bytes, address: object) -> bool:
        self.sent.append((datagram, address))
        return True

    # what a browser does

    def check(
        self,
        address: object,
        *,
        nominates: bool = False,
        ufrag: str = "ours",
        transaction: bytes | None = None,
    ) -> bool:
        transaction = transaction or next(self._transactions).to_bytes(12, "big")
        said = ice.Check(ufrag, transaction, nominates, ANSWER)
        return self.paths.take_check(said, address, self.known.get(address), CHECK_BYTES)

    def checks(self, address: object, *, nominates: bool = False, ufrag: str = "ours") -> None:
        """As many checks as earn one of ours."""
        for _ in range(3):
            self.check(address, nominates=nominates, ufrag=ufrag)

    def speak(self, address: object, size: int = 200) -> None:
        path = self.known.get(address) or self.paths.stranger(address, 0)
        path.received += size
        if path is self.paths.current:
            path.heard_at = self.paths.heard_at = self.now
        else:
            self.paths.take_media(path, self.now)

    def connect(self, address: object = HOME) -> None:
        self.check(address, nominates=True)
        self.paths.talk(self.known[address])
        self.paths.send_record(b"f")
        self.paths.up()
        self.sent.clear()

    def asked(self, address: object) -> list[stun.Message]:
        """Our checks that went there."""
        return [stun.parse_message(d) for d, to in self.sent if to == address and d[:2] == b"\0\1"]

    def answer(self, address: object, *, pwd: str = THEIRS.pwd, transaction: bytes | None = None) -> bool:
        """She answers our last check there, or whatever `transaction` says."""
        said = stun.Message(
            stun.Method.BINDING, stun.Class.RESPONSE, transaction or self.asked(address)[-1].transaction_id
        )
        said.attributes["XOR-MAPPED-ADDRESS"] = ("198.51.100.1", 9)
        said.add_message_integrity(pwd.encode())
        return self.paths.take_answer(self.known[address], bytes(said))

    def bytes_to(self, address: object) -> int:
        return sum(len(datagram) for datagram, to in self.sent if to == address)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            self.paths.tick(self.now)


# ---- what an address has earned
