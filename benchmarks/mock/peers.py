"""The mock beside other servers that validate the same body, and beside its limit."""

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.mock.load import (
    INVALID,
    MOCK,
    VALID,
    Load,
    Program,
    Running,
    polls_of,
    press,
    running,
    submits,
)
from specs import vendored_folder

HERE = Path(__file__).parent
PRISM = HERE / "node_modules" / ".bin" / "prism"
DOCUMENT = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
ROUNDS = 3
LIMIT = "the limit"
LOADS = ("submit", "invalid", "poll")


def programs(store: Path) -> list[Program]:
    """Return what is measured, the mock first and its limit second."""
    prism = (str(PRISM), "mock", "-p", "PORT", str(DOCUMENT), "--errors")
    uvicorn = (
        *(sys.executable, "-m", "uvicorn", "limit:app", "--app-dir", str(HERE)),
        *("--port", "PORT", "--no-access-log", "--log-level", "warning"),
        *("--lifespan", "off"),
    )
    return [
        Program(
            name="reelspec mock, durable SQLite store",
            command=(*MOCK, "--store", str(store)),
            polls=True,
        ),
        Program(
            name=LIMIT,
            command=uvicorn,
            environment={"BENCHED_DOCUMENT": str(DOCUMENT)},
            polls=True,
        ),
        Program(
            name="openapi-backend",
            command=("node", str(HERE / "backend.cjs"), str(DOCUMENT), "PORT"),
        ),
        Program(
            name="Prism, logging off", command=(*prism, "--verboseLevel", "silent")
        ),
        Program(name="Prism, as it comes", command=prism),
    ]


def load_of(name: str, server: Running) -> Load:
    """Return the load of that *name* for *server*."""
    if name == "poll":
        return polls_of(server)
    return submits(VALID) if name == "submit" else submits(INVALID, refused=True)


def measure_all(seconds: int) -> dict[str, dict[str, float]]:
    """Return the median rate by program and load, and the seconds to start."""
    found: dict[str, dict[str, float]] = {}
    with TemporaryDirectory() as name:
        for program in programs(Path(name) / "jobs.sqlite"):
            with running(program) as server:
                rates = found[program.name] = {"start": server.started}
                for what in LOADS if program.polls else LOADS[:2]:
                    load = load_of(what, server)
                    rates[what] = median(
                        press(server, load, seconds=seconds).rate for _ in range(ROUNDS)
                    )
                    print(f"{program.name}: {what} {rates[what]:,.0f}/s", flush=True)
    return found


def write_table(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table, in Markdown."""
    limit = found[LIMIT]
    rows = [
        "| server | valid submits/s | of the limit | invalid submits/s | of the limit "
        "| polls/s | of the limit | first answer after |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, rates in found.items():
        cells = [name]
        for load in LOADS:
            rate = rates.get(load)
            cells += (
                ["–", "–"]
                if rate is None
                else [f"{rate:,.0f}", f"{rate / limit[load]:.2f}"]
            )
        cells.append(f"{rates['start']:.2f} s")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def compare_peers(seconds: int) -> str:
    """Return the table of all programs, each loaded for so many *seconds* at a time."""
    return write_table(measure_all(seconds))
