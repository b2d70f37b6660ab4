"""The sources of the documents, followed: everything at once or nothing at all."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from specs import vendored_folder
from tests.specs.upstream import Upstream, send, serve_upstream

POSE = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
FETCH = vendored_folder() / "aimlapi" / "universal-video-fetch.json"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with serve_upstream() as found:
        found.pages |= {
            "/pose.json": POSE.read_bytes(),
            "/fetch.json": FETCH.read_bytes(),
        }
        yield found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: Upstream) -> Path:
    """Work in a folder whose two documents upstream publishes."""
    monkeypatch.chdir(tmp_path)
    code, _, err = run("add", f"{upstream.url}/pose.json", "--provider", "aimlapi")
    assert code == Exit.OK, err
    lock = tmp_path / "specs" / "specs.lock"
    lines = [
        f'source = "{upstream.url}/fetch.json"' if "raw.github" in it else it
        for it in lock.read_text().splitlines()
    ]
    lock.write_text("\n".join(lines))
    return tmp_path


def run(*arguments: str, answer: str = "") -> tuple[int, str, str]:
    where = ["--specs", "specs", "--out", "clients", "--allow-loopback"]
    result = CliRunner().invoke(main, ["specs", *arguments, *where], input=answer)
    return result.exit_code, result.stdout, result.stderr


def change(
    upstream: Upstream, old: str = '"maximum": 241', new: str = '"maximum": 99'
) -> None:
    text = POSE.read_text("utf-8")
    assert old in text
    upstream.pages["/pose.json"] = text.replace(old, new).encode()


def files(home: Path) -> dict[str, bytes]:
    return {
        it.relative_to(home).as_posix(): it.read_bytes()
        for it in home.rglob("*")
        if it.is_file()
    }


def test_nothing_happens_when_nothing_has_moved(home: Path) -> None:
    before = files(home)

    code, out, err = run("sync")

    assert (code, out) == (Exit.OK, "2 unchanged, 0 without an address\n")
    assert err.strip() == ""
    assert files(home) == before


@pytest.mark.parametrize("mode", [("--check",), ("--check", "--yes")])
def test_check_changes_nothing_and_fails_when_a_source_moved(
    home: Path, upstream: Upstream, mode: tuple[str, ...]
) -> None:
    change(upstream)
    before = files(home)

    code, out, _ = run("sync", *mode)

    assert code == Exit.FINDINGS
    assert "moved: aimlapi/wan2.2-vace-fun-a14b-pose.json" not in out
    assert "moved: aimlapi/pose.json: http://127.0.0.1" in out
    assert "breaking    num_frames: maximum tightened (241 → 99)" in out
    assert "1 document compared: 1 breaking" in out
    assert files(home) == before


def test_document_lock_and_clients_are_written_together_when_agreed(
    home: Path, upstream: Upstream
) -> None:
    change(upstream)
    before = files(home)

    code, out, _ = run("sync", answer="y\n")

    assert code == Exit.OK
    assert "Take it?" in out
    after = files(home)
    changed = {name for name in after if after[name] != before.get(name)}
    assert {"specs/specs.lock", "specs/aimlapi/pose.json"} < changed
    assert any(name.startswith("clients/reel_clients/aimlapi/") for name in changed)
    assert run("sync")[0] == Exit.OK


def test_nothing_is_written_when_the_answer_is_no(
    home: Path, upstream: Upstream
) -> None:
    change(upstream)
    before = files(home)

    code, _, _ = run("sync", answer="n\n")

    assert code == Exit.FINDINGS
    assert files(home) == before


def test_report_for_machines_tells_what_moved_and_was_written(
    home: Path, upstream: Upstream
) -> None:
    change(upstream)

    code, out, _ = run("sync", "--json", "--yes")

    assert code == Exit.OK
    told = json.loads(out)
    states = {it["document"]: it["state"] for it in told["documents"]}
    assert states == {
        "aimlapi/pose.json": "moved",
        "aimlapi/universal-video-fetch.json": "same",
    }
    (change_found,) = told["changes"]["findings"]
    assert change_found["rule"] == "request-maximum-tightened"
    assert str(Path("specs/aimlapi/pose.json")) in told["written"]


def test_json_does_not_ask(home: Path) -> None:
    code, _, err = run("sync", "--json")

    assert code == Exit.USAGE
    assert "add --check or --yes" in err


def test_fault_that_comes_with_a_change_is_treated_in_sight(
    home: Path, upstream: Upstream
) -> None:
    change(upstream, '"default": 81', '"default": "81"')

    code, out, _ = run("sync", "--yes")

    assert code == Exit.OK
    assert "added to waivers.toml: treatment 'coerce', aimlapi/pose.json#" in out

    change(upstream)
    code, out, _ = run("sync", "--yes")

    assert code == Exit.OK
    assert "removed from waivers.toml, nothing needs it: treatment 'coerce'" in out


def test_overlay_that_upstream_makes_unnecessary_is_reported_and_then_refused(
    home: Path, upstream: Upstream
) -> None:
    overlays = home / "specs" / "aimlapi" / "overlays"
    overlays.mkdir()
    overlays.joinpath("frames.yaml").write_text(
        "overlay: 1.0.0\n"
        "info: {title: What the other provider says, version: 1.0.0}\n"
        "extends: ../pose.json\n"
        "actions:\n"
        "- target: $.paths.*.post..properties.num_frames\n"
        "  update: {maximum: 99}\n"
    )
    place = "aimlapi/overlays/frames.yaml#/actions/0"
    runner = CliRunner()
    listed = ["specs", "list", "--specs", "specs"]
    assert runner.invoke(main, listed).exit_code == Exit.OK
    change(upstream)

    code, out, _ = run("sync", "--yes")

    assert code == Exit.OK
    assert f"  changes nothing any more, remove it: {place}: What the other" in out
    refused = runner.invoke(main, listed)
    assert refused.exit_code == Exit.DOCUMENT
    assert f"{place}: target=" in refused.stderr
    assert json.loads(run("sync", "--check", "--json")[1])["idle"] == []


def test_one_source_that_is_gone_keeps_everything(
    home: Path, upstream: Upstream
) -> None:
    change(upstream)
    del upstream.pages["/fetch.json"]
    before = files(home)

    code, _, err = run("sync", "--yes")

    assert code == Exit.DOCUMENT
    assert "refused: aimlapi/universal-video-fetch.json" in err
    assert "answers 404" in err
    assert "nothing was written" in err
    assert files(home) == before

    code, out, _ = run("sync", "aimlapi/pose.json", "--yes")

    assert code == Exit.OK
    assert "0 unchanged, 0 without an address" in out


def test_mistyped_document_is_answered_with_the_near_one(home: Path) -> None:
    code, _, err = run("sync", "aimlapi/pos.json")

    assert home.exists()
    assert code == Exit.DOCUMENT
    assert "did you mean aimlapi/pose.json?" in err


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param(b"<html>Sign in</html>", "may ask to sign in", id="portal"),
        pytest.param(
            lambda it: send(it, 302, b"", Location="https://elsewhere.test/"),
            "leads to another host",
            id="redirect",
        ),
    ],
)
def test_page_in_place_of_a_document_keeps_everything(
    home: Path, upstream: Upstream, page: bytes, said: str
) -> None:
    upstream.pages["/pose.json"] = page
    before = files(home)

    code, _, err = run("sync", "--yes")

    assert code == Exit.DOCUMENT
    assert said in err
    assert files(home) == before


def test_document_of_another_model_is_refused(home: Path, upstream: Upstream) -> None:
    change(upstream, "alibaba/wan2.2-vace-fun-a14b-pose", "alibaba/another")
    before = files(home)

    code, _, err = run("sync", "--yes")

    assert code == Exit.DOCUMENT
    assert "would describe alibaba/another" in err
    assert files(home) == before


def test_offline_says_so_with_an_exit_code_of_its_own(home: Path) -> None:
    lock = home / "specs" / "specs.lock"
    text = lock.read_text()
    for line in text.splitlines():
        if line.startswith("source"):
            text = text.replace(line, 'source = "http://127.0.0.1:1/gone.json"')
    lock.write_text(text)
    before = files(home)

    code, _, err = run("sync", "--check")

    assert code == Exit.OFFLINE
    assert "offline: aimlapi/pose.json" in err
    assert files(home) == before
