"""Schemas compiled by jsonschema-rs, which decides in a microsecond.

jsonschema-rs knows JSON Schema but not OpenAPI 3.0, which is folded into Draft 4 here.
It takes a schema only where it is known to decide as openapi-core does; any other is
left to openapi-core, which is slower and right.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import (
    Draft4Validator,
    Draft202012Validator,
    ReferencingError,
    ValidationError,
)

from mock_server.errors import SchemaError
from specs import Breach, Document, Json, is_uri, join_pointer, look_up, one_line

_DIALECTS = {"3.0": Draft4Validator, "3.1": Draft202012Validator}
_LONGEST_MESSAGE = 300
_SILENT = frozenset(
    {
        "default",
        "deprecated",
        "description",
        "example",
        "examples",
        "externalDocs",
        "title",
        "xml",
    }
)
"""Keywords that refuse nothing."""

_PROVEN = _SILENT | {
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "type",
}
"""Keywords on which a property test shows the two validators to agree."""


class CompiledSchema:
    """The schema *node*, which stands at *pointer* in *document*.

    It is `exact` where its verdicts are those of openapi-core. Raises SchemaError
    where it cannot be compiled at all.
    """

    def __init__(self, document: Document, node: Any, pointer: str) -> None:
        rest = {it: document.raw.get(it, {}) for it in ("components", "paths")}
        self._raw = {**rest, **node}
        self._limits: dict[tuple[str | int, ...], Json] = {}
        self.exact = all(_is_proven(it, document) for it in _reached(self._raw, node))
        try:
            self._validator = _DIALECTS[document.version](
                _fold(self._raw, document.version),
                validate_formats=True,
                formats={"uri": is_uri},
                offline=True,
            )
        except (ValidationError, ReferencingError, ValueError) as exc:
            place = join_pointer(pointer, *getattr(exc, "instance_path", ()))
            problem = one_line(getattr(exc, "message", str(exc)), longest=200)
            raise SchemaError(
                f"{document.name}#{place}: no validator can be made of this schema: "
                f"{problem}; mend the document, or treat it in waivers.toml"
            ) from exc

    def accepts(self, value: Json) -> bool:
        """Say whether *value* keeps every rule."""
        return self._validator.is_valid(value)

    def find_breaches(self, value: Json, location: str) -> Iterator[Breach]:
        """Yield each rule that *value*, which travels in *location*, breaks."""
        for error in self._validator.iter_errors(value):
            yield self._describe(error, value, location)

    def _describe(self, error: ValidationError, value: Any, location: str) -> Breach:
        path, steps = tuple(error.instance_path), tuple(error.schema_path)
        for step in path:
            value = value[step]
        rule, limit = str(steps[-1]), self._limit(steps)
        if rule == "required":
            path = (*path, error.kind.as_dict()["property"])
        if limit is True and rule in ("exclusiveMinimum", "exclusiveMaximum"):
            # To 3.0 this is a flag of the bound that stands beside it.
            rule = rule.removeprefix("exclusive").lower()
            limit = self._limit((*steps[:-1], rule))
        return Breach(
            location=location,
            path=path,
            rule=rule,
            limit=limit,
            value=value,
            message=one_line(error.message, longest=_LONGEST_MESSAGE),
        )

    def _limit(self, steps: tuple[str | int, ...]) -> Json:
        """Return what the schema says at *steps*; each rule is broken again and again."""
        if steps not in self._limits:
            self._limits[steps] = look_up(self._raw, join_pointer("", *steps))
        return self._limits[steps]


def _reached(raw: Mapping[str, Any], node: Any) -> Iterator[Any]:
    """Yield *node* and every schema that deciding on it takes, references followed."""
    waiting, followed = [node], set[str]()
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, dict):
            continue
        reference = node.get("$ref")
        if reference is not None and reference not in followed:
            followed.add(reference)
            waiting.append(look_up(raw, unquote(reference[1:])))
        waiting += node.get("properties", {}).values()
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += node.get(keyword, ())
        waiting += [node[it] for it in ("items", "additionalProperties") if it in node]


def _is_proven(node: Any, document: Document) -> bool:
    """Say whether the two validators agree on every keyword of *node* itself."""
    if not isinstance(node, dict):
        return isinstance(node, bool)
    if document.version == "3.0":
        if "$ref" in node and not _SILENT.issuperset(node.keys() - {"$ref"}):
            return False  # one validator heeds what stands beside a reference
        if not isinstance(node.get("type", ""), str):
            return False
    return (
        all(it in _PROVEN or it.startswith("x-") for it in node)
        and node.get("format", "uri") == "uri"
        and not any(_is_foreign(key, it, document.version) for key, it in node.items())
    )


def _is_foreign(key: str, value: Any, version: str) -> bool:
    """Say whether *key* is an exclusive bound as the other version writes it."""
    bounds = ("exclusiveMinimum", "exclusiveMaximum")
    return key in bounds and isinstance(value, bool) is not (version == "3.0")


def _fold(node: Any, version: str, *, named: bool = False) -> Any:
    """Return *node* as JSON Schema has it.

    OpenAPI 3.0 has a way of its own to say that a value may be null. What is left out
    makes a schema one that openapi-core decides on. The members of an object that is
    *named* are called as the document's author liked.
    """
    if isinstance(node, list):
        return [_fold(it, version) for it in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {key: _fold(it, version) for key, it in node.items()}
    folded = {
        key: it
        if key in ("enum", "const")
        else _fold(it, version, named=key == "properties")
        for key, it in node.items()
        if not _is_foreign(key, it, version)
    }
    nullable = version == "3.0" and node.get("nullable") is True
    if nullable and isinstance(node.get("type"), str):
        folded["type"] = [node["type"], "null"]
    return folded
