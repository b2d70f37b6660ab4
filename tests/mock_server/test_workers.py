"""Several processes serve one port; one that is killed takes no job with it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from shutil import ignore_patterns
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from mock_server import Crew, PortInUseError, Post, base_url_of, listen
from mock_server.listening import spread
from reelspec.cli import main
from specs import vendored_folder

ADDRESS = "/v2/video/generations"
HEADERS = {"Authorization": "Bearer k"}
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/source.mp4",
}

# Each request goes over a connection of its own, which any worker may take.
HTTP = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))


@contextmanager
def serving(
    store: str, *more: str, workers: int = 2, folder: Path | None = None
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    options = ["--workers", str(workers), "--port", "0", "--store", store, *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "reelspec", "mock", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        cwd=folder,  # where uploads go that Redis is not to hold
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None, process.stderr.read()
        yield process, found.group()
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


def submit(base_url: str) -> str | None:
    """Return the id of a new job, over a connection of its own; None if it was cut."""
    try:
        answer = HTTP.post(base_url + ADDRESS, json=BODY, headers=HEADERS)
    except httpx.TransportError:
        return None
    return str(answer.raise_for_status().json()["id"])


def poll(base_url: str, id_: str) -> int:
    params = {"generation_id": id_}
    return HTTP.get(base_url + ADDRESS, params=params, headers=HEADERS).status_code


def children(process: "subprocess.Popen[str]") -> list[int]:
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(it) for it in tasks.read_text().split()]


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)  # another process has to end
    return False


@pytest.fixture(params=["sqlite", "redis"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.chdir(tmp_path)  # where uploads go that Redis is not to hold
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    return str(tmp_path / "jobs.sqlite")


def wait_until(holds: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # another process has to do it


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux
def test_a_killed_worker_loses_nothing_and_is_replaced(store: str) -> None:
    with serving(store) as (process, base_url):
        before = [submit(base_url) for _ in range(20)]
        first, second = children(process)
        os.kill(first, signal.SIGKILL)
        assert is_gone(first)
        after = [submit(base_url) for _ in range(5)]
        wait_until(lambda: len(set(children(process)) - {first}) == 2)
        assert process.stderr is not None
        said = process.stderr.readline()

        ids = [it for it in (*before, *after) if it is not None]
        assert len(set(ids)) == len(ids) == 25
        assert {poll(base_url, it) for it in ids} == {200}
        assert "has ended by signal 9; another takes its place" in said
        assert second in children(process)


@linux
def test_a_restart_of_all_workers_loses_nothing(tmp_path: Path) -> None:
    store = str(tmp_path / "jobs.sqlite")
    with serving(store) as (process, base_url):
        ids = [submit(base_url) for _ in range(10)]
        workers = children(process)
        process.kill()
        assert all(is_gone(it) for it in workers)

    with serving(store) as (_, base_url):
        assert {poll(base_url, str(it)) for it in ids} == {200}


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def crew(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Start two workers, on a clock that is moved; return their address."""
    folder = tmp_path_factory.mktemp("crew")
    store = str(folder / "jobs.sqlite")
    if request.param == "redis":
        # A database of its own: the crews of other tests are not to meet this one.
        store = f"{request.getfixturevalue('redis_url').removesuffix('/0')}/1"
    with serving(store, "--clock", "manual", folder=folder) as (_, base_url):
        yield base_url


def test_rules_hold_at_the_next_request_of_every_worker(crew: str) -> None:
    found = []
    for default, codes in [("no_credits", {403}), ("success", {200})] * 3:
        rules = {"default": default}
        HTTP.put(f"{crew}/__mock__/scenarios", json=rules).raise_for_status()
        got = {
            HTTP.post(crew + ADDRESS, json=BODY, headers=HEADERS).status_code
            for _ in range(12)
        }
        found.append(got == codes)

    assert all(found)


def test_a_flaky_job_s_polls_are_counted_over_all_workers(crew: str) -> None:
    headers = HEADERS | {"X-Mock-Scenario": "flaky"}
    made = HTTP.post(crew + ADDRESS, json=BODY, headers=headers).json()

    codes = [poll(crew, made["id"]) for _ in range(12)]

    assert codes == [200, 503] * 6


def test_the_workers_have_one_clock(crew: str) -> None:
    def now() -> set[float]:
        url = f"{crew}/__mock__/health"
        return {HTTP.get(url).json()["now"] for _ in range(8)}

    (before,) = now()
    for _ in range(3):
        step = {"seconds": 20}
        HTTP.post(f"{crew}/__mock__/clock/advance", json=step)
    (after,) = now()

    assert after - before == 60


