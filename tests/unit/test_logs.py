"""Logs carry no tokens, whoever writes them, and stop nobody when they cannot be written."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import sys

import pytest
import structlog

from server.logs import LibraryFormatter, PatientStream, hide_secrets, lost_lines, set_up_logs

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


def test_a_library_s_line_has_its_time_as_ours_have():
    at, rest = line_of("something").split(" ", 1)
    assert re.fullmatch(r"timestamp=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", at)
    assert rest == "level=error logger=aiohttp.server event='something'"


class DatabaseIsAway(Exception):
    """Tells the whole of itself once."""

    told = 0

    def tell_whole(self) -> bool:
        DatabaseIsAway.told += 1
        return DatabaseIsAway.told == 1


@pytest.mark.usefixtures("logs_as_before")
def test_what_led_to_an_error_that_recurs_is_told_once_and_then_its_name(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    set_up_logs("info")
    log = structlog.get_logger("a test of what recurs")
    for number in range(3):
        try:
            raise DatabaseIsAway("no room")
        except DatabaseIsAway as away:
            if number < 2:
                log.exception("not_stored", number=number)
            else:
                log.error("not_stored", number=number, exc_info=away)
    try:
        raise RuntimeError
    except RuntimeError:
        log.exception("a_bug")
    lines = stream.getvalue()
    assert lines.count("Traceback") == 2
    first, *others, bug = lines.splitlines()
    assert "Traceback" in first
    assert [line.partition("number=")[2] for line in others] == [
        f'{number} error="DatabaseIsAway: no room"' for number in (1, 2)
    ]
    assert "RuntimeError" in bug


def test_a_long_message_is_cut():
    assert len(line_of("no " * 1000)) < 400


class FullDisk(io.StringIO):
    """Takes nothing, or nothing but what fits into its buffer."""

    def __init__(self, *, buffered: bool) -> None:
        super().__init__()
        self.buffered = buffered

    def write(self, text: str) -> int:
        return len(text) if self.buffered else self._no_room()

    def flush(self) -> None:
        self._no_room()

    def _no_room(self) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture
def logs_as_before():
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:], logging.raiseExceptions = handlers, True
    logging.root.setLevel(level)


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.usefixtures("logs_as_before")
def test_a_log_on_a_full_disk_is_lost_and_counted_and_stops_nobody(monkeypatch, buffered: bool):
    monkeypatch.setattr(sys, "stderr", FullDisk(buffered=buffered))
    set_up_logs("info")
    assert lost_lines() == 0
    log = structlog.get_logger("a test")
    try:
        raise RuntimeError
    except RuntimeError:
        log.exception("page_failed")
    logging.getLogger("asyncio").error("a task failed")
    assert lost_lines() == 2


def test_a_log_whose_reader_is_gone_is_lost_too():
    stream = io.StringIO()
    stream.close()
    lost = PatientStream(stream)
    lost.write("one line\n")
    lost.flush()
    assert lost.lost_lines == 1


def test_what_can_be_written_is_written():
    stream = io.StringIO()
    whole = PatientStream(stream)
    whole.write("one line\n")
    whole.flush()
    assert (stream.getvalue(), whole.lost_lines) == ("one line\n", 0)


def test_a_command_ends_as_it_should_with_its_log_on_a_full_disk():
    says = (
        "from server.logs import *; set_up_logs('info'); structlog.get_logger().error('x'); print('went on')"
    )
    with open("/dev/full", "w") as full:
        ended = subprocess.run([sys.executable, "-c", says], stdout=subprocess.PIPE, stderr=full, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"went on\n")
