"""Every command works on a folder of a team's own, which nothing here knows."""

import json
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from tests.reelspec.test_mock_command import running
from tests.reelspec.test_specs_add_command import write_model

NAME = "aimlapi:acme/new"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Add a model to a folder that is not there yet."""
    found = tmp_path_factory.mktemp("team")
    written = write_model(
        found,
        seconds={"type": "integer", "minimum": 5, "maximum": 10},
        sound={"type": "boolean"},
        images={"type": "array", "items": {"type": "string", "format": "uri"}},
    )
    raw = json.loads(written.read_text("utf-8"))
    submit = raw["paths"]["/v2/video/generations"]["post"]
    schema = submit["requestBody"]["content"]["application/json"]["schema"]
    schema["required"] += ["seconds", "sound", "images"]
    written.write_text(json.dumps(raw), "utf-8")
    code, _, err = run(found, "specs", "add", str(written), "--provider", "aimlapi")
    assert code == Exit.OK, err
    return found


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    """Run a command of those that take --specs and --out."""
    folders = ["--specs", str(home / "specs"), "--out", str(home / "clients")]
    result = CliRunner().invoke(main, [*arguments, *folders])
    return result.exit_code, result.stdout, result.stderr


def read(home: Path, *arguments: str) -> tuple[int, str]:
    """Run a command of those that take --specs alone."""
    result = CliRunner().invoke(main, [*arguments, "--specs", str(home / "specs")])
    return result.exit_code, result.stdout


def test_documents_are_listed_shown_and_compared(home: Path) -> None:
    listed = read(home, "specs", "list", "--json")
    shown = read(home, "specs", "show", "acme/new")
    compared = read(home, "specs", "diff", "acme/new", str(home / "new.json"))

    assert [it["contract"] for it in json.loads(listed[1])] == [NAME]
    assert (shown[0], shown[1].splitlines()[0]) == (Exit.OK, NAME)
    assert compared == (Exit.OK, "1 document compared: nothing changed\n")


def test_clients_are_fresh_until_one_is_touched(home: Path) -> None:
    assert run(home, "generate", "--check")[0] == Exit.OK
    client = next((home / "clients").rglob("aimlapi/*.py"))
    text = client.read_text("utf-8")
    client.write_text(f"{text}# mine\n", "utf-8")

    assert run(home, "generate", "--check")[0] == Exit.FINDINGS
    assert run(home, "generate")[0] == Exit.OK
    assert client.read_text("utf-8") == text


def test_mock_keeps_the_contract(home: Path) -> None:
    code, out = read(home, "test", "--json", "--profile", "quick")

    assert code == Exit.OK
    assert NAME in out


def test_mock_serves_the_model_alone(home: Path) -> None:
    where = ("--store", "memory", "--specs", str(home / "specs"))
    with running(*where, folder=home) as (url, _):
        health = httpx.get(f"{url}/__mock__/health").json()

    assert health["contracts"] == [NAME]


def test_program_runs_against_the_mock_of_the_model(home: Path) -> None:
    where = ["--specs", str(home / "specs")]
    program = ["--", sys.executable, "-c", "raise SystemExit(7)"]

    assert CliRunner().invoke(main, ["run", *where, *program]).exit_code == 7


def test_demo_makes_a_video_with_the_clients_of_the_folder(home: Path) -> None:
    clients, videos = str(home / "clients"), str(home / "videos")

    code, out = read(home, "demo", "--json", "--generated", clients, "--out", videos)

    assert code == Exit.OK, out
    (row,) = json.loads(out)
    assert row["contract"] == NAME
    assert row["asked"]["seconds"] == 5
    assert row["asked"]["images"] == ["https://example.com/input.mp4"]
    assert Path(row["file"]).is_relative_to(home)
