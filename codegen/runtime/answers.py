"""Answers of a service, read with distrust.

Whatever came is turned into a JSON object or into one error, here and nowhere else;
text of a server reaches a message only on one line and cut to a length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from .errors import (
    ApiError,
    ContractViolation,
    Fault,
    Problem,
    api_error,
    one_line,
)
from .exchange import Response
from .retries import retry_after

Body = Mapping[str, Any]
"""A JSON object, as parsed."""

_REQUEST_ID_HEADERS = ("x-fal-request-id", "x-inference-id", "x-request-id")


def read_body(response: Response, *, where: str) -> Body:
    """Return the JSON object of a successful answer.

    Raises ApiError where the service refused, ContractViolation where the answer is no
    JSON object.
    """
    if not 200 <= response.status <= 299:
        raise read_refusal(response, where=where)
    body = parse(response)
    if not isinstance(body, dict):
        raise ContractViolation(
            f"{where} answered {response.status} with {_excerpt(response)}, which is "
            "no JSON object; is this the address of the service?",
            body=body,
        )
    return cast("Body", body)


def read_refusal(response: Response, *, where: str) -> ApiError:
    """Return the error that an unsuccessful answer amounts to."""
    body = parse(response)
    fault = read_fault(body)
    if body is None and response.content:
        fault = Fault(message=_excerpt(response))
    return api_error(
        where,
        status=response.status,
        fault=fault,
        request_id=request_id(response, body),
        retry_after=retry_after(response),
        body=response.content.decode(errors="replace") if body is None else body,
    )


def read_fault(answer: object) -> Fault:
    """Return what an error answer says; empty where it says nothing known."""
    if isinstance(answer, str):
        return Fault(message=one_line(answer))
    body = as_object(answer)
    if isinstance(body.get("error"), dict):
        return read_fault(body["error"])
    name = body.get("name") or body.get("error_type")
    if problems := tuple(_problem(it) for it in as_list(body.get("detail"))):
        told = ", ".join(f"{it.parameter}: {it.message}" for it in problems)
        first = as_object(as_list(body["detail"])[0])
        return Fault(
            name=_text(name or first.get("type")),
            message=one_line(told),
            problems=problems,
        )
    places = ("message", "detail", "error", "status")
    message = next((body[it] for it in places if body.get(it)), None)
    return Fault(name=_text(name), message=_text(message))


def as_object(value: object) -> Body:
    """Return *value* if it is a JSON object, otherwise an empty one."""
    return cast("Body", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """Return *value* if it is a JSON list, otherwise an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def look_up(body: object, pointer: str) -> object:
    """Return what the JSON *pointer* names in *body*, or None where it names nothing."""
    value = body
    for token in pointer.split("/")[1:]:
        value = as_object(value).get(token.replace("~1", "/").replace("~0", "~"))
    return value


def parse(response: Response) -> object:
    """Return the JSON value of *response*, or None where there is none."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _problem(item: object) -> Problem:
    found = as_object(item)
    place = [str(it) for it in as_list(found.get("loc"))]
    names = place[1:] if place[:1] == ["body"] else place
    return Problem(one_line(".".join(names)) or "body", _text(found.get("msg", item)))


def request_id(response: Response, body: object = None) -> str | None:
    """Return the id by which the service's support finds the call."""
    for name in _REQUEST_ID_HEADERS:
        if name in response.headers:
            return one_line(response.headers[name])
    found = look_up(body, "/requestId")
    return one_line(found) if isinstance(found, str) else None


def _text(value: object) -> str:
    if value is None:
        return ""
    return one_line(value if isinstance(value, str) else json.dumps(value))


def _excerpt(response: Response) -> str:
    return repr(one_line(response.content[:200].decode(errors="replace"), limit=80))
