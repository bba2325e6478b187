"""Makes sure that Debian's Chromium is there for the browser tests: as root installs it, else says how."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

COMMAND = "apt-get update && apt-get install --yes --no-install-recommends chromium fonts-liberation"


def main() -> int:
    """Return 0 when Chromium is there, 1 when it is not and could not be installed."""
    if shutil.which("chromium"):
        return 0
    if os.geteuid() != 0:
        print(
            f"The browser tests need Chromium. Install it with:\n    sudo sh -c '{COMMAND}'", file=sys.stderr
        )
        return 1
    print("Installing Chromium for the browser tests.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    finished = subprocess.run(["sh", "-c", COMMAND], env=environment, stdout=subprocess.DEVNULL, check=False)
    if finished.returncode or not shutil.which("chromium"):
        print(f"Chromium could not be installed. By hand: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
