"""`specs` schemas as the JSON Schemas that the model generator reads.

What the generator sees is written anew from what `specs` understood: types, bounds,
enums, defaults, plain text, and references to the names given here. A document has no
way to slip in a reference to a file, an import or any other extension.
"""

import keyword
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from codegen.errors import UnsupportedShapeError
from codegen.names import class_name, identifier, unique
from codegen.python_types import literals
from codegen.sentences import describe, sentence
from specs import (
    UNSET,
    ArraySchema,
    BooleanSchema,
    Bound,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)

_COMPONENTS = "#/components/schemas/"

_TAKEN = frozenset(
    {
        *keyword.kwlist,
        "Annotated",
        "Any",
        "ConfigDict",
        "Field",
        "Literal",
        "MISSING",
        "Model",
        "RootModel",
    }
)
"""Names that a module of models has of its own."""


def name_classes(root: ObjectSchema, *, name: str) -> dict[str, str]:
    """Return the class name of each object in *root*, by its pointer; root is *name*."""
    found = {root.pointer: name}
    for schema, words in _objects(root, name):
        found.setdefault(schema.pointer, words)
    # The model generator takes underscores out of the names of classes.
    names = unique(found.values(), taken=_TAKEN, joint="")
    return dict(zip(found, names, strict=True))


def write_schemas(
    root: ObjectSchema, classes: Mapping[str, str], *, is_input: bool
) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each object in *root*, by its class name."""
    writer = _Writer(classes, is_input=is_input)
    found = {root.pointer: root}
    for schema, _ in _objects(root, ""):
        found.setdefault(schema.pointer, schema)
    return {classes[at]: writer.write_object(it) for at, it in found.items()}


def _objects(schema: Schema, words: str) -> Iterator[tuple[ObjectSchema, str]]:
    """Yield each object with properties inside *schema*, and what to call it."""
    match schema:
        case ObjectSchema():
            for it in schema.properties.values():
                inner = identifier(it.name, where=it.schema.pointer, prefix="field")
                yield from _named(it.schema, words + class_name(inner))
            if isinstance(schema.additional, Schema):
                yield from _named(schema.additional, f"{words}Value")
        case ArraySchema():
            yield from _named(schema.items, f"{words}Item")
        case UnionSchema():
            for option in schema.options:
                yield from _named(option, words)
        case _:
            return


def _named(schema: Schema, words: str) -> Iterator[tuple[ObjectSchema, str]]:
    if isinstance(schema, ObjectSchema) and schema.properties:
        # A component has a name that its authors chose: it reads better.
        place, _, component = schema.pointer.rpartition("#/components/schemas/")
        chosen = class_name(component)
        if place and chosen.isascii() and chosen.isidentifier():
            words = chosen
        yield schema, words
    yield from _objects(schema, words)


class _Writer:
    def __init__(self, classes: Mapping[str, str], *, is_input: bool) -> None:
        self._classes = classes
        self._is_input = is_input

    def write_object(self, schema: ObjectSchema) -> dict[str, Any]:
        return {
            "type": "object",
            **_text("description", sentence(schema.description)),
            "properties": {
                it.name: self._write_property(it.schema)
                for it in schema.properties.values()
            },
            "required": [it.name for it in schema.properties.values() if it.required],
            **self._additional(schema),
        }

    def _additional(self, schema: ObjectSchema) -> dict[str, Any]:
        if not self._is_input or schema.additional is True:
            return {}  # an answer may always hold more than is documented
        if schema.additional is False:
            return {"additionalProperties": False}
        raise UnsupportedShapeError(
            f"{schema.pointer}/additionalProperties",
            "declares both properties and a schema for all others",
            fix="treat it in waivers.toml (action 'drop')",
        )

    def _write_property(self, schema: Schema) -> dict[str, Any]:
        written = self._write(schema)
        if self._is_input and schema.default is not UNSET and _is_plain(schema):
            written["default"] = schema.default
        return {**written, **_text("description", describe(schema))}

    def _write(self, schema: Schema) -> dict[str, Any]:
        plain = self._write_plain(schema)
        if not schema.nullable or not plain:
            return plain
        return {"anyOf": [*plain.get("anyOf", [plain]), {"type": "null"}]}

    def _write_plain(self, schema: Schema) -> dict[str, Any]:
        if schema.enum is None:
            return self._write_shape(schema)
        values = literals(schema)
        if self._is_input and values is None:
            raise UnsupportedShapeError(
                f"{schema.pointer}/enum",
                f"{list(schema.enum)!r:.80} cannot be written as a Literal",
                fix="treat it in waivers.toml (action 'drop')",
            )
        if self._is_input:
            return {"enum": list(values or ())}
        # An answer may hold a value that the document does not know yet.
        known = [{"enum": list(values)}] if values else []
        return {"anyOf": [*known, self._write_shape(schema)]}

    def _write_shape(self, schema: Schema) -> dict[str, Any]:
        match schema:
            case NumberSchema():
                return {"type": schema.type, **_number_rules(schema)}
            case StringSchema():
                return {"type": "string", **_string_rules(schema)}
            case BooleanSchema():
                return {"type": "boolean"}
            case NullSchema():
                return {"type": "null"}
            case ArraySchema():
                rules = _sizes("Items", schema.min_items, schema.max_items)
                return {"type": "array", "items": self._write(schema.items), **rules}
            case ObjectSchema():
                return self._write_reference(schema)
            case UnionSchema():
                return {"anyOf": [self._write(it) for it in schema.options]}
            case _:
                return {}

    def _write_reference(self, schema: ObjectSchema) -> dict[str, Any]:
        if schema.properties:
            return {"$ref": _COMPONENTS + self._classes[schema.pointer]}
        if isinstance(schema.additional, Schema):
            values = self._write(schema.additional)
            return {"type": "object", "additionalProperties": values}
        return {"type": "object", "additionalProperties": True}


def _is_plain(schema: Schema) -> bool:
    """Say whether a default of *schema* has one obvious Python literal."""
    return isinstance(schema, NumberSchema | StringSchema | BooleanSchema)


def _number_rules(schema: NumberSchema) -> dict[str, Any]:
    step = schema.multiple_of
    return {
        **_bound("minimum", "exclusiveMinimum", schema.minimum),
        **_bound("maximum", "exclusiveMaximum", schema.maximum),
        **({} if step is None else {"multipleOf": _number(step)}),
    }


def _string_rules(schema: StringSchema) -> dict[str, Any]:
    return {
        **_sizes("Length", schema.min_length, schema.max_length),
        **_text("pattern", schema.pattern),
        **_text("x-format", schema.format),
    }


def _bound(inclusive: str, exclusive: str, bound: Bound | None) -> dict[str, Any]:
    if bound is None:
        return {}
    return {exclusive if bound.exclusive else inclusive: _number(bound.value)}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _sizes(what: str, low: int, high: int | None) -> dict[str, Any]:
    smallest = {f"min{what}": low} if low else {}
    return smallest if high is None else {**smallest, f"max{what}": high}


def _text(name: str, text: str | None) -> dict[str, Any]:
    return {name: text} if text else {}
