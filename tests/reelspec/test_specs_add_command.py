"""One command, and a new model is in the client, the mock and the tests."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import codegen
from mock_server import Server, Timing, build_app
from reelspec.cli import main
from reelspec.codes import Exit
from specs import Registry, vendored_folder

POSE = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
PATH = "/v2/video/generations"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_model(home: Path, name: str = "new.json", **members: Any) -> Path:
    """Write a document of a new model, with *members* in its body."""
    raw = json.loads(POSE.read_text("utf-8"))
    body = raw["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    body["schema"]["properties"] |= {"model": {"enum": ["acme/new"]}, **members}
    path = home / name
    path.write_text(json.dumps(raw), "utf-8")
    return path


def run(*arguments: str, answer: str = "") -> tuple[int, str, str]:
    folders = ["--specs", "specs", "--out", "clients"]
    where = folders if arguments[0] in ("specs", "generate") else folders[:2]
    if arguments[:2] in (("specs", "list"), ("specs", "show")):
        where = folders[:2]
    result = CliRunner().invoke(main, [*arguments, *where], input=answer)
    return result.exit_code, result.stdout, result.stderr


def files(home: Path) -> dict[str, bytes]:
    return {
        it.relative_to(home).as_posix(): it.read_bytes()
        for it in home.rglob("*")
        if it.is_file()
    }


def test_model_is_in_everything_when_it_was_added_to_an_empty_folder(
    home: Path,
) -> None:
    write_model(home, duration={"type": "integer", "enum": [5, 10], "default": "5"})

    code, out, err = run("specs", "add", "new.json", "--provider", "aimlapi")

    assert (code, err) == (Exit.OK, "")
    assert out.startswith("aimlapi/new.json: aimlapi:acme/new\n")
    assert "  aimlapi: its facts, and the notes about it, are built-in ones\n" in out
    assert "treatment 'coerce', aimlapi/new.json#/paths/" in out
    assert "default-of-another-type: default='5' is not of the declared type" in out
    assert "waiver, aimlapi/new.json#/paths/~1v2~1video~1generations/post: no-se" in out
    assert run("specs", "list")[0] == Exit.OK
    assert run("generate", "--check")[0] == Exit.OK
    code, out, _ = run("test")
    assert code == Exit.OK, out
    assert "aimlapi:acme/new" in out


def test_generated_client_of_a_new_model_gets_its_video(home: Path) -> None:
    write_model(home)
    assert run("specs", "add", "new.json")[0] == Exit.OK
    program = (
        "import sys; sys.path.insert(0, 'clients')\n"
        "from reel_clients.aimlapi import Client\n"
        "with Client(base_url=sys.argv[1], api_key='a:b') as client:\n"
        "    job = client.{name}.submit(prompt='x', video_url='https://a.test/a.mp4')\n"
        "    print(job.wait(interval=0.05).output.video.url)\n"
    )
    registry = Registry.load(home / "specs")
    name = codegen.resource_names(registry)["aimlapi:acme/new"]
    app = build_app(registry, timing=Timing(queued=0.1, generating=0.1))

    with Server(app) as server:
        done = subprocess.run(
            [sys.executable, "-c", program.format(name=name), server.base_url],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(server.base_url)


def test_second_model_joins_the_first(home: Path) -> None:
    write_model(home)
    run("specs", "add", "new.json")

    code, out, _ = run("specs", "add", str(POSE), "--as", "pose.json", "--json")

    assert code == Exit.OK
    told = json.loads(out)
    assert told["document"] == "aimlapi/pose.json"
    assert told["contracts"] == ["aimlapi:alibaba/wan2.2-vace-fun-a14b-pose"]
    assert [it["kind"] for it in told["proposed"]] == ["waiver"]
    assert str(Path("specs/aimlapi/pose.json")) in told["written"]
    assert len(json.loads(run("specs", "list", "--json")[1])) == 2


def test_nothing_is_written_when_the_document_cannot_be_honoured(home: Path) -> None:
    write_model(home)
    run("specs", "add", "new.json")
    write_model(home, "bad.json", num_frames={"not": {}})
    before = files(home)

    code, out, err = run("specs", "add", "bad.json")

    assert code == Exit.DOCUMENT
    assert out == ""
    assert "aimlapi/bad.json#/paths/~1v2~1video~1generations/post/" in err
    assert "this keyword is not supported" in err
    assert files(home) == before


def test_nothing_is_written_when_the_clients_cannot_be(home: Path) -> None:
    write_model(home)
    (home / "clients").mkdir()
    (home / "clients" / "README.md").write_text("Mine.")
    before = files(home)

    code, _, err = run("specs", "add", "new.json")

    assert code == Exit.DOCUMENT
    assert "was not generated by reelspec" in err
    assert files(home) == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", Exit.OK), ("n\n", Exit.FINDINGS)])
def test_replacing_a_document_shows_the_change_and_asks(
    home: Path, answer: str, code: Exit
) -> None:
    write_model(home)
    run("specs", "add", "new.json")
    before = files(home)
    write_model(home, extra={"type": "boolean"})

    found, out, _ = run("specs", "add", "new.json", answer=answer)

    assert found == code
    assert "compatible  extra: parameter added (now boolean)" in out
    changed = files(home)["specs/aimlapi/new.json"] != before["specs/aimlapi/new.json"]
    assert changed is (code is Exit.OK)


def test_replacing_a_document_of_which_only_words_changed_says_so(home: Path) -> None:
    write_model(home)
    run("specs", "add", "new.json")
    path = write_model(home)
    path.write_text(
        path.read_text().replace("What the video should show", "What the video shows")
    )

    _, out, _ = run("specs", "add", "new.json", "--yes")

    assert "prompt: description changed" in out
    assert "1 document compared: 1 cosmetic" in out


def test_json_does_not_ask(home: Path) -> None:
    write_model(home)
    run("specs", "add", "new.json")
    write_model(home, extra={"type": "boolean"})

    code, _, err = run("specs", "add", "new.json", "--json")

    assert code == Exit.USAGE
    assert "add --yes" in err


def test_interrupted_change_is_ended_by_the_next_command(home: Path) -> None:
    write_model(home)
    run("specs", "add", "new.json")
    (home / "specs" / "aimlapi" / ".x.part").write_text("")
    journal = home / "specs" / ".reelspec-landing.json"
    journal.write_text('[["specs", "aimlapi/new.json", "aimlapi/.x.part"]]')

    code, _, err = run("specs", "list")

    assert code == Exit.DOCUMENT  # the empty file has come, as the journal said
    assert "aimlapi/new.json" in err
    assert not journal.exists()


def test_missing_file_is_named(home: Path) -> None:
    code, _, err = run("specs", "add", "gone.json")

    assert code == Exit.ENVIRONMENT
    assert "gone.json: No such file" in err


def test_unreachable_source_has_an_exit_code_of_its_own(home: Path) -> None:
    code, _, err = run(
        "specs", "add", "http://127.0.0.1:1/new.json", "--allow-loopback"
    )

    assert code == Exit.OFFLINE
    assert "cannot be reached" in err
    assert files(home) == {}
