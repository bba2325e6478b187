"""Input that is wrong in the ways input goes wrong: cut, lengthened, flipped, swapped, or nonsense."""

from __future__ import annotations

import random
from typing import Any

TELLING_BYTES = (0, 1, 2, 3, 19, 20, 22, 63, 64, 127, 128, 144, 191, 192, 200, 205, 206, 254, 255)
TELLING_TEXTS = (
    "", " ", "\0", "\ud800", "\u202e", "e\u0301" * 20, "😀" * 30, "null", "../../etc", "'; --", "x" * 1001,
    "now", "waiting", "answering", "answered_in_writing", "l", "0", "a" * 33, "key-key-key", "__proto__",
)  # fmt: skip
TELLING_NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**70), 0.0, 1e308, float("inf"), float("nan"))


def broken(good: bytes, chance: random.Random) -> bytes:
    """A copy of `good` with up to four faults; seldom something else altogether."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.choice((0, 1, 3, 11, 12, 20, 60, 1500)))
    changed = bytearray(good)
    for _ in range(chance.randrange(5)):
        if not changed:
            break
        at = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0:
                changed[at] = chance.choice(TELLING_BYTES)
            case 1:
                changed[at] ^= 1 << chance.randrange(8)
            case 2:
                del changed[at:]
            case 3:
                del changed[at : at + chance.randrange(1, 8)]
            case 4:
                changed[at:at] = chance.randbytes(chance.randrange(1, 8))
            case _:
                other = chance.randrange(len(changed))
                changed[at : at + 4] = changed[other : other + 4]
    return bytes(changed[:1500])


def broken_lines(good: str, chance: random.Random) -> str:
    """Text of lines with some removed, doubled, swapped, taken from elsewhere, or broken within."""
    lines = good.split("\r\n")
    for _ in range(chance.randrange(1, 5)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[at : at + chance.choice((1, 1, 2, 20))]
            case 1:
                lines[at:at] = lines[other : other + chance.choice((1, 1, 20))]
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = broken_text(lines[at], chance)
            case 4:
                words = lines[at].split(" ")
                words[chance.randrange(len(words))] = chance.choice(
                    (*TELLING_TEXTS, "4294967296", "-1", "99999999999999999999", "1e9", "65536")
                )
                lines[at] = " ".join(words)
            case _:
                head, mark, _tail = lines[at].partition(":")
                lines[at] = head + mark + lines[other].partition(":")[2]
        if not lines:
            return ""
    return "\r\n".join(lines)


def broken_text(good: str, chance: random.Random) -> str:
    """Text with one fault."""
    at = chance.randrange(len(good) + 1)
    match chance.randrange(4):
        case 0:
            return good[:at]
        case 1:
            return good[:at] + chance.choice(TELLING_TEXTS) + good[at:]
        case 2:
            return (
                good[:at]
                + chr(chance.choice((0, 9, 10, 13, 32, 58, 127, 0x660, 0xD800, 0x1F600)))
                + good[at:]
            )
        case _:
            return good[:at] + good[at + 1 :]


def any_value(chance: random.Random, depth: int = 0) -> Any:
    """Anything JSON can carry, and, as Python reads JSON, infinity and no number."""
    match chance.randrange(8 if depth < 3 else 5):
        case 0:
            return chance.choice((None, True, False))
        case 1:
            return chance.choice(TELLING_NUMBERS)
        case 2 | 3:
            return chance.choice(TELLING_TEXTS)
        case 4:
            return "".join(chr(chance.randrange(1, 0x3000)) for _ in range(chance.randrange(12)))
        case 5:
            return [any_value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return {
                str(chance.choice(TELLING_TEXTS)): any_value(chance, depth + 1)
                for _ in range(chance.randrange(4))
            }
    raise AssertionError


def broken_request(good: dict[str, Any], chance: random.Random) -> Any:
    """A request with fields missing, added or filled with something else; seldom no object at all."""
    if chance.random() < 0.05:
        return any_value(chance)
    request = dict(good)
    for _ in range(chance.randrange(1, 3)):
        names = [*request, chance.choice(TELLING_TEXTS)]
        name = chance.choice(names)
        if chance.random() < 0.2:
            request.pop(name, None)
        elif isinstance(request.get(name), str) and chance.random() < 0.4:
            request[name] = broken_text(request[name], chance)
        else:
            request[name] = any_value(chance)
    return request
