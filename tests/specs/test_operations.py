from collections.abc import Callable
from typing import Any

import pytest

from specs import (
    NumberSchema,
    ObjectSchema,
    ProviderError,
    Registry,
    StringSchema,
    UnsupportedSchemaError,
)

Load = Callable[..., Registry]
Make = Callable[..., dict[str, Any]]

BODY = {
    "type": "object",
    "required": ["model"],
    "properties": {"model": {"enum": ["acme/one"]}},
}


def test_operation_carries_what_the_document_says_of_it(
    load: Load, document: Make
) -> None:
    plain = document()
    plain["paths"]["/make"]["post"]["summary"] = "Make a video."

    submit = load(plain).contracts[0].submit

    assert (submit.role, submit.method, submit.path) == ("submit", "POST", "/make")
    assert submit.pointer == "acme/one.json#/paths/~1make/post"
    assert (submit.operation_id, submit.summary) == ("make", "Make a video.")
    assert list(submit.answers) == ["200", "400"]
    assert isinstance(submit.answers["200"], ObjectSchema)
    assert submit.answers["400"] is None


@pytest.mark.parametrize(
    ("about", "summary"),
    [
        pytest.param({"description": "At length."}, "At length.", id="description"),
        pytest.param({"summary": 5, "description": ["a"]}, "", id="not-text"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_summary_is_what_text_there_is(
    load: Load, document: Make, about: dict[str, Any], summary: str
) -> None:
    described = document()
    described["paths"]["/make"]["post"] |= about

    assert load(described).contracts[0].submit.summary == summary


def test_operation_id_is_none_when_it_is_no_text(load: Load, document: Make) -> None:
    numbered = document()
    numbered["paths"]["/make"]["post"]["operationId"] = 5

    assert load(numbered).contracts[0].submit.operation_id is None


def test_parameter_of_an_operation_overrides_that_of_its_path(
    load: Load, document: Make
) -> None:
    both = document()
    item = both["paths"]["/jobs"]
    item["parameters"] = [
        {"name": "job", "in": "query", "schema": {"type": "integer"}},
        {"name": "job", "in": "header", "schema": {"type": "integer"}},
        {"$ref": "#/components/parameters/Logs"},
    ]
    both["components"]["parameters"] = {
        "Logs": {
            "name": "logs",
            "in": "query",
            "description": "Whether to show logs.",
            "schema": {"type": "boolean", "description": "A flag."},
        }
    }

    found = load(both).contracts[0].poll.parameters

    assert [(it.name, it.location, it.required) for it in found] == [
        ("job", "query", True),
        ("job", "header", False),
        ("logs", "query", False),
    ]
    assert isinstance(found[0].schema, StringSchema)
    assert isinstance(found[1].schema, NumberSchema)
    assert found[2].schema.description == "Whether to show logs."
    assert found[2].schema.pointer == "acme/one.json#/components/parameters/Logs/schema"


def test_bodies_and_answers_may_be_references(load: Load, document: Make) -> None:
    plain = document()
    post = plain["paths"]["/make"]["post"]
    plain["components"]["requestBodies"] = {"Make": post["requestBody"]}
    plain["components"]["responses"] = {"Job": post["responses"]["200"]}
    post["requestBody"] = {"$ref": "#/components/requestBodies/Make"}
    post["responses"]["200"] = {"$ref": "#/components/responses/Job"}

    contract = load(plain).contracts[0]

    assert contract.body.pointer == (
        "acme/one.json#/components/requestBodies/Make/content/application~1json/schema"
    )
    assert isinstance(contract.submit.answers["200"], ObjectSchema)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json ;charset=utf-8",
        "application/problem+json",
        "application/vnd.acme.v2+json",
    ],
)
def test_body_is_read_when_it_is_of_a_json_media_type(
    load: Load, document: Make, media_type: str
) -> None:
    plain = document()
    plain["paths"]["/make"]["post"]["requestBody"]["content"] = {
        "text/plain": {"schema": {"type": "string"}},
        media_type: {"schema": BODY},
    }

    assert load(plain).contracts[0].model == "acme/one"


@pytest.mark.parametrize(
    "media_type",
    [
        "multipart/form-data",
        "text/json",
        "application/jsonp",
        "*/*",
        "application/json/x",
    ],
)
def test_body_is_refused_when_it_has_no_json(
    load: Load, document: Make, media_type: str
) -> None:
    plain = document()
    plain["paths"]["/make"]["post"]["requestBody"]["content"] = {
        media_type: {"schema": BODY}
    }

    with pytest.raises(UnsupportedSchemaError) as caught:
        load(plain)

    assert str(caught.value) == (
        "acme/one.json#/paths/~1make/post/requestBody: takes "
        f"[{media_type!r}], but no JSON; only JSON bodies are supported"
    )


def test_answer_without_a_schema_is_any_json(load: Load, document: Make) -> None:
    plain = document()
    plain["paths"]["/make"]["post"]["responses"] |= {
        "4XX": {"description": "", "content": {"application/json": {}}},
        "default": {"description": "", "content": {"text/html": {}}},
        "x-note": {"content": 5},
    }

    answers = load(plain).contracts[0].submit.answers

    assert answers["4XX"] is not None
    assert answers["4XX"].pointer.endswith("/responses/4XX/content/application~1json")
    assert answers["default"] is None
    assert "x-note" not in answers


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        pytest.param(
            ("/make", "post"), 5, "~1make/post: 5 is not an object", id="operation"
        ),
        pytest.param(("/make",), [], r"#/paths/~1make: [] is not an object", id="path"),
        pytest.param(
            ("/jobs", "parameters"),
            5,
            "~1jobs/parameters: 5 is not a list",
            id="parameters",
        ),
        pytest.param(
            ("/jobs", "get", "parameters"),
            [5],
            "parameters/0: 5 is not an",
            id="parameter",
        ),
        pytest.param(
            ("/jobs", "get", "parameters"),
            [{"name": "job", "in": "body", "schema": {}}],
            "parameters/0: is not a parameter with a schema: in='body', name='job'",
            id="location",
        ),
        pytest.param(
            ("/jobs", "get", "parameters"),
            [{"name": 5, "in": "query", "schema": {}}],
            "parameters/0: is not a parameter with a schema: in='query', name=5",
            id="name",
        ),
        pytest.param(
            ("/jobs", "get", "parameters"),
            [{"name": "job", "in": "query", "content": {"application/json": {}}}],
            "parameters/0: is not a parameter with a schema: in='query', name='job'",
            id="content",
        ),
        pytest.param(
            ("/jobs", "get", "parameters"),
            [{"name": "job", "in": "query", "schema": {"type": "array"}}],
            "parameters/0: only one plain value can travel in the query",
            id="list-in-the-query",
        ),
        pytest.param(
            ("/jobs", "get", "parameters"),
            [{"name": "job", "in": "query", "style": "deepObject", "schema": {}}],
            "parameters/0: style='deepObject' is not supported in the query",
            id="style",
        ),
        pytest.param(
            ("/make", "post", "requestBody"), 5, "requestBody: 5 is not an", id="body"
        ),
        pytest.param(
            ("/make", "post", "requestBody", "content"),
            [],
            "requestBody/content: [] is not an object",
            id="content-list",
        ),
        pytest.param(
            ("/make", "post", "requestBody", "content", "application/json"),
            5,
            "content/application~1json: 5 is not an object",
            id="media-type",
        ),
        pytest.param(
            ("/make", "post", "responses"),
            [],
            "post/responses: [] is not",
            id="answers",
        ),
        pytest.param(
            ("/make", "post", "responses", "200"), 5, "responses/200: 5 is", id="answer"
        ),
        pytest.param(
            ("/make",),
            {"$ref": "#/components/pathItems/Make"},
            "#/paths/~1make: is a reference: $ref='#/components/pathItems/Make'",
            id="path-reference",
        ),
    ],
)
def test_operation_is_refused_when_it_is_malformed(
    load: Load, document: Make, place: tuple[str, ...], value: Any, message: str
) -> None:
    broken = document(components={"pathItems": {"Make": {"post": {}}}})
    holder = broken["paths"]
    for token in place[:-1]:
        holder = holder[token]
    holder[place[-1]] = value

    with pytest.raises(UnsupportedSchemaError) as caught:
        load(broken)

    assert message in str(caught.value)


