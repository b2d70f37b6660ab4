"""How a value is written on the wire, where it matters how.

JSON writes one number in many ways: 100 is also 100.0 and 1e2. Python's writer knows
one of them, so a text that must reach the server as it is stands in a `Written`.
"""

import json
from dataclasses import dataclass
from typing import Any

from specs import Json


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it stands on the wire, which need not be JSON at all."""

    text: str


def encode(body: Any) -> bytes:
    """Return *body* as the JSON that clients send: compact, in UTF-8."""
    written: list[str] = []

    def keep(value: object) -> str:
        if not isinstance(value, Written):
            raise TypeError(f"{type(value).__name__} has no form in JSON")
        written.append(value.text)
        return f"\ue000{len(written) - 1}\ue000"

    text = json.dumps(
        body,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=keep,
    )
    for index, it in enumerate(written):
        text = text.replace(f'"\ue000{index}\ue000"', it, 1)
    return text.encode()


def decode(raw: bytes) -> Json:
    """Return what *raw* says as JSON, or None where it says nothing."""
    try:
        value: Json = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value


def spellings(value: float) -> tuple[Written, ...]:
    """Return the other ways to write *value*: with a fraction, and with an exponent."""
    whole = float(value).is_integer()
    if not whole:
        return (Written(f"{value!r}e0"),) if "e" not in repr(value) else ()
    digits = str(int(value))
    bare = digits.rstrip("0")
    if bare in {"", "-"}:
        return Written("0.0"), Written("0e0")
    return Written(f"{digits}.0"), Written(f"{bare}e{len(digits) - len(bare)}")
