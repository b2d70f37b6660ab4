import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reelspec.codes import Exit
from tests.conftest import NODE

COMMAND = [sys.executable, "-m", "reelspec", "run"]
FAST = "--speed=20"
HERE = Path(__file__).parent
KEYS = ("AIMLAPI_API_KEY", "AIML_API_KEY", "FAL_KEY")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a program under `reelspec run` as a person without any key would."""
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        pytest.param("requests_loop.py", "completed ftyp True", id="requests"),
        pytest.param("httpx_async.py", "completed ftyp True", id="httpx"),
        pytest.param("aiohttp_session.py", "completed ftyp True", id="aiohttp"),
        pytest.param("urllib_only.py", "completed ftyp True", id="urllib"),
        pytest.param("fal_blocking.py", "Completed ftyp True", id="fal-sync"),
        pytest.param("fal_asynchronous.py", "Completed ftyp True", id="fal-async"),
        pytest.param("fal_upload.py", "True", id="fal-upload"),
    ],
)
def test_a_python_program_gets_its_video_unchanged(
    run: Run, name: str, printed: str
) -> None:
    found = run(FAST, "--", sys.executable, HERE / "programs" / name)

    assert found.stdout == f"{printed}\n", found.stderr


@pytest.mark.parametrize("name", ["https_callbacks.cjs", "fetch_loop.mjs"])
def test_a_node_program_gets_its_video_unchanged(
    run: Run, node: str, name: str
) -> None:
    found = run(FAST, "--", node, NODE / name)

    assert found.stdout == "completed ftyp true\n", found.stderr


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        pytest.param(
            ["fal_subscribe.mjs", "polling"], "COMPLETED ftyp true", id="poll"
        ),
        pytest.param(
            ["fal_subscribe.mjs", "streaming"], "COMPLETED ftyp true", id="stream"
        ),
        pytest.param(["fal_queue.mjs"], "COMPLETED true COMPLETED", id="queue"),
        pytest.param(["fal_upload.mjs"], "true", id="upload"),
    ],
)
def test_the_javascript_client_of_fal_works_unchanged(
    run: Run, node_with_packages: str, arguments: list[str], printed: str
) -> None:
    name, *rest = arguments

    found = run(FAST, "--", node_with_packages, NODE / name, *rest)

    assert found.stdout == f"{printed}\n", found.stderr


def test_curl_gets_the_video_from_the_synchronous_address(run: Run, curl: str) -> None:
    body = '{"prompt": "A cat.", "video_url": "https://example.com/cat.mp4"}'
    script = f"""
        set -e
        url=$({curl} -sSf https://fal.run/fal-ai/wan-22-vace-fun-a14b/inpainting \\
            --header "Authorization: Key $FAL_KEY" --json '{body}' |
            {sys.executable} -c 'import json, sys; print(json.load(sys.stdin)["video"]["url"])')
        {curl} -sSf "$url" | head -c 8 | tail -c 4
    """

    found = run(FAST, "--", "sh", "-c", script)

    assert found.stdout == "ftyp", found.stderr


def test_an_unknown_host_is_refused_and_named(run: Run, curl: str) -> None:
    found = run("--", curl, "-sS", "https://example.com/")

    assert found.returncode == 56  # curl: the proxy has refused
    assert "reelspec: example.com:443: refused" in found.stderr
    assert "--allow-host example.com" in found.stderr


def test_a_fetch_of_an_unknown_host_is_refused_before_it_is_looked_up(
    run: Run, node: str
) -> None:
    script = "fetch('https://a.invalid/').catch((it) => console.log(it.cause.message))"

    found = run("--", node, "-e", script)

    assert found.stdout == "a.invalid:443: the proxy answered 403\n", found.stderr


def test_a_host_that_the_mock_serves_is_not_let_through(run: Run) -> None:
    found = run("--allow-host", "fal.run", "--", "true")

    assert found.returncode == Exit.ENVIRONMENT
    assert found.stderr.startswith("Error: fal.run: the mock stands in for this host")


def test_a_scenario_befalls_every_call_of_the_program(run: Run) -> None:
    program = HERE / "programs" / "requests_loop.py"

    found = run("--scenario", "no_credits", "--", sys.executable, program)

    assert found.returncode == 1
    assert "KeyError: 'status'" in found.stderr


def test_an_unknown_scenario_is_a_fault_of_the_command_line(run: Run) -> None:
    assert run("--scenario", "sunshine", "--", "true").returncode == Exit.USAGE


@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param("exit 0", 0, id="success"),
        pytest.param("exit 7", 7, id="failure"),
        pytest.param("kill -KILL $$", 137, id="killed"),
    ],
)
def test_the_exit_code_is_the_program_s(run: Run, script: str, code: int) -> None:
    assert run("--", "sh", "-c", script).returncode == code


def test_a_program_that_is_not_there_is_named_as_a_shell_would(run: Run) -> None:
    found = run("--", "no-such-program")

    assert found.returncode == 127
    assert "reelspec: no-such-program: no such program" in found.stderr


def test_a_program_that_may_not_be_run_is_named_as_a_shell_would(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "program"
    path.write_text("not executable")

    found = run("--", path)

    assert found.returncode == 126
    assert f"{path}: may not be run" in found.stderr


def test_the_options_of_the_program_are_its_own(run: Run) -> None:
    found = run("--seed", "1", sys.executable, "--version")

    assert found.stdout.startswith("Python 3.")


def test_a_key_that_is_set_reaches_the_program(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", "mine:own")

    found = run("--", "sh", "-c", "echo $FAL_KEY $AIMLAPI_API_KEY")

    assert found.stdout == "mine:own reelspec:placeholder\n"
    assert "reelspec: AIMLAPI_API_KEY, AIML_API_KEY: not set" in found.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_program_and_leaves_nothing_behind(
    run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    name = number.name.removeprefix("SIG")
    script = (
        f"trap 'echo caught; exit 5' {name}; echo ready; while :; do sleep 0.05; done"
    )
    # In a session of its own, no terminal sends the signal to the program as well.
    process = subprocess.Popen(
        [*COMMAND, "--", "sh", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    process.send_signal(number)
    printed, _ = process.communicate(timeout=20)

    assert (printed, process.returncode) == ("caught\n", 5)
    assert not [*tmp_path.glob("reelspec-*")]


def test_an_environment_for_a_shell_leads_to_a_mock_that_keeps_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    program = HERE / "programs" / "httpx_async.py"
    options = ("--port", "0", "--store", "memory", "--env", FAST)
    process = subprocess.Popen(
        [sys.executable, "-m", "reelspec", "mock", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("# Stop"):
            break

    script = f"{''.join(lines)}\n{sys.executable} {program}"
    found = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    process.terminate()
    process.communicate(timeout=20)

    assert found.stdout == "completed ftyp True\n", found.stderr
    assert process.returncode == 128 + signal.SIGTERM
    assert not [*tmp_path.glob("reelspec-*")]


def test_a_signal_that_another_thread_takes_still_reaches_the_program(
    tmp_path: Path,
) -> None:
    # It does not interrupt what the main thread waits for, as one that comes just
    # before the wait begins does not either.
    ready = tmp_path / "ready"
    program = f"trap 'exit 5' TERM; touch {ready}; while :; do sleep 0.05; done"
    source = f"""
import os, pathlib, signal, sys, threading
from reelspec.run_command import _run

def send():
    while not pathlib.Path({str(ready)!r}).exists():
        threading.Event().wait(0.02)
    threading.Event().wait(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

threading.Thread(target=send, daemon=True).start()
sys.exit(_run(["sh", "-c", {program!r}], os.environ))
"""
    done = subprocess.run([sys.executable, "-c", source], timeout=20, check=False)

    assert done.returncode == 5
