"""Measures the mock beside its peers and its limit, and at scale, on this machine.

Run as `python -m benchmarks.mock [peers] [workers] [open]`; without a name it does all.
It needs wrk, redis-server, Node, and the packages of package.json beside it (`npm ci`).
The tables go to `benchmarks/mock.md`; `--seconds` of less than 5 are for a first look.
"""

import argparse
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.mock.peers import PRISM, compare_peers
from benchmarks.mock.scale import compare_open_jobs, compare_workers

RESULT = Path(__file__).parent.parent / "mock.md"
PARTS: Mapping[str, Callable[[int], str]] = {
    "peers": compare_peers,
    "workers": compare_workers,
    "open": compare_open_jobs,
}
NEEDS = {"peers": ("wrk", "node", str(PRISM)), "workers": ("wrk", "redis-server")}


def put_table(name: str, table: str) -> None:
    """Put *table* into the page, at the mark of that *name*."""
    head, begin, rest = RESULT.read_text("utf-8").partition(f"<!-- {name} -->\n")
    _, end, tail = rest.partition("<!-- end -->")
    RESULT.write_text(f"{head}{begin}{table}\n{end}{tail}", "utf-8")


def main() -> None:
    """Measure what is asked for, and put the tables into their page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=[*PARTS])
    parser.add_argument("--seconds", type=int, default=5)
    asked = parser.parse_args()
    if unknown := {*asked.parts} - PARTS.keys():
        parser.error(f"{', '.join(unknown)}: known are {', '.join(PARTS)}")
    for part in asked.parts:
        for needed in NEEDS.get(part, ("wrk",)):
            if shutil.which(needed) is None:
                raise SystemExit(
                    f"{needed}: not installed; {part} needs wrk, for peers also node "
                    "and `npm ci --prefix benchmarks/mock`, for workers redis-server"
                )
        put_table(part, PARTS[part](asked.seconds))


if __name__ == "__main__":
    main()
