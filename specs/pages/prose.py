"""What the words of a page state of parameters, held to the contract."""

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from specs.jsontext import is_same
from specs.model import Contract
from specs.pages.blocks import Line
from specs.pages.bodies import show
from specs.pages.found import Findings
from specs.pages.parameters import Entry, find_entries
from specs.pages.statements import Statement, find_required, find_statements
from specs.pages.values import is_placeholder
from specs.schemas import (
    UNSET,
    ArraySchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Schema,
    StringSchema,
    UnionSchema,
)

_FEWEST = 3
_SHARE = 0.6


def check_parameters(
    lines: tuple[Line, ...], contracts: list[Contract], found: Findings
) -> None:
    """Add what *lines* state of parameters and every one of *contracts* denies."""
    if not contracts:
        return
    sides = _sides(contracts)
    known = frozenset(name for tables in sides.values() for it in tables for name in it)
    groups: dict[int, list[Entry]] = {}
    for entry in find_entries(lines, known):
        _check_entry(entry, sides, found)
        if entry.is_listed:
            groups.setdefault(entry.group, []).append(entry)
    for entries in groups.values():
        _check_names(entries, sides, found)


Table = Mapping[str, Property]


def _sides(contracts: Iterable[Contract]) -> dict[str, list[Table]]:
    """Return the members of every body, and of every answer."""
    bodies: list[Table] = []
    answers: list[Table] = []
    for contract in contracts:
        bodies.append(contract.body.properties)
        for operation in contract.operations:
            bodies.append({it.name: it for it in operation.parameters})
            answers += [
                it.properties
                for it in operation.answers.values()
                if isinstance(it, ObjectSchema)
            ]
    return {"body": bodies, "answer": answers}


def _check_entry(entry: Entry, sides: dict[str, list[Table]], found: Findings) -> None:
    tables = sides[entry.side] if entry.side else [*sides["body"], *sides["answer"]]
    members = [it[entry.name] for it in tables if entry.name in it]
    if not members:
        return
    head = [(entry.line, it) for it in find_statements(entry.head)]
    head += [(entry.line, it) for it in find_required(entry.head)]
    stated = [
        (line.number, it) for line in entry.lines for it in find_statements(line.text)
    ]
    for number, statement in (*head, *stated):
        denials = [_denial(statement, it) for it in members]
        if all(denials):
            found.add(
                f"prose-{statement.kind}",
                number,
                f"{entry.name}: {statement.words.strip()}",
                f"{entry.name} {denials[0]}",
                members[0].schema.pointer,
            )


def _denial(statement: Statement, member: Property) -> str:
    """Return what *member* says against *statement*; nothing where it does not."""
    schema = member.schema
    if statement.kind == "required":
        must = "must be sent" if member.required else "may be left out"
        return "" if member.required is statement.value else must
    options = schema.options if isinstance(schema, UnionSchema) else (schema,)
    if statement.kind == "default":
        return _denied_default(statement.value, schema)
    if statement.kind == "range":
        assert isinstance(statement.value, tuple)  # that is how a range is stated
        return _denied_range(statement.value, options)
    listed = [it for option in (schema, *options) for it in option.enum or ()]
    values = [
        str(it) if not isinstance(it, bool) else str(it).casefold() for it in listed
    ]
    assert isinstance(statement.value, list)  # that is how an enum is stated
    if (
        not values
        or {*statement.value} == {*values}
        or not {*statement.value} & {*values}
    ):
        return ""
    return f"is one of {', '.join(dict.fromkeys(values))}"


def _denied_default(stated: Any, schema: Schema) -> str:
    default = schema.default
    if default is UNSET or isinstance(default, list | dict) or default is None:
        return ""
    words = f"is {show(default)} by default"
    if isinstance(default, bool):
        return words if isinstance(stated, bool) and stated != default else ""
    if isinstance(default, str):
        text = str(stated)
        cut = is_placeholder(text) or isinstance(stated, bool)
        return "" if cut or text == default or text.strip("'\"") == default else words
    is_number = isinstance(stated, int | float) and not isinstance(stated, bool)
    return words if is_number and not is_same(stated, default) else ""


def _denied_range(
    stated: tuple[Decimal | None, Decimal | None], options: Iterable[Schema]
) -> str:
    for schema in options:
        low, high = _bounds(schema)
        pairs = ((stated[0], low), (stated[1], high))
        if any(None not in it and it[0] != it[1] for it in pairs):
            ends = [
                f"from {low}" if low is not None else "",
                f"to {high}" if high is not None else "",
            ]
            return f"goes {' '.join(filter(None, ends))}"
    return ""


def _bounds(schema: Schema) -> tuple[Decimal | None, Decimal | None]:
    """Return the bounds of *schema*, of its value, its length or its number of items."""
    match schema:
        case NumberSchema(minimum=low, maximum=high):
            return low.value if low else None, high.value if high else None
        case StringSchema(min_length=short, max_length=long) if (
            short or long is not None
        ):
            return Decimal(short), None if long is None else Decimal(long)
        case ArraySchema(min_items=few, max_items=many) if few or many is not None:
            return Decimal(few), None if many is None else Decimal(many)
        case _:
            return None, None


def _check_names(
    entries: list[Entry], sides: dict[str, list[Table]], found: Findings
) -> None:
    """Add the names in one list that no contract knows, where it knows most of them."""
    side = entries[0].side
    tables = sides[side] if side else [*sides["body"], *sides["answer"]]
    known = {name for it in tables for name in it}
    strange = [it for it in entries if it.name not in known]
    if len(entries) < _FEWEST or len(entries) - len(strange) < _SHARE * len(entries):
        return
    for entry in strange:
        near = difflib.get_close_matches(entry.name, known, n=1, cutoff=0.7)
        hint = f"; did you mean {near[0]}?" if near else ""
        found.add(
            "unknown-parameter",
            entry.line,
            f"{entry.name} is listed",
            f"the contract declares no {entry.name}{hint}",
        )
