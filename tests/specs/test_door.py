import subprocess
import sys

import pytest

import specs


def test_every_name_of_the_door_leads_somewhere() -> None:
    assert [it for it in specs.__all__ if not hasattr(specs, it)] == []


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'specs' has no attribute 'nothing'"):
        _ = specs.nothing


def test_what_few_programs_need_is_not_imported_at_first() -> None:
    script = "import sys, specs; print([it for it in sys.modules if 'tree_sitter' in it or it == 'httpx'])"

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
