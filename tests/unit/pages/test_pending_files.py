"""Files that wait for a yes: whose they are, how long, how many."""

from __future__ import annotations

from datetime import timedelta

from server.pages.pending_files import KEPT, MOST_FILES, PendingFile, PendingFiles
from tests.integration.storage.databases import TUESDAY_10AM

AN_INSTANT = timedelta(microseconds=1)


def file_of(account_id: str) -> PendingFile:
    return PendingFile(account_id, account_id.encode(), "service", None, TUESDAY_10AM)


def test_a_file_is_for_the_account_that_sent_it_and_for_nobody_else() -> None:
    files = PendingFiles()
    files.keep("id", file_of("hannah"))
    assert files.get("id", "hannah", TUESDAY_10AM) == file_of("hannah")
    assert files.get("id", "daniel", TUESDAY_10AM) is None
    assert files.get("other", "hannah", TUESDAY_10AM) is None


def test_a_file_is_forgotten_after_half_an_hour() -> None:
    files = PendingFiles()
    files.keep("id", file_of("hannah"))
    assert files.get("id", "hannah", TUESDAY_10AM + KEPT - AN_INSTANT) is not None
    assert files.get("id", "hannah", TUESDAY_10AM + KEPT) is None
    assert files.get("id", "hannah", TUESDAY_10AM) is None, "it is gone, not hidden"


def test_an_account_has_one_file_and_all_together_are_bounded() -> None:
    files = PendingFiles()
    files.keep("first", file_of("hannah"))
    files.keep("second", file_of("hannah"))
    assert files.get("first", "hannah", TUESDAY_10AM) is None
    for number in range(MOST_FILES):
        files.keep(f"id{number}", file_of(f"account{number}"))
    assert files.get("second", "hannah", TUESDAY_10AM) is None
    assert files.get("id0", "account0", TUESDAY_10AM) is not None
