"""The contract tests as one call, for programs that print their own report."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from contract_tests.errors import ContractTestError
from contract_tests.options import Assignment
from contract_tests.plugin import ContractPlugin, Progress
from contract_tests.profiles import profile_named
from contract_tests.reports import Report
from contract_tests.target import Target
from specs import Registry

_TESTS = Path(__file__).with_name("test_contracts.py")


def run(
    registry: Registry,
    target: Target,
    *,
    contracts: Iterable[str] | None = None,
    profile: str = "quick",
    seed: int | None = None,
    strict: bool = False,
    stop_early: bool = False,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Report:
    """Test *contracts*, or all of *registry*, at *target*; print nothing.

    A run that may *stop_early* ends with the first test that fails.
    Raises ContractTestError where the target cannot be judged at all.
    """
    wanted = registry.contracts
    if contracts is not None:
        wanted = tuple(registry.contract(it) for it in contracts)
    assignment = Assignment(
        contracts=wanted,
        neighbours=registry.contracts,
        target=target,
        profile=profile_named(profile),
        seed=seed,
        strict=strict,
    )
    plugin = ContractPlugin(lambda: assignment, on_progress=on_progress)
    # No configuration of the caller's own project, no cache, no output.
    alone = ["-c", os.devnull, "--rootdir", str(_TESTS.parent), "-p", "no:terminal"]
    plain = ["-p", "no:cacheprovider", "-s", "--import-mode=importlib"]
    how = ["--disable-plugin-autoload", *(["--exitfirst"] if stop_early else [])]
    code = pytest.main([str(_TESTS), *alone, *plain, *how], plugins=[plugin])
    if plugin.stopped_by is not None:
        raise plugin.stopped_by
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise ContractTestError(
            "contract tests", f"pytest ended with code {int(code)}", fix="run it alone"
        )
    return plugin.report
