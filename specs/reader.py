"""Raw schema nodes, read into `specs.schemas`.

One method per type. Whatever a node declares that would change which values are
valid is either carried into the result or refused by name: nothing is skipped in
silence.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from specs.bounds import refuse_empty_range, whole_bound
from specs.composition import PLACES, merged
from specs.defaults import refuse_default
from specs.dialect import Node, fold_bound, fold_enum, fold_types
from specs.errors import RecursiveReferenceError, UnsupportedSchemaError
from specs.pointers import join_pointer
from specs.references import follow
from specs.schemas import (
    UNSET,
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
)
"""Keywords that would change what is valid and that nothing here carries on."""

DEEPEST_NESTING = 64
"""Far deeper than any real request, far shallower than the interpreter's stack."""


class SchemaReader:
    """Reads the schemas of one document, which is called *name* in messages."""

    def __init__(self, raw: Mapping[str, Any], *, name: str) -> None:
        self._raw = raw
        self._name = name
        self._open: list[str] = []  # the references being expanded, outermost first

    def read(self, node: Any, pointer: str) -> Schema:
        """Return the schema that stands at *pointer*; raise SpecError where it cannot."""
        node, target = follow(self._raw, node, pointer, name=self._name)
        where = f"{self._name}#{target}"
        if node is True:
            return AnySchema(pointer=where, nullable=True)
        if not isinstance(node, Mapping):
            raise UnsupportedSchemaError(
                where, f"{node!r:.80} is not a schema", fix="mend the document"
            )
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
        try:
            return self._read(merged(node, target, self._raw, self._name), target)
        finally:
            self._open.pop()

    def _read(self, node: Node, pointer: str) -> Schema:
        where = f"{self._name}#{pointer}"
        if strays := [it for it in UNSUPPORTED if it in node]:
            raise UnsupportedSchemaError(
                f"{where}/{strays[0]}",
                "this keyword is not supported",
                fix="treat it in waivers.toml (action 'drop') if the rest is enough",
            )
        schema = self._shape(node, pointer)
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
        about = self._annotations(node, pointer, nullable="null" in types)
        if not types:
            return AnySchema(**{**about, "nullable": True})
        if not plain:
            return NullSchema(**about)
        if len(plain) > 1:
            plainly = {**about, "nullable": False}
            options = tuple(self._typed(it, node, pointer, plainly) for it in plain)
            return UnionSchema(**about, options=options)
        return self._typed(plain[0], node, pointer, about)

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
            case _:
                return self._object(node, pointer, about)

    def _annotations(
        self, node: Node, pointer: str, *, nullable: bool
    ) -> dict[str, Any]:
        values = fold_enum(node)
        examples = [node["example"]] if "example" in node else node.get("examples", [])
        return {
            "pointer": f"{self._name}#{pointer}",
            "title": _text(node, "title"),
            "description": _text(node, "description"),
            # A list of values admits null only where it lists null.
            "nullable": nullable and (values is None or None in values),
            "deprecated": node.get("deprecated") is True,
            "enum": None
            if values is None
            else tuple(it for it in values if it is not None),
            "examples": tuple(examples) if isinstance(examples, list) else (),
            "default": UNSET,
        }

    def _number(self, kind: str, node: Node, about: dict[str, Any]) -> NumberSchema:
        where = about["pointer"]
        low, high = (
            fold_bound(node, "minimum", where),
            fold_bound(node, "maximum", where),
        )
        if kind == "integer":
            low, high = whole_bound(low, up=True), whole_bound(high, up=False)
        step = fold_bound({"minimum": node.get("multipleOf")}, "minimum", where)
        multiple_of = step.value if step else None
        refuse_empty_range(where, low, high, multiple_of=multiple_of)
        return NumberSchema(
            **about,
            type="integer" if kind == "integer" else "number",
            minimum=low,
            maximum=high,
            multiple_of=multiple_of,
            format=_text(node, "format") or None,
        )

    def _string(self, node: Node, about: dict[str, Any]) -> StringSchema:
        low, high = self._sizes(node, about["pointer"], "minLength", "maxLength")
        return StringSchema(
            **about,
            min_length=low,
            max_length=high,
            pattern=_text(node, "pattern") or None,
            format=_text(node, "format") or None,
        )

    def _array(self, node: Node, pointer: str, about: dict[str, Any]) -> ArraySchema:
        low, high = self._sizes(node, about["pointer"], "minItems", "maxItems")
        return ArraySchema(
            **about,
            items=self.read(node.get("items", True), join_pointer(pointer, "items")),
            min_items=low,
            max_items=high,
            unique_items=node.get("uniqueItems") is True,
        )

    def _object(self, node: Node, pointer: str, about: dict[str, Any]) -> ObjectSchema:
        required = node.get("required", [])
        if not isinstance(required, list):
            raise UnsupportedSchemaError(
                f"{about['pointer']}/required",
                f"{required!r:.80} is not a list of names",
                fix="treat it in waivers.toml (action 'drop')",
            )
        places: Mapping[str, str] = node.get(PLACES, {})
        properties = {
            name: Property(
                name=name,
                required=name in required,
                schema=self.read(
                    child, places.get(name, join_pointer(pointer, "properties", name))
                ),
            )
            for name, child in node.get("properties", {}).items()
        }
        if strays := sorted(set(required) - set(properties)):
            raise UnsupportedSchemaError(
                f"{about['pointer']}/required",
                f"names {strays[0]!r:.80}, which is not among the properties",
                fix="mend the document",
            )
        additional = node.get("additionalProperties", True)
        if not isinstance(additional, bool):
            place = join_pointer(pointer, "additionalProperties")
            additional = self.read(additional, place)
        return ObjectSchema(**about, properties=properties, additional=additional)

    def _union(self, node: Node, keyword: str, pointer: str) -> Schema:
        options = [
            self.read(it, join_pointer(pointer, keyword, index))
            for index, it in enumerate(node[keyword])
        ]
        plain = tuple(it for it in options if not isinstance(it, NullSchema))
        nullable = len(plain) < len(options) or any(it.nullable for it in plain)
        nullable = nullable or node.get("nullable") is True
        about = self._annotations(node, pointer, nullable=nullable)
        if (
            len(plain) == 1
        ):  # one schema or null: the schema itself, described from outside
            outer = {it: about[it] for it in ("title", "description") if about[it]}
            return replace(plain[0], **outer, nullable=nullable)
        return UnionSchema(**about, options=plain, exclusive=keyword == "oneOf")

    def _sizes(
        self, node: Node, where: str, low: str, high: str
    ) -> tuple[int, int | None]:
        smallest = whole_bound(
            fold_bound({"minimum": node.get(low)}, "minimum", where), up=True
        )
        largest = whole_bound(
            fold_bound({"maximum": node.get(high)}, "maximum", where), up=False
        )
        floor = smallest or Bound(Decimal(0))
        refuse_empty_range(where, floor, largest, names=(low, high))
        return int(floor.value), int(largest.value) if largest else None


def _text(node: Node, keyword: str) -> str:
    value = node.get(keyword)
    return value if isinstance(value, str) else ""
