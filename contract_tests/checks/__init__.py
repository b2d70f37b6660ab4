"""What is claimed of every service: one function per claim.

A check looks at the evidence of one exchange and returns what is wrong with it, or
None. Its name is the claim, and its docstring says the claim in a sentence.
"""

from contract_tests.checks import answers, life, outcome, requests
from contract_tests.checks.readings import ending
from contract_tests.claims import Claim

__all__ = ["CLAIMS", "ending"]

# What a later claim finds is often a consequence of what an earlier one found, so the
# first finding about an answer is the one reported.
_IN_ORDER: tuple[Claim, ...] = (
    answers.every_request_is_answered,
    answers.an_answer_tells_no_secret,
    requests.a_restart_loses_no_job,
    answers.no_server_error,
    requests.a_valid_request_is_accepted,
    requests.a_known_job_is_found,
    requests.an_invalid_request_is_refused,
    requests.a_refusal_has_the_status_of_the_provider,
    requests.a_refusal_names_the_field,
    requests.the_key_is_required,
    requests.an_unknown_job_is_not_found,
    requests.an_id_of_another_provider_is_refused,
    requests.an_absurd_id_is_refused,
    answers.a_stranger_learns_of_no_job,
    life.a_new_job_has_an_id,
    life.a_repeated_submit_makes_a_new_job,
    life.ids_never_repeat,
    life.a_state_only_moves_forward,
    life.the_polled_id_is_the_submitted_id,
    outcome.an_unfinished_job_has_no_video,
    outcome.a_completed_job_has_a_video,
    outcome.a_video_keeps_its_address,
    outcome.a_video_belongs_to_one_job,
    outcome.a_completed_job_has_no_error,
    outcome.a_failed_job_says_why,
    outcome.a_failed_job_has_no_video,
    outcome.a_job_told_to_fail_fails,
    outcome.a_job_fails_for_a_cause,
    outcome.a_failed_job_costs_nothing,
    outcome.a_completed_job_tells_its_cost,
    outcome.a_cost_never_changes,
    life.a_queue_position_never_rises,
    life.a_finished_job_never_changes,
    life.a_poll_changes_nothing,
    life.a_job_finishes,
    life.a_pending_job_can_be_cancelled,
    life.a_finished_job_cannot_be_cancelled,
    outcome.a_video_can_be_downloaded,
    outcome.a_video_can_be_played,
    outcome.a_video_keeps_the_promise,
    answers.the_answer_keeps_the_document,
    answers.a_refusal_has_the_provider_envelope,
)

CLAIMS = {it.name: it for it in _IN_ORDER}
"""Every claim by its name, in the order of judgement."""
