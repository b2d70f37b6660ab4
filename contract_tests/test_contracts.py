"""What every contract is put through, in any run against any server.

Each test runs once per contract; a document that is vendored tomorrow is tested
without a line added here. What is judged stands in `contract_tests.checks`.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import pytest
from hypothesis import given

from contract_tests import cases, plan
from contract_tests.cases import Case
from contract_tests.course import Course
from contract_tests.evidence import Job, Situation
from contract_tests.examiner import Examiner
from contract_tests.failures import Attempts, try_all
from contract_tests.live import Call, fixed, plan_calls
from contract_tests.machine import machine_for
from contract_tests.malformed import malformed_requests
from contract_tests.plugin import ContractPlugin
from contract_tests.profiles import Draws
from contract_tests.videos import telling_requests
from contract_tests.violations import Violation
from contract_tests.wire import encode
from specs import Contract

_ROUNDS = 4
_MANY_POLLS = 12
_MOST_WAITS = 60  # for one job, where they cost nothing


@pytest.fixture(scope="module")
def examiner(request: pytest.FixtureRequest) -> Iterator[Examiner]:
    """One contract under examination."""
    with ContractPlugin.of(request.config).examine(request.param) as found:
        yield found


@pytest.fixture
def draws(request: pytest.FixtureRequest, examiner: Examiner) -> Draws:
    """How much Hypothesis is to try."""
    plugin = ContractPlugin.of(request.config)
    return plugin.draws(examiner.contract, examiner.tally.test)


@lru_cache(64)
def _few_calls(contract: Contract) -> tuple[Call, ...]:
    return plan_calls([contract], fixed(Decimal(0))).calls


def test_few_requests_show_every_rule(examiner: Examiner) -> None:
    attempt = Attempts()
    course = Course(examiner, attempt)
    for it in _few_calls(examiner.contract):
        course.make(it.stage, partial(it.make, examiner))
    course.finish()
    attempt.tell()


def test_no_operation_works_without_a_key(examiner: Examiner) -> None:
    job, contract = _submit(examiner), examiner.contract
    examiner.poll(job)
    credentials = plan.bad_credentials(examiner.target, contract.provider)
    try_all(
        partial(examiner.knock, request, credential)
        for request in plan.requests_about(contract, job)
        for credential in credentials.values()
    )
    # What was refused must not have been done all the same.
    examiner.poll(job)


def test_jobs_of_nobody_are_not_found(examiner: Examiner) -> None:
    stranger = plan.stranger_of(_submit(examiner).id, examiner.jobs)
    about_a_job = [it for it in examiner.contract.operations if it.id]
    plain = (partial(examiner.look_for, it, stranger) for it in about_a_job)
    absurd = (
        partial(examiner.look_for, it, id_, absurd=True)
        for it in about_a_job
        for id_ in plan.ABSURD_IDS
    )
    try_all([*plain, *absurd])


def test_jobs_of_another_provider_are_not_found(examiner: Examiner) -> None:
    id_ = examiner.neighbour_id()
    if not id_:
        pytest.skip("no job of another provider is to be had at the target")
    about_a_job = [it for it in examiner.contract.operations if it.id]
    try_all(partial(examiner.look_for_neighbour, it, id_) for it in about_a_job)


def test_a_job_runs_its_course(examiner: Examiner) -> None:
    _run_its_course(examiner, _submit(examiner))


def test_a_failing_job_runs_its_course(examiner: Examiner) -> None:
    if not examiner.target.failing:
        pytest.skip("the target has no headers that make a job fail")
    _run_its_course(examiner, _submit(examiner, failing=True))


def test_a_job_is_cancelled_in_time(examiner: Examiner) -> None:
    if examiner.contract.cancel is None:
        pytest.skip("the document has no operation that cancels")
    job = _submit(examiner)
    examiner.cancel(job)
    examiner.poll(job)


def test_jobs_do_not_disturb_each_other(examiner: Examiner) -> None:
    first = _submit(examiner)
    examiner.poll(first)
    second = _submit(examiner)
    for _ in range(_ROUNDS):
        for it in (first, *[second] * _MANY_POLLS, first):
            examiner.poll(it)
        examiner.advance(examiner.contract.provider.polling.interval / 4)
    for it in (first, second):
        _wait_for(examiner, it)
    if examiner.contract.result is not None:
        for it in (first, second, first):
            examiner.fetch(it)


def test_a_cancelled_job_takes_no_other_along(examiner: Examiner) -> None:
    if examiner.contract.cancel is None:
        pytest.skip("the document has no operation that cancels")
    staying, leaving = _submit(examiner), _submit(examiner)
    examiner.cancel(leaving)
    _wait_for(examiner, staying)
    assert examiner.contract.result is not None
    examiner.fetch(staying)


def test_a_restart_changes_no_job(examiner: Examiner) -> None:
    if examiner.target.restart is None:
        pytest.skip("the target cannot be restarted")
    finished = _submit(examiner)
    _wait_for(examiner, finished)
    pending = _submit(examiner)
    if examiner.contract.result is not None:
        examiner.fetch(finished)
    examiner.restart()
    for it in (finished, pending):
        examiner.poll(it, situation=Situation.RESTARTED)
    _submit(examiner)
    _wait_for(examiner, pending)
    if examiner.contract.result is not None:
        examiner.fetch(finished)
        examiner.fetch(pending)


def test_a_video_is_as_asked(examiner: Examiner) -> None:
    are_measured = True
    for body in telling_requests(examiner.contract):
        job = examiner.submit(body, case="a video of certain measures")
        _wait_for(examiner, job)
        if examiner.contract.result is not None:
            examiner.fetch(job)
        are_measured = examiner.watch(job) and are_measured
    if not are_measured:
        pytest.skip("reelspec[media] is not installed, so no video was measured")


def test_planned_violations_are_refused(examiner: Examiner) -> None:
    try_all(
        partial(examiner.refuse, request, violation=violation)
        for violation, request in plan.invalid_requests(examiner.contract)
    )


def test_malformed_requests_are_refused(examiner: Examiner) -> None:
    try_all(
        partial(examiner.refuse, request, violation=violation)
        for violation, request in malformed_requests(examiner.contract)
    )


def test_planned_requests_are_accepted(examiner: Examiner) -> None:
    jobs: list[Job] = []

    def submit(it: Case) -> None:
        jobs.append(examiner.submit(it.body, case=it.label))

    try_all(partial(submit, it) for it in cases.valid_cases(examiner.contract))
    # What befalls only some jobs shows where many in a row are followed to their end.
    for job in jobs:
        _wait_for(examiner, job)


def test_open_questions_are_answered(
    examiner: Examiner, request: pytest.FixtureRequest
) -> None:
    strict = ContractPlugin.of(request.config).assignment.strict
    try_all(
        partial(examiner.inquire, it, strict=strict)
        for it in cases.questions(examiner.contract)
    )


def test_drawn_requests_are_accepted(examiner: Examiner, draws: Draws) -> None:
    @draws
    @given(body=plan.valid_bodies(examiner.contract))
    def accept(body: dict[str, Any]) -> None:
        examiner.submit(body, case="a drawn request")

    with examiner.drawing(seconds=draws.shrinking):
        accept()


def test_drawn_violations_are_refused(examiner: Examiner, draws: Draws) -> None:
    @draws
    @given(broken=plan.invalid_bodies(examiner.contract))
    def refuse(broken: tuple[Violation, Any]) -> None:
        violation, body = broken
        examiner.refuse(
            plan.submit_of(examiner.contract, encode(body)), violation=violation
        )

    with examiner.drawing(seconds=draws.shrinking):
        refuse()


def test_jobs_live_by_their_lifecycle(examiner: Examiner, draws: Draws) -> None:
    with examiner.drawing(seconds=draws.shrinking):
        draws.play(machine_for(examiner))


def _submit(examiner: Examiner, *, failing: bool = False) -> Job:
    return examiner.submit(cases.bare_body(examiner.contract), failing=failing)


def _run_its_course(examiner: Examiner, job: Job) -> None:
    contract = examiner.contract
    if contract.result is not None:
        examiner.fetch(job)
    _wait_for(examiner, job)
    for pause in (0.0, contract.provider.polling.deadline):
        if not examiner.target.is_live:
            examiner.advance(pause)
        if contract.result is not None:
            examiner.fetch(job)
        if contract.cancel is not None:
            examiner.cancel(job)
        examiner.poll(job)


def _wait_for(examiner: Examiner, job: Job) -> None:
    """Poll *job* until it has finished, or must have."""
    contract, target = examiner.contract, examiner.target
    polling = contract.provider.polling
    patience = polling.deadline if target.patience is None else target.patience
    waited, step = 0.0, polling.interval / 32
    longest = polling.interval if target.is_live else polling.deadline / _MOST_WAITS
    while examiner.poll(job) in contract.lifecycle.pending and waited < patience:
        # Short steps first: a poller who sleeps at once misses the states on the way.
        examiner.advance(step)
        waited += step
        step = min(1.5 * step, longest)
    if waited < polling.deadline and job.state in contract.lifecycle.pending:
        pytest.skip(f"the job was still {job.state!r} after {waited:g} seconds")
    examiner.poll(job, situation=Situation.WAITED)
