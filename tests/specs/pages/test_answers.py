"""Example answers, links and named calls in a page."""

from dataclasses import replace
from pathlib import Path

import pytest

from specs import Registry, check_pages
from tests.specs.pages.conftest import Check
from tests.specs.pages.pages import FAL, INPAINT, URL, fenced, rules, told

BAD = {
    '{"id": "1", "status": "done"}': (3, 'status is "done"'),
    '{"id": "1"}': (3, "status is left out"),
    '{"id": 1, "status": "queued"}': (3, "id is 1"),
    '{\n"id": "1",\n"status": "completed",\n"video": {"href": "x"}}': (
        6,
        "video.url is left out",
    ),
    'Status: completed\nJob: {"id":"1","status":"done"}': (4, 'status is "done"'),
}


@pytest.mark.parametrize("answer", BAD)
def test_an_answer_that_the_contract_does_not_allow_is_told(
    check: Check, answer: str
) -> None:
    page = f"`{INPAINT}`\n{fenced('json5', *answer.splitlines())}"

    (found,) = check(page)

    assert (found.rule.id, found.line, found.says) == ("bad-answer", *BAD[answer])


GOOD = [
    '{"id": "1", "status": "completed", "video": {"url": "https://films.test/a.mp4"}, "more": 1}',
    '{"id": "1", "status": "queued", "video": null}',
    '{"id": "...", "status": "<STATUS>"}',
    '{"id": "1", ...}',
    '{"error": {"code": 401}}',
    '{"prompt": "a"}',
    '{"message": "no", "statusCode": 400}',
    '{"openapi": "3.0.0", "paths": {}}',
    'Job: {"id": "1", "status": broken',
    'Job: {"id": "1", "status": "queued"} and {"x"',
    "{ not json",
]


@pytest.mark.parametrize("answer", GOOD)
def test_an_answer_that_may_be_right_is_left_alone(check: Check, answer: str) -> None:
    assert check(f"`{INPAINT}`\n{fenced('json', answer)}") == []


def test_the_answer_of_a_result_needs_what_it_promises(check: Check) -> None:
    block = fenced(
        "json", '{"video": {"url": "https://films.test/a.mp4"}, "prompt": ""}'
    )

    assert told(check(f"`{FAL}`\n\n### Example response\n{block}")) == [
        (5, "bad-answer", "seed is left out")
    ]


def test_what_a_webhook_sends_is_no_answer(check: Check) -> None:
    block = fenced("json", '{"request_id": "1", "status": "OK", "payload": {}}')

    assert check(f"`{FAL}`\n\n### Webhooks\n{block}") == []
    assert rules(check(f"`{FAL}`\n\n### Polling\n{block}")) == ["bad-answer"]


def test_words_tell_an_answer_from_a_body(check: Check) -> None:
    block = fenced("json", '{"prompt": "a", "seed": "b"}')

    assert rules(check(f"`{FAL}`\n\n### Response\n{block}")) == ["bad-answer"] * 2
    assert rules(check(f"`{FAL}`\n\n### Request\n{block}")) == []


def test_a_body_that_names_no_model_is_held_to_that_of_the_page(check: Check) -> None:
    block = fenced("json", '{"prompt": "a", "num_frames": 5}')

    assert rules(check(f"`{FAL}`\n\n### Input\n{block}")) == [
        "outside-range",
        "missing-field",
    ]
    assert check(f"`{FAL}`\n\n### Output\n{block}") == []
    assert check(f"`{FAL}`, `{INPAINT}`\n\n### Input\n{block}") == []


DOCUMENTS = "https://raw.githubusercontent.com/aimlapi/api-docs/refs/heads/main/docs"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f"{DOCUMENTS}/api-references/video-models/universal-video-fetch.json", []),
        (f"{DOCUMENTS}/old/gone.json", ["unknown-document"]),
        (f"{DOCUMENTS}/old/page.md", []),
        (
            "https://fal.ai/api/openapi/queue/openapi.json?endpoint_id=fal-ai/x",
            ["unknown-document"],
        ),
        ("https://fal.ai/api/openapi/queue/openapi.json?endpoint_id=", []),
        ("https://fal.ai/api/openapi/queue/openapi.json?endpoint_id=${id}", []),
        ("https://films.test/openapi.json", []),
        ("https://[broken/openapi.json", []),
    ],
)
def test_a_link_to_a_document_is_held_to_the_lock(
    check: Check, link: str, expected: list[str]
) -> None:
    assert rules(check(f"See\n[OpenAPI]({link}) now.")) == expected


def test_a_link_to_a_file_that_is_not_there_is_told(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "openapi.json").write_text("{}")

    page = "[a](openapi.json) [b](old/openapi.yaml) [c](data.json)"

    assert told(check(page)) == [(1, "unknown-document", "links old/openapi.yaml")]


def test_pages_of_documents_without_a_lock_are_checked_all_the_same(
    tmp_path: Path, registry: Registry
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"[OpenAPI]({DOCUMENTS}/old/gone.json)")
    folder = tmp_path / "specs"
    folder.mkdir()
    bare = replace(registry, folder=folder)

    assert check_pages([page], bare).findings == ()


CALLS = {
    "## POST /v2/video/generation": ["wrong-endpoint"],
    "`PUT /v2/video/generations`": ["wrong-endpoint"],
    "GET https://api.aimlapi.com/v2/video/generations/{id}": ["wrong-endpoint"],
    "GET https://api.aimlapi.com/v2/video/generations/:id.": ["wrong-endpoint"],
    '{% openapi-operation path="/v2/video/generated" method="post" %}': [
        "wrong-endpoint"
    ],
    "POST /v2/video/generations": [],
    "GET https://films.test/v2/video/generation": [],
    "POST /v1/chat": [],
    "GET /": [],
    "```http\nPOST /v2/video/generation HTTP/1.1\n```": ["wrong-endpoint"],
}


@pytest.mark.parametrize("words", CALLS)
def test_a_call_in_words_is_held_to_the_operations(check: Check, words: str) -> None:
    assert rules(check(f"`{INPAINT}`\n\n{words}\n")) == CALLS[words]


TITLES = {
    "Wan 2.2 VACE Fun Pose (Image-to-Video)\n\nOf AI/ML API.": ["impossible-status"],
    "Wan 2.2 VACE Fun Reframe": ["impossible-status"],
    "Wan 2.2 VACE Fun": [],
    "Another 2.2 thing": [],
    "": [],
}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_tells_the_model_where_no_word_does(check: Check, title: str) -> None:
    assert rules(check(f"{title}\n\nThe status is `complete`.")) == TITLES[title]


def test_an_address_alone_says_nothing(check: Check) -> None:
    assert check(f"See {URL}.") == []
