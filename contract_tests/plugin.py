"""The contract tests as a pytest plugin.

    pytest -p contract_tests.plugin contract_tests --base-url http://127.0.0.1:8000

The options say which server, which contracts and how much to try. Programs hand a
`ContractPlugin` to `pytest.main` instead, as `contract_tests.run` does.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import pytest
from hypothesis.errors import Flaky

from contract_tests.errors import (
    ContractTestError,
    MissingKeyError,
    TargetError,
    UnreachableError,
)
from contract_tests.examiner import Examiner
from contract_tests.examples import Examples, examples_at
from contract_tests.failures import Failure, Fault, show
from contract_tests.options import Assignment, add_options, assignment_from
from contract_tests.profiles import Draws
from contract_tests.reports import (
    Circumstances,
    Report,
    annotations,
    fenced,
    lines,
    report_on,
    told,
)
from contract_tests.searches import Found
from contract_tests.tally import Findings, Tally
from contract_tests.workers import Workers, is_worker, send_home
from specs import Contract, SpecError

_SEEN = "the fault was seen again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: *done* tests of *total*, the last one about *contract*."""

    contract: str
    done: int
    total: int


class ContractPlugin:
    """Runs the contract tests of one assignment, and keeps what they find.

    The assignment is made when the first contract test is collected, so the plugin
    costs nothing where there is none.
    """

    def __init__(
        self,
        assign: Callable[[pytest.Config], Assignment],
        *,
        on_progress: Callable[[Progress], object] = lambda _: None,
        until: Callable[[Fault], bool] = lambda _: False,
    ) -> None:
        self._assign = assign
        self._on_progress = on_progress
        self._until = until
        self._done = self._total = 0
        self.findings = Findings()
        # From pytest_configure on.
        self._config: pytest.Config
        self._workers: Workers

    @cached_property
    def assignment(self) -> Assignment:
        """What is to be tested."""
        return self._assign(self._config)

    @property
    def seed(self) -> int:
        """What everything is drawn from, in every process of this run."""
        assignment = self.assignment
        return assignment.profile.seed(assignment.seed, dice=self._workers.dice)

    @cached_property
    def examples(self) -> Examples:
        """Where the cases that failed are kept."""
        return examples_at(self.assignment.failures)

    @property
    def report(self) -> Report:
        """What the run has found so far."""
        tallies = self.findings.tallies
        return report_on(
            (
                (it, tallies[it.id])
                for it in self.assignment.contracts
                if it.id in tallies
            ),
            self._circumstances,
        )

    @property
    def _circumstances(self) -> Circumstances:
        assignment = self.assignment
        is_whole = assignment.only is None and not self.findings.is_partial
        return Circumstances(
            base_url=assignment.target.base_url,
            profile=assignment.profile.name,
            seed=self.seed,
            must_be_complete=assignment.profile.is_complete and is_whole,
            command=assignment.command,
            only=assignment.only,
        )

    @staticmethod
    def of(config: pytest.Config) -> "ContractPlugin":
        """Return the plugin that runs the contract tests under *config*."""
        return config.stash[_PLUGIN]

    @contextmanager
    def examine(self, contract: Contract) -> Iterator[Examiner]:
        """Put *contract* under examination at the target."""
        target, tally = self.assignment.target, self.findings.about(contract.id)
        others = (
            it
            for it in self.assignment.neighbours
            if it.provider is not contract.provider
        )
        target.renew()
        with target.connect(contract) as connection:
            yield Examiner(
                contract,
                target,
                connection,
                tally,
                neighbour=next(others, None),
                until=self._until,
            )

    def draws(self, contract: Contract, test: str) -> Draws:
        """Return how much Hypothesis is to try in one *test* of *contract*."""
        found = self.examples(contract.id, test)
        return Draws(self.assignment.profile, self.seed, found)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Let the fixtures find this plugin."""
        self._config = config
        config.stash[_PLUGIN] = self
        self._workers = Workers(self.findings, config)
        config.pluginmanager.register(self._workers)
        # A test that is named with its module leaves the others out.
        self.findings.is_partial = any("::" in it for it in config.args)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give every contract test each contract in turn."""
        if "examiner" not in metafunc.fixturenames:
            return
        try:
            contracts = self.assignment.contracts
            self.examples  # noqa: B018 - a place that cannot be used is told here
        except (ContractTestError, SpecError) as exc:
            raise pytest.UsageError(str(exc)) from exc
        metafunc.parametrize(
            "examiner",
            contracts,
            ids=[it.id for it in contracts],
            indirect=True,
            scope="module",
        )

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note that what is left does not have to reach every rule."""
        self.findings.is_partial |= any(map(_contract_of, items))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count what there is to do."""
        self._total = sum(_contract_of(it) is not None for it in session.items)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note which test runs now, unless what was looked for is found already."""
        if (contract := _contract_of(item)) is None:
            return
        tally = self.findings.about(contract.id)
        tally.test = _name_of(item)
        if self.assignment.only in tally.faults:
            pytest.skip(_SEEN)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Count the time, and tell a failure in its own words, without a traceback."""
        report = yield
        contract = _contract_of(item)
        if contract is None:
            return report
        report.contract = contract.id  # type: ignore[attr-defined]  # travels with it
        tally = self.findings.about(contract.id)
        tally.add_seconds(_name_of(item), call.duration)
        if call.excinfo is not None and not report.skipped:
            self._tell(item, call.excinfo.value, report, tally)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that is done, in this process or in a worker."""
        contract: str | None = getattr(report, "contract", None)
        if contract is not None and report.when == "teardown":
            self._done += 1
            total = self._total or self._workers.total
            self._on_progress(Progress(contract=contract, done=self._done, total=total))

    def _tell(
        self,
        item: pytest.Item,
        problem: BaseException,
        report: pytest.TestReport,
        tally: Tally,
    ) -> None:
        if isinstance(problem, Failure):
            self._tell_faults(problem.faults, report, tally)
            return
        if isinstance(problem, Found):
            item.session.shouldfail = "what was looked for was found"
        if isinstance(problem, Flaky | Found) and tally.faults:
            # It need not show again, or did not in the same way: the tally has it.
            self._tell_faults(tuple(tally.faults.values()), report, tally)
            return
        tally.errors.append(show(f"{type(problem).__name__}: {problem}"))
        if isinstance(problem, ContractTestError):
            report.longrepr = str(problem)
        if isinstance(problem, UnreachableError | MissingKeyError | TargetError):
            # Whoever cannot be reached once need not be asked six hundred times.
            self.findings.stopped_by = problem
            item.session.shouldstop = str(problem)

    def _tell_faults(
        self, faults: Sequence[Fault], report: pytest.TestReport, tally: Tally
    ) -> None:
        only = self.assignment.only
        if only is not None and only not in tally.faults:
            # Faults that nobody asked about do not fail the run.
            report.outcome, report.longrepr = "passed", None
            return
        report.longrepr = "\n\n".join(map(str, faults))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send home what was found, or write the reports on it."""
        if is_worker(session.config):
            send_home(self.findings, session.config)
            return
        if not self.findings.tallies:
            return
        try:
            self.assignment.outputs.write(self.report)
        except ContractTestError as exc:
            raise pytest.UsageError(str(exc)) from exc
        if session.exitstatus == pytest.ExitCode.OK and not self.report.is_kept:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Print a line for each contract that was tested, and each fault once."""
        if not self.findings.tallies:
            return
        terminalreporter.section("contracts")
        report = self.report
        told_all = [*lines(report), *(f"\n{told(it)}" for it in report.faults)]
        if terminalreporter.config.getoption("contract_github", False):
            told_all = [*fenced(told_all), *annotations(report)]
        for line in told_all:
            terminalreporter.line(line)


_PLUGIN = pytest.StashKey[ContractPlugin]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the contract tests."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin that does what the options ask for, unless one is there."""
    plugins = config.pluginmanager.get_plugins()
    if not any(isinstance(it, ContractPlugin) for it in plugins):
        config.pluginmanager.register(ContractPlugin(assignment_from))


def _contract_of(item: pytest.Item) -> Contract | None:
    call = getattr(item, "callspec", None)
    found = call.params.get("examiner") if call is not None else None
    return found if isinstance(found, Contract) else None


def _name_of(item: pytest.Item) -> str:
    """Return the name of the test without that of the contract."""
    return item.name.partition("[")[0]
