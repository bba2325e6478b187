from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from server.people.passwords import LEAST, MOST, Passwords, what_is_wrong

OWN = ("hannah.price@riverside.example", "Hannah Price", "Hannah")


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


@pytest.mark.parametrize(
    "easy",
    [
        "Password1234!",
        "P@ssw0rd2024!!",
        "passwordpassword",
        "Welcome to NHS!",
        "Physiotherapy1",
        "qwertyuiop12",
        "zyxwvutsrqpo",
        "123456789012",
        "31/12/1970 1970",
        "aaaaaaaaaaaa",
        "abababababab",
        "correct horse battery staple",
    ],
)
def test_what_is_tried_first_is_refused(easy: str) -> None:
    assert "too easy to guess" in (what_is_wrong(easy, OWN) or "")


@pytest.mark.parametrize("own", ["hannahprice12", "Hannah.Price@riverside.example", "Price Hannah 2026!"])
def test_ones_own_name_and_address_are_refused(own: str) -> None:
    assert "your own name" in (what_is_wrong(own, OWN) or "")


@pytest.mark.parametrize(
    "good",
    [
        "lantern cabbage violin",
        "mvfkqoeirutn",
        "Tr0ub4dor&3zebra",
        "Hannah Price loves kayaks",
        "лук чеснок морковь",
        "🙂🙃😀😁😂🤣😃😄😅😆😉😊",
        "8675309123987402",
        "with  two  spaces and tab\t",
    ],
)
def test_anything_else_is_taken_whatever_it_is_made_of(good: str) -> None:
    assert what_is_wrong(good, OWN) is None


def test_it_has_12_to_128_characters() -> None:
    row = "kqvwmzj xplnbrdtfg yc" * 10
    assert what_is_wrong(row[: LEAST - 1], OWN) is not None
    assert what_is_wrong(row[:LEAST], OWN) is None
    assert what_is_wrong(row[:MOST], OWN) is None
    assert what_is_wrong(row[: MOST + 1], OWN) is not None


async def test_it_is_hashed_with_argon2id_at_owasps_parameters_and_a_salt_of_its_own(
    passwords: Passwords,
) -> None:
    one, two = await passwords.hash("lantern cabbage"), await passwords.hash("lantern cabbage")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != two
    assert await passwords.is_right(one, "lantern cabbage")
    assert not await passwords.is_right(one, "lantern cabbages")


async def test_every_character_counts(passwords: Passwords) -> None:
    long = "kqvwmzj xplnbrdt" * 8
    stored = await passwords.hash(long)
    assert not await passwords.is_right(stored, long[:-1])
    assert not await passwords.is_right(stored, long.upper())
    assert not await passwords.is_right(stored, long + " ")


async def test_an_accent_is_the_same_however_it_was_typed(passwords: Passwords) -> None:
    stored = await passwords.hash("cafe\u0301 lantern moss")
    assert await passwords.is_right(stored, "caf\u00e9 lantern moss")


async def test_without_a_stored_one_the_same_work_is_done_and_nothing_is_right(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    right = passwords._matches
    monkeypatch.setattr(
        passwords, "_matches", lambda stored, given: checked.append(stored) or right(stored, given)
    )
    assert not await passwords.is_right(None, "nobody's")
    assert checked[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_stored_hash_that_is_none_is_never_right(passwords: Passwords) -> None:
    assert not await passwords.is_right("not a hash", "lantern cabbage")


class Held(PasswordHasher):
    """Hashes only once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        return "done" if self.let_go.wait(30) else "stuck"


async def test_hashing_does_not_hold_up_the_loop() -> None:
    """The thread waits for the loop: on the loop itself this would never be let go."""
    held = Held()
    passwords = Passwords(held)
    hashing = asyncio.create_task(passwords.hash("lantern cabbage"))
    await asyncio.sleep(0)
    held.let_go.set()
    assert await hashing == "done"
    passwords.close()


def test_a_hash_of_other_parameters_is_outdated(passwords: Passwords) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("lantern cabbage")
    assert passwords.is_outdated(weaker)
