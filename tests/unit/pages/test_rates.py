from __future__ import annotations

from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
from multidict import CIMultiDict

from server.pages import rates
from server.pages.rates import Rate, source_of


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_tries_come_back_one_by_one_up_to_what_they_were() -> None:
    seconds = Seconds()
    rate = Rate(3, 10.0, seconds)
    assert [rate.take("a") for _ in range(4)] == [True, True, True, False]
    assert rate.take("b"), "each key has its own"
    seconds.now = 10
    assert rate.has_left("a")
    assert [rate.take("a"), rate.take("a")] == [True, False]
    seconds.now = 1000
    assert [rate.take("a") for _ in range(4)] == [True, True, True, False]


def test_a_flood_of_keys_fills_no_memory_and_frees_nobody_who_is_trying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "MOST_KEYS", 100)
    seconds = Seconds()
    rate = Rate(2, 10.0, seconds)
    for number in range(90):
        rate.take(f"old {number}")
    seconds.now = 15
    rate.take("guesser")
    rate.take("guesser")
    for number in range(60):
        rate.take(f"new {number}")
    assert len(rate._spent) <= 100
    assert not rate.take("guesser")


def request(remote: str | None, *forwarded: str) -> Any:
    headers = CIMultiDict(("X-Forwarded-For", each) for each in forwarded)
    return SimpleNamespace(remote=remote, headers=headers)


PROXIES = [ip_network("10.0.0.0/24"), ip_network("::1")]


@pytest.mark.parametrize(
    ("remote", "forwarded", "source"),
    [
        ("192.0.2.7", (), "192.0.2.7"),
        ("192.0.2.7", ("198.51.100.1",), "192.0.2.7"),
        ("10.0.0.5", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.5", ("203.0.113.9, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.5", ("203.0.113.9", "198.51.100.1, 10.0.0.6"), "198.51.100.1"),
        ("10.0.0.5", (), "10.0.0.5"),
        ("::1", ("198.51.100.1",), "198.51.100.1"),
        ("::ffff:10.0.0.5", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.5", ("nonsense",), "unknown"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", (), "192.0.2.7"),
        (None, (), "unknown"),
    ],
)
def test_the_source_is_the_network_that_somebody_is_in(
    remote: str | None, forwarded: tuple[str, ...], source: str
) -> None:
    """What stood there before a proxy of ours added to it is not believed; without a proxy nothing is."""
    assert source_of(request(remote, *forwarded), PROXIES) == source
