"""The ways to one browser: which of her addresses are hers for certain, and which of them media are sent to.

An address is proven by our own connectivity check, whose answer takes her password and a number that we made
up, or by a DTLS handshake all of which was led with it; before that `path.Path` says how much it may get, and
the rest waits. Media are only ever sent to a proven address, and go to another one when

- the browser nominates it (USE-CANDIDATE), or
- her sound or picture comes from it and nothing more from the present one: a router has given her another
  address, and by itself her next check may be seconds away.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from server.media import ice
from server.media.counts import Counts
from server.media.liveness import SILENT_AFTER_S
from server.media.outlet import Address
from server.media.path import Book, Credentials, Path
from server.media.throttle import Bucket

if TYPE_CHECKING:
    from server.media.mux import Endpoint

MOST_ADDRESSES = 8
ASK_AFTER_S = 2.5
"""Having heard nothing for so long, we ask: she may have nothing to send, as one who only watches."""
ASK_EVERY_S = 1.0
QUIET_S = 0.25
"""Having heard nothing from the present address for so long, we follow the media to another."""
FIRST_REPEAT_S, LAST_REPEAT_S, MOST_REPEATS = 0.1, 1.6, 8
_STRANGE_AT_ONCE, _STRANGE_PER_S = 100, 50
"""Checks under her ufrag from what is no address of hers (yet): of all of them together."""
_TRIES_AT_ONCE, _TRIES_PER_S = 20, 20
"""Packets under an SSRC of hers, from the same."""
_MOST_WAITING = 4


class Paths:
    """Owned by a peer. `moved` is told whenever media are to be sent to another address than before."""

    def __init__(
        self,
        owner: Endpoint,
        credentials: Credentials,
        book: Book,
        send: Callable[[bytes, Address], bool],
        counts: Counts,
        clock: Callable[[], float],
        randbelow: Callable[[int], int],
        moved: Callable[[Address], None],
    ) -> None:
        self.current: Path | None = None
        """Where media go; None until DTLS is up and an address is proven."""
        self.heard_at = clock()
        """When anything genuine last came from her, from anywhere."""
        self._owner, self._book, self._send_now, self._counts = owner, book, send, counts
        self._clock, self._randbelow, self._moved = clock, randbelow, moved
        self._credentials = credentials
        self._fresh: Credentials | None = None
        """Those of a restart, until she has used them."""
        self._paths: dict[Address, Path] = {}
        self._nominated: Path | None = None
        """What she chose, until it is proven."""
        self._talking: Path | None = None
        """Where the DTLS record came from that is being answered."""
        self._told: set[Address] = set()
        """To which addresses DTLS went before it was up."""
        self._is_up = False
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        """DTLS that the address has not earned yet."""
        self._transactions = ice.Transactions()
        self._strange = Bucket(_STRANGE_AT_ONCE, _STRANGE_PER_S)
        self._tries = Bucket(_TRIES_AT_ONCE, _TRIES_PER_S)
        self._tie_breaker = randbelow(1 << 64)
        book.add(credentials.ours.ufrag, credentials.ours.pwd, owner)

    # her checks, and ours

    def may_check(self, path: Path | None) -> bool:
        """Whether one more check under her ufrag is worth looking at; `path` is whence it came, if hers."""
        bucket = self._strange if path is None else path.checks
        return bucket.take(1, self._clock()) == 1

    def take_check(self, check: ice.Check, address: Address, path: Path | None, size: int) -> bool:
        """A genuine check, of `size` bytes; False if it was played again from elsewhere."""
        is_new = self._transactions.is_new(check.transaction)
        if path is None:
            if not is_new:
                return False
            path = Path(address, self._owner, self._credentials)
            self._learn(path)
        path.received += size
        now = self._clock()
        if is_new:
            self.heard_at = path.heard_at = now
            self._renew(check.ufrag, path)
        if self._send(path, check.answer):
            self._counts.checks_answered += 1
        if is_new and check.nominates:
            self._nominate(path)
        if not path.proven:
            self._flush()
            self._ask(path, now)
        return True

    def take_answer(self, path: Path, datagram: bytes) -> bool:
        """What looks like the answer to a check of ours; False if it is none."""
        remote, transaction = path.credentials.remote, datagram[8 : ice.HEADER_BYTES]
        if remote is None or transaction not in path.asked or not ice.is_genuine_answer(datagram, remote.pwd):
            return False
        path.asked.clear()
        self.heard_at = path.heard_at = self._clock()
        self._prove(path)
        return True

    def restart(self, credentials: Credentials) -> None:
        """Take fresh credentials (RFC 8445, section 9); the old ones hold until she first uses these."""
        if self._fresh is not None:
            self._book.retire(self._fresh.ours.ufrag, self._owner)
        self._fresh = credentials
        self._book.add(credentials.ours.ufrag, credentials.ours.pwd, self._owner)

    def _renew(self, ufrag: str, path: Path) -> None:
        fresh = self._fresh
        if fresh is not None and ufrag == fresh.ours.ufrag:
            self._book.retire(self._credentials.ours.ufrag, self._owner)
            self._credentials, self._fresh = fresh, None
            self._counts.ice_restarts += 1
        path.credentials = self._credentials

    def _ask(self, path: Path, now: float) -> None:
        """Send a check of ours there, if it is time and the address has earned it."""
        remote, ours = path.credentials.remote, path.credentials.ours.ufrag
        if remote is None or now < path.ask_again_at or not path.affords(ice.check_bytes(ours, remote)):
            return
        transaction = self._randbelow(1 << 96).to_bytes(ice.TRANSACTION_BYTES, "big")
        path.asked.append(transaction)
        repeat = ASK_EVERY_S if path.proven else min(FIRST_REPEAT_S * 2.0**path.asks, LAST_REPEAT_S)
        path.ask_again_at = now + repeat
        path.asks += 1
        self._counts.checks_sent += 1
        self._send(path, ice.check(ours, remote, transaction, self._tie_breaker))

    # which is proven, and which is chosen

    def _prove(self, path: Path) -> None:
        if path.proven:
            return
        path.proven = True
        self._counts.addresses_proven += 1
        if path is self._nominated:
            self._nominate(path)
        else:
            self._follow(path, self._clock())
        self._flush()

    def _nominate(self, path: Path) -> None:
        if path.proven and self._is_up:
            self._move(path)
        else:
            self._nominated = path

    def _follow(self, path: Path, now: float) -> None:
        """Go where media come from, if they come no more from the present address."""
        current = self.current
        if current is None:
            if self._is_up:
                self._move(path)
        elif path.media_at > current.heard_at and now - current.heard_at >= QUIET_S:
            self._move(path)

    def _move(self, path: Path) -> None:
        self._nominated = None
        if path is not self.current:
            self._counts.address_moves += self.current is not None
            self.current = path
            self._moved(path.address)

    # media

    def may_try(self) -> bool:
        """Whether one more packet from a stranger, under an SSRC of hers, is worth looking at."""
        return self.current is not None and self._tries.take(1, self._clock()) == 1

    def stranger(self, address: Address, size: int) -> Path:
        """What a packet from a stranger is taken with: forgotten, unless `take_media` finds it authentic."""
        path = Path(address, self._owner, self._credentials)
        path.received = size
        return path

    def take_media(self, path: Path, now: float) -> None:
        """Authentic RTP or RTCP came, from another address than the present one."""
        self.heard_at = path.heard_at = path.media_at = now
        if path.address not in self._paths:
            self._learn(path)
        if path.proven:
            self._follow(path, now)
        else:
            self._ask(path, now)

    # DTLS

    def talk(self, path: Path) -> None:
        """What DTLS says next answers a record that came from there."""
        self._talking = path

    def send_record(self, record: bytes) -> None:
        """Send what DTLS says, as soon as the address has earned it."""
        self._waiting.append(record)
        self._flush()
        if self._waiting and self._talking is not None:
            self._ask(self._talking, self._clock())

    def up(self) -> None:
        """DTLS is up: media go where its last record came from, as soon as that is proven.

        It is, if nobody else was told what that record answers: a source can be forged, and whoever is here
        under one address could name any other in her last record.
        """
        path, now = self._talking, self._clock()
        assert path is not None
        self.heard_at = path.heard_at = now
        self._is_up = True
        if self._told == {path.address}:
            self._prove(path)
        if path.proven:
            self._move(path)
        else:
            self._go_where_heard()
            self._nominated = path
            self._ask(path, now)

    def _flush(self) -> None:
        path = self.current or self._talking
        while path is not None and self._waiting and self._send(path, self._waiting[0]):
            self._waiting.popleft()
            if not self._is_up:
                self._told.add(path.address)

    def _send(self, path: Path, datagram: bytes) -> bool:
        """Send there; False if the address has not earned it yet. What the system loses is lost."""
        if not path.affords(len(datagram)):
            self._counts.withheld += 1
            return False
        path.sent += len(datagram)
        self._send_now(datagram, path.address)
        return True

    # life

    def tick(self, now: float) -> None:
        """Ask again where no answer came, and ask somebody who has fallen silent."""
        for path in self._paths.values():
            if not path.proven and 0 < path.asks < MOST_REPEATS:
                self._ask(path, now)
        if self.current is not None and now - self.heard_at >= ASK_AFTER_S:
            self._ask(self.current, now)

    def holds(self, path: Path) -> bool:
        """Whether it is hers for certain, and was so lately that nobody else may take it."""
        return path.proven and self._clock() - path.heard_at < SILENT_AFTER_S

    def lost(self, path: Path) -> None:
        """The address is nobody's now (TCP ended), or another's: go where she was heard last, if we may."""
        self._paths.pop(path.address, None)
        if path is self._nominated:
            self._nominated = None
        if path is self.current:
            self._go_where_heard()

    def _go_where_heard(self) -> None:
        proven = [each for each in self._paths.values() if each.proven]
        if proven:
            self._move(max(proven, key=lambda each: each.heard_at))

    def close(self) -> None:
        """Have no name and no address any more. Idempotent."""
        for credentials in (self._credentials, self._fresh):
            if credentials is not None:
                self._book.retire(credentials.ours.ufrag, self._owner)
        while self._paths:
            self._forget(next(iter(self._paths.values())))
        self._waiting.clear()

    def _learn(self, path: Path) -> None:
        self._paths[path.address] = path
        self._book.learn(path)
        if len(self._paths) > MOST_ADDRESSES:
            kept = (path, self.current, self._nominated, self._talking)
            others = [each for each in self._paths.values() if each not in kept]
            self._forget(min(others, key=lambda each: (each.proven, each.heard_at)))

    def _forget(self, path: Path) -> None:
        del self._paths[path.address]
        self._book.forget(path)
