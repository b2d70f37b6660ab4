"""Claims about a job's life: its id, its states, and what may change them."""

from contract_tests.checks.readings import (
    POLLS,
    ending,
    job,
    known_ending,
    position,
    shown,
    state,
)
from contract_tests.claims import Finding, claim
from contract_tests.evidence import Evidence, Sighting, Situation


@claim(Situation.SUBMIT)
def a_new_job_has_an_id(evidence: Evidence) -> Finding | None:
    """The answer to a submit says how to ask for the job."""
    found = evidence.find(evidence.contract.provider.job.id)
    # An id with letters that nothing shows could not be asked for again.
    if isinstance(found, str) and found and found.isprintable():
        return None
    return Finding(problem=f"{shown(found)} is no id")


@claim(Situation.SUBMIT, when=lambda it: it.twin is not None)
def a_repeated_submit_makes_a_new_job(evidence: Evidence) -> Finding | None:
    """The same body sent again is a job of its own."""
    found = evidence.text(evidence.contract.provider.job.id)
    if evidence.twin is None or found != evidence.twin.id:
        return None
    return Finding(problem=f"the same body gave the id {shown(found)} before")


@claim(Situation.SUBMIT)
def ids_never_repeat(evidence: Evidence) -> Finding | None:
    """Every submit makes a job of its own."""
    found = evidence.text(evidence.contract.provider.job.id)
    if found not in evidence.ids:
        return None
    return Finding(problem=f"the id {shown(found)} was given out before")


@claim(Situation.SUBMIT, *POLLS)
def a_state_only_moves_forward(evidence: Evidence) -> Finding | None:
    """A job is in a state of its lifecycle that may follow the one seen before."""
    lifecycle = evidence.contract.lifecycle
    found = state(evidence)
    before = evidence.job.state if evidence.job else lifecycle.initial
    if found in lifecycle.states and lifecycle.may_follow(before, found):
        return None
    return Finding(problem=f"{shown(found)} may not follow {before!r}")


@claim(*POLLS)
def the_polled_id_is_the_submitted_id(evidence: Evidence) -> Finding | None:
    """Who asks for one job is told about that job."""
    found = evidence.find(evidence.contract.provider.job.id)
    if found == job(evidence).id:
        return None
    asked = shown(job(evidence).id)
    return Finding(problem=f"asked for {asked}, told about {shown(found)}")


@claim(*POLLS, Situation.FETCH, when=lambda it: known_ending(it) is not None)
def a_finished_job_never_changes(evidence: Evidence) -> Finding | None:
    """What a finished job looks like, it looks like ever after, byte for byte."""
    before, now = known_ending(evidence), ending(evidence)
    if now == before:
        return None
    known = before.body if before else b""
    return Finding(problem=f"was {before}, is now {now}; its answer was {shown(known)}")


@claim(*POLLS, when=lambda it: _sighting(it) is not None)
def a_poll_changes_nothing(evidence: Evidence) -> Finding | None:
    """Asking has no effect: until something else happens, the answer stays the same."""
    before, answer = _sighting(evidence), evidence.exchange.answer
    if before and (before.status, before.body) == (answer.status, answer.body):
        return None
    known = before.body if before else b""
    return Finding(problem=f"nothing happened since the answer was {shown(known)}")


@claim(
    *POLLS,
    when=lambda it: job(it).position is not None and position(it) is not None,
)
def a_queue_position_never_rises(evidence: Evidence) -> Finding | None:
    """Who waits in the queue is never put further back."""
    before, now = job(evidence).position, position(evidence)
    if isinstance(now, int) and before is not None and now <= before:
        return None
    return Finding(problem=f"was at {before}, is now at {shown(now)}")


@claim(Situation.WAITED)
def a_job_finishes(evidence: Evidence) -> Finding | None:
    """No job is pending for longer than the provider's deadline."""
    found = state(evidence)
    if found in evidence.contract.lifecycle.terminal:
        return None
    deadline = evidence.contract.provider.polling.deadline
    return Finding(problem=f"still {shown(found)} after {deadline:g} seconds")


# A job that finished in the meantime is refused with good reason.
@claim(
    Situation.CANCEL,
    when=lambda it: it.is_success or it.state in it.contract.lifecycle.pending,
)
def a_pending_job_can_be_cancelled(evidence: Evidence) -> Finding | None:
    """As long as a job has not finished, its owner may withdraw it."""
    if evidence.is_success:
        return None
    return Finding(problem=f"answered {evidence.status} to a job in {evidence.state!r}")


@claim(
    Situation.CANCEL,
    when=lambda it: job(it).state in it.contract.lifecycle.terminal,
)
def a_finished_job_cannot_be_cancelled(evidence: Evidence) -> Finding | None:
    """What has finished cannot be withdrawn."""
    if evidence.is_refusal:
        return None
    before = job(evidence).state
    return Finding(problem=f"answered {evidence.status} to a job in {before!r}")


def _sighting(evidence: Evidence) -> Sighting | None:
    """Return what a poll was answered at this very instant, if one was."""
    found = job(evidence).sighting
    return found if found and found.instant == evidence.instant else None
