"""Claims about every answer, whatever was asked: whole, sound, and about nothing else."""

from jsonschema import Draft202012Validator

from contract_tests.checks.readings import CALLS, STRANGERS, may_be_a_failed_job, shown
from contract_tests.claims import Finding, claim
from contract_tests.evidence import Evidence

_TRACES = ("Traceback (most recent call last)", 'File "/', "\n    at ")
"""How Python and JavaScript tell where a program failed."""


@claim(*CALLS)
def every_request_is_answered(evidence: Evidence) -> Finding | None:
    """Each request gets one whole answer of a bearable size, in time."""
    if not evidence.exchange.broken:
        return None
    return Finding(problem=f"no whole answer: {evidence.exchange.broken}")


@claim(*CALLS, when=lambda it: not may_be_a_failed_job(it))
def no_server_error(evidence: Evidence) -> Finding | None:
    """The service never answers with a fault of its own."""
    if evidence.status < 500:
        return None
    return Finding(problem=f"answered {evidence.status}")


@claim(*CALLS)
def an_answer_tells_no_secret(evidence: Evidence) -> Finding | None:
    """No answer repeats a key, or tells where the program behind it failed."""
    text = evidence.exchange.answer.body.decode("utf-8", "replace")
    if any(it in text for it in evidence.exchange.secrets):
        return Finding(problem="repeats the key that was sent")
    for it in _TRACES:
        if it in text:
            return Finding(problem=f"shows a traceback ({it.strip()!r})")
    return None


@claim(*STRANGERS)
def a_stranger_learns_of_no_job(evidence: Evidence) -> Finding | None:
    """Who asks for what is not theirs is told of nobody's job."""
    text = evidence.exchange.answer.body.decode("utf-8", "replace")
    request = evidence.exchange.request
    asked = {*request.path.values(), *request.query.values()}
    for it in evidence.ids.values():
        if (it.id and it.id in text and it.id not in asked) or (
            it.video and it.video in text
        ):
            return Finding(problem=f"tells of the job {shown(it.id)}")
    return None


# The documents declare no refusals: their shape is the provider's envelope.
@claim(*CALLS, when=lambda it: not it.is_refusal and not may_be_a_failed_job(it))
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


@claim(*CALLS, when=lambda it: it.is_refusal)
def a_refusal_has_the_provider_envelope(evidence: Evidence) -> Finding | None:
    """Every refusal is JSON in the shape that the provider documents."""
    if evidence.json is None:
        return Finding(problem=f"answered {evidence.status} without JSON")
    judge = Draft202012Validator(evidence.contract.provider.errors.envelope)
    for error in judge.iter_errors(evidence.json):
        return Finding(problem=error.message, rule=str(error.validator))
    return None
