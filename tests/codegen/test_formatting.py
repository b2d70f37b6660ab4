import pytest

from codegen import FormatError
from codegen.formatting import format_all


def test_imports_are_sorted_and_unused_ones_go() -> None:
    text = "import sys\nimport os\nimport re\nprint(os,sys)\n"

    assert format_all({"a/b.py": text}) == {
        "a/b.py": "import os\nimport sys\n\nprint(os, sys)\n"
    }


def test_text_that_is_no_python_is_refused_with_its_place() -> None:
    with pytest.raises(FormatError, match=r"^a\.py: generated text is not Python"):
        format_all({"a.py": "class"})


def test_what_ruff_cannot_mend_is_refused() -> None:
    # An import that a package may want to pass on is not removed, only reported.
    with pytest.raises(FormatError, match=r"^ruff: cannot format .*__init__\.py"):
        format_all({"a/__init__.py": "import os\n"})
