"""Whatever is wrong with a document, it is refused by name or read, and never crashes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specs import Judge, Registry, Request, SpecError, find_faults

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
WORDS = st.sampled_from(
    [
        "",
        "a",
        "string",
        "array",
        "object",
        "null",
        "#/components/schemas/A",
        "#/paths",
        "https://127.0.0.1:1/a",
        "query",
        "application/json",
        "\x00",
        "\ud800",
    ]
)
KEYWORDS = st.sampled_from(
    [
        "$ref",
        "type",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
        "const",
        "default",
        "nullable",
        "properties",
        "required",
        "items",
        "additionalProperties",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "multipleOf",
        "example",
        "minLength",
        "maxItems",
        "pattern",
        "content",
        "schema",
        "parameters",
        "responses",
        "requestBody",
        "security",
        "in",
    ]
)
JSON = st.recursive(
    SCALARS | WORDS,
    lambda it: st.lists(it, max_size=3) | st.dictionaries(KEYWORDS, it, max_size=3),
    max_leaves=6,
)
RICH = {
    "text": {"type": "string", "minLength": 1, "pattern": "a", "default": "a"},
    "size": {"type": "string", "enum": ["a", None], "nullable": True},
    "count": {
        "type": "integer",
        "minimum": 1,
        "exclusiveMinimum": True,
        "multipleOf": 2,
    },
    "list": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/A"},
        "maxItems": 2,
    },
    "all": {"allOf": [{"$ref": "#/components/schemas/A"}, {"required": ["a"]}]},
    "any": {"anyOf": [{"type": "string"}, {"type": "integer"}], "default": 1},
    "map": {"additionalProperties": {"type": "number"}},
}
SCHEMAS = {
    "A": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/B"}}},
    "B": {"oneOf": [{"type": "boolean"}, {"type": "null"}]},
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything inside *value*."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [
        it
        for key, child in items
        for it in [(*path, key), *places(child, (*path, key))]
    ]


def put(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    holder: Any = document
    for token in path[:-1]:
        holder = holder[token]
    holder[path[-1]] = value


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@settings(
    max_examples=150,  # of documents: one takes about 10 ms
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it writes over
    deadline=None,
)
@given(data=st.data())
def test_document_reads_or_is_refused_by_name_whatever_is_put_into_it(
    vendor: Callable[..., Path],
    document: Callable[..., dict[str, Any]],
    version: str,
    data: st.DataObject,
) -> None:
    whole = document(RICH, components={"schemas": SCHEMAS}, version=version)
    changed = copy.deepcopy(whole)
    path = data.draw(st.sampled_from(places(whole)), label="place")
    put(changed, path, data.draw(JSON, label="value"))
    folder = vendor(json.dumps(changed).encode())

    loaded = load_or_refusal(folder)
    if isinstance(loaded, SpecError):
        assert str(loaded).isprintable()
        assert len(str(loaded)) < 1500
        return

    if any(it.rule == "invalid-openapi" for it in find_faults(loaded)):
        return  # until somebody waives it, knowing why
    for contract in loaded.contracts:
        request = Request(operation=contract.submit, body=b'{"count": 3, "list": [{}]}')
        list(Judge(contract).check_request(request))


def load_or_refusal(folder: Path) -> Registry | SpecError:
    try:
        return Registry.load(folder)
    except SpecError as refusal:
        return refusal
