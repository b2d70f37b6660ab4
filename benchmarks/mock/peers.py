"""The mock beside other servers that validate the same body, and beside its limit."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
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
STARTS = 5
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


def measure_all(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Return by program and load the rate of each round, and the seconds to start.

    In a round each program is loaded for a second: the machine is not the same from one
    minute to the next. One that is not loaded does nothing.
    """
    found: dict[str, dict[str, list[float]]] = {}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        all_ = programs(Path(folder) / "jobs.sqlite")
        for program in all_ * STARTS:
            with running(program) as server:
                starts = found.setdefault(program.name, {"start": []})["start"]
                starts.append(server.started)
                print(f"start: {program.name} {starts[-1]:.2f} s", flush=True)
        servers = {it.name: stack.enter_context(running(it)) for it in all_}
        polled = {it.name for it in all_ if it.polls}
        for what in LOADS:
            chosen = polled if what == "poll" else servers.keys()
            loads = {it: load_of(what, servers[it]) for it in servers if it in chosen}
            for _ in range(rounds):
                for name, load in loads.items():
                    rate = press(servers[name], load, seconds=1).rate
                    found[name].setdefault(what, []).append(rate)
                    print(f"{what}: {name} {rate:,.0f}/s", flush=True)
    return found


def write_table(found: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """Return the table, in Markdown: medians of the rates, and of each round's ratios."""
    limit = found[LIMIT]
    rows = [
        "| server | valid submits/s | of the limit | invalid submits/s | of the limit "
        "| polls/s | of the limit | first answer after |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, rates in found.items():
        cells = [name]
        for load in LOADS:
            if load not in rates:
                cells += ["–", "–"]
                continue
            pairs = zip(rates[load], limit[load], strict=True)
            ratios = [rate / most for rate, most in pairs]
            cells.append(f"{median(rates[load]):,.0f}")
            cells.append(_write_ratios(ratios))
        cells.append(f"{median(rates['start']):.2f} s")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _write_ratios(ratios: Sequence[float]) -> str:
    """Return the median of *ratios*, and the quartiles beside it."""
    low, middle, high = (f"{it:.2f}" for it in quantiles(ratios, n=4))
    return middle if low == high else f"{middle} ({low} to {high})"


def compare_peers(seconds: int) -> str:
    """Return the table of all programs, each loaded for three times as many *seconds*."""
    return write_table(measure_all(3 * seconds))
