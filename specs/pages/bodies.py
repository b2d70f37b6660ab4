"""A value in a page, held to a schema of the contract."""

import difflib
import json
from collections.abc import Iterator
from typing import Any

from specs.exchange import Answer, Breach, Request
from specs.judge import Judge
from specs.model import Contract, Operation
from specs.pages.found import Findings
from specs.pages.values import Path, Reading
from specs.pointers import join_pointer
from specs.schemas import ArraySchema, ObjectSchema, Schema, UnionSchema

_RULES = {
    "required": "missing-field",
    "type": "wrong-type",
    "nullable": "wrong-type",
    "enum": "outside-enum",
    "const": "outside-enum",
    "additionalProperties": "unknown-field",
}
_RANGES = frozenset(
    [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    ]
)
_WORDS = {
    "minimum": "is at least {}",
    "maximum": "is at most {}",
    "exclusiveMinimum": "is above {}",
    "exclusiveMaximum": "is below {}",
    "multipleOf": "is a multiple of {}",
    "minLength": "has at least {} characters",
    "maxLength": "has at most {} characters",
    "minItems": "has at least {} items",
    "maxItems": "has at most {} items",
    "pattern": "matches {}",
    "format": "is written as {}",
    "type": "is of type {}",
    "enum": "is one of {}",
    "const": "is {}",
}
_CHOICES = frozenset({"anyOf", "oneOf", "allOf", "not"})


class Court:
    """The judges of every contract, each made when it is first needed."""

    def __init__(self) -> None:
        self._judges: dict[str, Judge] = {}

    def check_body(self, contract: Contract, body: Reading, found: Findings) -> None:
        """Add what is wrong with *body* as the body of a submit."""
        auth = contract.provider.auth
        request = Request(
            operation=contract.submit,
            # Without a key the judge looks no further.
            headers={auth.header: f"{auth.scheme} key"},
            body=_bytes(body.value),
        )
        for breach in self._judge(contract).check_request(request):
            if breach.location == "body" and not _is_excused(breach, body):
                _add(breach, body, contract, found)
        for path, near in unknown_fields(contract.body, body.value, ()):
            hint = f"; did you mean {near}?" if near else ""
            found.add(
                "unknown-field",
                body.line(path),
                f"{_name(path)} is sent",
                f"{contract.id} has no such parameter{hint}",
                contract.body.pointer,
            )

    def breaches(
        self, contract: Contract, operation: Operation, status: int, answer: Reading
    ) -> list[Breach]:
        """Return what is wrong with *answer* as an answer of *operation*."""
        given = Answer(status=status, body=_bytes(answer.value))
        found = self._judge(contract).check_answer(Request(operation=operation), given)
        return [it for it in found if not _is_excused(it, answer)]

    def _judge(self, contract: Contract) -> Judge:
        if contract.id not in self._judges:
            self._judges[contract.id] = Judge(contract)
        return self._judges[contract.id]


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def _is_excused(breach: Breach, reading: Reading) -> bool:
    """Say whether what is not known of the value may mend *breach*."""
    path = breach.path
    if breach.rule == "required":
        return path[:-1] in reading.is_open
    if any(path[: len(it)] == it for it in reading.unknown):
        return True
    inside = any(it[: len(path)] == path for it in reading.unknown | reading.is_open)
    return inside and (breach.rule in _CHOICES or breach.rule in _RANGES)


def _add(breach: Breach, body: Reading, contract: Contract, found: Findings) -> None:
    rule = _RULES.get(
        breach.rule, "outside-range" if breach.rule in _RANGES else "wrong-type"
    )
    name = _name(breach.path)
    if rule == "missing-field":
        says, holds = f"{name} is left out", f"{contract.id} requires {name}"
    else:
        says = f"{name} is {show(breach.value)}"
        holds = f"{name} of {contract.id} {limit(breach)}"
    pointer = join_pointer(contract.body.pointer, "properties", *breach.path[:1])
    found.add(rule, body.line(breach.path), says, holds, pointer)


def limit(breach: Breach) -> str:
    """Return what the rule of *breach* asks for, in words."""
    words = _WORDS.get(breach.rule)
    if words is None:
        return f"is otherwise: {breach.message}"
    listed = isinstance(breach.limit, list)
    values = breach.limit if isinstance(breach.limit, list) else [breach.limit]
    shown = ", ".join(show(it) if listed else str(it) for it in values)
    return words.format(shown)


def show(value: Any) -> str:
    """Return *value* as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _name(path: Path) -> str:
    return ".".join(map(str, path)) or "the body"


def unknown_fields(
    schema: Schema, value: Any, path: Path
) -> Iterator[tuple[Path, str]]:
    """Yield the members of *value* that *schema* does not declare, with near names."""
    match schema, value:
        case ObjectSchema(properties=properties, additional=True), dict() if properties:
            for name, it in value.items():
                if name in properties:
                    yield from unknown_fields(
                        properties[name].schema, it, (*path, name)
                    )
                else:
                    near = difflib.get_close_matches(
                        name[:200], properties, n=1, cutoff=0.7
                    )
                    yield (*path, name), "".join(near)
        case ArraySchema(items=items), list():
            for index, it in enumerate(value):
                yield from unknown_fields(items, it, (*path, index))
        case UnionSchema(options=options), _:
            every = [dict(unknown_fields(it, value, path)) for it in options]
            first, *others = every
            yield from (
                (name, near)
                for name, near in first.items()
                if all(name in it for it in others)
            )
        case _:
            return
