from server.media.throttle import Bucket


def test_much_is_granted_at_once_and_little_for_long() -> None:
    bucket = Bucket(3, 0.5)
    granted = [bucket.take(1, step / 10) for step in range(100)]
    assert granted[:4] == [1, 1, 1, 0]
    assert sum(granted) == 3 + 4, "one every 2 s after the first three"


def test_of_many_wanted_at_once_some_are_granted() -> None:
    bucket = Bucket(64, 640)
    assert bucket.take(50, 0.0) == 50
    assert bucket.take(50, 0.0) == 14
    assert bucket.take(50, 0.0625) == 40


def test_what_is_not_spent_is_not_saved_up() -> None:
    bucket = Bucket(3, 0.5)
    assert bucket.take(1, 0.0) == 1
    assert bucket.take(10, 1000.0) == 3
