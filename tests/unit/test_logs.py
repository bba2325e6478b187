"""Logs carry no tokens, whoever writes them."""

from __future__ import annotations

import logging
import sys

from server.logs import LibraryFormatter, hide_secrets

TOKEN = "wE_abheLK6M7x9dFIGkkL5DsQd-jLZAoZemFnxTAKFo"


def line_of(message: str, error: Exception | None = None) -> str:
    raised = None
    if error is not None:
        try:
            raise error
        except Exception:
            raised = sys.exc_info()
    record = logging.LogRecord("aiohttp.server", logging.ERROR, __file__, 1, message, (), raised)
    return LibraryFormatter().format(record)


def test_personal_links_cookies_and_tokens_are_hidden():
    for text in (f"GET /j/{TOKEN} HTTP/9.1", f"cookie: mr_x={TOKEN}", f"b'mr_x={TOKEN}'", "GET /j/short"):
        hidden = hide_secrets(text)
        assert TOKEN not in hidden
        assert "short" not in hidden
        assert "[hidden]" in hidden


def test_ordinary_words_and_ids_stay():
    text = "room could not store class_id=jA3xU9-Lk2_QpZ8r reference=abc123"
    assert hide_secrets(text) == text


def test_a_library_s_exception_is_named_and_placed_but_not_quoted():
    line = line_of(f"Error handling request\nGET /j/{TOKEN}", ValueError(f"bad line /j/{TOKEN}"))
    assert TOKEN not in line
    assert "\n" not in line
    assert "error=ValueError" in line
    assert "at=line_of:" in line


def test_a_long_message_is_cut():
    assert len(line_of("no " * 1000)) < 400
