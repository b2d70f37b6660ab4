"""Several processes serve one port; one that is killed takes no job with it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from reelspec.cli import main

ADDRESS = "/v2/video/generations"
HEADERS = {"Authorization": "Bearer k"}
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/source.mp4",
}


@contextmanager
def serving(store: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    options = ["--workers", "2", "--port", "0", "--store", store, "--seed", "7"]
    process = subprocess.Popen(
        [sys.executable, "-m", "reelspec", "mock", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield process, found.group()
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def submit(base_url: str) -> str | None:
    """Return the id of a new job, over a connection of its own; None if it was cut."""
    try:
        answer = httpx.post(base_url + ADDRESS, json=BODY, headers=HEADERS)
    except httpx.TransportError:
        return None
    return str(answer.raise_for_status().json()["id"])


def poll(base_url: str, id_: str) -> int:
    params = {"generation_id": id_}
    return httpx.get(base_url + ADDRESS, params=params, headers=HEADERS).status_code


def children(process: "subprocess.Popen[str]") -> list[int]:
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(it) for it in tasks.read_text().split()]


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)  # another process has to end
    return False


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    return str(tmp_path / "jobs.sqlite")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_worker_loses_nothing(store: str) -> None:
    with serving(store) as (process, base_url):
        before = [submit(base_url) for _ in range(20)]
        (worker,) = children(process)
        os.kill(worker, signal.SIGKILL)
        assert is_gone(worker)
        after = [submit(base_url) for _ in range(5)]

        ids = [it for it in (*before, *after) if it is not None]
        assert len(set(ids)) == len(ids) == 25
        assert {poll(base_url, it) for it in ids} == {200}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_workers_end_with_their_leader(tmp_path: Path) -> None:
    with serving(str(tmp_path / "jobs.sqlite")) as (process, base_url):
        assert submit(base_url)
        (worker,) = children(process)
        process.kill()

        assert is_gone(worker)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param(["--store", "memory"], "do not share memory", id="memory"),
        pytest.param(["--clock", "manual"], "a clock of its own", id="manual-clock"),
        pytest.param(["--speed", "60"], "a clock of its own", id="fast-clock"),
    ],
)
def test_what_workers_cannot_share_is_refused(options: list[str], reason: str) -> None:
    outcome = CliRunner().invoke(main, ["mock", "--workers", "2", *options])

    assert outcome.exit_code == 2
    assert reason in outcome.output
