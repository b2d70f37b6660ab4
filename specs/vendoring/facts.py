"""What contracts promise, flattened to lines that can be compared.

Prose, titles and examples promise nothing and are left out.
"""

from collections.abc import Collection, Iterator
from dataclasses import fields
from typing import Any

from specs.model import Operation
from specs.pointers import join_pointer
from specs.registry import Registry
from specs.schemas import ArraySchema, Bound, ObjectSchema, Schema, UnionSchema

_PROSE = frozenset({"pointer", "title", "description", "examples"})
_INNER = frozenset({"properties", "additional", "items", "options"})

Facts = dict[str, str]
"""Each fact's value by where it holds: `model submit /body/num_frames minimum`."""


def facts_of(registry: Registry, documents: Collection[str]) -> Facts:
    """Return the facts that *registry* reads in *documents*."""
    return {
        f"{contract.model} {operation.role} {place}": value
        for contract in registry.contracts
        for operation in contract.operations
        if operation.document.name in documents
        for place, value in _operation_facts(operation)
    }


def compare_facts(before: Facts, after: Facts) -> list[str]:
    """Return a line for each fact that differs, as diffs have it."""
    lines = []
    for place in sorted({*before, *after}):
        old, new = before.get(place), after.get(place)
        if old != new:
            lines += [] if old is None else [f"- {place}: {old}"]
            lines += [] if new is None else [f"+ {place}: {new}"]
    return lines


def _operation_facts(operation: Operation) -> Iterator[tuple[str, str]]:
    yield "call", f"{operation.method} {operation.wire_path}"
    for it in operation.parameters:
        place = f"/{it.location}/{it.name}"
        yield f"{place} required", str(it.required)
        yield from _schema_facts(it.schema, place)
    if operation.body is not None:
        yield from _schema_facts(operation.body, "/body")
    for status, answer in operation.answers.items():
        yield f"/{status} answers", "JSON" if answer else "nothing"
        if answer is not None:
            yield from _schema_facts(answer, f"/{status}")


def _schema_facts(schema: Schema, place: str) -> Iterator[tuple[str, str]]:
    yield f"{place} kind", type(schema).__name__.removesuffix("Schema").lower()
    for it in fields(schema):
        value: Any = getattr(schema, it.name)
        if it.name not in _PROSE | _INNER and value not in (it.default, ()):
            yield f"{place} {it.name}", _written(value)
    match schema:
        case ObjectSchema():
            for name, member in schema.properties.items():
                inner = join_pointer(place, name)
                yield f"{inner} required", str(member.required)
                yield from _schema_facts(member.schema, inner)
            if isinstance(schema.additional, Schema):
                yield from _schema_facts(schema.additional, f"{place}/*")
            else:
                yield f"{place} additional", str(schema.additional)
        case ArraySchema():
            yield from _schema_facts(schema.items, f"{place}/*")
        case UnionSchema():
            for index, option in enumerate(schema.options):
                yield from _schema_facts(option, join_pointer(place, index))
        case _:
            return


def _written(value: Any) -> str:
    if isinstance(value, Bound):
        return f"{'exclusive ' if value.exclusive else ''}{value.value}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
