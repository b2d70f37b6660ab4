"""The contract tests as one call, for programs that print their own report."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.errors import ContractTestError
from contract_tests.failures import Fault
from contract_tests.options import Assignment, assignment_from, contracts_to_test
from contract_tests.plugin import ContractPlugin, Progress
from contract_tests.profiles import profile_named
from contract_tests.reports import Report
from contract_tests.target import Target
from specs import Registry

_TESTS = Path(__file__).with_name("test_contracts.py")

OnProgress = Callable[[Progress], object]


def run(
    registry: Registry,
    target: Target,
    *,
    contracts: Iterable[str] | None = None,
    profile: str = "quick",
    seed: int | None = None,
    strict: bool = False,
    only: str | None = None,
    failures: str | None = None,
    until: Callable[[Fault], bool] = lambda _: False,
    command: tuple[str, ...] = (),
    on_progress: OnProgress = lambda _: None,
) -> Report:
    """Test *contracts*, or all of *registry*, at *target*; print nothing.

    *only* is the key of the one fault to look for, *failures* a folder or Redis where
    failed cases are kept, *command* the words that start such a run again. A run ends
    with the first fault of which *until* is true. Raises ContractTestError
    where the target cannot be judged at all.
    """
    if contracts is None or only is not None:
        wanted = contracts_to_test(registry, (), only)
    else:
        wanted = tuple(registry.contract(it) for it in contracts)
    assignment = Assignment(
        contracts=wanted,
        neighbours=registry.contracts,
        target=target,
        profile=profile_named(profile),
        seed=seed,
        strict=strict,
        only=only,
        failures=failures,
        command=command,
    )
    plugin = ContractPlugin(lambda _: assignment, on_progress=on_progress, until=until)
    return _report(plugin)


def run_in_workers(
    workers: int,
    options: Sequence[str],
    *,
    command: tuple[str, ...] = (),
    on_progress: OnProgress = lambda _: None,
) -> Report:
    """Test in so many processes what *options*, those of the plugin, ask for.

    Each process makes its target for itself. Raises what `run` raises.
    """

    def assign(config: pytest.Config) -> Assignment:
        return replace(assignment_from(config), command=command)

    crew = [
        "-p",
        "contract_tests.plugin",
        "-p",
        "xdist",
        f"-n{workers}",
        "--max-worker-restart=0",
    ]
    plugin = ContractPlugin(assign, on_progress=on_progress)
    return _report(plugin, *crew, "--dist=loadgroup", *options)


def _report(plugin: ContractPlugin, *options: str) -> Report:
    # No configuration of the caller's own project, no cache, no output.
    alone = ["-c", os.devnull, "--rootdir", str(_TESTS.parent), "-p", "no:terminal"]
    plain = ["-p", "no:cacheprovider", "-s", "--import-mode=importlib"]
    # It would look through the whole memory of the caller, twice a run.
    quick = ["-p", "no:unraisableexception"]
    code = pytest.main(
        [str(_TESTS), *alone, *plain, *quick, "--disable-plugin-autoload", *options],
        plugins=[plugin],
    )
    if plugin.findings.stopped_by is not None:
        raise plugin.findings.stopped_by
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise ContractTestError(
            "contract tests", f"pytest ended with code {int(code)}", fix="run it alone"
        )
    report = plugin.report
    is_told = not all(it.is_kept for it in report.contracts)
    is_short = report.must_be_complete and not report.is_complete
    if code == pytest.ExitCode.TESTS_FAILED and not (is_told or is_short):
        # Who dies in the middle of a test leaves nothing that could be reported.
        raise ContractTestError(
            "contract tests", "a worker died in a test", fix="run without --workers"
        )
    return report
