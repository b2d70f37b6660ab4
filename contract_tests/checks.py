"""What is claimed of every service: one function per claim, in the order of judgement.

A check looks at the evidence of one exchange and returns what is wrong with it, or
None. Its name is the claim, and its docstring says the claim in a sentence.
"""

from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

from contract_tests.claims import Finding, claim
from contract_tests.evidence import Ending, Evidence, Job, Situation
from contract_tests.failures import show
from specs import Json, Outcome

_POLLS = (Situation.POLL, Situation.WAITED)
_SHOWN_VALUE = 120
# What fal answers in place of an address when a request says `sync_mode`.
_INLINE = "data:video/mp4;base64,"


@claim(*Situation, when=lambda it: not _may_be_a_failed_job(it))
def no_server_error(evidence: Evidence) -> Finding | None:
    """The service never answers with a fault of its own."""
    if evidence.status < 500:
        return None
    return Finding(problem=f"answered {evidence.status}")


@claim(Situation.SUBMIT)
def a_valid_request_is_accepted(evidence: Evidence) -> Finding | None:
    """Whatever the document allows, the service takes."""
    if evidence.is_success:
        return None
    return Finding(problem=f"answered {evidence.status} to a valid request")


@claim(*_POLLS)
def a_known_job_is_found(evidence: Evidence) -> Finding | None:
    """Who submitted a job can always ask for its state."""
    if evidence.is_success:
        return None
    return Finding(problem=f"answered {evidence.status} to the owner of the job")


@claim(Situation.REFUSE)
def an_invalid_request_is_refused(evidence: Evidence) -> Finding | None:
    """Whatever the document forbids, the service refuses, and for that reason."""
    errors = evidence.contract.provider.errors
    if evidence.is_refusal and evidence.status not in {errors.unauthorized, 429}:
        return None
    return Finding(problem=f"answered {evidence.status} to an invalid request")


@claim(Situation.REFUSE, when=lambda it: bool(_parameter(it)))
def a_refusal_has_the_status_of_the_provider(evidence: Evidence) -> Finding | None:
    """A value that breaks a rule is answered with the provider's status for that."""
    return _expect(evidence, evidence.contract.provider.errors.refused)


@claim(Situation.REFUSE, when=lambda it: bool(_parameter(it)))
def a_refusal_names_the_field(evidence: Evidence) -> Finding | None:
    """A refusal says which member of the request it is about."""
    name = _parameter(evidence)
    if any(name in it for it in _texts(evidence.json)):
        return None
    return Finding(problem=f"refused without naming {name!r}")


@claim(Situation.KNOCK)
def the_key_is_required(evidence: Evidence) -> Finding | None:
    """Without a valid key, no operation does anything."""
    return _expect(evidence, evidence.contract.provider.errors.unauthorized)


@claim(Situation.UNKNOWN)
def an_unknown_job_is_not_found(evidence: Evidence) -> Finding | None:
    """An id that was never given out is nobody's job."""
    return _expect(evidence, evidence.contract.provider.errors.unknown_job)


@claim(Situation.ABSURD)
def an_absurd_id_is_refused(evidence: Evidence) -> Finding | None:
    """An id that no job could have is refused like any other."""
    if evidence.is_refusal:
        return None
    return Finding(problem=f"answered {evidence.status} to an absurd id")


@claim(Situation.SUBMIT)
def a_new_job_has_an_id(evidence: Evidence) -> Finding | None:
    """The answer to a submit says how to ask for the job."""
    found = evidence.find(evidence.contract.provider.job.id)
    # An id with letters that nothing shows could not be asked for again.
    if isinstance(found, str) and found and found.isprintable():
        return None
    return Finding(problem=f"{_value(found)} is no id")


@claim(Situation.SUBMIT)
def ids_never_repeat(evidence: Evidence) -> Finding | None:
    """Every submit makes a job of its own."""
    found = evidence.text(evidence.contract.provider.job.id)
    if found not in evidence.ids:
        return None
    return Finding(problem=f"the id {_value(found)} was given out before")


