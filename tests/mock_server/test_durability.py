"""A server that is killed has kept every job it has answered for."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event

import httpx
import pytest

from mock_server import SqliteStore

LOCKS = Path("/proc/locks")

_BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/source.mp4",
}
_ENOUGH = 200  # jobs answered before the blow


def start(store: Path) -> tuple["subprocess.Popen[str]", str]:
    options = ["--port", "0", "--store", str(store)]
    process = subprocess.Popen(
        [sys.executable, "-m", "reelspec", "mock", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    return process, found.group()


def submit_until_refused(base_url: str, enough: Event) -> list[str]:
    """Return the ids that were answered before the server died."""
    answered: list[str] = []
    with httpx.Client(
        base_url=base_url, headers={"Authorization": "Bearer k"}
    ) as client:
        for number in count(1):
            try:
                answer = client.post("/v2/video/generations", json=_BODY)
            except httpx.HTTPError:
                return answered
            answered.append(answer.json()["id"])
            if number == _ENOUGH // 4:
                enough.set()
    raise AssertionError


def test_every_acknowledged_job_outlives_a_kill_under_load(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    process, base_url = start(path)
    enough = Event()

    with process, ThreadPoolExecutor(4) as threads:
        loads = [
            threads.submit(submit_until_refused, base_url, enough) for _ in range(4)
        ]
        assert enough.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        answered = [id_ for it in loads for id_ in it.result()]

    store = SqliteStore(path)
    lost = [
        it for it in answered if asyncio.run(store.get(it.partition(":")[0])) is None
    ]
    store.close()
    assert len(answered) >= _ENOUGH // 4
    assert lost == []


def test_a_restarted_server_answers_for_the_jobs_of_the_last(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        process, base_url = start(tmp_path / "jobs.sqlite")
        with (
            process,
            httpx.Client(
                base_url=base_url, headers={"Authorization": "Bearer k"}
            ) as client,
        ):
            made = client.post("/v2/video/generations", json=_BODY).json()
            ids.append(made["id"])
            polls = [
                client.get("/v2/video/generations", params={"generation_id": it})
                for it in ids
            ]
            os.kill(process.pid, signal.SIGKILL)

    assert [it.json()["id"] for it in polls] == ids


@pytest.mark.skipif(not LOCKS.exists(), reason="only Linux lists who holds which lock")
def test_a_store_keeps_the_locks_by_which_others_know_of_it(tmp_path: Path) -> None:
    # Whoever closes a file that SQLite has open, too, loses its locks without a word;
    # another process then takes the log for one that nobody uses.
    path = tmp_path / "jobs.sqlite"
    with closing(SqliteStore(path)) as store:
        asyncio.run(store.get("nobody"))
        locked = {
            int(line.split()[5].rpartition(":")[2])
            for line in LOCKS.read_text().splitlines()
            if f" {os.getpid()} " in line
        }
        files = [path, Path(f"{path}-shm")]

        assert {it.stat().st_ino for it in files} <= locked