def test_operation_is_refused_when_no_parameter_carries_the_id(
    load: Load, document: Make, facts: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        load(document(), provider=facts.replace('id = "job"', 'id = "task"'))

    assert str(caught.value) == (
        "acme/one.json#/paths/~1jobs/get: declares no parameter 'task' to carry the "
        "job's id; mend operations.poll.id in provider.toml"
    )


BY_PATH = """
[operations.submit]
method = "POST"
path = "/{model}"

[operations.poll]
method = "GET"
path = "/{model}/jobs/{job}"
wire_path = "/{app}/jobs/{job}"
aliases = ["/{model}/jobs/{job}", "/{app}/jobs/{job}", "/{app}/jobs/{job}/look"]
id = "job"
"""


def by_path(facts: str) -> str:
    """Return the facts of a provider whose paths say which model is meant."""
    head, _, rest = facts.partition("[operations.submit]")
    return (head + BY_PATH + rest[rest.index("[job]") :]).replace(
        'in = "body"\nname = "model"', 'in = "path"'
    )


def moved(document: dict[str, Any], *models: str) -> dict[str, Any]:
    """Return *document* with its operations at the paths of *models*."""
    make, look = document["paths"]["/make"], document["paths"]["/jobs"]
    look["get"]["parameters"][0]["in"] = "path"
    document["paths"] = {f"/{it}": make for it in models}
    document["paths"] |= {f"/{it}/jobs/{{job}}": look for it in models}
    document["paths"] |= {f"/{it}/jobs/{{job}}/retry": {"post": {}} for it in models}
    return document


def test_path_says_which_model_is_meant(load: Load, document: Make, facts: str) -> None:
    registry = load(moved(document(), "acme/v2/fast", "slow"), provider=by_path(facts))

    fast, slow = registry.contracts
    assert (fast.id, slow.id) == ("acme:acme/v2/fast", "acme:slow")
    assert fast.fixed == {}
    assert [it.name for it in fast.parameters] == ["model"]
    assert fast.submit.wire_path == fast.submit.path == "/acme/v2/fast"
    assert fast.poll.path == "/acme/v2/fast/jobs/{job}"
    assert fast.poll.wire_path == "/acme/v2/jobs/{job}"
    assert fast.poll.aliases == ("/acme/v2/jobs/{job}/look",)
    assert slow.poll.wire_path == slow.poll.path == "/slow/jobs/{job}"


def test_path_is_refused_when_the_poll_of_a_model_is_missing(
    load: Load, document: Make, facts: str
) -> None:
    broken = moved(document(), "one", "two")
    del broken["paths"]["/two/jobs/{job}"]

    with pytest.raises(
        ProviderError, match=r"no GET /two/jobs/\{job\} to poll with; mend"
    ):
        load(broken, provider=by_path(facts))
