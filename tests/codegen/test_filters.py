import ast
import html
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen.filters import docstring, literal, markdown, prose

# Surrogates too: JSON can carry them, so a document can.
TEXT = st.text(st.characters(exclude_categories=()))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


@given(JSON)
@example("\ud800")
@example('"""\nimport os')
def test_a_literal_evaluates_back_to_any_value(value: Any) -> None:
    assert ast.literal_eval(literal(value)) == value


@given(TEXT)
@example("\r")
@example('"""\nimport os\n"""')
@example("\\")
@example('ends in a quote"')
@example("\x00\ud800\u2028{{ x }}")
def test_a_docstring_evaluates_back_to_any_text(text: str) -> None:
    assert ast.literal_eval(docstring(text)) == text


@given(TEXT)
def test_a_docstring_is_one_expression_for_any_text(text: str) -> None:
    tree = ast.parse(f"def f():\n    {docstring(text)}\n    return 1")

    assert [type(it).__name__ for it in tree.body] == ["FunctionDef"]


@given(TEXT)
def test_prose_is_one_line_without_markup_for_any_text(text: str) -> None:
    assert not set(prose(text)) & set("\n\r`|<>[]*\\")


@pytest.mark.parametrize("text", ["a/b-c_1.2 (x): y;z+, w"])
def test_prose_leaves_plain_text_alone(text: str) -> None:
    assert prose(text) == text


@given(TEXT)
@example("a | b\n| --- |\n<script>`x`")
def test_markdown_shows_any_text_as_it_is_and_means_nothing(text: str) -> None:
    made = markdown(text)

    assert not set(re.sub(r"&#\d+;", "", made)) & set("\n\r`|<>[]*\\#&~$^={}")
    plain = "".join(it for it in " ".join(text.split()) if 31 < ord(it) < 127)
    assert "".join(it for it in html.unescape(made) if 31 < ord(it) < 127) == plain
