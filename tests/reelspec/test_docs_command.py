import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from specs import PageLevel, list_page_rules

MODEL = "alibaba/wan2.2-vace-fun-a14b-inpainting"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ("docs", "check", *arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "page.md"
    path.write_text(f"Of `{MODEL}`\n\n- `num_frames`: Default: 80\n")
    return str(path)


def test_check_tells_what_is_wrong_and_fails(page: str) -> None:
    code, out, err = run(page)

    assert code == Exit.FINDINGS
    assert out.startswith(f"{page}:3: warning: num_frames: Default: 80\n")
    assert err == ""


def test_check_does_not_fail_for_what_is_milder(page: str) -> None:
    code, out, _ = run(page, "--fail-on", "error")

    assert code == Exit.OK
    assert "1 warning" in out


@pytest.mark.parametrize("level", [it.value for it in PageLevel if it != "error"])
def test_check_fails_for_what_is_as_bad(page: str, level: str) -> None:
    assert run(page, "--fail-on", level)[0] == Exit.FINDINGS


@pytest.mark.parametrize("options", [("--json",), ("--format", "json")])
def test_check_speaks_json(page: str, options: tuple[str, ...]) -> None:
    _, out, _ = run(page, *options)

    assert json.loads(out)["findings"][0]["line"] == 3


def test_check_annotates_nothing_where_nothing_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing.")

    assert run(str(page), "--format", "github") == (Exit.OK, "", "")


def test_check_refuses_a_page_that_is_not_there() -> None:
    code, _, err = run("gone.md")

    assert code == Exit.DOCUMENT
    assert (
        err
        == "Error: gone.md: cannot be read: No such file or directory; check the name\n"
    )


def test_check_lists_its_rules() -> None:
    assert run("--rules") == (Exit.OK, f"{list_page_rules()}\n", "")