def test_a_file_is_read_by_whichever_worker_is_asked(crew: str) -> None:
    rest = f"{crew}/rest.fal.ai/storage/upload/initiate"
    wish = {"file_name": "cat.mp4", "content_type": "video/mp4"}
    headers = {"Authorization": "Key id:secret"}
    got = []
    for _ in range(4):
        made = HTTP.post(rest, json=wish, headers=headers).json()
        HTTP.put(made["upload_url"], content=b"bytes").raise_for_status()
        got += [HTTP.get(made["file_url"]).content for _ in range(4)]

    assert got == [b"bytes"] * 16


def test_a_fast_clock_goes_alike_in_all_workers(tmp_path: Path) -> None:
    with serving(str(tmp_path / "jobs.sqlite"), "--speed", "1000") as (_, base_url):
        url = f"{base_url}/__mock__/health"
        times = [HTTP.get(url).json()["now"] for _ in range(30)]

    assert times == sorted(times)


class Deaf:
    """A receiver of webhooks that does not answer the first, but notes who called."""

    def __init__(self, listener: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        self.callers: list[int] = []
        self.kept: list[socket.socket] = []
        self._listener = listener
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, address = self._listener.accept()
            except OSError:
                return
            self.callers.append(address[1])
            self.kept.append(caller)
            if len(self.callers) > 1:
                caller.recv(65_536)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def owner_of(port: int, to: int, pids: list[int]) -> int:
    """Return which of the processes calls the port *to* from *port*."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    # The same port may be the end of connections to other ports as well.
    ends = (f":{port:04X}", f":{to:04X}")
    (inode,) = [
        it[9]
        for it in map(str.split, lines)
        if it[1].endswith(ends[0]) and it[2].endswith(ends[1])
    ]
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                if str(link.readlink()) == f"socket:[{inode}]":
                    return pid
    raise AssertionError("nobody has it")


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    """Return the vendored documents, with webhooks that nobody waits for long."""
    folder = tmp_path / "specs"
    shutil.copytree(vendored_folder(), folder, ignore=ignore_patterns("*.py", "__*"))
    facts = folder / "fal" / "provider.toml"
    text = facts.read_text("utf-8")
    assert "timeout = 15.0" in text
    facts.write_text(text.replace("timeout = 15.0", "timeout = 3.0"), "utf-8")
    return folder


@linux
def test_a_live_worker_makes_the_delivery_of_one_that_dies(
    store: str, impatient: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        deaf = Deaf(listener)
        options = ("--speed", "100", "--specs", str(impatient))
        with serving(store, *options) as (process, base_url):
            made = HTTP.post(
                f"{base_url}/fal-ai/wan-22-vace-fun-a14b/inpainting",
                params={"fal_webhook": deaf.url},
                json={"prompt": "a cat", "video_url": "https://example.com/a.mp4"},
                headers={"Authorization": "Key id:secret"},
            ).json()
            wait_until(lambda: bool(deaf.callers), seconds=90)
            workers = children(process)
            os.kill(
                owner_of(deaf.callers[0], listener.getsockname()[1], workers),
                signal.SIGKILL,
            )
            url = f"{base_url}/__mock__/jobs/{made['request_id']}"
            webhook: Any = None

            def is_told() -> bool:
                nonlocal webhook
                with suppress(httpx.TransportError):
                    webhook = HTTP.get(url).json()["webhook"]
                return bool(webhook and webhook["outcome"])

            wait_until(is_told, seconds=90)

    assert (webhook["outcome"], webhook["tries"]) == ("delivered", 2)
    assert [it["status"] for it in webhook["attempts"]] == [200]
    assert len(deaf.callers) == 2


class Counting:
    """A receiver of webhooks that answers all, and counts how often each job is told."""

    def __init__(self) -> None:
        told = self.told = Counter[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told[json.loads(body)["request_id"]] += 1
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        class Roomy(ThreadingHTTPServer):
            request_queue_size = 100  # of five, some callers are turned away

        self.server = Roomy(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self) -> "Counting":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_each_webhook_is_delivered_by_exactly_one_worker(store: str) -> None:
    with Counting() as receiver, serving(store, "--clock", "manual") as (_, base_url):
        jobs = {
            httpx.post(
                f"{base_url}/fal-ai/wan-22-vace-fun-a14b/inpainting",
                params={"fal_webhook": receiver.url},
                json={"prompt": "a cat", "video_url": "https://example.com/a.mp4"},
                headers={"Authorization": "Key id:secret"},
            ).json()["request_id"]
            for _ in range(30)
        }
        advance = f"{base_url}/__mock__/clock/advance"
        httpx.post(advance, json={"seconds": 60}).raise_for_status()

        def are_told() -> bool:
            found = httpx.get(f"{base_url}/__mock__/jobs").json()["jobs"]
            mine = [it["webhook"] for it in found if it["id"] in jobs]
            return [it["outcome"] for it in mine] == ["delivered"] * 30

        wait_until(are_told, seconds=90)

    assert {it: receiver.told[it] for it in jobs} == dict.fromkeys(jobs, 1)


@linux
def test_the_workers_end_with_their_parent(tmp_path: Path) -> None:
    with serving(str(tmp_path / "jobs.sqlite")) as (process, base_url):
        assert submit(base_url)
        workers = children(process)
        process.kill()

        assert all(is_gone(it) for it in workers)


def test_a_worker_that_cannot_start_ends_the_mock_with_its_code(tmp_path: Path) -> None:
    refusing = shutil.copytree(
        vendored_folder(), tmp_path / "specs", ignore=ignore_patterns("*.py", "__*")
    )
    shutil.copytree(refusing / "fal", refusing / "other")
    facts = refusing / "other" / "provider.toml"
    text = facts.read_text("utf-8").replace('name = "fal"', 'name = "other"', 1)
    facts.write_text(text, "utf-8")
    options = ["--workers", "2", "--port", "0", "--specs", str(refusing)]

    found = subprocess.run(
        [sys.executable, "-m", "reelspec", "mock", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )

    assert found.returncode == 4
    assert "answer it" in found.stderr
    # No trace of ours; who counts the lines may leave its own.
    assert not re.search(r'File ".*/(mock_server|reelspec|specs)/', found.stderr)


def test_each_worker_that_ends_is_replaced_after_a_growing_pause() -> None:
    losses: list[str] = []

    def on_loss(line: str) -> None:
        losses.append(line)
        if len(losses) == 5:
            raise KeyboardInterrupt

    ready: list[bool] = []
    with listen("127.0.0.1", 0) as listener:
        crew = Crew(
            2,
            lambda post: post.ready(),
            listener=listener,
            on_ready=lambda: ready.append(True),
            on_loss=on_loss,
        )
        started = time.monotonic()
        code = crew.run()

    assert (code, ready) == (0, [True])
    assert {it.partition("ended ")[2] for it in losses} == {
        "with code 0; another takes its place"
    }
    # The fifth loss is the third of one of the two: after 0.1 and 0.2 seconds.
    assert time.monotonic() - started >= 0.3


def test_processes_that_share_no_memory_refuse_to_keep_jobs_there() -> None:
    outcome = CliRunner().invoke(main, ["mock", "--workers", "2", "--store", "memory"])

    assert outcome.exit_code == 2
    assert "do not share memory" in outcome.output


@linux
def test_who_wakes_first_does_not_take_all_that_come_at_once() -> None:
    fork = get_context("fork")
    called, taken = fork.Event(), fork.Event()

    def work(post: Post) -> None:
        post.ready()
        (called if post.rank == 0 else taken).wait()
        post.listener.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                with post.listener.accept()[0] as caller:
                    caller.sendall(str(post.rank).encode())
        taken.set()
        threading.Event().wait()  # until it is told to end

    def call() -> None:
        address = listener.getsockname()
        callers = [socket.create_connection(address, timeout=20) for _ in range(60)]
        called.set()
        for caller in callers:
            with caller:
                shares[caller.recv(1).decode()] += 1
        raise KeyboardInterrupt

    shares = Counter[str]()
    with listen("127.0.0.1", 0) as listener:
        assert Crew(2, work, listener=listener, on_ready=call).run() == 0

    assert shares.total() == 60
    assert min(shares["0"], shares["1"]) > 10


def test_where_the_system_does_not_spread_connections_workers_share_a_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with listen("127.0.0.1", 0) as listener:
        assert spread(listener, 3) == [listener] * 3


@linux
def test_nobody_else_can_take_a_port_that_workers_share() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = base_url_of(listener).rpartition(":")[2]
        _, second = spread(listener, 2)
        with second, pytest.raises(PortInUseError):
            listen("127.0.0.1", int(port))
