"""Several processes test what one would, and the report is one."""

import os
import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests import (
    ContractTestError,
    Progress,
    Report,
    Target,
    TargetError,
    UnreachableError,
    run_in_workers,
)
from specs import Registry
from tests.contract_tests.conftest import AIMLAPI, FAL

MOCK = ("-o", "contract_target=reelspec.targets:in_process")
CHOSEN = (f"--contract={AIMLAPI}", f"--contract={FAL}")


def facts_of(report: Report) -> list[dict[str, Any]]:
    """Return what does not depend on how fast the machine is."""
    return [
        {
            "contract": it.contract,
            "claims": it.claims,
            "rules": it.rules,
            "requests": it.requests,
            "submitted": it.submitted,
            "tests": [test.test for test in it.tests],
            "faults": it.faults,
            "errors": it.errors,
        }
        for it in report.contracts
    ]


@pytest.fixture(scope="module")
def seen() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def together(seen: list[Progress]) -> Report:
    return run_in_workers(2, [*MOCK, *CHOSEN, "--seed=5"], on_progress=seen.append)


def test_two_workers_report_what_one_would(together: Report) -> None:
    alone = run_in_workers(1, [*MOCK, *CHOSEN, "--seed=5"])

    assert together.is_kept
    assert together.is_complete
    assert facts_of(together) == facts_of(alone)


def test_progress_is_told_across_workers(
    together: Report, seen: list[Progress]
) -> None:
    tests = sum(len(it.tests) for it in together.contracts)

    assert [it.done for it in seen] == list(range(1, tests + 1))
    assert {it.total for it in seen} == {tests}
    assert {it.contract for it in seen} == {AIMLAPI, FAL}


def test_workers_draw_from_one_seed_when_none_is_given() -> None:
    options = [*MOCK, f"--contract={AIMLAPI}", "--contract", FAL, "-k=key"]

    first = run_in_workers(2, [*options, "--profile=nightly"])
    second = run_in_workers(2, [*options, "--profile=nightly"])

    assert first.is_kept
    assert first.seed != second.seed


def test_workers_stop_when_nobody_answers() -> None:
    keys = ["--key=fal=id:secret", "--key=aimlapi=secret"]

    with pytest.raises(UnreachableError, match="got no answer"):
        run_in_workers(2, ["--base-url=http://127.0.0.1:9", *keys, *CHOSEN])


def test_a_run_in_workers_is_an_error_when_pytest_cannot_run() -> None:
    with pytest.raises(ContractTestError, match="pytest ended with code"):
        run_in_workers(2, ["--no-such-option"])


class Dies(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        os._exit(3)


def target_that_ends_the_process(registry: Registry) -> Target:
    keys = {it.name: "a:key" for it in registry.providers}
    return Target(base_url="http://a.test", keys=keys, transport=Dies())


def test_a_run_is_an_error_when_a_worker_dies() -> None:
    target = f"contract_target={__name__}:target_that_ends_the_process"
    options = ["-o", target, f"--contract={AIMLAPI}", "-k=malformed"]

    with pytest.raises(ContractTestError, match="a worker died in a test"):
        run_in_workers(1, options)


def test_tests_of_others_are_shared_as_xdist_would(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    other = tmp_path / "test_other.py"
    other.write_text("def test_passes(record_property):\n    pass\n", "utf-8")
    options = ["-p", "contract_tests.plugin", "-p", "xdist", "-n1", "-p", "no:terminal"]
    alone = ["-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]

    for dist in ("load", "loadgroup"):
        assert pytest.main([str(other), *options, *alone, f"--dist={dist}"]) == 0


def test_an_error_travels_between_processes() -> None:
    error = TargetError("here", "is wrong", fix="mend it")

    again = pickle.loads(pickle.dumps(error))

    assert (type(again), str(again)) == (TargetError, "here: is wrong; mend it")
