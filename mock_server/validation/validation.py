"""Whether a submit keeps what its document promises, and which model it is meant for.

The verdict is the document's own, by `mock_server.validation.verdicts`. The model is found before, so that
one wrong member gives one error and not one per model of the path.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mock_server.exchange import Call
from mock_server.refusals.reasons import Reason, RefusedError
from mock_server.routing import Route
from mock_server.validation.verdicts import Verdicts
from specs import (
    BooleanSchema,
    Breach,
    Contract,
    Json,
    NumberSchema,
    Operation,
)

_JSON = "application/json"
_DEEPEST = 64
_MOST_VALUES = 20_000
_MOST_BREACHES = 50
_MOST_MEMBERS = 100  # of a query
_LONGEST_QUERY = 500  # bytes of one that is remembered
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?")
_FLAGS = {"true": True, "false": False}


def read_json(call: Call) -> Json:
    """Return the body of *call* as JSON; raise RefusedError where it is anything else.

    Of a member that is given twice the last one counts, as in a browser. NaN and the
    infinities are not JSON.
    """
    content_type = call.headers.get("content-type", "")
    if content_type != _JSON and _media_type(content_type) != _JSON:
        raise RefusedError(
            Reason.UNREADABLE, "Expected a body of content type application/json"
        )
    body = call.body
    if len(body) > _MOST_VALUES and body.count(b",") > _MOST_VALUES:
        raise RefusedError(Reason.UNREADABLE, f"More than {_MOST_VALUES} values")
    try:
        content: Json = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise RefusedError(Reason.UNREADABLE, str(exc)) from exc
    if body.count(b"[") + body.count(b"{") > _DEEPEST:
        _check_depth(content)
    return content


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _check_depth(content: Json) -> None:
    """Raise RefusedError where *content* is nested too deep for what comes after."""
    level: list[Any] = [content]
    for _ in range(_DEEPEST):
        containers = (it for it in level if isinstance(it, list | dict))
        level = [
            child
            for it in containers
            for child in (it.values() if isinstance(it, dict) else it)
        ]
        if not level:
            return
    raise RefusedError(Reason.UNREADABLE, f"Nested deeper than {_DEEPEST} levels")


def select_contract(route: Route, body: Json) -> tuple[Contract, dict[str, Any]]:
    """Return the contract of *route* that *body* is meant for, and the body's members."""
    if not isinstance(body, dict):
        raise _invalid((), "type", "object", body)
    selector = route.provider.model
    if selector.location == "path":
        return next(iter(route.contracts.values())), body
    path = (selector.name,)
    if selector.name not in body:
        raise _invalid(path, "required", [selector.name], body)
    model = body[selector.name]
    if not isinstance(model, str):
        raise _invalid(path, "type", "string", model)
    if model not in route.contracts:
        near = get_close_matches(model[:200], route.contracts, n=5)
        raise _invalid(path, "enum", near or [*route.contracts], model)
    return route.contracts[model], body


def _invalid(
    path: tuple[str | int, ...],
    rule: str,
    limit: Json,
    value: Json,
    *,
    location: str = "body",
) -> RefusedError:
    message = f"{'.'.join(map(str, path)) or location} breaks the rule {rule!r}"
    breach = Breach(
        location=location, path=path, rule=rule, limit=limit, value=value,
        message=message,
    )  # fmt: skip
    return RefusedError(Reason.INVALID, breaches=[breach])


def check_submit(
    verdicts: Verdicts, contract: Contract, call: Call, body: dict[str, Any]
) -> None:
    """Raise RefusedError with every rule that *call* breaks, whose body is *body*."""
    header = contract.provider.auth.header
    headers = {header: call.headers.get(header.lower(), "")}
    found = verdicts.check_submit(call.body, body, headers)
    first = next(found, None)
    if first is not None:
        breaches = [first, *islice(found, _MOST_BREACHES - 1)]
        raise RefusedError(Reason.INVALID, breaches=_one_each(breaches))


def _one_each(breaches: list[Breach]) -> list[Breach]:
    """Return one breach per value: of a wrong type and a wrong choice, the choice."""
    if len(breaches) == 1:
        return breaches
    kept: dict[tuple[str | int, ...], Breach] = {}
    for breach in breaches:
        if breach.path not in kept or breach.rule == "enum":
            kept[breach.path] = breach
    return list(kept.values())


def read_query(call: Call) -> Mapping[str, str]:
    """Return the query of *call*; of a name that is given twice the last one counts."""
    read = _read_query if len(call.query) <= _LONGEST_QUERY else _read_query.__wrapped__
    return read(call.query)


@lru_cache(20_000)
def _read_query(query: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            query.decode("ascii", "replace"),
            keep_blank_values=True,
            max_num_fields=_MOST_MEMBERS,
        )
    except ValueError as exc:
        limit = f"at most {_MOST_MEMBERS} members"
        raise _invalid((), "maxProperties", limit, None, location="query") from exc
    return dict(pairs)


def read_id(operation: Operation, values: Mapping[str, str]) -> str:
    """Return the job's id out of *values*, those of the path and of the query."""
    assert operation.id is not None
    if operation.id not in values:
        path = (operation.id,)
        raise _invalid(path, "required", [operation.id], {}, location="query")
    return values[operation.id]


def read_flag(operation: Operation, name: str, query: Mapping[str, str]) -> bool:
    """Return the query's switch of that name; off where it or its declaration is absent.

    Documents declare such a switch as a number, clients send `true` or `1`.
    """
    text = query.get(name)
    declared = {it.name: it.schema for it in operation.parameters}
    schema = declared.get(name)
    if text is None or not isinstance(schema, NumberSchema | BooleanSchema):
        return False
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    if _NUMBER.fullmatch(text):
        return float(text) != 0
    raise _invalid((name,), "type", "number", text[:200], location="query")
