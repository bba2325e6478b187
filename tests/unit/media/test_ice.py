import binascii
import random

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from server.media.ice import Transactions, answer_check

SOURCE = ("198.51.100.7", 4321)
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
