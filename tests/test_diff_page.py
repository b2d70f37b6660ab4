"""The page about changed documents, held against what the command does."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.diff.edits import DROP, SENT, Edit, document
from reelspec.cli import main
from specs import CHANGE_OUTPUTS, Severity, list_change_rules

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "diff.md").read_text("utf-8")


def test_the_page_lists_every_rule_as_it_is() -> None:
    table = PAGE.partition("<!-- rules -->\n")[2].partition("\n<!-- end of rules -->")[
        0
    ]

    assert table == list_change_rules()


def test_the_page_says_of_every_severity_what_it_means() -> None:
    assert all(f"| {it.value} | {it.meaning} |" in PAGE for it in Severity)


def test_the_page_names_every_format() -> None:
    named = set(re.findall(r"^\| `(\w+)`(?:, or `--json`)? \| [^|]+ \|$", PAGE, re.M))

    assert named == set(CHANGE_OUTPUTS)


def test_the_page_s_example_is_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    new = Edit(
        "",
        "",
        "",
        {
            f"{SENT}/note": DROP,
            f"{SENT}/size/default": "720p",
            f"{SENT}/frames/minimum": 1,
        },
    )
    Path("old.json").write_text(json.dumps(document()))
    Path("new.json").write_text(json.dumps(new.apply(document())))

    printed = CliRunner().invoke(main, ["specs", "diff", "old.json", "new.json"]).output

    assert f"$ reelspec specs diff old.json new.json\n{printed}```" in PAGE
