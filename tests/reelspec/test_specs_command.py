import hashlib
import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from specs import vendored_folder

REFRAME = "alibaba/wan2.2-vace-fun-a14b-reframe"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


def copy_documents(target: Path) -> Path:
    shutil.copytree(vendored_folder(), target, ignore=shutil.ignore_patterns("*.py*"))
    return target


def test_list_names_every_contract_and_where_it_comes_from() -> None:
    code, out, _ = run("specs", "list")

    assert code == Exit.OK
    assert f"aimlapi:{REFRAME}" in out
    assert "verbatim" in out
    assert "fal:fal-ai/wan-22-vace-fun-a14b/inpainting" in out


def test_list_speaks_json() -> None:
    _, out, _ = run("specs", "list", "--json")

    rows = {it["contract"]: it for it in json.loads(out)}
    assert len(rows) == 6
    assert rows[f"aimlapi:{REFRAME}"]["origin"] == "verbatim"
    assert "no-security" in rows[f"aimlapi:{REFRAME}"]["faults"]


def test_show_tells_every_parameter_with_its_range_and_default() -> None:
    code, out, _ = run("specs", "show", REFRAME)

    assert code == Exit.OK
    assert "num_frames  integer; 17 to 241; default 81" in out
    assert 'resolution  string; 480p, 580p, 720p; default "480p"' in out
    assert "video_url  string (uri); required" in out


def test_show_speaks_json() -> None:
    _, out, _ = run("specs", "show", f"aimlapi:{REFRAME}", "--json")

    shown = json.loads(out)
    frames = next(it for it in shown["parameters"] if it["name"] == "num_frames")
    assert frames == {
        "name": "num_frames",
        "required": False,
        "type": "integer",
        "limits": "17 to 241",
        "nullable": False,
        "default": 81,
        "description": "Number of frames to generate.",
    }
    assert shown["lifecycle"]["initial"] == "queued"


def test_show_tells_what_was_changed_when_the_documents_were_loaded(
    tmp_path: Path,
) -> None:
    folder = copy_documents(tmp_path / "specs")
    overlays = folder / "fal" / "overlays"
    overlays.mkdir()
    overlays.joinpath("steps.yaml").write_text(
        "overlay: 1.0.0\n"
        "info: {title: As the other provider has it, version: 1.0.0}\n"
        "actions:\n"
        "- target: $.info\n"
        "  update: {x-known: true}\n"
    )
    name, where = "fal-ai/wan-22-vace-fun-a14b/inpainting", ("--specs", str(folder))

    _, out, _ = run("specs", "show", name, *where)
    shown = json.loads(run("specs", "show", name, "--json", *where)[1])

    place = "fal/overlays/steps.yaml#/actions/0"
    assert f"overlay {place}: As the other provider has it: update $.info" in out
    assert "treated set /paths/*~1cancel/put/responses (Declared as 200 with" in out
    assert [it["action"] for it in shown["overlays"]] == [place]
    assert len(shown["treatments"]) == 4


def test_show_suggests_near_names_for_a_mistyped_model() -> None:
    code, _, err = run("specs", "show", "alibaba/wan2.2-vace-fun-a14b-refrane")

    assert code == Exit.DOCUMENT
    assert f"aimlapi:{REFRAME}" in err
    assert len(err.splitlines()) == 1


def test_a_mistyped_command_is_answered_with_the_near_one() -> None:
    code, _, err = run("spec")

    assert code == Exit.USAGE
    assert "Did you mean 'specs'?" in err


def test_help_prints_what_each_exit_code_means() -> None:
    code, out, _ = run("--help")

    assert code == Exit.OK
    assert all(it.meaning in " ".join(out.split()) for it in Exit)


def test_an_edited_document_ends_with_one_line_and_its_own_code(tmp_path: Path) -> None:
    folder = copy_documents(tmp_path / "specs")
    path = folder / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
    path.write_text(path.read_text("utf-8").replace("241", "240"), "utf-8")

    code, out, err = run("specs", "list", "--specs", str(folder))

    assert code == Exit.DOCUMENT
    assert out == ""
    assert "specs.lock#aimlapi/wan2.2-vace-fun-a14b-pose.json" in err
    assert len(err.splitlines()) == 1


def test_markup_in_a_document_is_printed_as_it_is(tmp_path: Path) -> None:
    folder = copy_documents(tmp_path / "specs")
    path = folder / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
    text = path.read_text("utf-8")
    frames = json.loads(text)["paths"]["/v2/video/generations"]["post"]
    schema = frames["requestBody"]["content"]["application/json"]["schema"]
    old = schema["properties"]["num_frames"]["description"]
    changed = text.replace(json.dumps(old), json.dumps("[red]not markup[/red]"))
    path.write_text(changed, "utf-8")
    lock = folder / "specs.lock"
    before = hashlib.sha256(text.encode()).hexdigest()
    after = hashlib.sha256(changed.encode()).hexdigest()
    lock.write_text(lock.read_text("utf-8").replace(before, after), "utf-8")

    model = "alibaba/wan2.2-vace-fun-a14b-pose"
    _, out, _ = run("specs", "show", model, "--specs", str(folder))

    assert "[red]not markup[/red]" in out
