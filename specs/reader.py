"""Raw schema nodes, read into `specs.schemas`.

One method per type. Whatever a node declares that would change which values are
valid is either carried into the result or refused by name: nothing is skipped in
silence.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from specs.admission import has_type, refuse_default, refuse_listed
from specs.bounds import refuse_empty_range, whole_bound
from specs.composition import Composer, constraints, place_of
from specs.dialect import Node, fold_bound, fold_enum, fold_number, fold_types
from specs.errors import (
    EmptyRangeError,
    RecursiveReferenceError,
    UnsupportedSchemaError,
)
from specs.pointers import join_pointer
from specs.schemas import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Bound,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Schema,
    StringSchema,
    UnionSchema,
)
from specs.shapes import as_object, list_at, object_at

UNSUPPORTED = (
    "not",
    "if",
    "patternProperties",
    "propertyNames",
    "prefixItems",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    # These lead validators elsewhere: a mapping even to addresses, by what a value says.
    "discriminator",
    "$id",
    "$dynamicRef",
)
"""Keywords that would change what is valid and that nothing here carries on."""

DEEPEST_NESTING = 64
"""Far deeper than any real request, far shallower than the interpreter's stack."""


class SchemaReader:
    """Reads the schemas of one document, which is called *name* in messages."""

    def __init__(self, raw: Mapping[str, Any], *, name: str) -> None:
        self._name = name
        self._composer = Composer(raw, name=name)
        self._open: list[str] = []  # the schemas being read, outermost first

    def read(self, node: Any, pointer: str) -> Schema:
        """Return the schema that stands at *pointer*; raise SpecError where it cannot."""
        return self._read_beside(node, pointer, {}, "")

    def _read_beside(
        self, node: Any, pointer: str, outer: Node, outer_pointer: str
    ) -> Schema:
        """Return the schema of the values that *node* and *outer* both admit."""
        node, target = self._composer.compose(node, pointer)
        where = f"{self._name}#{target}"
        if node is True:
            node = {}
        as_object(node, where)
        if outer:
            node = self._composer.join((node, target), (outer, outer_pointer))
        if target in self._open:
            raise RecursiveReferenceError(
                where, "the schema contains itself", fix="break the circle"
            )
        if len(self._open) == DEEPEST_NESTING:
            raise UnsupportedSchemaError(
                where,
                f"schemas are nested more than {DEEPEST_NESTING} deep",
                fix="flatten the document",
            )
        self._open.append(target)
        schema = self._read(node, target)
        self._open.pop()
        return schema

    def _read(self, node: Node, pointer: str) -> Schema:
        if strays := [it for it in UNSUPPORTED if it in node]:
            raise UnsupportedSchemaError(
                f"{self._name}#{place_of(node, pointer, strays[0])}",
                "this keyword is not supported",
                fix="treat it in waivers.toml (action 'drop') if the rest is enough",
            )
        schema = self._shape(node, pointer)
        refuse_listed(schema)
        if "default" not in node:
            return schema
        refuse_default(schema, node["default"])
        return replace(schema, default=node["default"])

    def _shape(self, node: Node, pointer: str) -> Schema:
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                return self._union(node, keyword, pointer)
        types = fold_types(node, f"{self._name}#{pointer}")
        plain = tuple(it for it in types if it != "null")
        about = self._annotations(node, pointer)
        about["nullable"] = "null" in types or not types
        if about["enum"] is not None:
            # A list of values admits null only where it lists null.
            about["nullable"] = about["nullable"] and None in about["enum"]
            others = tuple(it for it in about["enum"] if it is not None)
            about["enum"] = () if types == ("null",) else others
        if about["nullable"] and (about["enum"] == () or (types and not plain)):
            return NullSchema(**{**about, "enum": None})
        if len(plain) < 2:
            return self._typed(plain[0] if plain else "", node, pointer, about)
        return self._one_of_types(plain, node, pointer, about)

    def _one_of_types(
        self, types: tuple[str, ...], node: Node, pointer: str, about: dict[str, Any]
    ) -> Schema:
        bare = {"pointer": about["pointer"]}
        options = [self._typed(it, node, pointer, bare) for it in types]
        if about["enum"] is not None:
            options = [
                replace(it, enum=own)
                for it in options
                if (
                    own := tuple(
                        value for value in about["enum"] if has_type(it, value)
                    )
                )
            ]
        return UnionSchema(**about, options=tuple(options))

    def _typed(
        self, kind: str, node: Node, pointer: str, about: dict[str, Any]
    ) -> Schema:
        match kind:
            case "integer" | "number":
                return self._number(kind, node, about)
            case "string":
                return self._string(node, about)
            case "boolean":
                return BooleanSchema(**about)
            case "array":
                return self._array(node, pointer, about)
            case "object":
                return self._object(node, pointer, about)
            case _:
                return AnySchema(**about)

    def _annotations(self, node: Node, pointer: str) -> dict[str, Any]:
        where = f"{self._name}#{pointer}"
        examples = [node["example"]] if "example" in node else node.get("examples", [])
        return {
            "pointer": where,
            "title": _text(node, "title"),
            "description": _text(node, "description"),
            "deprecated": node.get("deprecated") is True,
            "enum": fold_enum(node, where),
            "examples": tuple(examples) if isinstance(examples, list) else (),
        }

    def _number(self, kind: str, node: Node, about: dict[str, Any]) -> NumberSchema:
        where = about["pointer"]
        low, high = (
            fold_bound(node, "minimum", where),
            fold_bound(node, "maximum", where),
        )
        step = fold_number(node, "multipleOf", where)
        if step is not None and step <= 0:
            raise UnsupportedSchemaError(
                f"{where}/multipleOf", f"{step} is not above 0", fix="mend the document"
            )
        whole = kind == "integer"
        if whole and step is not None:  # a whole multiple of 2.5 is one of 5
            step = Decimal(Fraction(step).numerator)
        if low and high:
            refuse_empty_range(where, low, high, multiple_of=step, whole=whole)
        return NumberSchema(
            **about,
            type="integer" if whole else "number",
            minimum=whole_bound(low, up=True) if whole and low else low,
            maximum=whole_bound(high, up=False) if whole and high else high,
            multiple_of=step,
            format=_text(node, "format") or None,
        )

    def _string(self, node: Node, about: dict[str, Any]) -> StringSchema:
        low, high = self._sizes(node, about["pointer"], "minLength", "maxLength")
        pattern = node.get("pattern")
        try:
            re.compile("" if pattern is None else pattern)
        except (re.error, TypeError, OverflowError, RecursionError) as exc:
            raise UnsupportedSchemaError(
                f"{about['pointer']}/pattern",
                f"{pattern!r:.80} is no regular expression: {exc}",
                fix="treat it in waivers.toml (action 'set' or 'drop')",
            ) from exc
        return StringSchema(
            **about,
            min_length=low,
            max_length=high,
            pattern=pattern,
            format=_text(node, "format") or None,
        )

    def _array(self, node: Node, pointer: str, about: dict[str, Any]) -> ArraySchema:
        low, high = self._sizes(node, about["pointer"], "minItems", "maxItems")
        items: Schema = AnySchema(pointer=about["pointer"], nullable=True)
        if "items" in node:
            items = self.read(node["items"], place_of(node, pointer, "items"))
        return ArraySchema(
            **about,
            items=items,
            min_items=low,
            max_items=high,
            unique_items=node.get("uniqueItems") is True,
        )

    def _object(self, node: Node, pointer: str, about: dict[str, Any]) -> ObjectSchema:
        where = about["pointer"]
        children = object_at(node, "properties", where)
        required = list_at(node, "required", where)
        if strays := [it for it in required if it not in list(children)]:
            raise UnsupportedSchemaError(
                f"{where}/required",
                f"names {strays[0]!r:.80}, which is not among the properties",
                fix="mend the document",
            )
        properties = {
            name: Property(
                name=name,
                required=name in required,
                schema=self.read(child, place_of(node, pointer, "properties", name)),
            )
            for name, child in children.items()
        }
        additional = node.get("additionalProperties", True)
        if not isinstance(additional, bool):
            place = place_of(node, pointer, "additionalProperties")
            additional = self.read(additional, place)
        return ObjectSchema(**about, properties=properties, additional=additional)

    def _union(self, node: Node, keyword: str, pointer: str) -> Schema:
        """Read alternatives; what stands beside them holds for each of them."""
        outer = constraints({key: it for key, it in node.items() if key != keyword})
        place = place_of(node, pointer, keyword)
        branches = list_at(node, keyword, f"{self._name}#{pointer}")
        options = [
            self._read_beside(it, join_pointer(place, index), outer, pointer)
            for index, it in enumerate(branches)
        ]
        about = self._annotations(node, pointer) | {"enum": None}
        nulls = sum(it.nullable for it in options)
        about["nullable"] = nulls == 1 if keyword == "oneOf" else nulls > 0
        plain = tuple(it for it in options if not isinstance(it, NullSchema))
        if len(plain) > 1:
            return UnionSchema(**about, options=plain, exclusive=keyword == "oneOf")
        if plain:  # one schema or null: the schema itself, described from outside
            outer = {key: it for key, it in about.items() if it and key != "pointer"}
            return replace(plain[0], **{**outer, "nullable": about["nullable"]})
        if about["nullable"]:
            return NullSchema(**about)
        raise EmptyRangeError(
            about["pointer"],
            f"{keyword} leaves no value that exactly one of its schemas admits",
            fix="vendor a mended document, or treat it in waivers.toml",
        )

    def _sizes(
        self, node: Node, where: str, low: str, high: str
    ) -> tuple[int, int | None]:
        smallest = max(fold_number(node, low, where) or Decimal(0), Decimal(0))
        largest = fold_number(node, high, where)
        if largest is None:
            return math.ceil(smallest), None
        ends = Bound(smallest), Bound(largest)
        refuse_empty_range(where, *ends, names=(low, high), whole=True)
        return math.ceil(smallest), math.floor(largest)


def _text(node: Node, keyword: str) -> str:
    value = node.get(keyword)
    return value if isinstance(value, str) else ""
