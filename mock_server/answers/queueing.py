"""Answers of a service with a queue: submit, status, result and cancel.

A contract with a result operation speaks this protocol. Its terminal state says only
that the job is over; what came of it is the answer of the result, a success or an
error with a status code of its own.
"""

from collections.abc import Hashable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from mock_server.answers.responses import (
    Files,
    View,
    answer_schema,
    identify,
    put,
    repeat_inputs,
    write_video,
)
from mock_server.answers.samples import complete
from mock_server.exchange import Reply, json_reply
from specs import Event, Operation

_PLACE_SECONDS = 0.25  # how long each job ahead in the queue takes
_PARTS = 4  # how often a job in progress logs how far it is


def answer_submit(view: View) -> Reply:
    """Return the answer to the submit of a job."""
    content = _describe(view) | {"logs": None, "metrics": {}}
    content["queue_position"] = _queue_position(view)
    return _reply(200, content, view)


def particulars(view: View) -> Hashable:
    """Return what sets the answer to a submit apart from others, beside the id."""
    return view.standing.state, _queue_position(view)


def answer_status(view: View, *, logs: bool) -> Reply:
    """Return the answer to a poll; its code says whether the job is over."""
    queue = view.contract.provider.queue
    status = 200 if view.ended or queue is None else queue.pending
    return _reply(status, describe_status(view, logs=logs), view)


def moment(view: View) -> int:
    """Return what sets an answer about a job apart from an earlier one, if no event."""
    if view.standing.event is None:
        return _queue_position(view)
    return 0 if view.ended else len([*_logs(view)])


def describe_status(view: View, *, logs: bool) -> dict[str, Any]:
    """Return what a poll, or an event of the stream, says of the job."""
    content = _describe(view)
    if view.standing.event is None:
        content["queue_position"] = _queue_position(view)
    else:
        # Clients read `logs` without asking whether it is there.
        content["logs"] = list(_logs(view)) if logs else None
    if view.ended:
        content["metrics"] = {"inference_time": _inference_seconds(view)}
        if not view.succeeded:
            put(content, view.contract.provider.job.error, view.failure.message)
            content["error_type"] = view.failure.type
    return content


def answer_result(view: View, files: Files) -> Reply:
    """Return the model's output, or why there is none; *files* are what it has drawn."""
    if not view.ended:
        return _reply(400, {"detail": "Request is still in progress"}, view)
    if not view.succeeded:
        return _answer_failure(view)
    content: dict[str, Any] = {}
    write_video(content, view, files)
    content |= repeat_inputs(view)
    return _reply(200, complete(answer_schema(view.contract), content), view)


def answer_cancel(view: View, *, cancelled: bool) -> Reply:
    """Return the answer to a cancel, which comes too late where it was not *cancelled*."""
    if cancelled:
        queue = view.contract.provider.queue
        status = 200 if queue is None else queue.cancelled
        return _reply(status, {"status": "CANCELLATION_REQUESTED"}, view)
    return _reply(400, {"status": "ALREADY_COMPLETED"}, view)


def _answer_failure(view: View) -> Reply:
    failure, provider = view.failure, view.contract.provider
    # What has failed is not charged for.
    headers = {f"x-{provider.name}-billable-units": "0"}
    if failure.status == 422:
        item = {
            "loc": ["body"],
            "msg": failure.message,
            "type": failure.type,
            "url": f"{provider.errors.pages}{failure.type}",
            "input": dict(view.job.inputs),
        }
        return _reply(422, {"detail": [item]}, view).with_headers(headers)
    content = {"detail": failure.message, "error_type": failure.type}
    headers[f"x-{provider.name}-error-type"] = failure.type
    if failure.timeout:
        headers[f"x-{provider.name}-request-timeout-type"] = failure.timeout
    return _reply(failure.status, content, view).with_headers(headers)


def _reply(status: int, content: dict[str, Any], view: View) -> Reply:
    name = f"x-{view.contract.provider.name}-request-id"
    return json_reply(status, content, headers={name: view.job.id})


def _describe(view: View) -> dict[str, Any]:
    """Return what every status holds: id, state and where to go on."""
    contract = view.contract
    assert contract.result is not None
    content = identify(view)
    content["status_url"] = _url(contract.poll, view)
    content["response_url"] = _url(contract.result, view)
    if contract.cancel is not None:
        content["cancel_url"] = _url(contract.cancel, view)
    return content


def _url(operation: Operation, view: View) -> str:
    steps = operation.wire_path.split("/")
    known = {f"{{{operation.id}}}": view.job.id}
    return view.origin + "/".join(quote(known.get(it, it), safe="") for it in steps)


def _queue_position(view: View) -> int:
    change = view.job.next_change(view.now)
    return 0 if change is None else int((change - view.now) / _PLACE_SECONDS)


def _inference_seconds(view: View) -> float:
    started = [it.since for it in view.history if it.event is Event.START]
    return round(view.standing.since - started[0], 3) if started else 0.0


def _logs(view: View) -> Iterator[dict[str, str]]:
    """Yield what the job has logged up to now."""
    for standing in view.history[1:]:
        yield _log(f"job: {standing.event}", standing.since)
        end = view.job.due
        if standing.event is not Event.START or end is None:
            continue
        until = view.standing.since if view.ended else view.now
        for part in range(1, _PARTS):
            at = standing.since + (end - standing.since) * part / _PARTS
            if at <= until:
                yield _log(f"generating: {100 * part // _PARTS} %", at)


def _log(message: str, at: float) -> dict[str, str]:
    return {
        "message": message,
        "timestamp": datetime.fromtimestamp(at, UTC).isoformat(),
        "level": "INFO",
        "source": "USER",
    }
