"""Documents that a strict reader refuses, and facts that can be written in many ways."""

from typing import Any

import pytest

from benchmarks.diff.edits import BACK, DROP, IN, JOB, MAKE, OUT, SENT, Edit, document
from specs.changes import compare

IMAGE = "/components/schemas/Image"
SCHEMES = "/components/securitySchemes"
TREE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "next": {"$ref": "#/components/schemas/Tree"},
    },
}


def rules(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the rules of what is found after both edits, the second on top."""
    old = Edit("", "", "", before).apply(document())
    new = Edit("", "", "", after).apply(Edit("", "", "", before).apply(document()))
    return sorted(it.rule.id for it in compare(old, new))


def note(schema: Any) -> dict[str, Any]:
    return {f"{SENT}/note": schema}


def all_of(*parts: Any) -> dict[str, Any]:
    return {"allOf": list(parts)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"$ref": "#/nowhere"},
            {"$ref": "#/nowhere/else"},
            "keyword-changed",
            id="broken",
        ),
        pytest.param(
            {"$ref": "https://e.test/a"},
            {"$ref": "file:///b"},
            "keyword-changed",
            id="remote",
        ),
        pytest.param({"type": "string"}, 5, "keyword-changed", id="number"),
        pytest.param(
            {"type": "integer", "minimum": True},
            {"type": "integer", "minimum": 3},
            "keyword-changed",
            id="bound-that-is-no-number",
        ),
        pytest.param(
            {"type": "integer"},
            {"type": "integer", "multipleOf": -1},
            "keyword-changed",
            id="negative-step",
        ),
        pytest.param(
            {"type": "object", "properties": []},
            {"type": "object", "properties": [1]},
            "keyword-changed",
            id="properties-that-are-a-list",
        ),
        pytest.param(
            {"type": "string", "minLength": "1"},
            {"type": "string", "minLength": 2},
            "keyword-changed",
            id="length-that-is-text",
        ),
        pytest.param(
            {"type": "object"},
            {"type": "object", "required": ["a"]},
            "required-parameter-added",
            id="requires-what-it-does-not-declare",
        ),
    ],
)
def test_what_cannot_be_read_is_compared_as_it_is_written(
    before: Any, after: Any, expected: str
) -> None:
    assert rules(note(before), {}) == []
    assert rules(note(before), note(after)) == [
        f"request-{it}" for it in expected.split()
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (all_of({"minimum": 1}, {"minimum": 3}), {"minimum": 3}, ""),
        (all_of({"maximum": 9}, {"maximum": 3}), {"maximum": 3}, ""),
        (all_of({"multipleOf": 4}, {"multipleOf": 6}), {"multipleOf": 12}, ""),
        (all_of({"multipleOf": 0.5}, {"type": "integer"}), {"type": "integer"}, ""),
        (all_of({"minLength": 1}, {"minLength": 2}), {"minLength": 2}, ""),
        (all_of({"maxLength": 1}, {"maxLength": 2}), {"maxLength": 1}, ""),
        (all_of({"enum": [1, 2]}, {"enum": [2, 3]}), {"enum": [2]}, ""),
        (all_of({"type": "number"}, {"type": "integer"}), {"type": "integer"}, ""),
        (
            all_of({"type": "string"}, {"type": "integer"}),
            {"type": ["string", "integer"]},
            "",
        ),
        (
            all_of({"pattern": "a"}, {"pattern": "b"}),
            all_of({"pattern": "b"}, {"pattern": "a"}),
            "",
        ),
        (
            all_of({"pattern": "a"}, {"pattern": "b"}),
            all_of({"pattern": "b"}, {"pattern": "c"}),
            "pattern-changed",
        ),
        (
            all_of(
                {"additionalProperties": False},
                {"additionalProperties": {"type": "string"}},
            ),
            {"type": "object", "additionalProperties": False},
            "",
        ),
        (
            all_of(
                {"additionalProperties": {"type": "string"}},
                {"additionalProperties": {"maxLength": 3}},
            ),
            {
                "type": "object",
                "additionalProperties": {"type": "string", "maxLength": 3},
            },
            "",
        ),
        (
            all_of({"items": {"type": "string"}}, {"items": {"minLength": 1}}),
            {"type": "array", "items": {"type": "string", "minLength": 1}},
            "",
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"type": "string", "nullable": True},
            "",
        ),
        (
            {"oneOf": [{"enum": [None]}, {"type": "string"}]},
            {"type": ["string", "null"]},
            "",
        ),
        (
            {"type": "string", "enum": ["a", None], "nullable": True},
            {"nullable": True, "enum": ["a"], "type": "string"},
            "",
        ),
        (
            {"type": ["string", "null"], "enum": ["a", None]},
            {"type": ["string", "null"], "enum": ["a"]},
            "nullable-removed",
        ),
        (
            {"type": "integer", "exclusiveMinimum": 0},
            {"type": "integer", "minimum": 1},
            "",
        ),
        ({"type": "integer", "maximum": 9.5}, {"type": "integer", "maximum": 9}, ""),
        ({"minLength": 1}, {"type": "string", "minLength": 1}, ""),
        ({"enum": [1.5, 2.5]}, {"type": "number", "enum": [2.5, 1.5]}, ""),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "keyword-changed",
        ),
        (all_of({"title": "A"}, {"title": "B"}), {"title": "B"}, ""),
        ({"anyOf": [5, {"type": "string"}]}, {"anyOf": [{"type": "string"}, 5]}, ""),
        ({}, {"type": "string"}, "type-narrowed"),
        ({"type": "string", "maxLength": 3}, {}, "type-widened"),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array"},
            "type-widened",
        ),
        (
            {"type": "array"},
            {"type": "array", "items": {"type": "string"}},
            "type-narrowed",
        ),
        ({"type": "array"}, {"type": "array", "items": {}}, ""),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object"},
            "type-widened",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object", "additionalProperties": {"type": "integer"}},
            "type-changed",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object", "additionalProperties": False},
            "additional-closed",
        ),
        (
            {"type": "string", "format": "int64"},
            {"type": "string", "format": "int32"},
            "format-narrowed",
        ),
        (
            {"type": "string", "deprecated": True},
            {"type": "string", "deprecated": "soon"},
            "keyword-changed",
        ),
        (
            {"type": "string"},
            {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
            "nullable-added option-added",
        ),
        (
            {"type": "string", "description": "A."},
            {
                "oneOf": [{"type": "string", "maxLength": 3}, {"type": "integer"}],
                "description": "A.",
            },
            "max-length-tightened option-added",
        ),
        (
            {
                "oneOf": [
                    {"title": "A", "type": "object"},
                    {"title": "B", "type": "string"},
                ]
            },
            {
                "oneOf": [
                    {"title": "B", "type": "integer"},
                    {"title": "A", "type": "object"},
                ]
            },
            "type-changed",
        ),
        (
            {
                "oneOf": [
                    {"properties": {"k": {"const": it}, "v": {"type": "string"}}}
                    for it in "ab"
                ]
            },
            {
                "oneOf": [
                    {"properties": {"k": {"const": it}, "v": {"type": "integer"}}}
                    for it in "ba"
                ]
            },
            "type-changed type-changed",
        ),
        (
            {"oneOf": [{"properties": {"a": True}}, {"type": "string"}]},
            {"oneOf": [{"properties": {"b": True, "c": True}}, {"type": "string"}]},
            "option-added option-removed",
        ),
    ],
)
def test_a_schema_is_compared_by_what_it_says(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert rules(note(before), note(after)) == sorted(
        f"request-{it}" for it in expected.split()
    )


def test_a_reference_s_sibling_counts_in_3_1_alone() -> None:
    sibling = {
        f"{SENT}/images/items": {"$ref": "#/components/schemas/Image", "minLength": 1}
    }

    assert rules({}, sibling) == []
    assert rules({"/openapi": "3.1.0"}, sibling) == ["request-min-length-tightened"]


def test_references_in_a_circle_are_compared_as_they_are_written() -> None:
    circle = {
        "/components/schemas/A": {"$ref": "#/components/schemas/B"},
        "/components/schemas/B": {"$ref": "#/components/schemas/A"},
        f"{MAKE}/parameters/-": {"$ref": "#/components/schemas/A"},
    }

    assert rules({**circle, **note({"$ref": "#/components/schemas/A"})}, {}) == []


def test_a_change_in_a_schema_that_contains_itself_is_found_once() -> None:
    tree = {
        "/components/schemas/Tree": TREE,
        **note({"$ref": "#/components/schemas/Tree"}),
    }
    change = {"/components/schemas/Tree/properties/name/maxLength": 9}

    assert rules(tree, change) == ["request-max-length-tightened"]


def test_members_that_are_only_read_are_no_parameters() -> None:
    assert rules({}, {f"{SENT}/note/readOnly": True}) == ["request-parameter-removed"]
    assert rules({}, {f"{BACK}/log/writeOnly": True}) == ["response-field-removed"]
    assert rules({}, {f"{BACK}/log/readOnly": True}) == []


def test_a_document_that_is_another_one_has_no_renamed_parameters() -> None:
    before = {f"{SENT}/a{it}": {"type": "string"} for it in range(21)}
    after = {f"{SENT}/b{it}": {"type": "string"} for it in range(21)}
    gone = dict.fromkeys(before, DROP)

    assert set(rules(before, {**gone, **after})) == {
        "request-parameter-added",
        "request-parameter-removed",
    }


@pytest.mark.parametrize(
    ("old", "new", "renamed"),
    [
        ({"n": "imageUrl"}, {"n": "image_url"}, True),
        ({"n": "seed", "d": "The start."}, {"n": "origin", "d": "The start."}, True),
        ({"n": "seed", "d": "The start."}, {"n": "seeds", "d": "How many."}, False),
        ({"n": "seed"}, {"n": "zoom"}, False),
        ({"n": "tone", "t": "string"}, {"n": "tones", "t": "integer"}, False),
    ],
)
def test_a_name_became_another_only_where_there_is_a_reason_to_think_so(
    old: dict[str, str], new: dict[str, str], renamed: bool
) -> None:
    def member(facts: dict[str, str]) -> dict[str, Any]:
        words = {"description": facts["d"]} if "d" in facts else {}
        return {f"{SENT}/{facts['n']}": {"type": facts.get("t", "string"), **words}}

    before = member(old)

    found = rules(before, {**dict.fromkeys(before, DROP), **member(new)})

    assert ("request-parameter-renamed" in found) is renamed


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # Calls
        ({"/paths/~1make": {"$ref": "#/paths/~1jobs~1{id}"}}, {}, ""),
        ({"/paths/~1odd": 5, "/paths/~1make/get": 5}, {}, ""),
        (
            {f"{MAKE}/operationId": DROP},
            {
                "/paths/~1make": DROP,
                "/paths/~1films": {
                    "post": {
                        **document()["paths"]["/make"]["post"],
                        "operationId": "made",
                    }
                },
            },
            "operation-added operation-removed",
        ),
        ({f"{MAKE}/responses": 5, f"{JOB}/responses/404": 5}, {}, ""),
        ({}, {"/paths/~1make/summary": "Films."}, "operation-description-changed"),
        ({}, {f"{MAKE}/tags": ["films"]}, "operation-description-changed"),
        (
            {},
            {"/paths/~1make": DROP, "/paths/~1films": {"get": {"responses": {}}}},
            "operation-added operation-removed",
        ),
        # Parameters
        (
            {},
            {f"{MAKE}/parameters": 5},
            "request-parameter-removed request-parameter-removed",
        ),
        (
            {},
            {f"{MAKE}/parameters/-": {"name": "a", "in": "query", "required": True}},
            "request-required-parameter-added",
        ),
        ({f"{MAKE}/parameters/-": 5}, {}, ""),
        ({}, {f"{MAKE}/parameters/0/deprecated": True}, "request-deprecated"),
        (
            {f"{MAKE}/parameters/0/deprecated": True},
            {f"{MAKE}/parameters/0/deprecated": False},
            "request-undeprecated",
        ),
        (
            {},
            {f"{MAKE}/parameters/0/allowReserved": True},
            "request-serialization-changed",
        ),
        ({}, {f"{MAKE}/parameters/1/name": "x-trace"}, ""),
        ({}, {f"{MAKE}/parameters/0/odd": 1}, "request-keyword-changed"),
        ({}, {f"{MAKE}/parameters/0/example": 1}, "request-description-changed"),
        (
            {
                f"{MAKE}/parameters/0/content": {
                    "application/json": {"schema": {"type": "string"}}
                }
            },
            {
                f"{MAKE}/parameters/0/content": {
                    "application/json": {"schema": {"type": "integer"}}
                }
            },
            "request-type-changed",
        ),
        (
            {"/paths/~1make/parameters": [{"name": "longest", "in": "query"}]},
            {
                "/paths/~1make/parameters": [
                    {"name": "longest", "in": "query", "x-a": 1}
                ]
            },
            "",
        ),
        (note(True), note({}), ""),
        ({}, {f"{SENT}/voice": DROP}, "request-parameter-removed"),
        # Bodies
        (
            {f"{MAKE}/requestBody/content/text~1plain": {}},
            {f"{MAKE}/requestBody/content/text~1plain": {"x-a": 1}},
            "request-extension-changed",
        ),
        ({f"{MAKE}/requestBody": 5}, {}, ""),
        ({}, {f"{MAKE}/requestBody/content": DROP}, "request-schema-removed"),
        ({}, {f"{JOB}/requestBody": {"content": {}}}, "request-body-added"),
        (
            {},
            {f"{MAKE}/requestBody/content/multipart~1form-data/encoding": {"a": {}}},
            "request-serialization-changed",
        ),
        (
            {},
            {f"{JOB}/responses/200/content/text~1csv/encoding": {"a": {}}},
            "response-keyword-changed",
        ),
        (
            {f"{MAKE}/requestBody/content/text~1plain": 5},
            {f"{MAKE}/requestBody/content/text~1plain": 6},
            "",
        ),
        (
            {},
            {
                f"{MAKE}/requestBody/content/multipart~1form-data": DROP,
                f"{MAKE}/requestBody/content/Multipart~1Form-Data; charset=utf-8": {
                    "schema": {"type": "object"}
                },
            },
            "",
        ),
        # Answers
        (
            {},
            {
                f"{JOB}/responses/200/headers/x-cost": {"schema": {"type": "integer"}},
                f"{JOB}/responses/200/headers/X-Cost": DROP,
            },
            "response-header-optional",
        ),
        ({f"{JOB}/responses/200/headers/X-Odd": 5}, {}, ""),
        ({}, {f"{JOB}/responses/200/links": {"a": {}}}, "response-keyword-changed"),
        ({f"{JOB}/responses/x-a": {}}, {f"{JOB}/responses/x-a": {"b": 1}}, ""),
        (
            {f"{JOB}/responses/default": {}},
            {f"{JOB}/responses/default": DROP},
            "response-error-removed",
        ),
        (
            {},
            {f"{OUT}/properties/status/enum": ["queued", "done"]},
            "lifecycle-state-removed",
        ),
        (
            {
                f"{JOB}/responses/200/content/application~1json/schema": {
                    "oneOf": [
                        {"properties": {"state": {"enum": ["a"]}, "x": {}}},
                        {"properties": {"y": {}}},
                    ]
                }
            },
            {
                f"{JOB}/responses/200/content/application~1json/schema": {
                    "oneOf": [
                        {"properties": {"state": {"enum": ["a", "b"]}, "x": {}}},
                        {"properties": {"y": {}}},
                    ]
                }
            },
            "lifecycle-state-added",
        ),
        # Addresses
        (
            {
                "/servers": [
                    {
                        "url": "https://{r}.test",
                        "variables": {"r": {"default": "eu"}, "s": 5},
                    }
                ]
            },
            {"/servers": [{"url": "https://eu.test"}]},
            "",
        ),
        ({}, {f"{MAKE}/servers": [{"url": "https://b.test"}]}, "server-changed"),
        (
            {},
            {"/paths/~1make/servers": [{"url": "https://b.test"}, 5]},
            "server-changed",
        ),
        # Keys
        ({"/security": 5}, {}, ""),
        ({"/security": [5, {"key": "x"}]}, {}, ""),
        (
            {"/security": [{"key": ["a", "b"]}]},
            {"/security": [{"key": ["b"]}]},
            "security-scope-removed",
        ),
        (
            {"/security": [{"key": []}, {"more": []}]},
            {"/security": [{"key": []}]},
            "security-option-removed",
        ),
        ({"/security": [{"key": []}, {}]}, {}, ""),
        (
            {"/security": [{"key": []}, {}]},
            {"/security": [{"key": [], "more": []}, {}]},
            "security-changed",
        ),
        ({f"{SCHEMES}/odd": 5}, {}, ""),
        ({}, {f"{SCHEMES}/key/description": "A key."}, "document-description-changed"),
        (
            {f"{SCHEMES}/more": {"type": "http"}},
            {f"{SCHEMES}/more": DROP},
            "security-scheme-removed",
        ),
        (
            {f"{SCHEMES}/more": {"type": "http"}},
            {f"{SCHEMES}/more": DROP, f"{SCHEMES}/less": {"type": "apiKey"}},
            "security-scheme-added security-scheme-removed",
        ),
        ({"/components": 5, "/security": DROP}, {}, ""),
        # The document
        ({}, {"/tags": [{"name": "films"}]}, "document-description-changed"),
    ],
)
def test_a_call_is_compared_by_what_it_says(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert rules(before, after) == sorted(expected.split())


def test_a_call_without_a_name_that_moved_is_found_by_what_it_says() -> None:
    make = {**document()["paths"]["/make"]["post"]}
    del make["operationId"]
    before = {
        "/paths/~1make": {"post": make},
        "/paths/~1list": {"post": {"responses": {}}},
    }
    gone = {"/paths/~1make": DROP, "/paths/~1list": DROP}

    found = rules(before, {**gone, "/paths/~1v2~1make": {"post": make}})

    assert found == ["operation-moved", "operation-removed"]


def test_the_only_call_left_moved_where_its_path_is_much_alike() -> None:
    named = {f"{MAKE}/operationId": DROP}
    make = {**document()["paths"]["/make"]["post"], "summary": "Make one."}
    del make["operationId"]

    found = rules(named, {"/paths/~1make": DROP, "/paths/~1make2": {"post": make}})

    assert found == ["operation-description-changed", "operation-moved"]


def test_calls_that_share_a_name_are_not_told_apart_by_it() -> None:
    both = {"/paths/~1list": {"post": {"operationId": "make", "responses": {}}}}
    gone = {"/paths/~1make": DROP, "/paths/~1list": DROP}

    found = rules(both, {**gone, "/paths/~1x": {"post": {"operationId": "make"}}})

    assert found == ["operation-added", "operation-removed", "operation-removed"]


def test_what_is_shared_by_two_calls_is_one_change_in_two_places() -> None:
    new = Edit("", "", "", {"/servers/0/url": "https://b.test", f"{IN}/x-a": 1})

    server, _ = compare(document(), new.apply(document()))

    assert [it.operation for it in server.places] == ["POST /make", "GET /jobs/{id}"]