@claim(Situation.SUBMIT, *_POLLS)
def a_state_only_moves_forward(evidence: Evidence) -> Finding | None:
    """A job is in a state of its lifecycle that may follow the one seen before."""
    lifecycle = evidence.contract.lifecycle
    found = _state(evidence)
    before = evidence.job.state if evidence.job else lifecycle.initial
    if found in lifecycle.states and lifecycle.may_follow(before, found):
        return None
    return Finding(problem=f"{_value(found)} may not follow {before!r}")


@claim(*_POLLS)
def the_polled_id_is_the_submitted_id(evidence: Evidence) -> Finding | None:
    """Who asks for one job is told about that job."""
    found = evidence.find(evidence.contract.provider.job.id)
    if found == _job(evidence).id:
        return None
    asked = _value(_job(evidence).id)
    return Finding(problem=f"asked for {asked}, told about {_value(found)}")


@claim(*_POLLS, Situation.FETCH, when=lambda it: _known_ending(it) is not None)
def a_finished_job_never_changes(evidence: Evidence) -> Finding | None:
    """What a finished job looks like, it looks like ever after."""
    before, now = _known_ending(evidence), ending(evidence)
    if now == before:
        return None
    return Finding(problem=f"was {before}, is now {now}")


@claim(Situation.WAITED)
def a_job_finishes(evidence: Evidence) -> Finding | None:
    """No job is pending for longer than the provider's deadline."""
    found = _state(evidence)
    if found in evidence.contract.lifecycle.terminal:
        return None
    deadline = evidence.contract.provider.polling.deadline
    return Finding(problem=f"still {_value(found)} after {deadline:g} seconds")


@claim(
    *_POLLS,
    Situation.FETCH,
    when=lambda it: _has_outcome(it) and not _is_finished(it),
)
def an_unfinished_job_has_no_video(evidence: Evidence) -> Finding | None:
    """Before a job has finished there is nothing to download."""
    if (found := _video(evidence)) is None:
        return None
    return Finding(problem=f"has the video {_value(found)} already")


@claim(*_POLLS, Situation.FETCH, when=lambda it: _has_outcome(it) and _is_completed(it))
def a_completed_job_has_a_video(evidence: Evidence) -> Finding | None:
    """A job that ended well says where its video is."""
    if _is_url(found := _video(evidence)):
        return None
    return Finding(problem=f"{_value(found)} is no address")


@claim(
    *_POLLS,
    Situation.FETCH,
    when=lambda it: _has_outcome(it) and _is_finished(it) and not _is_completed(it),
)
def a_failed_job_says_why(evidence: Evidence) -> Finding | None:
    """A job that ended badly gives a reason."""
    whole = evidence.situation is Situation.FETCH
    reason = evidence.find("" if whole else evidence.contract.provider.job.error)
    return None if reason else Finding(problem=f"{_value(reason)} is no reason")


@claim(
    *_POLLS,
    Situation.FETCH,
    when=lambda it: _has_outcome(it) and _is_finished(it) and _job(it).is_failing,
)
def a_job_told_to_fail_fails(evidence: Evidence) -> Finding | None:
    """Where the server can be told to fail a job, it does."""
    return Finding(problem="completed") if _is_completed(evidence) else None


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
    when=lambda it: _job(it).state in it.contract.lifecycle.terminal,
)
def a_finished_job_cannot_be_cancelled(evidence: Evidence) -> Finding | None:
    """What has finished cannot be withdrawn."""
    if evidence.is_refusal:
        return None
    before = _job(evidence).state
    return Finding(problem=f"answered {evidence.status} to a job in {before!r}")


