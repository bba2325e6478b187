from server.media.liveness import State, judge


def test_a_peer_that_never_connects_is_gone_after_30_s() -> None:
    assert judge(State.NEW, quiet_s=0, age_s=29.9) == (State.NEW, None)
    assert judge(State.NEW, quiet_s=0, age_s=30) == (State.GONE, "gone")


def test_silence_is_told_once_and_so_is_the_return() -> None:
    assert judge(State.CONNECTED, 4.9, 100) == (State.CONNECTED, None)
    assert judge(State.CONNECTED, 5, 100) == (State.SILENT, "silent")
    assert judge(State.SILENT, 6, 100) == (State.SILENT, None)
    assert judge(State.SILENT, 0.1, 100) == (State.CONNECTED, "back")


def test_30_s_of_silence_is_gone_even_if_nobody_looked_meanwhile() -> None:
    assert judge(State.SILENT, 30, 100) == (State.GONE, "gone")
    assert judge(State.CONNECTED, 31, 100) == (State.GONE, "gone")
    assert judge(State.GONE, 31, 100) == (State.GONE, None)
