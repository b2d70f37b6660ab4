"""The mock at scale: two workers against one, and many open jobs against few."""

import http.client
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from benchmarks.mock.load import (
    KEY,
    MOCK,
    PATH,
    VALID,
    Load,
    Pressed,
    Program,
    Running,
    cpu_seconds,
    free_port,
    polls_of,
    press,
    running,
    submits,
    wait_until_open,
)

FEW, MANY = 100, 10_000
_CORES = len(os.sched_getaffinity(0))


@contextmanager
def running_redis(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the address and the process of a Redis that keeps nothing."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        ["redis-server", *options, str(folder)],  # noqa: S607 - whichever is installed
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_open(port)
        yield f"redis://127.0.0.1:{port}/0", process.pid
    finally:
        process.terminate()
        process.wait(10)


class Round(NamedTuple):
    """Requests a second, and the CPU seconds that a request took each program."""

    rate: float
    mock: float
    redis: float
    wrk: float


def measure_workers(
    counts: Sequence[int], rounds: int
) -> dict[str, dict[int, list[Round]]]:
    """Return rounds of a second by load and number of workers, which take turns."""
    found: dict[str, dict[int, list[Round]]] = {}
    with ExitStack() as stack:
        servers = {it: _start_workers(it, stack) for it in counts}
        for what in ("valid submits", "polls"):
            found[what] = {it: [] for it in counts}
            loads = {
                it: polls_of(server) if what == "polls" else submits(VALID)
                for it, (server, _) in servers.items()
            }
            for _ in range(rounds):
                for count, (server, redis) in servers.items():
                    round_ = _press(server, redis, loads[count])
                    found[what][count].append(round_)
                    print(f"{what}: {count} workers {round_.rate:,.0f}/s", flush=True)
    return found


def _start_workers(count: int, stack: ExitStack) -> tuple[Running, int]:
    """Return a mock of *count* workers on a Redis of its own, and that one's process."""
    folder = Path(stack.enter_context(TemporaryDirectory()))
    store, redis = stack.enter_context(running_redis(folder))
    command = (*MOCK, "--store", store, "--workers", str(count))
    program = Program(name=f"{count} workers", command=command)
    return stack.enter_context(running(program)), redis


def _press(server: Running, redis: int, load: Load) -> Round:
    mock, other = cpu_seconds([server.pid]), cpu_seconds([redis])
    pressed = press(server, load, seconds=1)
    return Round(
        rate=pressed.rate,
        mock=(cpu_seconds([server.pid]) - mock) / pressed.rate,
        redis=(cpu_seconds([redis]) - other) / pressed.rate,
        wrk=pressed.cpu_seconds / pressed.rate,
    )


def compare_workers(seconds: int) -> str:
    """Return the table of two workers against one, each on a Redis of its own.

    All are medians. The last column is the most that this machine allows: as many
    requests as its cores can compute for all programs together, against those of one
    worker.
    """
    rows = [
        "| load | one worker | two | ratio | CPU of a request, with two: mock, Redis, wrk "
        f"| ratio that {_CORES} cores allow |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for what, found in measure_workers((1, 2), 3 * seconds).items():
        one, two = found[1], found[2]
        rate, more = (median(it.rate for it in some) for some in (one, two))
        pairs = zip(one, two, strict=True)
        ratio = median(both.rate / alone.rate for alone, both in pairs)
        shares = [median(some) for some in list(zip(*two, strict=True))[1:]]
        cpu = ", ".join(f"{it * 1e6:.0f}" for it in shares)
        rows.append(
            f"| {what} | {rate:,.0f}/s | {more:,.0f}/s | {ratio:.2f} "
            f"| {cpu} µs | {_CORES / sum(shares) / rate:.2f} |"
        )
    return "\n".join(rows)


def open_jobs(server: Running, count: int) -> list[str]:
    """Return the ids of *count* new jobs, over one connection."""
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc)
    headers = {**KEY, "Content-Type": "application/json"}
    ids = []
    for _ in range(count):
        connection.request("POST", PATH, json.dumps(VALID), headers)
        ids.append(json.loads(connection.getresponse().read())["id"])
    connection.close()
    return ids


def polls_of_all(ids: Sequence[str]) -> Load:
    """Return the load of polls that go through *ids* again and again."""
    paths = ", ".join(f'"{PATH}?generation_id={quote(it, safe="")}"' for it in ids)
    lines = [
        f"local paths, place = {{{paths}}}, 0",
        "request = function()",
        "  place = place % #paths + 1",
        '  return wrk.format("GET", paths[place])',
        "end",
    ]
    return Load(lines=lines)


def measure_open_jobs(counts: Sequence[int], rounds: int) -> dict[int, list[Pressed]]:
    """Return rounds of a second of polls by the number of open jobs, which take turns."""
    found: dict[int, list[Pressed]] = {it: [] for it in counts}
    with ExitStack() as stack:
        loaded: dict[int, tuple[Running, Load]] = {}
        for count in counts:
            store = str(Path(stack.enter_context(TemporaryDirectory())) / "jobs.sqlite")
            command = (*MOCK, "--store", store, "--clock", "manual")
            program = Program(name=f"{count} jobs", command=command)
            server = stack.enter_context(running(program))
            loaded[count] = server, polls_of_all(open_jobs(server, count))
        for _ in range(rounds):
            for count, (server, load) in loaded.items():
                found[count].append(press(server, load, seconds=1))
                print(
                    f"{count} jobs: p99 {found[count][-1].p99 * 1e3:.1f} ms", flush=True
                )
    return found


def compare_open_jobs(seconds: int) -> str:
    """Return the table of polls among many jobs that are open, against few: medians."""
    rows = [
        "| open jobs | polls/s | 99th percentile | of that with few |",
        "|---:|---:|---:|---:|",
    ]
    found = measure_open_jobs((FEW, MANY), 3 * seconds)
    for count, rounds in found.items():
        rate = median(it.rate for it in rounds)
        p99 = median(it.p99 for it in rounds)
        pairs = zip(rounds, found[FEW], strict=True)
        ratio = median(it.p99 / few.p99 for it, few in pairs)
        rows.append(f"| {count:,} | {rate:,.0f} | {p99 * 1e3:.1f} ms | {ratio:.2f} |")
    return "\n".join(rows)
