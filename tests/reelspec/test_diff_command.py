import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from benchmarks.diff.edits import DROP, SENT, Edit, document
from reelspec.cli import main
from reelspec.codes import Exit
from specs import vendored_folder
from specs.changes.outputs.machine import SCHEMA_FILE


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


@pytest.fixture
def program(tmp_path: Path) -> tuple[str, str, str]:
    """Return an old and a new document, and a program that the change breaks."""
    home = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
    new = tmp_path / "new.json"
    raw = home.read_text("utf-8")
    new.write_text(raw.replace('"sync_mode"', '"sync_now"'))
    source = tmp_path / "app.py"
    source.write_text(
        'client.wan2_2_vace_fun_a14b_pose.submit(prompt="a", video_url="u", sync_mode=True)\n'
    )
    return str(home), str(new), str(source)


RENAMED = "sync_mode: parameter renamed (sync_mode → sync_now)"


def test_diff_lists_the_calls_that_a_change_breaks(
    program: tuple[str, str, str],
) -> None:
    old, new, source = program

    code, out, err = run(old, new, "--usage", source)

    assert code == Exit.OK
    assert out.splitlines()[-2:] == [
        f"{source}:1: wan2_2_vace_fun_a14b_pose.submit(sync_mode): {RENAMED} "
        "(request-parameter-renamed)",
        "1 place of the code touched",
    ]
    assert err == ""


def test_diff_lists_the_calls_for_machines(program: tuple[str, str, str]) -> None:
    old, new, source = program

    value = json.loads(run(old, new, "--usage", source, "--json")[1])

    Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8"))).validate(value)
    assert value["usage"] == [
        {
            "file": source,
            "line": 1,
            "call": "wan2_2_vace_fun_a14b_pose.submit",
            "argument": "sync_mode",
            "rule": "request-parameter-renamed",
            "message": RENAMED,
        }
    ]


def test_diff_lists_the_calls_for_code_hosts(program: tuple[str, str, str]) -> None:
    old, new, source = program

    annotations = run(old, new, "--usage", source, "--format", "github")[1]
    sarif = json.loads(run(old, new, "--usage", source, "--format", "sarif")[1])
    markdown = run(old, new, "--usage", source, "--format", "markdown")[1]

    assert (
        f"::error file={source},line=1,title=request-parameter-renamed::" in annotations
    )
    assert len(sarif["runs"]) == 2
    assert "### Your code (1)" in markdown


def test_diff_says_so_where_no_call_is_touched(program: tuple[str, str, str]) -> None:
    old, _, source = program

    assert "0 places of the code touched" in run(old, old, "--usage", source)[1]
    assert (
        "Nothing is touched."
        in run(old, old, "--usage", source, "--format", "markdown")[1]
    )
    assert run(old, old, "--usage", source, "--format", "github")[1] == ""


def test_diff_names_a_program_that_it_cannot_read(
    program: tuple[str, str, str],
) -> None:
    old, new, source = program
    Path(source).write_text("def (")

    _, _, err = run(old, new, "--usage", source)

    assert err == f"{source}: is no Python that can be read; it was left out\n"
