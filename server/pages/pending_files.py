"""Files that were sent and not yet taken over: kept in memory, for 30 minutes, for whoever sent them.

Why in memory: 5,000 patients do not fit into hidden fields (a form is 64 KB at most), a preview must not
write them to a disk on which backups run, and no personal data may stand in an address. The id in the address
is random and opens nothing for another account. Each account has one file at a time, and all of them together
are bounded; a restart forgets them, and then the file is chosen again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(minutes=30)
MOST_FILES = 20
"""Of 2 MB at most: 40 MB in all. The oldest makes way."""


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file, and what it is for."""

    account_id: str
    content: bytes
    service_id: str
    course_id: str | None
    """None when its patients go on no course."""
    sent_at: datetime


class PendingFiles:
    """The files that wait for somebody to say yes."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, PendingFile] = OrderedDict()

    def keep(self, file_id: str, file: PendingFile) -> None:
        """Keep a file; one that the same account sent before is forgotten."""
        for known, each in list(self._files.items()):
            if each.account_id == file.account_id:
                del self._files[known]
        self._files[file_id] = file
        while len(self._files) > MOST_FILES:
            self._files.popitem(last=False)

    def get(self, file_id: str, account_id: str, now: datetime) -> PendingFile | None:
        """Return a file of this account; None once it is forgotten, or for another's."""
        for known, each in list(self._files.items()):
            if now >= each.sent_at + KEPT:
                del self._files[known]
        found = self._files.get(file_id)
        return found if found is not None and found.account_id == account_id else None

    def forget(self, file_id: str) -> None:
        """Forget a file."""
        self._files.pop(file_id, None)
