"""Operations, read out of a document: parameters, body and answers of one call."""

import re
from collections.abc import Mapping
from typing import Any

from specs.errors import ProviderError, UnsupportedSchemaError
from specs.model import Document, Location, Operation, Parameter, Role
from specs.pointers import join_pointer
from specs.provider import OperationFacts
from specs.reader import SchemaReader
from specs.references import follow
from specs.schemas import Schema

_JSON_MEDIA_TYPE = re.compile(r"application/(?:[\w.-]+\+)?json(?:;.*)?", re.IGNORECASE)

_LOCATIONS: dict[str, Location] = {
    "path": "path",
    "query": "query",
    "header": "header",
    "cookie": "cookie",
}


def find_paths(document: Document, facts: OperationFacts) -> list[tuple[str, str]]:
    """Return the paths of *document* that *facts* means, each with its model.

    The model is what stands where *facts* has `{model}`, or empty where the path
    does not carry one.
    """
    pattern = re.escape(facts.path).replace(r"\{model\}", "(?P<model>.+)")
    pattern = re.sub(r"\\{(\w+)\\}", r"\\{\1\\}", pattern)
    found: list[tuple[str, str]] = []
    for path, item in document.raw["paths"].items():
        match = re.fullmatch(pattern, path)
        if match and isinstance(item, dict) and facts.method.lower() in item:
            found.append((path, match.groupdict().get("model") or ""))
    return found


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
        place = join_pointer("", "paths", path)
        self._item, self._item_pointer = self._follow(
            document.raw["paths"][path], place
        )
        place = join_pointer(self._item_pointer, facts.method.lower())
        self._node, self._pointer = self._follow(
            self._item[facts.method.lower()], place
        )

    def read(self, role: Role, model: str) -> Operation:
        facts, node = self._facts, self._node
        app = "/".join(model.split("/")[:2])
        names = {"{model}": model, "{app}": app}
        wire_path, *aliases = (
            _fill(it, names) for it in (facts.wire_path or self._path, *facts.aliases)
        )
        parameters = self._parameters()
        if facts.id and facts.id not in {it.name for it in parameters}:
            raise ProviderError(
                f"{self._document.name}#{self._pointer}",
                f"declares no parameter {facts.id!r} to carry the job's id",
                fix=f"mend operations.{role}.id in provider.toml",
            )
        operation_id = node.get("operationId")
        return Operation(
            role=role,
            document=self._document,
            method=facts.method,
            path=self._path,
            wire_path=wire_path,
            aliases=tuple(it for it in aliases if it not in (wire_path, self._path)),
            pointer=f"{self._document.name}#{self._pointer}",
            operation_id=operation_id if isinstance(operation_id, str) else None,
            summary=str(node.get("summary") or node.get("description") or ""),
            parameters=parameters,
            body=self._body(),
            answers=self._answers(),
            id=facts.id,
        )

    def _parameters(self) -> tuple[Parameter, ...]:
        found: dict[tuple[str, str], Parameter] = {}
        for node, pointer in (
            (self._item, self._item_pointer),
            (self._node, self._pointer),
        ):
            for index, child in enumerate(node.get("parameters", ())):
                place = join_pointer(pointer, "parameters", index)
                parameter = self._parameter(*self._follow(child, place))
                found[parameter.location, parameter.name] = parameter
        return tuple(found.values())

    def _parameter(self, node: Mapping[str, Any], pointer: str) -> Parameter:
        location = _LOCATIONS.get(str(node.get("in")))
        if location is None or not isinstance(node.get("name"), str):
            raise UnsupportedSchemaError(
                f"{self._document.name}#{pointer}",
                f"is not a parameter: in={node.get('in')!r:.40}, name={node.get('name')!r:.40}",
                fix="mend the document",
            )
        return Parameter(
            name=node["name"],
            required=node.get("required") is True,
            location=location,
            schema=self._schemas.read(
                node.get("schema", True), join_pointer(pointer, "schema")
            ),
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
        for status, child in self._node.get("responses", {}).items():
            place = join_pointer(self._pointer, "responses", status)
            answers[str(status)] = self._json(*self._follow(child, place))
        return answers

    def _json(self, node: Mapping[str, Any], pointer: str) -> Schema | None:
        for media_type, child in node.get("content", {}).items():
            if _JSON_MEDIA_TYPE.fullmatch(media_type):
                place = join_pointer(pointer, "content", media_type, "schema")
                return self._schemas.read(child.get("schema", True), place)
        return None

    def _follow(self, node: Any, pointer: str) -> tuple[Mapping[str, Any], str]:
        node, pointer = follow(
            self._document.raw, node, pointer, name=self._document.name
        )
        if not isinstance(node, Mapping):
            raise UnsupportedSchemaError(
                f"{self._document.name}#{pointer}",
                f"{node!r:.80} is not an object",
                fix="mend the document",
            )
        return node, pointer


def _fill(template: str, names: Mapping[str, str]) -> str:
    for placeholder, value in names.items():
        template = template.replace(placeholder, value)
    return template
