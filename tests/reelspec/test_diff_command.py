import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.diff.edits import DROP, SENT, Edit, document
from reelspec.cli import main
from reelspec.codes import Exit


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ("specs", "diff", *arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(document()))
    gone = Edit("", "", "", {f"{SENT}/note": DROP, f"{SENT}/size/default": "720p"})
    new.write_text(json.dumps(gone.apply(document())))
    return str(old), str(new)


def test_diff_tells_what_changed(sides: tuple[str, str]) -> None:
    code, out, _ = run(*sides)

    assert code == Exit.OK
    assert out.startswith("breaking    note: parameter removed")
    assert out.endswith("1 document compared: 1 breaking, 1 risky\n")


@pytest.mark.parametrize("options", [("--json",), ("--format", "json")])
def test_diff_speaks_json(sides: tuple[str, str], options: tuple[str, ...]) -> None:
    _, out, _ = run(*sides, *options)

    assert json.loads(out)["summary"]["breaking"] == 1


@pytest.mark.parametrize("severity", ["breaking", "risky", "compatible", "cosmetic"])
def test_diff_fails_where_a_change_is_as_bad_as_asked(
    sides: tuple[str, str], severity: str
) -> None:
    code, out, _ = run(*sides, "--fail-on", severity)

    assert code == Exit.FINDINGS
    assert out


def test_diff_does_not_fail_for_milder_changes(sides: tuple[str, str]) -> None:
    _, new = sides

    code, out, _ = run(new, new, "--fail-on", "cosmetic")

    assert code == Exit.OK
    assert out == "1 document compared: nothing changed\n"


def test_diff_prints_nothing_where_there_is_nothing_to_annotate(
    sides: tuple[str, str],
) -> None:
    _, new = sides

    assert run(new, new, "--format", "github") == (Exit.OK, "", "")


def test_diff_refuses_a_name_that_means_nothing(sides: tuple[str, str]) -> None:
    old, _ = sides

    code, out, error = run(old.replace("old", "odl"), old)

    assert code == Exit.DOCUMENT
    assert not out
    assert "did you mean" in error


def test_diff_prints_its_rules() -> None:
    code, out, _ = run("--rules")

    assert code == Exit.OK
    assert "| `request-default-changed` | risky | request |" in out
