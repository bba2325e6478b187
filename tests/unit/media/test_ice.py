import binascii
import random
import struct

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from server.media.ice import (
    Transactions,
    answer_check,
    check,
    check_bytes,
    is_answer,
    is_genuine_answer,
    ufrag_of,
)
from server.media.spec import IceCredentials

SOURCE = ("198.51.100.7", 4321)
THEIRS = IceCredentials(ufrag="hers", pwd="her-password-of-enough-length")
PASSWORDS = {"ours": "our password, long enough"}


def request(*, ufrag: str = "ours", password: str = PASSWORDS["ours"], **attributes: object) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:theirs"
    message.attributes["PRIORITY"] = 1
    for name, value in attributes.items():
        message.attributes[name.replace("_", "-")] = value
    message.add_message_integrity(password.encode())
    return bytes(message)


def answered(datagram: bytes):
    return answer_check(datagram, SOURCE, PASSWORDS.get)


def test_a_genuine_check_is_answered_with_the_address_it_came_from() -> None:
    datagram = request(ICE_CONTROLLING=1)
    check = answered(datagram)
    assert check is not None
    assert (check.ufrag, check.transaction, check.nominates) == ("ours", datagram[8:20], False)
    answer = stun.parse_message(check.answer)
    assert answer.message_class == stun.Class.RESPONSE
    assert answer.transaction_id == datagram[8:20]
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == SOURCE
    assert answer.check_message_integrity(PASSWORDS["ours"].encode())
    assert "FINGERPRINT" in answer.attributes


def test_nomination_is_seen() -> None:
    assert answered(request(USE_CANDIDATE=None)).nominates


def test_a_browser_that_thinks_itself_controlled_is_told_of_the_conflict() -> None:
    check = answered(request(ICE_CONTROLLED=1, USE_CANDIDATE=None))
    assert not check.nominates
    assert stun.parse_message(check.answer).attributes["ERROR-CODE"][0] == 487


def test_at_least_so_many_transactions_are_remembered_and_no_more_than_twice_that() -> None:
    seen = Transactions(remembered=10)
    for number in range(100):
        assert seen.is_new(bytes([number]))
        assert not any(seen.is_new(bytes([late])) for late in range(max(0, number - 9), number + 1))
    assert seen.is_new(bytes([79]))


def test_strangers_get_no_answer() -> None:
    assert answered(request(password="guessed")) is None
    assert answered(request(ufrag="nobody")) is None


def test_a_check_without_integrity_or_name_gets_no_answer() -> None:
    bare = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    bare.attributes["USERNAME"] = "ours:theirs"
    assert answered(bytes(bare)) is None
    nameless = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    nameless.add_message_integrity(PASSWORDS["ours"].encode())
    assert answered(bytes(nameless)) is None


def test_answers_and_other_methods_get_no_answer() -> None:
    for method, kind in (
        (stun.Method.BINDING, stun.Class.RESPONSE),
        (stun.Method.ALLOCATE, stun.Class.REQUEST),
    ):
        message = stun.Message(method, kind)
        message.attributes["USERNAME"] = "ours:theirs"
        message.add_message_integrity(PASSWORDS["ours"].encode())
        assert answered(bytes(message)) is None


@given(st.binary(max_size=120))
def test_no_bytes_whatever_break_it(tail: bytes) -> None:
    assert answered(tail) is None
    assert (
        answered(b"\x00\x01" + len(tail).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + tail) is None
    )


def test_a_check_with_any_byte_changed_gets_no_answer_as_genuine() -> None:
    chance = random.Random(1)
    datagram = request(USE_CANDIDATE=None)
    covered = len(datagram) - 8  # the FINGERPRINT behind is no secret
    for _ in range(2000):
        changed = bytearray(datagram)
        changed[chance.randrange(covered)] ^= 1 << chance.randrange(8)
        crc = binascii.crc32(bytes(changed[:covered])) ^ 0x5354554E
        changed[-4:] = crc.to_bytes(4, "big")
        assert answered(bytes(changed)) is None


@pytest.mark.parametrize("source", [SOURCE, ("2001:db8::7", 4321), ("fe80::1%2", 9)])
def test_an_independent_decoder_reads_the_answer(source: tuple[str, int]) -> None:
    found = answer_check(request(), source, PASSWORDS.get)
    assert found is not None
    host, port = stun.parse_message(found.answer).attributes["XOR-MAPPED-ADDRESS"]
    assert (host, port) == (source[0].partition("%")[0], source[1])
    assert len(found.answer) == (64 if "." in host else 76)


def test_a_name_that_stands_twice_is_refused() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "ours:theirs"
    twice = bytes(message)[20:] * 2
    forged = stun.set_body_length(bytes(message)[:20] + twice, len(twice))
    digest = stun.message_integrity(forged, PASSWORDS["ours"].encode())
    whole = stun.set_body_length(forged, len(twice) + 24) + b"\x00\x08\x00\x14" + digest
    assert answered(whole) is not None, "the same twice does no harm"
    other = whole.replace(b"ours:theirs", b"else:theirs", 1)
    assert answered(other) is None


def test_for_whom_a_check_would_be_is_seen_before_anything_costly() -> None:
    assert ufrag_of(request(ufrag="somebody")) == "somebody"
    assert ufrag_of(request(password="guessed")) == "ours"
    assert ufrag_of(check("ours", THEIRS, bytes(12), 1)) == THEIRS.ufrag
    nameless = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    assert ufrag_of(bytes(nameless)) is None
    late = b"".join(struct.pack("!HH", 0x7F00 + n, 0) for n in range(200)) + bytes(request())[20:]
    assert ufrag_of(b"\x00\x01" + len(late).to_bytes(2, "big") + bytes(request())[4:20] + late) is None


@given(st.text("abcXYZ+/09", min_size=4, max_size=40), st.text("abcXYZ+/09", min_size=4, max_size=40))
def test_our_own_check_is_as_a_full_agent_wants_it(ours: str, theirs: str) -> None:
    remote = IceCredentials(ufrag=theirs, pwd="her password, long enough")
    datagram = check(ours, remote, b"transaction.", 7)
    assert len(datagram) == check_bytes(ours, remote)
    message = stun.parse_message(datagram)
    assert message.transaction_id == b"transaction."
    assert message.check_message_integrity(remote.pwd.encode())
    assert list(message.attributes) == [
        "USERNAME", "ICE-CONTROLLED", "PRIORITY", "MESSAGE-INTEGRITY", "FINGERPRINT",
    ]  # fmt: skip
    assert message.attributes["USERNAME"] == f"{theirs}:{ours}"


@pytest.mark.parametrize("kind", [stun.Class.RESPONSE, stun.Class.ERROR])
def test_an_answer_to_us_must_be_signed_with_her_password(kind: stun.Class) -> None:
    message = stun.Message(stun.Method.BINDING, kind, b"transaction.")
    assert not is_genuine_answer(bytes(message), THEIRS.pwd)
    message.add_message_integrity(THEIRS.pwd.encode())
    assert is_answer(bytes(message))
    assert is_genuine_answer(bytes(message), THEIRS.pwd)
    assert not is_genuine_answer(bytes(message), "another password, long enough")
    assert not is_answer(request())


@given(st.binary(max_size=120))
def test_no_bytes_whatever_pass_for_an_answer(tail: bytes) -> None:
    whole = b"\x01\x01" + len(tail).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + tail
    assert is_answer(whole)
    assert not is_genuine_answer(whole, THEIRS.pwd)
    assert not is_answer(whole[:19])
