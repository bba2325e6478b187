"""Makes sure that Debian's PostgreSQL is there for the tests: as root installs it, else says how.

The tests start a server of their own, on a private socket. The one that Debian's package may set up by itself
(cluster `main`, reachable from this machine only) is neither used nor touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMAND = "apt-get update && apt-get install --yes --no-install-recommends postgresql"


def is_there() -> bool:
    """Say whether the server's programs are there; Debian keeps them off the PATH."""
    return bool(shutil.which("postgres") or list(Path("/usr/lib/postgresql").glob("*/bin/postgres")))


def main() -> int:
    """Return 0 when PostgreSQL is there, 1 when it is not and could not be installed."""
    if is_there():
        return 0
    if os.geteuid() != 0:
        print(
            f"The storage tests need PostgreSQL. Install it with:\n    sudo sh -c '{COMMAND}'",
            file=sys.stderr,
        )
        return 1
    print("Installing PostgreSQL for the storage tests.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    finished = subprocess.run(["sh", "-c", COMMAND], env=environment, stdout=subprocess.DEVNULL, check=False)
    if finished.returncode or not is_there():
        print(f"PostgreSQL could not be installed. By hand: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
