"""The contract tests as a pytest plugin.

    pytest -p contract_tests.plugin contract_tests --base-url http://127.0.0.1:8000

The options say which server, which contracts and how much to try. Programs hand a
`ContractPlugin` to `pytest.main` instead, as `contract_tests.run` does.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial

import pytest
from hypothesis.errors import Flaky

from contract_tests.errors import (
    ContractTestError,
    MissingKeyError,
    TargetError,
    UnreachableError,
)
from contract_tests.examiner import Examiner
from contract_tests.failures import Failure, show
from contract_tests.options import Assignment, add_options, assignment_from
from contract_tests.profiles import Draws
from contract_tests.reports import Report, report_on
from contract_tests.tally import Tally
from specs import Contract, SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: *done* tests of *total*, the last one about *contract*."""

    contract: str
    done: int
    total: int


class ContractPlugin:
    """Runs the contract tests of one assignment, and keeps what they find.

    The assignment is made when the first contract test is collected, so the plugin
    costs nothing where there is none. `stopped_by` is what ended the run early.
    """

    def __init__(
        self,
        assign: Callable[[], Assignment],
        *,
        on_progress: Callable[[Progress], object] = lambda _: None,
    ) -> None:
        self._assign = assign
        self._on_progress = on_progress
        self._tallies: dict[str, Tally] = {}
        self._done = 0
        self.stopped_by: ContractTestError | None = None

    @cached_property
    def assignment(self) -> Assignment:
        """What is to be tested."""
        return self._assign()

    @property
    def report(self) -> Report:
        """What the run has found so far."""
        return report_on(
            self._tallies.values(),
            base_url=self.assignment.target.base_url,
            profile=self.assignment.profile.name,
            seed=self.draws.seed,
        )

    @cached_property
    def draws(self) -> Draws:
        """How much Hypothesis is to try."""
        return Draws(self.assignment.profile, self.assignment.seed)

    @staticmethod
    def of(config: pytest.Config) -> "ContractPlugin":
        """Return the plugin that runs the contract tests under *config*."""
        return config.stash[_PLUGIN]

    def pytest_configure(self, config: pytest.Config) -> None:
        """Let the fixtures find this plugin."""
        config.stash[_PLUGIN] = self

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give every contract test each contract in turn."""
        if "examiner" not in metafunc.fixturenames:
            return
        try:
            contracts = self.assignment.contracts
        except (ContractTestError, SpecError) as exc:
            raise pytest.UsageError(str(exc)) from exc
        metafunc.parametrize(
            "examiner",
            contracts,
            ids=[it.id for it in contracts],
            indirect=True,
            scope="module",
        )

    @contextmanager
    def examine(self, contract: Contract) -> Iterator[Examiner]:
        """Put *contract* under examination at the target."""
        others = (
            it
            for it in self.assignment.neighbours
            if it.provider is not contract.provider
        )
        with self.assignment.target.connect(contract) as connection:
            yield Examiner(
                contract,
                self.assignment.target,
                connection,
                self._tally(contract),
                neighbour=next(others, None),
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Count the time, and tell a failure in its own words, without a traceback."""
        report = yield
        contract = _contract_of(item)
        if contract is None:
            return report
        tally = self._tally(contract)
        tally.seconds += call.duration
        if call.excinfo is not None and not report.skipped:
            self._tell(item, call.excinfo.value, report, tally)
        if call.when == "teardown":
            self._done += 1
            self._on_progress(
                Progress(
                    contract=contract.id,
                    done=self._done,
                    total=sum(map(_is_about_a_contract, item.session.items)),
                )
            )
        return report

    def _tally(self, contract: Contract) -> Tally:
        return self._tallies.setdefault(contract.id, Tally(contract=contract.id))

    def _tell(
        self,
        item: pytest.Item,
        problem: BaseException,
        report: pytest.TestReport,
        tally: Tally,
    ) -> None:
        if isinstance(problem, Failure):
            report.longrepr = str(problem)
            return
        if isinstance(problem, Flaky) and tally.faults:
            # It did not show in the same way again: the tally has it from before.
            report.longrepr = "\n\n".join(map(str, tally.faults.values()))
            return
        tally.errors.append(show(f"{type(problem).__name__}: {problem}"))
        if isinstance(problem, ContractTestError):
            report.longrepr = str(problem)
        if isinstance(problem, UnreachableError | MissingKeyError | TargetError):
            # Whoever cannot be reached once need not be asked six hundred times.
            self.stopped_by = problem
            item.session.shouldstop = str(problem)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Print a line for each contract that was tested."""
        if self._tallies:
            terminalreporter.section("contracts")
            for line in self.report.lines():
                terminalreporter.line(line)


_PLUGIN = pytest.StashKey[ContractPlugin]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the contract tests."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin that does what the options ask for."""
    config.pluginmanager.register(ContractPlugin(partial(assignment_from, config)))


def _contract_of(item: pytest.Item) -> Contract | None:
    call = getattr(item, "callspec", None)
    found = call.params.get("examiner") if call is not None else None
    return found if isinstance(found, Contract) else None


def _is_about_a_contract(item: pytest.Item) -> bool:
    return _contract_of(item) is not None
