import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from reelspec.mock_command import files_folder
from specs import Registry, vendored_folder

MODEL = "alibaba/wan2.2-vace-fun-a14b-reframe"
COMMAND = [sys.executable, "-m", "reelspec", "mock"]
SUBMIT = "/v2/video/generations"
BODY = {"model": MODEL, "video_url": "https://example.com/input.mp4"}


@contextmanager
def running(
    *arguments: str, folder: Path
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Yield the base URL of a mock in a process of its own."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--json", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        announced = ""
        for line in process.stdout:
            announced += line
            if line == "}\n":
                break
        yield json.loads(announced)["base_url"], process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def test_the_mock_serves_every_contract_until_it_is_interrupted(tmp_path: Path) -> None:
    with running("--store", "memory", folder=tmp_path) as (url, process):
        health = httpx.get(f"{url}/__mock__/health").json()

    assert len(health["contracts"]) == len(Registry.load(vendored_folder()).contracts)
    assert process.returncode == Exit.OK


def test_a_job_outlives_the_server_by_default(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer any"}
    with running(folder=tmp_path) as (url, _):
        job = httpx.post(url + SUBMIT, json=BODY, headers=headers).json()["id"]
    with running(folder=tmp_path) as (url, _):
        answer = httpx.get(url + SUBMIT, params={"generation_id": job}, headers=headers)

    assert answer.status_code == 200
    assert answer.json()["id"] == job


def test_videos_are_kept_beside_the_jobs(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer any"}
    fast = ("--queued", "0", "--generating", "0", "--media-budget", "1")
    with running(*fast, folder=tmp_path) as (url, _):
        job = httpx.post(url + SUBMIT, json=BODY, headers=headers).json()["id"]
        answer = httpx.get(url + SUBMIT, params={"generation_id": job}, headers=headers)
        video = httpx.get(answer.json()["video"]["url"], timeout=30)

    (kept,) = (tmp_path / ".reelspec" / "media").glob("*.mp4")
    assert kept.read_bytes() == video.content


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        ("memory", None),
        ("jobs/here.sqlite", Path("jobs")),
        ("redis://127.0.0.1:6379/0", Path(".reelspec")),
    ],
)
def test_the_folder_of_the_files_follows_the_store(
    place: str, folder: Path | None
) -> None:
    assert files_folder(place) == folder


def test_only_the_named_key_enters_when_one_is_named(tmp_path: Path) -> None:
    arguments = ("--store", "memory", "--key", "aimlapi=secret")
    with running(*arguments, folder=tmp_path) as (url, _):
        codes = [
            httpx.post(
                url + SUBMIT, json=BODY, headers={"Authorization": f"Bearer {key}"}
            ).status_code
            for key in ("other", "secret")
        ]

    assert codes == [401, 200]


def test_a_manual_clock_moves_only_when_told(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer any"}
    arguments = ("--store", "memory", "--clock", "manual")
    with running(*arguments, folder=tmp_path) as (url, _):
        job = httpx.post(url + SUBMIT, json=BODY, headers=headers).json()["id"]

        def status() -> str:
            params = {"generation_id": job}
            answer = httpx.get(url + SUBMIT, params=params, headers=headers)
            return str(answer.json()["status"])

        before = status()
        httpx.post(f"{url}/__mock__/clock/advance", json={"seconds": 60})

        assert (before, status()) == ("queued", "completed")


def test_a_port_in_use_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        found = subprocess.run(
            [*COMMAND, "--port", str(port), "--store", "memory"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert found.returncode == Exit.ENVIRONMENT
    assert f"127.0.0.1:{port}" in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "text",
    [pytest.param("hidden", id="no-provider"), pytest.param("=hidden", id="no-name")],
)
def test_a_malformed_key_is_refused_without_repeating_it(
    tmp_path: Path, text: str
) -> None:
    found = subprocess.run(
        [*COMMAND, "--key", text],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == Exit.USAGE
    assert "write it as PROVIDER=KEY" in found.stderr
    assert "hidden" not in found.stderr


def test_a_store_that_is_no_database_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite").write_text("not a database" * 100)

    found = subprocess.run(
        [*COMMAND, "--store", "jobs.sqlite", "--port", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == Exit.ENVIRONMENT
    assert "jobs.sqlite" in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_time_passes_as_fast_as_it_is_told(tmp_path: Path) -> None:
    arguments = ("--store", "memory", "--speed", "1000", "--generating", "100")
    with running(*arguments, folder=tmp_path) as (url, _):
        before = httpx.get(f"{url}/__mock__/health").json()
        after = httpx.get(f"{url}/__mock__/health").json()

    assert before["speed"] == 1000
    assert after["now"] > before["now"]


def test_a_fast_clock_does_not_run_backward_over_a_restart(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer any"}
    submitted = []
    for speed in ("1000000", "1"):
        with running("--speed", speed, folder=tmp_path) as (url, _):
            httpx.post(url + SUBMIT, json=BODY, headers=headers)
            jobs = httpx.get(f"{url}/__mock__/jobs").json()["jobs"]
            submitted.append(jobs[0]["submitted"])

    assert submitted[1] >= submitted[0]


def test_scenarios_are_ruled_by_options(tmp_path: Path) -> None:
    arguments = (
        "--scenario=slow",
        "--scenario=key:a=b=rate_limited",
        f"--scenario=model:aimlapi:{MODEL}=error",
        "--chaos=0.5",
        "--store=memory",
    )
    with running(*arguments, folder=tmp_path) as (url, _):
        rules = httpx.get(f"{url}/__mock__/scenarios").json()

    assert (rules["default"], rules["chaos"]) == ("slow", 0.5)
    assert rules["keys"] == [{"key": "a…", "scenario": "rate_limited"}]
    assert rules["models"] == {f"aimlapi:{MODEL}": "error"}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("sucess", "did you mean 'success'?"),
        ("key:hidden=nothing", "known are success"),
        ("hidden=error", "write it as NAME"),
        ("key:=error", "write it as NAME"),
    ],
)
def test_a_rule_that_is_none_is_refused(
    tmp_path: Path, value: str, complaint: str
) -> None:
    found = subprocess.run(
        [*COMMAND, "--scenario", value, "--port", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == Exit.USAGE
    assert complaint in found.stderr
    assert "hidden" not in found.stderr


def test_a_control_token_is_wanted_and_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELSPEC_CONTROL_TOKEN", "sesame")
    with running("--store", "memory", folder=tmp_path) as (url, _):
        codes = [
            httpx.get(f"{url}/__mock__/health", headers=headers).status_code
            for headers in ({}, {"Authorization": "Bearer sesame"})
        ]

    assert codes == [401, 200]


def test_waits_are_drawn_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "waits.toml").write_text("[slow]\nqueued = 7\ngenerating = 11\n")
    arguments = ("--store=memory", "--scenarios=waits.toml", "--scenario=slow")
    headers = {"Authorization": "Bearer any"}
    with running(*arguments, folder=tmp_path) as (url, _):
        made = httpx.post(url + SUBMIT, json=BODY, headers=headers).json()
        job = httpx.get(f"{url}/__mock__/jobs/{made['id']}").json()

    waits = [round(it["at"] - job["submitted"], 6) for it in job["schedule"]]
    assert waits == [7, 18]


def test_a_file_of_waits_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "waits.toml").write_text("[slow]\nqueued = 'long'\n")
    found = subprocess.run(
        [*COMMAND, "--scenarios", "waits.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == Exit.USAGE
    assert "slow.queued" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [((), "refused"), (("--webhook-host", "0.0.0.0"), "delivered")],
    ids=["not-allowed", "allowed"],
)
def test_a_webhook_goes_to_another_host_only_when_that_is_named(
    tmp_path: Path, arguments: tuple[str, ...], outcome: str
) -> None:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    options = ("--store=memory", "--speed=100", *arguments)
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver,
        running(*options, folder=tmp_path) as (url, _),
    ):
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        made = httpx.post(
            f"{url}/fal-ai/wan-22-vace-fun-a14b/inpainting",
            # No address of loopback, but one that leads nowhere else.
            params={"fal_webhook": f"http://0.0.0.0:{receiver.server_port}/"},
            json={"prompt": "a cat", "video_url": "https://example.com/a.mp4"},
            headers={"Authorization": "Key id:secret"},
        ).json()
        webhook: Any = {"outcome": None}
        deadline = time.monotonic() + 60
        while not webhook["outcome"] and time.monotonic() < deadline:
            job = httpx.get(f"{url}/__mock__/jobs/{made['request_id']}").json()
            webhook = job["webhook"]
        receiver.shutdown()

    assert webhook["outcome"] == outcome
    assert webhook["attempts"][0]["status"] == (204 if arguments else None)


def test_a_cassette_is_recorded_and_replayed(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer sesame-open"}
    with running("--store=memory", folder=tmp_path) as (service, _):
        options = ("--record=a.cassette", "--upstream=aimlapi")
        with running(*options, f"--upstream-url={service}", folder=tmp_path) as found:
            recorder, process = found
            made = httpx.post(recorder + SUBMIT, json=BODY, headers=headers).json()
            httpx.post(recorder + SUBMIT, json={}, headers=headers)
    assert process.returncode == Exit.OK
    with running("--replay=a.cassette", folder=tmp_path) as (player, _):
        again = httpx.post(player + SUBMIT, json=BODY).json()

    assert again == made
    assert "sesame" not in (tmp_path / "a.cassette").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--record", "a"], "write --record CASSETTE --upstream aimlapi|fal"),
        (["--upstream", "fal"], "one needs the other"),
        (["--upstream-url", "http://127.0.0.1:1"], "one needs the other"),
        (["--record", "a", "--replay", "b", "--upstream", "fal"], "one process"),
        (["--replay", "b", "--workers", "2"], "one process"),
    ],
)
def test_options_of_a_cassette_that_make_no_sense_are_refused(
    tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    found = CliRunner().invoke(main, ["mock", *arguments])

    assert found.exit_code == Exit.USAGE
    assert complaint in found.output


def test_a_cassette_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.cassette"

    found = CliRunner().invoke(main, ["mock", "--replay", str(path)])

    assert found.exit_code == Exit.ENVIRONMENT
    assert "gone.cassette:1: is no cassette" in found.output
