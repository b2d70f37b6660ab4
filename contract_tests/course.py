"""The lives of the jobs of a few submits: each request where it shows most.

The first job is watched to its end, at moments that double, while others are submitted;
its twin, a job of the same body, is asked for at one instant with it, and withdrawn.
The last is submitted when the first has ended and the server was restarted. What
cannot be told to a server, to restart or to fail a job, is left out.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from contract_tests import plan
from contract_tests.evidence import Job, Situation
from contract_tests.examiner import Examiner, request_for
from contract_tests.videos import measures

Attempt = Callable[[Callable[[], object]], object]
"""Does what it is given, and keeps what comes of it."""

_FIRST_LOOK = 0.6  # seconds after which the first job is looked at: less than any takes
# Seconds until which each look comes after twice the time; then after eight times.
_DENSE_UNTIL = 10.0
_LONGEST_PAUSE = 10.0  # seconds, where time really passes
_MANY_POLLS = 5  # at one instant
_KNOCKS = 3


class Stage(StrEnum):
    """Which part a submit has in the lives of the jobs."""

    FIRST = "first"
    TWIN = "the first again"
    USUAL = "usual"
    FAILING = "told to fail, if the server can be"
    LAST = "last"


class Course:
    """Follows the jobs of *examiner*, each request by an *attempt*.

    Once *is_over* there is nobody left to wait for.
    """

    def __init__(
        self,
        examiner: Examiner,
        attempt: Attempt,
        *,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._examiner = examiner
        self._attempt = attempt
        self._is_over = is_over
        self._jobs: dict[Stage, list[Job]] = {it: [] for it in Stage}
        self._waited = 0.0
        self._unseen: set[str] = set()  # the ids of jobs not asked for since a restart

    def make(self, stage: Stage | None, call: Callable[[], object]) -> None:
        """Make a *call*; of a submit that has a *stage*, do what there is to do beside it."""
        if stage is None:
            self._attempt(call)
        else:
            self._submit(stage, call)

    def _submit(self, stage: Stage, call: Callable[[], object]) -> None:
        if stage is Stage.LAST:
            self._end_the_first()
        known = {*self._examiner.jobs}
        self._attempt(call)
        new = [it for id_, it in self._examiner.jobs.items() if id_ not in known]
        self._jobs[stage] += new
        if stage is Stage.TWIN:
            self._crowd()
        elif stage is Stage.LAST:
            for job in self._jobs[Stage.FIRST] + self._jobs[Stage.FAILING]:
                self._poll(job)
        elif stage is not Stage.FIRST:
            self._watch()

    def finish(self) -> None:
        """Follow every job to its end, and look at what came of them."""
        self._settle()
        first, failing = self._ended(Stage.FIRST), self._ended(Stage.FAILING)
        has_result = self._examiner.contract.result is not None
        for job in first if has_result else first + failing:
            self._poll(job)
        if has_result:
            ended = [it for it in self._examiner.jobs.values() if it.ending is not None]
            few = first + failing + self._telling(self._ended(Stage.USUAL))
            # Where requests are all that counts, some do; what was paid for is seen.
            for job in ended if self._examiner.target.is_live else few:
                self._try(self._examiner.fetch, job)
        self._download()
        self._ask_as_a_stranger()

    # -- while jobs are submitted

    def _crowd(self) -> None:
        """Ask for two jobs at one instant, one of them often, and withdraw one."""
        contract = self._examiner.contract
        for first in self._jobs[Stage.FIRST]:
            for twin in self._jobs[Stage.TWIN]:
                self._poll(twin)
                for _ in range(_MANY_POLLS - (contract.result is not None)):
                    self._poll(first)
                if contract.result is not None:
                    self._try(self._examiner.fetch, first)
                self._poll(twin)
                if contract.cancel is not None:
                    self._try(self._examiner.cancel, twin)

    def _watch(self) -> bool:
        """Let some time pass, and look at the first job; say whether it goes on."""
        pending = [it for it in self._jobs[Stage.FIRST] if it.ending is None]
        polling = self._examiner.contract.provider.polling
        pause = polling.deadline
        if self._waited < _DENSE_UNTIL / 2 or self._examiner.target.is_live:
            pause = max(_FIRST_LOOK, self._waited)
        if not pending or not self._pass(pause):
            return False
        for job in pending:
            self._poll(job)
        return self._waited < polling.deadline

    def _end_the_first(self) -> None:
        """Watch the first job to its end, ask what came of it, and restart the server."""
        while self._watch():
            pass
        for job in self._ended(Stage.FIRST):
            if self._examiner.contract.result is not None:
                self._try(self._examiner.fetch, job)
            if self._examiner.contract.cancel is not None:
                self._try(self._examiner.cancel, job)
        if self._examiner.target.restart is not None:
            self._attempt(self._examiner.restart)
            self._unseen = {*self._examiner.jobs}

    # -- afterwards

    def _settle(self) -> None:
        """Wait for the jobs that have not ended, for as long as they may take."""
        examiner, waited = self._examiner, 0.0
        deadline = examiner.contract.provider.polling.deadline
        patience = self._patience
        pause = _LONGEST_PAUSE if examiner.target.is_live else deadline
        while waited < patience and self._open() and not self._is_over():
            pause = min(pause, patience - waited)
            examiner.advance(pause)
            waited += pause
            for job in self._open():
                self._poll(job, is_late=waited >= deadline)

    def _download(self) -> None:
        """Download the video of the job whose request says most of what it is to be."""
        jobs = [it for it in self._examiner.jobs.values() if it.video]
        for job in self._telling(jobs):
            self._try(self._examiner.watch, job)

    def _telling(self, jobs: list[Job]) -> list[Job]:
        """Return that of *jobs* of whose video the most is known beforehand, if any."""
        contract = self._examiner.contract
        return sorted(jobs, key=lambda it: -measures(contract, it.asked))[:1]

    def _ask_as_a_stranger(self) -> None:
        """Ask with keys that open nothing, and for jobs of nobody, all operations in turn."""
        examiner, contract = self._examiner, self._examiner.contract
        about_a_job = [it for it in contract.operations if it.id]
        keys = plan.bad_credentials(examiner.target, contract.provider)
        telling = [keys[it] for it in plan.TELLING_KEYS if it in keys]
        for job in [*examiner.jobs.values()][:1]:
            nobody = plan.stranger_of(job.id, examiner.jobs)
            for turn in range(max(_KNOCKS, len(about_a_job))):
                operation = about_a_job[turn % len(about_a_job)]
                request = request_for(operation, job.id)
                key = telling[turn % len(telling)]
                self._attempt(partial(examiner.knock, request, key))
            first, last = about_a_job[0], about_a_job[-1]
            absurd = plan.ABSURD_IDS[0]
            self._attempt(partial(examiner.look_for, last, nobody))
            self._attempt(partial(examiner.look_for, first, absurd, absurd=True))

    # -- single requests

    def _ended(self, stage: Stage) -> list[Job]:
        return [it for it in self._jobs[stage] if it.ending is not None]

    def _open(self) -> list[Job]:
        return [it for it in self._examiner.jobs.values() if it.ending is None]

    @property
    def _patience(self) -> float:
        patience = self._examiner.target.patience
        deadline = self._examiner.contract.provider.polling.deadline
        return deadline if patience is None else patience

    def _pass(self, seconds: float) -> bool:
        """Let *seconds* pass, or what is left of the patience; say whether any did."""
        if self._examiner.target.is_live:
            seconds = min(seconds, _LONGEST_PAUSE)
        seconds = min(seconds, self._patience - self._waited)
        if seconds <= 0 or self._is_over():
            return False
        self._examiner.advance(seconds)
        self._waited += seconds
        return True

    def _poll(self, job: Job, *, is_late: bool = False) -> None:
        deadline = self._examiner.contract.provider.polling.deadline
        situation = Situation.RESTARTED if job.id in self._unseen else Situation.POLL
        self._unseen.discard(job.id)
        if is_late or (self._waited >= deadline and job in self._jobs[Stage.FIRST]):
            situation = Situation.WAITED
        self._try(partial(self._examiner.poll, situation=situation), job)

    def _try(self, act: Callable[[Job], object], job: Job) -> None:
        self._attempt(partial(act, job))
