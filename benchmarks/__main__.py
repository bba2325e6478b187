"""`make bench`: runs each benchmark, prints its figures, writes them to benchmarks/latest.json.

A figure is {name, value, unit, reference, ratio}: `reference` was measured in the same run, or is the goal
where nothing can be measured beside it; `ratio` is value / reference.
`python -m benchmarks forward` runs only the ones named.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from benchmarks import chat, classes, first_frame, forward, page_weight, serve_ranges, staff_pages

LATEST = Path(__file__).with_name("latest.json")
BENCHMARKS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "forward": forward.run,
    "chat": chat.run,
    "classes": classes.run,
    "first_frame": first_frame.run,
    "page_weight": page_weight.run,
    "serve_ranges": serve_ranges.run,
    "staff_pages": staff_pages.run,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return 2 for a name that is none."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    figures: list[dict[str, Any]] = []
    for name in names or BENCHMARKS:
        figures += BENCHMARKS[name]()
    width = max(len(figure["name"]) for figure in figures)
    for figure in figures:
        print(
            f"{figure['name']:<{width}}  {figure['value']:>10.2f} {figure['unit']:<6}"
            f"  reference {figure['reference']:>10.2f}  ratio {figure['ratio']:.2f}"
        )
    LATEST.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
