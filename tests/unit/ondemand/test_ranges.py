from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from server.ondemand.ranges import FileFacts, Part, Status, http_date, part_of

FILE = FileFacts(size=1000, changed_ns=1_795_342_800_123_456_789)
TAG = f'"{FILE.tag}"'
DATE = http_date(FILE.changed)
EARLIER, LATER = "Fri, 20 Nov 2026 10:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT"
WHOLE = Part(Status.WHOLE, 0, 1000)


def get(method: str = "GET", **headers: str) -> Part:
    return part_of(
        method, CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()}), FILE
    )


def test_the_tag_changes_with_size_and_time_and_has_no_odd_characters() -> None:
    assert FILE.tag == f"{FILE.changed_ns:x}-3e8"
    assert (
        len({FILE.tag, FileFacts(1001, FILE.changed_ns).tag, FileFacts(1000, FILE.changed_ns + 1).tag}) == 3
    )


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-", Part(Status.PART, 0, 1000)),
        ("bytes=0-0", Part(Status.PART, 0, 1)),
        ("bytes=200-299", Part(Status.PART, 200, 100)),
        ("bytes=900-5000", Part(Status.PART, 900, 100)),
        ("bytes=999-", Part(Status.PART, 999, 1)),
        ("bytes=-1", Part(Status.PART, 999, 1)),
        ("bytes=-5000", Part(Status.PART, 0, 1000)),
        ("BYTES=5-9", Part(Status.PART, 5, 5)),
        ("bytes=1000-", Part(Status.RANGE_NOT_SATISFIABLE)),
        ("bytes=5000-6000", Part(Status.RANGE_NOT_SATISFIABLE)),
        ("bytes=-0", Part(Status.RANGE_NOT_SATISFIABLE)),
        # not understood, so as if it were not there (RFC 9110, 14.2)
        ("bytes=", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=9-5", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=0x1-2", WHOLE),
        ("bytes=-1-2", WHOLE),
        ("bytes=١-٢", WHOLE),
        ("lines=0-5", WHOLE),
        ("0-5", WHOLE),
        ("bytes=0-1,5-6", WHOLE),
        ("bytes=0-" + "9" * 5_000, WHOLE),
        ("bytes=" + ",".join(["0-"] * 5_000), WHOLE),
    ],
)
def test_a_range_gives_its_part(asked: str, part: Part) -> None:
    assert get(Range=asked) == part


def test_only_get_has_ranges() -> None:
    assert get("HEAD", Range="bytes=0-4") == WHOLE


@pytest.mark.parametrize(
    ("still", "status"),
    [
        (TAG, Status.PART),
        (DATE, Status.PART),
        ('"another"', Status.WHOLE),
        (f"W/{TAG}", Status.WHOLE),  # a weak tag proves nothing about bytes
        (EARLIER, Status.WHOLE),
        (LATER, Status.WHOLE),
        ("nonsense", Status.WHOLE),
        ("*", Status.WHOLE),
        ("", Status.WHOLE),
    ],
)
def test_if_range_continues_only_this_very_file(still: str, status: Status) -> None:
    assert get(Range="bytes=5-9", If_Range=still).status is status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": TAG}, Status.NOT_MODIFIED),
        ({"If_None_Match": f"W/{TAG}"}, Status.NOT_MODIFIED),
        ({"If_None_Match": f'"a", {TAG}'}, Status.NOT_MODIFIED),
        ({"If_None_Match": "*"}, Status.NOT_MODIFIED),
        ({"If_None_Match": '"a"'}, Status.WHOLE),
        ({"If_None_Match": '"a"', "If_Modified_Since": DATE}, Status.WHOLE),
        ({"If_Modified_Since": DATE}, Status.NOT_MODIFIED),
        ({"If_Modified_Since": LATER}, Status.NOT_MODIFIED),
        ({"If_Modified_Since": EARLIER}, Status.WHOLE),
        ({"If_Modified_Since": "nonsense"}, Status.WHOLE),
        ({"If_Match": TAG}, Status.WHOLE),
        ({"If_Match": "*"}, Status.WHOLE),
        ({"If_Match": f"W/{TAG}"}, Status.PRECONDITION_FAILED),
        ({"If_Match": '"a"'}, Status.PRECONDITION_FAILED),
        ({"If_Match": TAG, "If_Unmodified_Since": EARLIER}, Status.WHOLE),
        ({"If_Unmodified_Since": EARLIER}, Status.PRECONDITION_FAILED),
        ({"If_Unmodified_Since": DATE}, Status.WHOLE),
        ({"If_None_Match": TAG, "Range": "bytes=0-4"}, Status.NOT_MODIFIED),
        ({"If_Match": '"a"', "Range": "bytes=0-4"}, Status.PRECONDITION_FAILED),
    ],
)
def test_conditions_are_weighed_in_their_order(headers: dict[str, str], status: Status) -> None:
    assert get(**headers).status is status


@given(st.integers(0, 1200), st.integers(0, 1200))
def test_a_part_is_what_python_would_slice(first: int, last: int) -> None:
    content = bytes(number % 251 for number in range(1000))
    part = get(Range=f"bytes={first}-{last}")
    if first > last:
        assert part == WHOLE
    elif first >= len(content):
        assert part.status is Status.RANGE_NOT_SATISFIABLE
    else:
        assert content[part.start : part.start + part.count] == content[first : last + 1]


def test_20_000_broken_headers_always_have_an_answer_within_the_file() -> None:
    chance = random.Random(5)
    whole = {
        "Range": "bytes=0-499,-5",
        "If-Range": TAG,
        "If-None-Match": f'W/{TAG}, "a"',
        "If-Match": TAG,
        "If-Modified-Since": DATE,
        "If-Unmodified-Since": DATE,
    }
    for _ in range(20_000):
        headers: CIMultiDict[str] = CIMultiDict()
        for name in chance.sample(sorted(whole), chance.randint(1, 3)):
            broken = list(whole[name])
            for _ in range(chance.randint(0, 3)):
                at = chance.randrange(len(broken))
                broken[at : at + chance.randint(0, 5)] = chance.choice(
                    ["", '"', "-", "9" * 30, "\xff", "*", ":"]
                )
                broken = broken or [" "]
            headers[name] = "".join(broken)
        part = part_of("GET", headers, FILE)
        assert 0 <= part.start <= part.start + part.count <= FILE.size
        assert (part.count > 0) == (part.status in (Status.WHOLE, Status.PART))
