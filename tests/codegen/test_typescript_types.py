import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen.typescript_types import comment, interface, typescript_type

TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "integer", "minimum": 1}, "number"),
        ({"enum": ["a", 1, True]}, '"a" | 1 | true'),
        ({"$ref": "#/components/schemas/Thing"}, "input.Thing"),
        ({"type": "array", "items": {"type": "string"}}, "readonly (string)[]"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"anyOf": [{"type": "string"}, {}]}, "unknown"),
        (
            {"anyOf": [{"enum": ["a"]}, {"type": "string"}]},
            '"a" | (string & {})',
        ),
        ({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}, '"a" | null'),
        (
            {"type": "object", "additionalProperties": {"type": "boolean"}},
            "{ readonly [name: string]: boolean }",
        ),
        (
            {"type": "object", "additionalProperties": True},
            "{ readonly [name: string]: unknown }",
        ),
    ],
)
def test_a_schema_has_a_type(schema: dict[str, Any], told: str) -> None:
    assert typescript_type(schema, prefix="input.") == told


def test_an_interface_has_its_members_and_their_texts() -> None:
    schema = {
        "description": "What is sent.",
        "properties": {
            "a": {"type": "string", "description": "One */ two."},
            "b-c": {"type": "null"},
        },
        "required": ["a"],
    }

    assert interface("Input", schema).splitlines() == [
        "/** What is sent. */",
        "export interface Input {",
        "  /** One * / two. */",
        "  readonly a: string;",
        '  readonly "b-c"?: null;',
        "}",
    ]


def test_a_member_that_every_object_has_may_still_be_left_out() -> None:
    schema = {"required": ["valueOf"], "properties": {"valueOf": {}, "toString": {}}}

    assert interface("X", schema).splitlines()[1:-1] == [
        "  readonly valueOf: unknown;",
        '  readonly toString?: unknown | Object["toString"];',
    ]


@given(TEXT)
@example("*/ evil(); /*")
@example("**//")
@example("*\u200b/ evil()")
def test_a_comment_cannot_be_ended_by_any_text(text: str) -> None:
    made = comment(text)

    assert "*/" not in made
    assert "@" not in made
    assert made.isprintable()


@given(TEXT)
@example('\u2028\ud800"`${x}')
def test_a_text_enters_as_a_literal_that_means_it(text: str) -> None:
    member = interface("X", {"properties": {text: {"enum": [text]}}}).splitlines()[1]
    quoted = re.fullmatch(r"  readonly (.+)\?: (\".*\");", member)

    assert quoted is not None
    assert json.loads(quoted[2]) == text
    assert quoted[1] in {text, quoted[2]}
    assert member.isascii()
