"""What of a text that a person has written is kept: all that can be seen."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?")


def legible(text: str) -> str:
    """Return `text` without control characters; lines still end, with "\\n", and tabs stay.

    They show nothing, and PostgreSQL's text cannot hold U+0000.
    """
    lines = _LINE_ENDS.sub("\n", text)
    return "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) != "Cc")
