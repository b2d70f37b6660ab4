"""Operations, read out of a document: parameters, body and answers of one call."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from specs.errors import ProviderError, UnsupportedSchemaError
from specs.model import Document, Location, Operation, Parameter, Role
from specs.pointers import join_pointer
from specs.provider import OperationFacts
from specs.reader import SchemaReader
from specs.references import follow
from specs.schemas import ArraySchema, ObjectSchema, Schema
from specs.shapes import as_object, list_at, object_at

_JSON_MEDIA_TYPE = re.compile(
    r"application/(?:[\w.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE
)

_ANY_NAME = re.compile(r"\\\{\w+\\\}")  # in a template, escaped

METHODS = frozenset(
    {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"}
)
"""The members of a path item that are operations, in capitals."""

_STYLES: dict[Location, str] = {
    "path": "simple",
    "query": "form",
    "header": "simple",
    "cookie": "form",
}
"""How a plain value is written in each place that a parameter may travel in."""
_LOCATIONS: dict[str, Location] = {it: it for it in _STYLES}


def is_json(media_type: str) -> bool:
    """Say whether *media_type*, parameters and all, is one of JSON."""
    return _JSON_MEDIA_TYPE.fullmatch(media_type) is not None


def find_paths(document: Document, facts: OperationFacts) -> list[tuple[str, str]]:
    """Return the paths of *document* that *facts* means, each with its model.

    The model is what stands where *facts* has `{model}`, or empty where the path
    does not carry one. Of the other paths those of the first template count that the
    document has.
    """
    usual = re.escape(facts.path).replace(r"\{model\}", "(?P<model>[^{}]+)")
    others = (_ANY_NAME.sub("[^{}/]+", re.escape(it)) for it in facts.other_paths)
    for pattern in (usual, *others):
        found: list[tuple[str, str]] = []
        for path in document.raw["paths"]:
            match = re.fullmatch(pattern, path)
            if match and has_operation(document, path, facts):
                found.append((path, match.groupdict().get("model", "")))
        if found:
            return found
    return []


def has_operation(document: Document, path: str, facts: OperationFacts) -> bool:
    """Say whether *document* declares the method of *facts* at *path*."""
    item = document.raw["paths"].get(path, {})
    where = f"{document.name}#{join_pointer('/paths', path)}"
    if "$ref" in as_object(item, where):
        raise UnsupportedSchemaError(
            where,
            f"is a reference: $ref={item['$ref']!r:.80}",
            fix="copy what it names to the path; only what is below may be referred to",
        )
    return facts.method.lower() in item


def fill(template: str, model: str) -> str:
    """Return *template* with `{model}` filled in, and `{app}`: its first two segments."""
    app = "/".join(model.split("/")[:2])
    return template.replace("{model}", model).replace("{app}", app)


def read_operation(
    document: Document, path: str, facts: OperationFacts, *, role: Role, model: str
) -> Operation:
    """Read the operation of *document* at *path* that plays *role* for *model*."""
    return _OperationReader(document, path, facts).read(role, model)


class _OperationReader:
    """What reading one operation needs at every step."""

    def __init__(self, document: Document, path: str, facts: OperationFacts) -> None:
        self._document = document
        self._facts = facts
        self._path = path
        self._schemas = SchemaReader(document.raw, name=document.name)
        method = facts.method.lower()
        self._item = document.raw["paths"][path]
        self._item_pointer = join_pointer("/paths", path)
        self._pointer = join_pointer(self._item_pointer, method)
        self._where = f"{document.name}#{self._pointer}"
        self._node = as_object(self._item[method], self._where)

    def read(self, role: Role, model: str) -> Operation:
        facts, node = self._facts, self._node
        wire_path = fill(facts.wire_path, model) if facts.wire_path else self._path
        aliases = (fill(it, model) for it in facts.aliases)
        parameters = self._parameters()
        if facts.id and facts.id not in {it.name for it in parameters}:
            raise ProviderError(
                self._where,
                f"declares no parameter {facts.id!r} to carry the job's id",
                fix=f"mend operations.{role}.id in provider.toml",
            )
        about = [node.get(it) for it in ("operationId", "summary", "description")]
        identity, summary, description = (
            it if isinstance(it, str) else None for it in about
        )
        return Operation(
            role=role,
            document=self._document,
            method=facts.method,
            path=self._path,
            wire_path=wire_path,
            aliases=tuple(it for it in aliases if it not in (wire_path, self._path)),
            pointer=self._where,
            operation_id=identity,
            summary=summary or description or "",
            parameters=parameters,
            body=self._body(),
            answers=self._answers(),
            id=facts.id,
        )

    def _parameters(self) -> tuple[Parameter, ...]:
        """Read the parameters of the path, then those of the operation over them."""
        found: dict[tuple[str, str], Parameter] = {}
        for node, pointer in (
            (self._item, self._item_pointer),
            (self._node, self._pointer),
        ):
            children = list_at(node, "parameters", f"{self._document.name}#{pointer}")
            for index, child in enumerate(children):
                place = join_pointer(pointer, "parameters", index)
                parameter = self._parameter(*self._follow(child, place))
                found[parameter.location, parameter.name] = parameter
        return tuple(found.values())

    def _parameter(self, node: Mapping[str, Any], pointer: str) -> Parameter:
        where = f"{self._document.name}#{pointer}"
        location = _LOCATIONS.get(str(node.get("in")))
        name = node.get("name")
        if location is None or not isinstance(name, str) or "schema" not in node:
            raise UnsupportedSchemaError(
                where,
                f"is not a parameter with a schema: in={node.get('in')!r:.40}, "
                f"name={name!r:.40}",
                fix="mend the document",
            )
        schema = self._schemas.read(node["schema"], join_pointer(pointer, "schema"))
        plain = _STYLES[location]
        if isinstance(schema, ArraySchema | ObjectSchema):
            raise UnsupportedSchemaError(
                where,
                f"only one plain value can travel in the {location}",
                fix="treat its type in waivers.toml",
            )
        if node.get("style", plain) != plain:
            raise UnsupportedSchemaError(
                where,
                f"style={node['style']!r:.40} is not supported in the {location}",
                fix="treat it in waivers.toml (action 'drop')",
            )
        description = node.get("description")
        if isinstance(description, str):  # that of the schema describes every use of it
            schema = replace(schema, description=description)
        return Parameter(
            name=name,
            required=node.get("required") is True,
            location=location,
            schema=schema,
        )

    def _body(self) -> Schema | None:
        if "requestBody" not in self._node:
            return None
        place = join_pointer(self._pointer, "requestBody")
        node, pointer = self._follow(self._node["requestBody"], place)
        schema = self._json(node, pointer)
        if schema is None:
            raise UnsupportedSchemaError(
                f"{self._document.name}#{pointer}",
                f"takes {sorted(node.get('content', {}))}, but no JSON",
                fix="only JSON bodies are supported",
            )
        return schema

    def _answers(self) -> dict[str, Schema | None]:
        answers: dict[str, Schema | None] = {}
        for status, child in object_at(self._node, "responses", self._where).items():
            place = join_pointer(self._pointer, "responses", status)
            if not status.startswith("x-"):
                answers[status] = self._json(*self._follow(child, place))
        return answers

    def _json(self, node: Mapping[str, Any], pointer: str) -> Schema | None:
        """Read the schema of the first JSON media type that *node* declares."""
        content = object_at(node, "content", f"{self._document.name}#{pointer}")
        for media_type, child in content.items():
            if is_json(media_type):
                place = join_pointer(pointer, "content", media_type)
                declared = as_object(child, f"{self._document.name}#{place}")
                if "schema" not in declared:
                    return self._schemas.read(True, place)
                return self._schemas.read(
                    declared["schema"], join_pointer(place, "schema")
                )
        return None

    def _follow(self, node: Any, pointer: str) -> tuple[Mapping[str, Any], str]:
        node, pointer = follow(
            self._document.raw, node, pointer, name=self._document.name
        )
        return as_object(node, f"{self._document.name}#{pointer}"), pointer
