"""The page about taking documents in, held against what the commands do."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import click
import msgspec
import pytest

from reelspec.cli import main
from reelspec.codes import Exit
from specs import Registry, Treatment, Waiver, find_faults, vendored_folder

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "changes.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ (reelspec .+)$", PAGE, re.M)
TREATING = (ROOT / "specs" / "vendoring" / "treating.py").read_text("utf-8")


def parse(line: str) -> None:
    """Read *line* as the command line does, but no folder that it makes up."""
    _, *words = shlex.split(line)
    command: click.Command = main
    context = click.Context(main, info_name="reelspec")
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command, context = found, click.Context(found, parent=context)
    command.make_parser(context).parse_args(words)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_page_shows_commands_that_there_are(line: str) -> None:
    parse(line)


def test_the_page_has_every_exit_code() -> None:
    assert re.findall(r"^\| (\d) \|", PAGE, re.M) == [str(int(it)) for it in Exit]


def test_the_page_s_notes_can_be_read() -> None:
    waiver, treatment = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)

    msgspec.convert(tomllib.loads(waiver)["waiver"][0], Waiver)
    msgspec.convert(tomllib.loads(treatment)["treatment"][0], Treatment)


def test_the_page_s_overlay_changes_what_it_says(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```yaml\n(overlay.*?)^```", PAGE, re.M | re.S)
    home = tmp_path / "aimlapi"
    (home / "overlays").mkdir(parents=True)
    for name in ("provider.toml", "universal-video-fetch.json"):
        shutil.copy(vendored_folder() / "aimlapi" / name, home)
    pose = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-pose.json"
    shutil.copy(pose, home / "my-model.json")
    (home / "overlays" / "frames.yaml").write_text(text, "utf-8")

    registry = Registry.load(tmp_path)

    assert len(registry.overlaid["aimlapi/my-model.json"]) == 2
    assert "no-security" not in {it.rule for it in find_faults(registry)}


def test_the_page_names_every_remedy() -> None:
    named = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.M))
    remedies = set(re.findall(r'"([a-z-]+)",\s*error', TREATING))

    assert named == remedies
