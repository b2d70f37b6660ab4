"""YAML is read as far as it writes JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.yamltext import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no\nb: 'true'\nc: true\n", {"a": "no", "b": "true", "c": True}),
        ("a: 2026-01-02", {"a": "2026-01-02"}),
        ("[0x10, 010, .5, 1., 1_000]", ["0x10", "010", ".5", "1.", "1_000"]),
        ("[1, -2, 0.5, 1e3]", [1, -2, 0.5, 1000.0]),
        ("a: \nb: [~, null, 'null']", {"a": None, "b": [None, None, "null"]}),
        ("200: fine\ntrue: too", {"200": "fine", "true": "too"}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("\ufeffa: 1", {"a": 1}),
        ("5", 5),
    ],
)
def test_value_is_one_that_json_has(text: str, value: Any) -> None:
    found = read_yaml(text.encode())

    assert (found, type(found)) == (value, type(value))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc:# '\""), inner),
        max_leaves=5,
    )
)
def test_json_is_yaml(value: Any) -> None:
    assert read_yaml(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a: [", "expected the node content"),
        ("1\n--- 2", "expected a single document"),
        ("a: &x [1]\nb: *x", "line 1: aliases are not followed"),
        ("a: &x [*x]", "line 1: aliases are not followed"),
        ("a: 1\na: 2", "line 2: the key 'a' stands twice"),
        ("? [1]\n: 2", "line 1: a key is no text"),
        ("a: !!python/name:os.system x", "the tag 'tag:yaml.org,2002:python/name"),
        ("a: !mine x", "the tag '!mine' is not read"),
        ("a: 1e999", "is too large a number"),
        ("[" * 200 + "]" * 200, "nested more than 128 deep"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("\x01", "special characters"),
    ],
)
def test_what_json_has_not_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("[", r"\[")):
        read_yaml(text.encode())


def test_other_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        read_yaml("a: é".encode("latin-1"))
