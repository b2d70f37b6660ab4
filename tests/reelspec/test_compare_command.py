import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit

LEFT = "aimlapi:alibaba/wan2.2-vace-fun-a14b-inpainting"
RIGHT = "fal:fal-ai/wan-22-vace-fun-a14b/inpainting"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ("compare", *arguments))
    return result.exit_code, result.stdout, result.stderr


def test_compare_shows_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    code, out, _ = run(LEFT, RIGHT)
    lines = [" ".join(it.split()) for it in out.splitlines()]

    assert code == Exit.OK
    assert lines[0] == f"{LEFT} and {RIGHT}"
    assert "Only the right has (7)" in lines
    assert (
        "image_list → ref_image_urls type list of string (uri) list of string" in lines
    )
    assert "resolution default 480p auto" in lines
    assert "resolution 720p 0.1" in lines


def test_compare_says_so_where_prices_are_the_same() -> None:
    _, out, _ = run(LEFT, LEFT)

    assert "The same on both sides (26)" in out
    assert out.endswith("Prices\nthe same on both sides, or not known\n")


def test_compare_speaks_json() -> None:
    assert json.loads(run(LEFT, RIGHT, "--json")[1])["right"] == RIGHT


def test_compare_writes_a_page(tmp_path: Path) -> None:
    page = tmp_path / "both.html"

    code, out, _ = run(LEFT, RIGHT, "--html", str(page))

    assert (code, out) == (Exit.OK, f"{page}: written\n")
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_compare_refuses_a_model_that_nobody_vendors() -> None:
    code, _, err = run(LEFT, f"{RIGHT}s")

    assert code == Exit.DOCUMENT
    assert f"did you mean {RIGHT}" in err
