"""Lives of jobs, as Hypothesis plays them: many at once, in any order of events.

The model is the dict of jobs that the examiner keeps; what may happen to a job is the
lifecycle's table. Every answer is judged where it is asked for, so a rule here only
says what to do next.
"""

from itertools import islice
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from contract_tests.boundaries import object_with
from contract_tests.evidence import Job, Situation
from contract_tests.examiner import Examiner, request_for
from contract_tests.plan import bad_credentials, stranger_of, valid_bodies
from specs import Operation

_LIVE_WAIT = 0.2  # seconds, where time really passes
_MOST_JOBS = 5  # in one life: every submit may cost money


class JobMachine(RuleBasedStateMachine):
    """Jobs of one contract, submitted, asked after, cancelled and waited for."""

    examiner: Examiner  # given by machine_for
    foreigner = ""  # the id of a job at another provider, where there is one

    jobs: Bundle[Job] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.mine: dict[str, Job] = {}

    def _has_room(self) -> bool:
        return len(self.mine) < _MOST_JOBS

    @precondition(_has_room)
    @rule(target=jobs, data=st.data())
    def submit(self, data: st.DataObject) -> Job:
        """Submit any valid request."""
        body = data.draw(valid_bodies(self.examiner.contract), label="body")
        return self._submit(body, failing=False)

    @precondition(lambda self: self._has_room() and bool(self.examiner.target.failing))
    @rule(target=jobs)
    def submit_a_failing_job(self) -> Job:
        """Submit a request whose job is told to fail."""
        contract = self.examiner.contract
        return self._submit(object_with(contract.body) | contract.fixed, failing=True)

    def _submit(self, body: dict[str, Any], *, failing: bool) -> Job:
        job = self.examiner.submit(body, failing=failing)
        self.mine[job.id] = job
        return job

    @rule(job=jobs)
    def poll(self, job: Job) -> None:
        """Ask for the state of a job."""
        self.examiner.poll(job)

    @precondition(lambda self: self.examiner.contract.result is not None)
    @rule(job=jobs)
    def fetch(self, job: Job) -> None:
        """Ask for the result of a job, finished or not."""
        self.examiner.fetch(job)

    @precondition(lambda self: self.examiner.contract.cancel is not None)
    @rule(job=jobs)
    def cancel(self, job: Job) -> None:
        """Cancel a job, finished or not."""
        self.examiner.cancel(job)

    @rule(job=jobs, data=st.data())
    def look_for_a_stranger(self, job: Job, data: st.DataObject) -> None:
        """Ask for a job that never was, or cancel it, by an id much like a real one."""
        stranger = stranger_of(job.id, self.examiner.jobs)
        self.examiner.look_for(self._draw_operation(data), stranger)

    @precondition(lambda self: bool(self.foreigner))
    @rule(data=st.data())
    def look_for_a_foreigner(self, data: st.DataObject) -> None:
        """Ask for a job of another provider, or cancel it."""
        self.examiner.look_for_neighbour(self._draw_operation(data), self.foreigner)

    @rule(job=jobs, data=st.data())
    def knock(self, job: Job, data: st.DataObject) -> None:
        """Ask for a job without a valid key, or cancel it, and see what became of it."""
        examiner = self.examiner
        headers = bad_credentials(examiner.target, examiner.contract.provider)
        credential = data.draw(st.sampled_from(list(headers.values())), label="key")
        request = request_for(self._draw_operation(data), job.id)
        examiner.poll(job)
        examiner.knock(request, credential)
        examiner.poll(job)

    def _draw_operation(self, data: st.DataObject) -> Operation:
        """Draw an operation that is about a job."""
        choices = [it for it in self.examiner.contract.operations if it.id]
        return data.draw(st.sampled_from(choices), label="operation")

    @rule(part=st.sampled_from([0.1, 1.0, 3.0, 20.0]))
    def wait(self, part: float) -> None:
        """Let time pass: a part of the polling interval, or many of them."""
        seconds = part * self.examiner.contract.provider.polling.interval
        is_live = self.examiner.target.is_live
        self.examiner.advance(min(seconds, _LIVE_WAIT) if is_live else seconds)

    @precondition(lambda self: self.examiner.target.restart is not None)
    @rule(job=jobs)
    def restart(self, job: Job) -> None:
        """Restart the server, and ask for a job that was there before."""
        self.examiner.restart()
        self.examiner.poll(job, situation=Situation.RESTARTED)

    @invariant()
    def a_finished_job_never_changes(self) -> None:
        """Ask again for the job that finished first, whatever happened since."""
        finished = (it for it in self.mine.values() if it.ending is not None)
        for job in islice(finished, 1):
            self.examiner.poll(job)

    def teardown(self) -> None:
        """Wait for every job to finish, unless waiting takes real time."""
        examiner = self.examiner
        if examiner.target.is_live or not self.mine:
            return
        examiner.advance(examiner.contract.provider.polling.deadline)
        for job in self.mine.values():
            examiner.poll(job, situation=Situation.WAITED)
            if examiner.contract.result is not None:
                examiner.fetch(job)
            examiner.poll(job)


def machine_for(examiner: Examiner) -> type[JobMachine]:
    """Return the state machine that plays the jobs of *examiner*'s contract."""

    class ExaminedJobs(JobMachine):
        """The jobs of one contract at one target."""

    ExaminedJobs.examiner = examiner
    ExaminedJobs.foreigner = examiner.neighbour_id()
    return ExaminedJobs
