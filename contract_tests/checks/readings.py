"""What the checks read from an answer: the state, the video, how a job ended."""

import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from contract_tests.claims import Finding
from contract_tests.downloads import INLINE
from contract_tests.evidence import Ending, Evidence, Job, Situation
from contract_tests.failures import show
from contract_tests.wire import decode
from specs import Answer, Json, Outcome

POLLS = (Situation.POLL, Situation.WAITED, Situation.RESTARTED)
"""Asking for the state of a job, whatever happened before."""

CALLS = tuple(it for it in Situation if it is not Situation.WATCH)
"""Every request to an operation of the document."""

STRANGERS = (
    Situation.KNOCK,
    Situation.UNKNOWN,
    Situation.FOREIGN,
    Situation.ABSURD,
)
"""Asking for what one may not have, or what is not there."""

_PLACES, _ECHOES = frozenset({"loc", "path"}), frozenset({"input", "received"})
"""What refusals call the place of a wrong value, and the value itself."""

_SHOWN_VALUE = 120


def ending(evidence: Evidence) -> Ending | None:
    """Return how the job ended as the answer tells it, or None while it has not."""
    if not is_finished(evidence):
        return None
    whole = evidence.situation is Situation.FETCH
    return Ending(
        state=str(evidence.status) if whole else state(evidence),
        video=video(evidence) if has_outcome(evidence) else None,
        error=None if whole else error(evidence),
        body=evidence.exchange.answer.body,
    )


def known_ending(evidence: Evidence) -> Ending | None:
    """Return how the job was seen to end before, by the same operation."""
    it = job(evidence)
    return it.result if evidence.situation is Situation.FETCH else it.ending


def job(evidence: Evidence) -> Job:
    """Return the job that an answer in a situation about a job is about."""
    assert evidence.job is not None
    return evidence.job


def state(evidence: Evidence) -> str:
    """Return the state that the answer tells."""
    return evidence.text(evidence.contract.provider.job.status)


def video(evidence: Evidence) -> Json:
    """Return what stands where the address of the video should."""
    found: Json = evidence.find(evidence.contract.provider.job.video)
    return found


def error(evidence: Evidence) -> Json:
    """Return what stands where the reason of a failure should."""
    found: Json = evidence.find(evidence.contract.provider.job.error)
    return found


def cost(evidence: Evidence) -> Json:
    """Return what stands where the cost of a job should, if the provider tells it."""
    pointer = evidence.contract.provider.job.cost
    return None if pointer is None else evidence.find(pointer)


def position(evidence: Evidence) -> Json:
    """Return what stands where the place in the queue should, if the provider tells it."""
    pointer = evidence.contract.provider.job.position
    return None if pointer is None else evidence.find(pointer)


def has_outcome(evidence: Evidence) -> bool:
    """Say whether this answer is the one that carries the video."""
    return evidence.exchange.request.operation is evidence.contract.outcome


def is_finished(evidence: Evidence) -> bool:
    """Say whether the job had finished when it was asked for."""
    lifecycle = evidence.contract.lifecycle
    if evidence.situation is not Situation.FETCH:
        return state(evidence) in lifecycle.terminal
    # A result may be there because the job finished since it was last asked after,
    # and a refusal may be older than what the poll behind it has seen.
    seen = evidence.state if evidence.is_success else job(evidence).state
    return seen in lifecycle.terminal


def is_completed(evidence: Evidence) -> bool:
    """Say whether the job ended well."""
    if evidence.situation is Situation.FETCH:
        return is_finished(evidence) and evidence.is_success
    return evidence.contract.lifecycle.terminal.get(state(evidence)) is Outcome.SUCCESS


def has_completed(evidence: Evidence) -> bool:
    """Say whether this answer tells the outcome, and that it is a good one."""
    return has_outcome(evidence) and is_completed(evidence)


def has_failed(evidence: Evidence) -> bool:
    """Say whether this answer tells the outcome, and that it is a bad one."""
    return (
        has_outcome(evidence) and is_finished(evidence) and not is_completed(evidence)
    )


def may_be_a_failed_job(evidence: Evidence) -> bool:
    """Say whether the status code is that of the job, not that of the request."""
    # A job may have failed since it was last asked after, so what counts is the poll
    # behind the answer.
    return (
        evidence.situation is Situation.FETCH
        and evidence.status >= 400
        and evidence.state in evidence.contract.lifecycle.terminal
    )


def blamed_members(answer: Answer, members: Collection[str]) -> frozenset[str]:
    """Return those of *members* that a refusal names as wrong.

    Where it lists the places of what is wrong, nothing else in it names any: beside
    them it may repeat all that was sent.
    """
    told = decode(answer.body)
    places = {str(it) for place in _places(told) for it in place}
    # As text, a line break before a name would be a letter of it.
    lines = texts(told) or [answer.body.decode("utf-8", "replace")]
    words = {word for it in lines for word in re.findall(r"\w+", it)}
    return frozenset(members) & (places or words)


def texts(value: Json) -> list[str]:
    """Return every text in *value*, names of members too."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for it in value for text in texts(it)]
    if isinstance(value, dict):
        return [text for key, it in value.items() for text in (key, *texts(it))]
    return []


def _places(value: Json) -> Iterator[list[Json]]:
    """Yield the lists that lead to a value, as pydantic and zod write them."""
    if isinstance(value, list):
        for it in value:
            yield from _places(it)
    elif isinstance(value, dict):
        for name, it in value.items():
            if name in _PLACES and isinstance(it, list):
                yield it
            elif name not in _ECHOES:
                yield from _places(it)


def expect(evidence: Evidence, status: int) -> Finding | None:
    """Return a finding unless the answer has *status*."""
    if evidence.status == status:
        return None
    return Finding(problem=f"answered {evidence.status} instead of {status}")


def is_url(value: Json) -> bool:
    """Say whether *value* is an address on the web, or is the video itself."""
    if not isinstance(value, str):
        return False
    if value.startswith(INLINE):
        return len(value) > len(INLINE)
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def shown(value: Any) -> str:
    """Return *value* as a message may hold it."""
    return show(repr(value), longest=_SHOWN_VALUE)
