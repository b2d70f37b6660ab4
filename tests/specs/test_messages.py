import pytest
from hypothesis import given
from hypothesis import strategies as st

import specs
from specs import SpecError
from specs.messages import one_line


@given(st.text(st.characters(codec=None)), st.integers(1, 50))
def test_line_is_printable_and_encodable_whatever_the_text(
    text: str, longest: int
) -> None:
    line = one_line(text, longest=longest)

    assert line.isprintable()
    assert line.encode().decode() == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a\n\tb  c", "a b c", id="white-space"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="terminal-escape"),
        pytest.param("\ud800", "\\ud800", id="lone-surrogate"),
        pytest.param("a\u202eb", "a\\u202eb", id="direction-override"),
        pytest.param("Größe …", "Größe …", id="any-letter"),
        pytest.param("abcdefghijk", "abcdefghij…", id="too-long"),
    ],
)
def test_line_shows_what_cannot_be_printed(text: str, line: str) -> None:
    assert one_line(text, longest=10 if text.isalpha() else 99) == line


def test_error_is_one_line_that_says_where_what_and_what_to_do() -> None:
    error = SpecError("a.json#/x\n/y", "is\x07 wrong", fix="mend\nit")

    assert str(error) == "a.json#/x /y: is\\x07 wrong; mend it"


def test_error_stays_short_when_a_document_makes_names_long() -> None:
    assert len(str(SpecError("k" * 10_000, "v" * 10_000, fix="mend it"))) < 900


def test_error_keeps_where_it_happened_as_it_was_given() -> None:
    assert SpecError("a#/\x07", "is wrong", fix="mend it").pointer == "a#/\x07"


def test_every_error_is_a_spec_error() -> None:
    named = [getattr(specs, it) for it in specs.__all__ if it.endswith("Error")]
    strangers = [it for it in named if not issubclass(it, SpecError)]

    assert strangers == [specs.IllegalEventError]  # of a job, not of a document


def test_door_is_sorted_and_names_what_exists() -> None:
    ours = [it for it in specs.__all__ if not it.isupper()]

    assert ours == sorted(ours, key=lambda it: (it[0].islower(), it))
    assert all(hasattr(specs, it) for it in specs.__all__)
