"""A run against a service that charges: few calls, each paid for before it is made."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from contract_tests.course import Course
from contract_tests.errors import BudgetError, RefusedKeyError, UnreachableError
from contract_tests.evidence import Job
from contract_tests.examiner import Examiner
from contract_tests.failures import Failure
from contract_tests.live.calls import LivePlan
from contract_tests.live.till import Purse, Till
from contract_tests.reports import Circumstances, Report, report_on
from contract_tests.tally import Tally
from contract_tests.target import Target
from specs import Contract

OnProgress = Callable[[str, int, int], object]
"""Is told what is being done, and how much of what has been."""

_MOST_SILENT = 3  # calls in a row without an answer, after which nobody is there


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReport:
    """What a run found, and what it may have cost.

    `spent` is the most that all calls in the ledger may have cost, those of earlier
    runs too. `stopped` says why the run ended before its plan did, where it has, and
    `is_locked_out` that it was for the key, which the service refuses.
    """

    report: Report
    plan: LivePlan
    budget: Decimal
    spent: Decimal
    accepted: int
    unsettled: int
    stopped: str
    is_locked_out: bool = False

    @property
    def paid(self) -> dict[str, Any]:
        """The money as JSON values; amounts are text, so that they stay exact."""
        return {
            "budget": f"{self.budget:f}",
            "planned": f"{self.plan.total:f}",
            "calls": self.plan.record,
            "spent": f"{self.spent:f}",
            "accepted": self.accepted,
            "unsettled": self.unsettled,
            "stopped": self.stopped or None,
        }


def run_live(
    calls: LivePlan,
    target: Target,
    purse: Purse,
    *,
    on_progress: OnProgress = lambda *_: None,
) -> LiveReport:
    """Make *calls* at *target*, follow the jobs that come of them, and report.

    Jobs that earlier runs left open in the ledger are followed too. Raises
    MissingKeyError or TargetError where the target cannot be used at all.
    """
    with ExitStack() as stack:
        run = _Run(target, purse, on_progress)
        for contract in calls.contracts:
            connection = stack.enter_context(target.connect(contract))
            till = Till(contract, connection, purse, base_url=target.base_url)
            tally = Tally(contract=contract.id, test="live")
            run.take_on(Examiner(contract, target, till, tally))
        run.go(calls)
    return _report(run, calls, target, purse)


class _Run:
    """One run on its way."""

    def __init__(self, target: Target, purse: Purse, on_progress: OnProgress) -> None:
        self.examiners: dict[Contract, Examiner] = {}
        self._courses: dict[Contract, Course] = {}
        self.stopped = ""
        self.is_locked_out = False
        self._target = target
        self._purse = purse
        self._on_progress = on_progress
        self._silent = 0

    @property
    def is_alone(self) -> bool:
        """Whether nobody has answered for a while."""
        return self._silent >= _MOST_SILENT

    def take_on(self, examiner: Examiner) -> None:
        """Have the contract of *examiner* tested too."""
        self.examiners[examiner.contract] = examiner
        self._courses[examiner.contract] = Course(
            examiner, partial(self._try, examiner), is_over=lambda: self.is_alone
        )

    def go(self, calls: LivePlan) -> None:
        """Do all there is to do, as long as the service takes the key."""
        try:
            self._make(calls)
            self._finish()
        except RefusedKeyError as exc:
            self.is_locked_out, self.stopped = True, str(exc)
            for examiner in self.examiners.values():
                examiner.tally.errors.append(str(exc))

    def _make(self, calls: LivePlan) -> None:
        """Make the calls that the budget bears, for as long as somebody answers."""
        for number, it in enumerate(calls.calls, 1):
            self._on_progress(f"{it.contract.id}: {it.case}", number, len(calls.calls))
            call = partial(it.make, self.examiners[it.contract])
            self._courses[it.contract].make(it.stage, call)

    def _finish(self) -> None:
        """Follow every job to its end, those of earlier runs too."""
        for contract, examiner in self.examiners.items():
            jobs = self._open_jobs(contract, examiner)
            self._on_progress(f"{contract.id}: waiting for jobs", 0, len(jobs))
            self._courses[contract].finish()

    def _open_jobs(self, contract: Contract, examiner: Examiner) -> list[Job]:
        initial, url = contract.lifecycle.initial, self._target.base_url
        return [
            examiner.jobs.setdefault(it.job, Job(id=it.job, state=initial))
            for it in self._purse.ledger.open_jobs(url, contract.id)
        ]

    def _try(self, examiner: Examiner, act: Callable[[], object]) -> None:
        """Act, if anybody is there, and go on: what is wrong is in the tally."""
        if self.is_alone:
            return
        try:
            act()
        except Failure:
            self._silent = 0
        except BudgetError as exc:
            self.stopped = self.stopped or str(exc)
        except UnreachableError as exc:
            examiner.tally.errors.append(str(exc))
            self._silent += 1
            if self.is_alone:
                self.stopped = str(exc)
        else:
            self._silent = 0


def _report(run: _Run, calls: LivePlan, target: Target, purse: Purse) -> LiveReport:
    entries = purse.ledger.entries
    circumstances = Circumstances(
        base_url=target.base_url,
        profile="live",
        seed=0,  # nothing is drawn
        must_be_complete=True,
    )
    return LiveReport(
        report=report_on(
            ((it, run.examiners[it].tally) for it in calls.contracts), circumstances
        ),
        plan=calls,
        budget=purse.budget,
        spent=purse.ledger.spent,
        accepted=sum(it.is_accepted for it in entries),
        unsettled=sum(it.answer is None for it in entries),
        stopped=run.stopped,
        is_locked_out=run.is_locked_out,
    )