# The documents declare no refusals: their shape is the provider's envelope.
@claim(*Situation, when=lambda it: not it.is_refusal and not _may_be_a_failed_job(it))
def the_answer_keeps_the_document(evidence: Evidence) -> Finding | None:
    """Every answer is one that the document declares, as openapi-core reads it."""
    exchange = evidence.exchange
    for breach in evidence.judge.check_answer(exchange.request, exchange.answer):
        path = "".join(f"/{it}" for it in breach.path)
        return Finding(
            problem=f"{path or 'the answer'}: {breach.message}",
            rule=breach.rule,
            pointer=f"{exchange.request.operation.pointer}/responses/{evidence.status}",
        )
    return None


@claim(*Situation, when=lambda it: it.is_refusal)
def a_refusal_has_the_provider_envelope(evidence: Evidence) -> Finding | None:
    """Every refusal is JSON in the shape that the provider documents."""
    if evidence.json is None:
        return Finding(problem=f"answered {evidence.status} without JSON")
    judge = Draft202012Validator(evidence.contract.provider.errors.envelope)
    for error in judge.iter_errors(evidence.json):
        return Finding(problem=error.message, rule=str(error.validator))
    return None


def ending(evidence: Evidence) -> Ending | None:
    """Return how the job ended as the answer tells it, or None while it has not."""
    if not _is_finished(evidence):
        return None
    if evidence.situation is Situation.FETCH:
        return Ending(state=str(evidence.status), video=_video(evidence), error=None)
    return Ending(
        state=_state(evidence),
        video=_video(evidence) if _has_outcome(evidence) else None,
        error=evidence.find(evidence.contract.provider.job.error),
    )


def _expect(evidence: Evidence, status: int) -> Finding | None:
    if evidence.status == status:
        return None
    return Finding(problem=f"answered {evidence.status} instead of {status}")


def _job(evidence: Evidence) -> Job:
    """Return the job that an answer in a situation about a job is about."""
    assert evidence.job is not None
    return evidence.job


def _known_ending(evidence: Evidence) -> Ending | None:
    job = _job(evidence)
    return job.result if evidence.situation is Situation.FETCH else job.ending


def _has_outcome(evidence: Evidence) -> bool:
    """Say whether this answer is the one that carries the video."""
    return evidence.exchange.request.operation is evidence.contract.outcome


def _is_finished(evidence: Evidence) -> bool:
    lifecycle = evidence.contract.lifecycle
    if evidence.situation is not Situation.FETCH:
        return _state(evidence) in lifecycle.terminal
    # A result may be there because the job finished since it was last asked after,
    # and a refusal may be older than what the poll behind it has seen.
    seen = evidence.state if evidence.is_success else _job(evidence).state
    return seen in lifecycle.terminal


def _is_completed(evidence: Evidence) -> bool:
    if evidence.situation is Situation.FETCH:
        return _is_finished(evidence) and evidence.is_success
    return evidence.contract.lifecycle.terminal.get(_state(evidence)) is Outcome.SUCCESS


def _may_be_a_failed_job(evidence: Evidence) -> bool:
    """Say whether the status code is that of the job, not that of the request."""
    return (
        evidence.situation is Situation.FETCH
        and evidence.status >= 400
        and _is_finished(evidence)
    )


def _state(evidence: Evidence) -> str:
    return evidence.text(evidence.contract.provider.job.status)


def _video(evidence: Evidence) -> Json:
    found: Json = evidence.find(evidence.contract.provider.job.video)
    return found


def _parameter(evidence: Evidence) -> str:
    """Return the member that a refusal is about; empty if not one the caller chose."""
    path = evidence.violation.path if evidence.violation else ()
    return "" if not path or path[0] in evidence.contract.fixed else str(path[0])


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for it in value for text in _texts(it)]
    if isinstance(value, dict):
        return [text for key, it in value.items() for text in (key, *_texts(it))]
    return []


def _is_url(value: Json) -> bool:
    if not isinstance(value, str):
        return False
    if value.startswith(_INLINE):
        return len(value) > len(_INLINE)
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _value(value: Json) -> str:
    return show(repr(value), longest=_SHOWN_VALUE)
