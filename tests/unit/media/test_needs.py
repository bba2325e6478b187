from server.media.needs import KEPT_S, Needs


def needed(needs: Needs, now: float) -> set[int]:
    return set(needs.needed(now))


def test_before_anything_flows_and_for_5_s_from_then_all_layers_are_needed() -> None:
    needs = Needs([0, 1, 2])
    needs.note(set(), False, 100.0)
    assert needed(needs, 200.0) == {0, 1, 2}
    needs.note(set(), True, 200.0)
    assert needed(needs, 200.0 + KEPT_S - 0.1) == {0, 1, 2}
    assert needed(needs, 200.0 + KEPT_S) == set()


def test_a_layer_is_given_up_5_s_after_the_last_has_left_it_and_wanted_again_at_once() -> None:
    needs = Needs([0, 2])
    for tenth in range(100):
        needs.note({0, 2}, True, tenth / 10)
    for tenth in range(100, 300):
        needs.note({0}, True, tenth / 10)
    assert needs.news(9.9 + KEPT_S - 0.1) is None, "as everybody takes it at first"
    assert needs.news(29.9) == {0}
    assert needs.news(29.9) is None, "it is told once"
    needs.note({0, 2}, True, 30.0)
    assert needs.news(30.0) == {0, 2}


def test_who_comes_and_goes_within_5_s_stops_and_starts_nothing() -> None:
    needs = Needs([0, 2])
    told = []
    for tenth in range(600):
        needs.note({0, 2} if tenth // 20 % 2 else {0}, True, tenth / 10)
        told.append(needs.news(tenth / 10))
    assert set(told) == {None}


def test_whoever_has_forgotten_is_told_again() -> None:
    needs = Needs([0, 2])
    needs.note(set(), True, 0.0)
    assert needs.news(10.0) == frozenset()
    needs.tell_again()
    assert needs.news(10.1) == frozenset()


def test_a_layer_wanted_for_3_s_that_does_not_come_cannot_be_had() -> None:
    needs = Needs([0, 2])
    needs.note({2}, True, 0.0)
    assert not needs.in_vain(2, 2.9)
    assert needs.in_vain(2, 3.0)
    assert not needs.in_vain(0, 3.0)
    needs.note(set(), True, 4.0)
    needs.note({2}, True, 5.0)
    assert not needs.in_vain(2, 6.0)
