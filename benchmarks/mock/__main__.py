"""Measures the mock beside its peers and its limit, in turn, on this machine.

Run as `python -m benchmarks.mock`; it needs wrk, Node, and the packages of
package.json beside it (`npm ci`). The table goes to `benchmarks/mock.md`.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from specs import vendored_folder

HERE = Path(__file__).parent
RESULT = HERE.parent / "mock.md"
DOCUMENT = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
PATH = "/v2/video/generations"
VALID = {
    "model": "alibaba/wan2.2-vace-fun-a14b-pose",
    "prompt": "a cat walks along a wall at dusk",
    "video_url": "https://example.com/a.mp4",
    "image_url": "https://example.com/a.png",
    "num_frames": 81,
    "frames_per_second": 16,
    "resolution": "480p",
    "aspect_ratio": "16:9",
    "num_inference_steps": 30,
    "guidance_scale": 5,
    "enable_safety_checker": True,
    "seed": 7,
}
INVALID = VALID | {"num_frames": 9999}
KEY = {"Authorization": "Bearer placeholder"}
SECONDS, ROUNDS, CONNECTIONS = 5, 3, 32
LOADS = ("submit", "invalid", "poll")
PRISM = HERE / "node_modules" / ".bin" / "prism"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A server to be measured: its *command*, with PORT where the port goes."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    polls: bool = False  # whether it answers polls at all


def programs(store: Path) -> list[Program]:
    """Return what is measured, the mock first and its limit second."""
    prism = (str(PRISM), "mock", "-p", "PORT", str(DOCUMENT), "--errors")
    document = {"BENCHED_DOCUMENT": str(DOCUMENT)}
    uvicorn = (
        *(sys.executable, "-m", "uvicorn", "limit:app", "--app-dir", str(HERE)),
        *("--port", "PORT", "--no-access-log", "--log-level", "warning"),
        *("--lifespan", "off"),
    )
    mock = (sys.executable, "-m", "reelspec", "mock", "--port", "PORT")
    return [
        Program(
            name="reelspec mock, durable SQLite store",
            command=(*mock, "--store", str(store)),
            environment={},
            polls=True,
        ),
        Program(name="the limit", command=uvicorn, environment=document, polls=True),
        Program(
            name="openapi-backend",
            command=("node", str(HERE / "backend.cjs"), str(DOCUMENT), "PORT"),
            environment={},
        ),
        Program(
            name="Prism, logging off",
            command=(*prism, "--verboseLevel", "silent"),
            environment={},
        ),
        Program(name="Prism, as it comes", command=prism, environment={}),
    ]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(program: Program) -> Iterator[tuple[str, float]]:
    """Yield the address of *program* and how long it took to answer there."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - the commands are ours
        [it.replace("PORT", str(port)) for it in program.command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | program.environment,
    )
    try:
        wait_for(base_url, process)
        yield base_url, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(10)


def wait_for(base_url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when a valid submit is answered with success."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = httpx.post(base_url + PATH, json=VALID, headers=KEY)
            if answer.is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise SystemExit(f"{process.args!r:.200}: does not answer a valid submit")


def measure(base_url: str, load: str, folder: Path) -> float:
    """Return how many requests a second are answered as they should be."""
    url, script = base_url + PATH, folder / f"{load}.lua"
    headers = {**KEY, "Content-Type": "application/json"}
    lines = [f"wrk.headers[{it!r}] = {headers[it]!r}" for it in headers]
    if load == "poll":
        made = httpx.post(url, json=VALID, headers=KEY).json()
        url = f"{url}?generation_id={made['id']}"
    else:
        body = json.dumps(VALID if load == "submit" else INVALID)
        lines += ['wrk.method = "POST"', f"wrk.body = [[{body}]]"]
    script.write_text("\n".join(lines), "utf-8")
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}s",
        "-s",
        str(script),
        url,
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - as above
    said = run.stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    total = re.search(r"(\d+) requests in", said)
    assert rate is not None, said
    assert total is not None, said
    expected = total.group(1) if load == "invalid" else None
    if (refused.group(1) if refused else None) != expected or "Socket errors" in said:
        raise SystemExit(
            f"{load} at {base_url}: not all answers are as expected\n{said}"
        )
    return float(rate.group(1))


def measure_all() -> dict[str, dict[str, float]]:
    """Return the median rate by program and load, and the seconds to start."""
    found: dict[str, dict[str, float]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for program in programs(folder / "jobs.sqlite"):
            with running(program) as (base_url, started):
                rates = found[program.name] = {"start": started}
                for load in LOADS if program.polls else LOADS[:2]:
                    rounds = [measure(base_url, load, folder) for _ in range(ROUNDS)]
                    rates[load] = median(rounds)
                    print(f"{program.name}: {load} {rates[load]:,.0f}/s", flush=True)
    return found


def write_table(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table, in Markdown."""
    limit = found["the limit"]
    rows = [
        "| server | valid submits/s | of the limit | invalid submits/s | of the limit "
        "| polls/s | of the limit | first answer after |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, rates in found.items():
        cells = [name]
        for load in ("submit", "invalid", "poll"):
            rate = rates.get(load)
            cells += (
                ["–", "–"]
                if rate is None
                else [f"{rate:,.0f}", f"{rate / limit[load]:.2f}"]
            )
        cells.append(f"{rates['start']:.2f} s")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Measure everything, and put the table into its page."""
    missing = [it for it in ("wrk", "node") if shutil.which(it) is None]
    if missing or not PRISM.exists():
        raise SystemExit(
            f"{', '.join(missing) or PRISM}: not installed; the benchmark needs wrk, "
            "node, and `npm ci --prefix benchmarks/mock`"
        )
    table = write_table(measure_all())
    head, begin, rest = RESULT.read_text("utf-8").partition("<!-- table -->\n")
    _, end, tail = rest.partition("<!-- end -->")
    RESULT.write_text(f"{head}{begin}{table}\n{end}{tail}", "utf-8")


if __name__ == "__main__":
    main()
