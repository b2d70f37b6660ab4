"""Examples and words, held to schemas that the vendored documents do not have."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import PageFinding, Registry, check_pages
from tests.specs.conftest import make_document
from tests.specs.pages.pages import fenced, python, rules, told

MANY = {
    "anyOf": [
        {"type": "object", "properties": {"a": {}, "b": {}}},
        {"type": "object", "properties": {"a": {}}},
    ]
}
PROPERTIES: dict[str, Any] = {
    "code": {"type": "string", "maxLength": 3, "pattern": "^[a-z]+$"},
    "tags": {
        "type": "array",
        "minItems": 2,
        "maxItems": 4,
        "items": {"type": "object", "properties": {"name": {}}},
    },
    "names": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "short": {"type": "string", "minLength": 2},
    "many": MANY,
    "either": {"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["auto"]}]},
    "step": {"type": "number", "multipleOf": 0.5, "exclusiveMinimum": 0},
    "low": {"type": "integer", "minimum": 5},
    "free": {"type": "object"},
    "flag": {"type": "boolean", "default": True},
    "size": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 9},
            {"type": "string", "maxLength": 3},
        ]
    },
}


@pytest.fixture
def check(
    load: Callable[..., Registry], tmp_path: Path
) -> Callable[[str], list[PageFinding]]:
    """Return what says what is wrong with a page about a made-up model."""
    registry = load(make_document(PROPERTIES))

    def run(text: str) -> list[PageFinding]:
        page = tmp_path / "page.md"
        page.write_text(text)
        return list(check_pages([page], registry).findings)

    return run


SENT = {
    '{"code": "toolong"}': ["outside-range"],
    '{"tags": [{"name": 1}]}': ["outside-range"],
    '{"tags": [{"name": 1}, {"label": 1}]}': ["unknown-field"],
    '{"tags": [{"name": 1}, *more]}': [],
    '{"many": {"a": 1, "b": 2}}': [],
    '{"many": {"a": 1, "c": 2}}': ["unknown-field"],
    '{"either": 1.5}': ["wrong-type"],
    '{"either": value}': [],
    '{"step": 0.3}': ["outside-range"],
    '{"free": {"anything": 1}}': [],
    '{"size": 12}': ["wrong-type"],
}


@pytest.mark.parametrize("sent", SENT)
def test_a_value_is_held_to_its_schema(
    check: Callable[[str], list[PageFinding]], sent: str
) -> None:
    body = sent.replace("{", '{"model": "acme/one", ', 1)

    page = python(f'requests.post("https://api.acme.test/make", json={body})')

    assert rules(check(page)) == SENT[sent]


def test_a_choice_that_nothing_fits_is_told_in_words(
    check: Callable[[str], list[PageFinding]],
) -> None:
    page = fenced("json", json.dumps({"model": "acme/one", "either": 1.5}))

    assert check(page)[0].contract.startswith("either of acme:acme/one is otherwise: ")


STATED = {
    "- `code`: maximum: 5": ["prose-range"],
    "- `tags`: Range: 1 to 4": ["prose-range"],
    "- `names`: minimum: 2": ["prose-range"],
    "- `short`: minimum: 3": ["prose-range"],
    "- `size`: Range: 1 to 20": ["prose-range"],
    "- `low`: minimum: 5; maximum: 9": [],
    "- `low`: minimum: 4": ["prose-range"],
    "- `flag`: Default: false": ["prose-default"],
    "- `flag`: Default: 0": [],
    "- `either`: Options: `auto`, `other`": ["prose-enum"],
    "- `job`: (string, optional)": ["prose-required"],
}


@pytest.mark.parametrize("words", STATED)
def test_words_are_held_to_their_schema(
    check: Callable[[str], list[PageFinding]], words: str
) -> None:
    assert rules(check(f"`acme/one`\n\n{words}\n")) == STATED[words]


ODD = {
    "quoted": '> ```json\n> {"model": "acme/one", "low": 1}\n> ```\n',
    "listed": '- Send\n\n  ```json\n  {"model": "acme/one", "low": 1}\n  ```\n',
    "unclosed": 'Send\n~~~ json\n{"model": "acme/one", "low": 1}\n',
    "unindented": '    ```json\n{"model": "acme/one", "low": 1}\n    ```\n',
    "html-in-markdown": '<details>\n<pre><code class="language-json">{"model": "acme/one",\n "low": 1}</code></pre>\n',
    "comment": '<!-- a\nb -->\n```json\n{"model": "acme/one", "low": 1}\n```\n',
    "html": '<html><body><!-- a\nb --><style>x</style><script>y</script><pre>{"model": "acme/one", "low": 1}</pre>',
}


@pytest.mark.parametrize("page", ODD.values(), ids=ODD)
def test_code_is_found_however_it_is_marked(
    check: Callable[[str], list[PageFinding]], page: str
) -> None:
    line = next(n for n, it in enumerate(page.split("\n"), start=1) if '"low"' in it)

    assert told(check(page)) == [(line, "outside-range", "low is 1")]


def test_an_answer_beside_refusals_is_held_to_the_one_that_succeeds(
    check: Callable[[str], list[PageFinding]],
) -> None:
    answer = fenced("json", '{"id": "1", "status": "ended"}')

    assert rules(check(f"`acme/one`\n{answer}")) == ["bad-answer"]


@pytest.mark.parametrize(
    "page",
    [
        "<ParamField type='integer'>`low`</ParamField>",
        "<ResponseField name='low' default={4}>",
        "```python\nx\n```\n<thing>",
        "curl is a program\n\nfetch( is a call\n\nimport nothing from here\n\ncurl x",
        "x = 1 +\n\nx = 2 +\n",
        "{\n\nnot json\n",
    ],
)
def test_what_says_nothing_is_left_alone(
    check: Callable[[str], list[PageFinding]], page: str
) -> None:
    assert check(f"`acme/one`\n\n{page}") == []
