"""Starts a server on a free port, and puts load on it with wrk."""

import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

PATH = "/v2/video/generations"
KEY = {"Authorization": "Bearer placeholder"}
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
MOCK = (sys.executable, "-m", "reelspec", "mock", "--port", "PORT")
CONNECTIONS = 32
_TICKS = os.sysconf("SC_CLK_TCK")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A server to be measured: its *command*, with PORT where the port goes."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    polls: bool = False  # whether it answers polls at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A program that answers at *base_url* since *started* seconds after its start."""

    base_url: str
    started: float
    pid: int

    @property
    def url(self) -> str:
        """Where jobs are submitted and polled."""
        return self.base_url + PATH


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests to be sent again and again: the *lines* of a script that wrk runs."""

    lines: Sequence[str] = ()
    query: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Requests a second, the 99th percentile in seconds, and what wrk itself took."""

    rate: float
    p99: float
    cpu_seconds: float


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int) -> None:
    """Return when somebody listens on *port* of this machine."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise SystemExit(f"127.0.0.1:{port}: nobody listens")


@contextmanager
def running(program: Program) -> Iterator[Running]:
    """Yield *program* once it answers a valid submit."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - the commands are ours
        [it.replace("PORT", str(port)) for it in program.command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A program that was started before has its bytecode on the disk.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **program.environment},
    )
    try:
        _wait_for(base_url, process)
        started = time.perf_counter() - begun
        yield Running(base_url=base_url, started=started, pid=process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(base_url: str, process: "subprocess.Popen[bytes]") -> None:
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


def submits(body: Mapping[str, object], *, refused: bool = False) -> Load:
    """Return the load of submits of one *body*."""
    lines = ['wrk.method = "POST"', f"wrk.body = [[{json.dumps(body)}]]"]
    return Load(lines=lines, refused=refused)


def polls_of(server: Running) -> Load:
    """Return the load of polls of one new job."""
    made = httpx.post(server.url, json=VALID, headers=KEY).json()
    return Load(query=f"?generation_id={made['id']}")


def press(server: Running, load: Load, *, seconds: int) -> Pressed:
    """Put *load* on *server*; refuse to go on if an answer is not as it should be."""
    headers = {**KEY, "Content-Type": "application/json"}
    lines = [f"wrk.headers[{it!r}] = {headers[it]!r}" for it in headers]
    with TemporaryDirectory() as name:
        script = Path(name) / "load.lua"
        script.write_text("\n".join([*lines, *load.lines]), "utf-8")
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
        command = ["wrk", *options, "-s", str(script), server.url + load.query]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - as above
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = run.stdout
    (total,) = _read(r"(\d+) requests in", said)
    (refused,) = _read(r"Non-2xx or 3xx responses: (\d+)", said) or ("0",)
    if refused != (total if load.refused else "0") or "Socket errors" in said:
        raise SystemExit(f"{server.base_url}: not all answers are as expected\n{said}")
    (rate,) = _read(r"Requests/sec:\s+([\d.]+)", said)
    p99, unit = _read(r"99%\s+([\d.]+)(us|ms|s)", said)
    return Pressed(
        rate=float(rate),
        p99=float(p99) * _UNITS[unit],
        cpu_seconds=sum(after[:2]) - sum(before[:2]),
    )


def _read(pattern: str, said: str) -> Sequence[str]:
    """Return the groups of *pattern* where it is found in what wrk has said."""
    found = re.search(pattern, said)
    return found.groups() if found else ()


def cpu_seconds(pids: Collection[int]) -> float:
    """Return how long the processes *pids* and their children have computed so far."""
    found = 0.0
    for pid in pids:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for it in (pid, *children):
            facts = Path(f"/proc/{it}/stat").read_text().rpartition(")")[2].split()
            found += (int(facts[11]) + int(facts[12])) / _TICKS
    return found
