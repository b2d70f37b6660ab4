"""What pytest's command line makes of a run, against a server on a real socket."""

import json
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests import PROFILES, Target, TargetError, UnreachableError
from contract_tests.bridge import AsgiBridge
from contract_tests.options import imported_target, remote_clock
from specs import Registry
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.reference import KEYS, Service
from tests.contract_tests.mutants.serving import served

SUITE = Path(__file__).parents[2] / "contract_tests" / "test_contracts.py"
KEY_OPTIONS = [f"--key={name}={key}" for name, key in KEYS.items()]
FAILING = "--failing-header=X-Fail: yes"

Serve = Callable[[Service], str]
Pytest = Callable[..., tuple[int, str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that puts a service on a free port, and gives its address."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(served(service))


@pytest.fixture
def run_pytest(capsys: pytest.CaptureFixture[str]) -> Pytest:
    """Return a function that runs the suite with options, as a command would."""

    def run(*options: str, suite: Path = SUITE) -> tuple[int, str]:
        alone = ["-c", os.devnull, "--rootdir", str(suite.parent), "-s"]
        plain = ["-p", "no:cacheprovider", "--disable-plugin-autoload"]
        code = pytest.main(
            [
                str(suite),
                "--import-mode=importlib",
                "-p",
                "contract_tests.plugin",
                *alone,
                *plain,
                *options,
            ]
        )
        captured = capsys.readouterr()
        return int(code), captured.out + captured.err

    return run


BRIDGES: list[AsgiBridge] = []


def target_for_the_ini_setting(registry: Registry) -> Target:
    service = Service(registry)
    BRIDGES.append(AsgiBridge(service))
    return service.target(BRIDGES[-1])


def not_a_target(registry: Registry) -> str:
    return "http://a.test"


def test_a_server_is_tested_over_a_socket_with_its_clock_moved(
    registry: Registry, serve: Serve, run_pytest: Pytest
) -> None:
    url = serve(Service(registry))

    code, output = run_pytest(
        f"--base-url={url}",
        f"--advance-url={url}/advance",
        f"--contract={FAL}",
        FAILING,
        "-k=course or video or lifecycle",  # what takes time
        *KEY_OPTIONS,
    )

    assert code == 0, output
    assert f"test_a_job_runs_its_course[{FAL}]" not in output
    assert f"{FAL}: kept" in output


def test_one_job_is_waited_for_no_longer_than_there_is_patience(
    registry: Registry, serve: Serve, run_pytest: Pytest
) -> None:
    url = serve(Service(registry))

    code, output = run_pytest(
        f"--base-url={url}",
        "--patience=0",
        f"--contract={AIMLAPI}",
        "-k=course",
        "-rs",
        *KEY_OPTIONS,
    )

    assert code == 0, output
    assert "the job was still 'queued' after 0 seconds" in output
    assert "the target has no headers that make a job fail" in output


def test_a_failure_is_told_without_a_traceback(
    registry: Registry, serve: Serve, run_pytest: Pytest
) -> None:
    url = serve(faulty.TakesMoreThanTheMaximum(registry))

    code, output = run_pytest(
        f"--base-url={url}",
        f"--contract={AIMLAPI}",
        "-k=planned_violations",
        *KEY_OPTIONS,
    )

    assert code == 1
    assert "an_invalid_request_is_refused: answered 200" in output
    assert "again   curl -sS -i -X POST" in output
    assert "Traceback" not in output
    assert KEYS["aimlapi"] not in output


def test_every_report_is_written_and_a_fault_is_found_again_by_its_command(
    registry: Registry,
    serve: Serve,
    run_pytest: Pytest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIMLAPI_API_KEY", KEYS["aimlapi"])
    url = serve(faulty.TakesMoreThanTheMaximum(registry))
    files = [
        f"--contract-{it}={tmp_path}/report.{it}" for it in ("json", "html", "junit")
    ]

    code, output = run_pytest(
        f"--base-url={url}",
        f"--contract={AIMLAPI}",
        "--strict-reading",
        "--contract-github",
        "-k=planned_violations",
        *files,
    )

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    fault = report["contracts"][0]["faults"][-1]
    assert code == 1
    assert output.count("\n::error ") == len(report["contracts"][0]["faults"])
    assert AIMLAPI in (tmp_path / "report.html").read_text("utf-8")
    assert fault["key"] in (tmp_path / "report.junit").read_text("utf-8")

    # All that it says, but for where it is said, which is for the shell to know.
    _, _, _, *words = shlex.split(fault["again"])
    again, output = run_pytest(*words, "-k=planned_violations")
    assert "--strict-reading" in words
    assert again == 1
    assert fault["problem"] in output


def test_a_run_is_an_error_when_a_report_cannot_be_written(
    registry: Registry, run_pytest: Pytest
) -> None:
    code, output = run_pytest(
        "-o",
        f"contract_target={__name__}:target_for_the_ini_setting",
        f"--contract={AIMLAPI}",
        "-k=key",
        f"--contract-html={SUITE}/report.html",
    )

    assert code != 0
    assert "the report cannot be written there" in output


def test_a_rule_that_is_never_reached_fails_a_profile_that_must_be_complete(
    run_pytest: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = replace(PROFILES["quick"], is_complete=True, drawn=1, lives=1)
    monkeypatch.setitem(PROFILES, "quick", quick)
    monkeypatch.setattr("contract_tests.plan.invalid_requests", lambda _: iter(()))
    packed = "contract_tests.live.calls.packed_refusals"
    monkeypatch.setattr(packed, lambda *_, **__: iter(()))

    code, output = run_pytest(
        "-o",
        f"contract_target={__name__}:target_for_the_ini_setting",
        f"--contract={AIMLAPI}",
    )

    assert code == 1
    assert f"{AIMLAPI}: kept" in output
    assert "never refused: num_frames minimum 17" in output
    assert "failed" not in output


def test_other_tests_are_left_alone(run_pytest: Pytest, tmp_path: Path) -> None:
    other = tmp_path / "test_other.py"
    other.write_text("def test_passes() -> None:\n    pass\n", "utf-8")

    code, output = run_pytest(suite=other)

    assert code == 0
    assert "contracts" not in output


def test_a_key_is_read_from_the_environment(
    registry: Registry,
    serve: Serve,
    run_pytest: Pytest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIMLAPI_API_KEY", KEYS["aimlapi"])
    url = serve(Service(registry))

    code, output = run_pytest(
        f"--base-url={url}", "--contract=wan2.2-of-nobody", "-k=planned"
    )

    assert code != 0
    assert "wan2.2-of-nobody" in output
    assert run_pytest(f"--base-url={url}", f"--contract={AIMLAPI}", "-k=key")[0] == 0


def test_a_target_is_built_by_the_function_that_the_ini_file_names(
    run_pytest: Pytest,
) -> None:
    code, output = run_pytest(
        "-o",
        f"contract_target={__name__}:target_for_the_ini_setting",
        f"--contract={AIMLAPI}",
        "-k=key",
    )
    for it in BRIDGES:
        it.close()

    assert code == 0, output
    assert f"{AIMLAPI}: kept" in output


def test_a_run_stops_at_once_when_nobody_answers(
    registry: Registry, serve: Serve, run_pytest: Pytest
) -> None:
    code, output = run_pytest(
        "--base-url=http://127.0.0.1:9", f"--contract={AIMLAPI}", *KEY_OPTIONS
    )

    assert code != 0
    assert output.count("got no answer") < 5
    assert f"{AIMLAPI}: NOT JUDGED" in output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param([], "pass --base-url URL", id="no target"),
        pytest.param(["--base-url=nowhere"], "no address of a server", id="no url"),
        pytest.param(
            ["--base-url=http://a.test", "--key=secret-without-a-name"],
            "--key: is no pair",
            id="no pair",
        ),
        pytest.param(
            ["--base-url=http://a.test", "--specs=/nowhere"], "/nowhere", id="no specs"
        ),
    ],
)
def test_a_run_is_refused_in_one_line_when_it_cannot_be(
    options: list[str], told: str, run_pytest: Pytest
) -> None:
    code, output = run_pytest(*options)

    assert code != 0
    assert told in output
    assert "Traceback" not in output
    assert "secret-without-a-name" not in output


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("", "there is no target"),
        ("reelspec", "names no function"),
        ("no_such_module:target", "No module named"),
        ("json:no_such_function", "no attribute"),
        (f"{__name__}:not_a_target", "returned str"),
    ],
)
def test_a_reference_to_a_target_is_refused_when_it_leads_to_none(
    reference: str, told: str, registry: Registry
) -> None:
    with pytest.raises(TargetError, match=told):
        imported_target(reference, registry)


def test_a_clock_that_cannot_be_moved_is_told() -> None:
    with pytest.raises(UnreachableError, match="the clock could not be moved"):
        remote_clock("http://127.0.0.1:9/advance")(1.0)
