"""Answers of a service whose poll carries everything: status, video and error."""

from collections.abc import Hashable
from typing import Any

from mock_server.answers.responses import (
    View,
    find_schema,
    identify,
    is_declared,
    price,
    put,
    success,
    write_video,
)
from mock_server.answers.samples import complete
from mock_server.exchange import Reply, json_reply
from mock_server.scenarios import Failure
from specs import Contract, Json, ObjectSchema, Operation


def answer_submit(view: View) -> Reply:
    """Return the answer to the submit of a job."""
    content = identify(view)
    _write_price(content, view, view.contract.submit)
    return _reply(content, view, view.contract.submit)


def particulars(view: View) -> Hashable:
    """Return what sets the answer to a submit apart from others, beside the id."""
    return view.standing.state, price(view)


def answer_poll(view: View) -> Reply:
    """Return the answer to a poll, which holds the outcome once there is one."""
    content = identify(view)
    if view.succeeded:
        write_video(content, view)
        _write_price(content, view, view.contract.poll)
    elif view.ended:
        error = _describe_failure(view.contract, view.failure)
        put(content, view.contract.provider.job.error, error)
    return _reply(content, view, view.contract.poll)


def _reply(content: dict[str, Any], view: View, operation: Operation) -> Reply:
    status, schema = success(operation)
    headers = {"x-inference-id": view.job.id}
    prices = view.contract.provider.prices
    if view.ended and prices is not None:
        # A job is charged for once it has completed, and only then.
        cost = price(view) if view.succeeded else 0
        prefix = f"x-{view.contract.provider.name}"
        headers[f"{prefix}-{prices.currency.lower()}-spent"] = f"{cost:g}"
        headers[f"{prefix}-credits-used"] = str(_credits(view, cost))
    return json_reply(status, complete(schema, content), headers=headers)


def _write_price(content: dict[str, Any], view: View, operation: Operation) -> None:
    job = view.contract.provider.job
    if job.cost is not None:
        put(content, job.cost, _credits(view, price(view)))
    if job.spent is not None and is_declared(operation, job.spent):
        put(content, job.spent, price(view))


def _credits(view: View, cost: float) -> int:
    """Return *cost* as the provider bills it."""
    prices = view.contract.provider.prices
    return round(cost * ((prices and prices.credits_per_unit) or 1))


def _describe_failure(contract: Contract, failure: Failure) -> Json:
    """Return *failure* as the document declares an error: an object, or a sentence."""
    pointer = contract.provider.job.error
    schema = find_schema(contract, pointer)
    if not isinstance(schema, ObjectSchema):
        return failure.message
    known = {
        "name": failure.type,
        "code": failure.type,
        "type": failure.type,
        "message": failure.message,
    }
    return complete(schema, {it: known[it] for it in schema.properties if it in known})
