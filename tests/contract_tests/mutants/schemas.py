"""The raw schema of a submit body, made plain for jsonschema, and how bytes are read."""

import copy
import json
import math
import re
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from specs import Contract, look_up

FORMATS = FormatChecker(formats=())


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# The documents are OpenAPI 3.0, to which 17.0 is no integer.
Judge = extend(  # type: ignore[no-untyped-call]  # jsonschema has no hints for it
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    letters = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}"
    return not isinstance(value, str) or bool(
        re.fullmatch(rf"[A-Za-z][A-Za-z0-9+.\-]*:({letters})+", value)
    )


def resolved(contract: Contract) -> dict[str, Any]:
    """Return the schema of *contract*'s body, without references and null by type."""
    raw = contract.submit.document.raw
    pointer = contract.body.pointer.partition("#")[2]
    found: dict[str, Any] = _plain(copy.deepcopy(look_up(raw, pointer)), raw)
    return found


def _plain(node: Any, raw: Any) -> Any:
    if isinstance(node, list):
        return [_plain(it, raw) for it in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(look_up(raw, node["$ref"].removeprefix("#")), raw)
    plain = {key: _plain(it, raw) for key, it in node.items()}
    if plain.get("nullable") is True:
        plain["type"] = [plain["type"], "null"]
    return plain


def read_json(body: bytes) -> Any:
    """Return the value that *body* writes; raise ValueError for anything but JSON."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    if math.isinf(value := float(text)):
        raise ValueError(f"{text} is too large")
    return value
