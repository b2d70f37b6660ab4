import pytest

from specs.changes.lines import line_of

TEXT = """{
  "a": {"b/c": [1,
    {"d": "}\\"]"}, 3]},
  "e":
    7
}"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/a", 2),
        ("/a/b~1c/0", 2),
        ("/a/b~1c/1/d", 3),
        ("/a/b~1c/2", 3),
        ("/e", 5),
        ("/a/missing/deeper", 2),
        ("/a/b~1c/9", 2),
        ("/e/none", 5),
    ],
)
def test_the_line_is_that_of_what_the_pointer_names_or_of_what_is_around_it(
    pointer: str, line: int
) -> None:
    assert line_of(TEXT, pointer) == line


@pytest.mark.parametrize("text", ["{}", "[]", " [ ] ", "{ }", "null"])
def test_nothing_is_found_in_an_empty_value(text: str) -> None:
    assert line_of(text, "/a") == 1
