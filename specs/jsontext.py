"""JSON as its standard has it, read from bytes that may be hostile.

Python's reader also takes NaN, numbers that overflow, other encodings, and nesting that
later exhausts the stack of whoever walks the value or prints it.
"""

import json
import math
from collections.abc import Iterable
from typing import NoReturn

from specs.pointers import Json

DEEPEST_NESTING = 128
"""Four times the deepest real document seen (29)."""


def read_json(content: bytes) -> Json:
    """Return the value that *content*, in UTF-8, writes; raise ValueError if none."""
    try:
        value: Json = json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            parse_float=_read_float,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_too_deep(value):
        raise ValueError(f"nested more than {DEEPEST_NESTING} deep")
    return value


def is_same(one: Json, other: Json) -> bool:
    """Say whether two values are one in JSON, where 1 is 1.0 and neither is true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            is_same(it, other[key]) for key, it in one.items()
        )
    return one == other


def is_among(value: Json, values: Iterable[Json]) -> bool:
    """Say whether *values* hold *value*."""
    return any(is_same(value, it) for it in values)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _read_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text:.40} is too large a number")
    return value


def _is_too_deep(value: Json) -> bool:
    layer: list[Json] = [value]
    for _ in range(DEEPEST_NESTING):
        inner: list[Json] = []
        for it in layer:
            if isinstance(it, dict):
                inner += it.values()
            elif isinstance(it, list):
                inner += it
        if not inner:
            return False
        layer = inner
    return True
