"""Every claim is held by the reference service, and broken by one that breaks it."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis.errors import Flaky

from contract_tests import test_contracts as suite
from contract_tests.claims import CLAIMS
from contract_tests.examiner import Examiner
from contract_tests.failures import Failure
from contract_tests.profiles import Draws, Profile
from tests.contract_tests import faulty
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants.reference import Service

FEW = Draws(Profile(name="few", drawn=5, lives=12, steps=12), 1)

Test = Callable[[Examiner], None]
requests: Test = suite.test_planned_requests_are_accepted
violations: Test = suite.test_planned_violations_are_refused
keys: Test = suite.test_no_operation_works_without_a_key
strangers: Test = suite.test_jobs_of_nobody_are_not_found
course: Test = suite.test_a_job_runs_its_course
failing: Test = suite.test_a_failing_job_runs_its_course
cancelling: Test = suite.test_a_job_is_cancelled_in_time
lives: Test = partial(suite.test_jobs_live_by_their_lifecycle, draws=FEW)

FAULTS: list[tuple[str, type[Service], Test, str]] = [
    ("no_server_error", faulty.AnswersAPollWith500, course, AIMLAPI),
    (
        "a_valid_request_is_accepted",
        faulty.RefusesAnUndeclaredMember,
        requests,
        AIMLAPI,
    ),
    (
        "an_invalid_request_is_refused",
        faulty.TakesMoreThanTheMaximum,
        violations,
        AIMLAPI,
    ),
    (
        "a_refusal_has_the_status_of_the_provider",
        faulty.RefusesWith418,
        violations,
        AIMLAPI,
    ),
    ("a_refusal_names_the_field", faulty.RefusesWithoutAName, violations, FAL),
    ("a_known_job_is_found", faulty.ForgetsAJobOnceItHasFinished, course, AIMLAPI),
    ("the_key_is_required", faulty.PollsWithoutAKey, keys, AIMLAPI),
    ("an_unknown_job_is_not_found", faulty.FindsAnyJob, strangers, FAL),
    ("an_absurd_id_is_refused", faulty.CutsIdsShort, strangers, AIMLAPI),
    ("a_new_job_has_an_id", faulty.GivesNoId, course, AIMLAPI),
    ("ids_never_repeat", faulty.GivesTheSameIdTwice, requests, FAL),
    ("a_state_only_moves_forward", faulty.GoesBackToTheStart, course, FAL),
    ("a_state_only_moves_forward", faulty.InventsAState, course, AIMLAPI),
    ("the_polled_id_is_the_submitted_id", faulty.TellsOfAnotherJob, lives, AIMLAPI),
    ("a_finished_job_never_changes", faulty.MovesTheVideo, course, AIMLAPI),
    ("a_finished_job_never_changes", faulty.MovesTheVideo, course, FAL),
    ("a_job_finishes", faulty.NeverFinishes, course, AIMLAPI),
    ("an_unfinished_job_has_no_video", faulty.ShowsTheVideoTooSoon, course, AIMLAPI),
    ("an_unfinished_job_has_no_video", faulty.ShowsTheVideoTooSoon, course, FAL),
    ("a_completed_job_has_a_video", faulty.FinishesWithoutAVideo, course, AIMLAPI),
    ("a_completed_job_has_a_video", faulty.FinishesWithoutAVideo, course, FAL),
    ("a_completed_job_has_a_video", faulty.FinishesWithABrokenAddress, course, FAL),
    ("a_failed_job_says_why", faulty.FailsWithoutAReason, failing, AIMLAPI),
    ("a_failed_job_says_why", faulty.FailsWithoutAReason, failing, FAL),
    ("a_job_told_to_fail_fails", faulty.CompletesWhatMustFail, failing, AIMLAPI),
    ("a_pending_job_can_be_cancelled", faulty.RefusesToCancel, cancelling, FAL),
    ("a_finished_job_cannot_be_cancelled", faulty.CancelsWhatHasFinished, course, FAL),
    ("the_answer_keeps_the_document", faulty.AnswersASubmitWith201, requests, AIMLAPI),
    ("a_refusal_has_the_provider_envelope", faulty.RefusesInHtml, keys, FAL),
    (
        "a_refusal_has_the_provider_envelope",
        faulty.RefusesInAShapeOfItsOwn,
        violations,
        AIMLAPI,
    ),
]


@pytest.mark.parametrize(
    ("claim", "kind", "test", "contract"),
    FAULTS,
    ids=[f"{it[0]}-{it[1].__name__}-{it[3].partition(':')[0]}" for it in FAULTS],
)
def test_a_claim_fails_when_a_service_breaks_it(
    claim: str,
    kind: type[Service],
    test: Test,
    contract: str,
    examine: Callable[..., Examiner],
) -> None:
    examiner = examine(kind, contract)

    # What depends on all that went before does not show twice in the same way.
    with pytest.raises((Failure, Flaky)):
        test(examiner)

    assert claim in {it.claim for it in examiner.tally.faults.values()}


def test_every_claim_is_proven_able_to_fail() -> None:
    assert {it[0] for it in FAULTS} == set(CLAIMS)


def test_no_claim_fails_when_a_job_is_cancelled(
    examine: Callable[..., Examiner],
) -> None:
    examiner = examine(Service, FAL)

    cancelling(examiner)

    assert examiner.tally.faults == {}


@pytest.mark.parametrize("contract", [AIMLAPI, FAL])
@pytest.mark.parametrize(
    "test",
    [
        pytest.param(requests, id="requests"),
        pytest.param(violations, id="violations"),
        pytest.param(keys, id="keys"),
        pytest.param(strangers, id="strangers"),
        pytest.param(course, id="course"),
        pytest.param(failing, id="failing"),
        pytest.param(lives, id="lives"),
    ],
)
def test_no_claim_fails_when_a_service_keeps_the_contract(
    contract: str, test: Test, examine: Callable[..., Examiner]
) -> None:
    examiner = examine(Service, contract)

    test(examiner)

    assert examiner.tally.faults == {}
