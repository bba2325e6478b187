"""How it goes with writing: the fault of the last write, how often each came, and what was told of it."""

from __future__ import annotations

from collections import Counter

from server.storage.faults import Spell, StorageFailed, StorageFault


class Trouble:
    """From the first failure until a write succeeds it is one spell of trouble: each fault in it is told with
    its traceback once, then in one line (`StorageFailed.tell_whole`)."""

    def __init__(self) -> None:
        self.fault: StorageFault | None = None
        """What was wrong at the last write; None when it succeeded, or nothing was written yet."""
        self.counts: Counter[str] = Counter()
        """Commits and single works that failed, by fault; `moveroom`'s own tries among them."""
        self._spell = Spell()

    def belongs(self, failure: StorageFailed) -> StorageFailed:
        """Return the failure, as one of this spell; of a reading, too."""
        failure.spell = self._spell
        return failure

    def write_failed(self, fault: StorageFault) -> None:
        """Remember that nothing can be written for now."""
        self.fault = fault
        self.counts[f"write_{fault}"] += 1

    def write_succeeded(self) -> None:
        """It is over: what goes wrong from now on is told anew."""
        self.fault = None
        self._spell = Spell()
