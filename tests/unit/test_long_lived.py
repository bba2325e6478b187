from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from server.long_lived import SETTLED_S, set_apart


class _Wait:
    def __init__(self) -> None:
        self.asked: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, what: Callable[[], None]) -> _Wait:
        self.asked.append((seconds, what))
        return self

    def cancel(self) -> None:
        self.asked.clear()


@pytest.fixture(autouse=True)
def _walked_again() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_is_here_when_the_server_is_ready_is_walked_no_more() -> None:
    here: list[object] = [[]]
    set_apart(_Wait())
    assert all(each is not here for each in gc.get_objects())


def test_the_collector_goes_to_work_when_the_server_is_ready() -> None:
    gc.disable()
    set_apart(_Wait())
    assert gc.isenabled()


def test_what_comes_in_the_first_half_minute_is_set_apart_after_it() -> None:
    wait = _Wait()
    set_apart(wait)
    compiled: list[object] = [[]]
    assert any(each is compiled for each in gc.get_objects())
    [(seconds, what)] = wait.asked
    what()
    assert seconds == SETTLED_S
    assert all(each is not compiled for each in gc.get_objects())


def test_a_server_that_ends_before_that_is_called_back_no_more() -> None:
    wait = _Wait()
    set_apart(wait).cancel()
    assert wait.asked == []
