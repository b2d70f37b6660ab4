"""Files that change together: all of them, or none, even where a run is cut short."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from specs import VendoringError, finish_landing, land
from specs.landing import JOURNAL

OLD = {"specs/a.json": b"old a", "specs/b.toml": b"old b", "out/c.py": b"old c"}
NEW = {"specs/a.json": b"new a", "specs/n/d.json": b"new d", "out/x/e.py": b"new e"}


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def land_everything(folder: Path) -> None:
    land(
        folder / "specs",
        {"a.json": b"new a", "b.toml": None, "n/d.json": b"new d"},
        out=folder / "out",
        generated={"c.py": None, "x/e.py": b"new e"},
    )


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def leftovers(folder: Path) -> list[Path]:
    return [it for it in folder.rglob(".*") if it.is_file()]


def test_everything_changes(folder: Path) -> None:
    land_everything(folder)

    assert state(folder) == NEW
    assert leftovers(folder) == []


def test_folder_is_made_when_it_is_not_there(tmp_path: Path) -> None:
    land(tmp_path / "new", {"a/b.json": b"b"})

    assert (tmp_path / "new" / "a" / "b.json").read_bytes() == b"b"


CALLS = ("os.fsync", "os.link", "pathlib.Path.replace", "pathlib.Path.unlink")


def killing(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> Callable[[int], None]:
    """Return what makes the n-th change of the file system the last one."""

    def arm(fatal: int) -> None:
        count = 0

        def wrap(real: Callable[..., object]) -> Callable[..., object]:
            def call(*arguments: object, **options: object) -> object:
                nonlocal count
                count += 1
                if count == fatal or (count > fatal and isinstance(error, Killed)):
                    raise error
                return real(*arguments, **options)

            return call

        for name in CALLS:
            owner = os if name.startswith("os") else Path
            member = name.rpartition(".")[2]
            monkeypatch.setattr(owner, member, wrap(getattr(owner, member)))

    return arm


@pytest.mark.parametrize("fatal", range(1, 14))
def test_folders_are_old_or_new_when_a_run_is_killed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fatal: int
) -> None:
    with monkeypatch.context() as patched:
        killing(patched, Killed())(fatal)
        with suppress(Killed):
            land_everything(folder)

    finish_landing(folder / "specs", folder / "out")

    assert state(folder) in (OLD, NEW)
    assert not (folder / "specs" / JOURNAL).exists()


@pytest.mark.parametrize("fatal", range(1, 10))
def test_folders_are_old_when_the_disk_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fatal: int
) -> None:
    with monkeypatch.context() as patched:
        killing(patched, OSError(28, "No space left on device"))(fatal)
        with pytest.raises(OSError, match="No space"):
            land_everything(folder)

    assert state(folder) == OLD
    assert not (folder / "specs" / JOURNAL).exists()


def test_output_waits_when_only_the_documents_are_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            land_everything(folder)

    finish_landing(folder / "specs")
    half = state(folder)
    finish_landing(folder / "specs", folder / "out")

    assert half["specs/a.json"] == b"new a"
    assert half["out/c.py"] == b"old c"
    assert state(folder) == NEW


def test_second_change_is_refused_while_one_is_under_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = folder / "specs" / JOURNAL
    real = os.link

    def race(*arguments: Path) -> None:
        journal.write_text("[]")
        real(*arguments)

    monkeypatch.setattr(os, "link", race)

    with pytest.raises(VendoringError, match="another change is under way"):
        land_everything(folder)
    assert state(folder) == OLD


@pytest.mark.parametrize(
    "row",
    [
        ["specs", "../victim", "part"],
        ["specs", "/etc/victim", "part"],
        ["specs", "away/victim", "part"],
        ["specs", "", "part"],
        ["specs", "victim", "../part"],
    ],
)
def test_journal_reaches_nothing_outside_its_folder(
    folder: Path, row: list[str]
) -> None:
    (folder / "specs" / "part").write_text("evil")
    (folder / "part").write_text("evil")
    (folder / "elsewhere").mkdir()
    (folder / "specs" / "away").symlink_to(folder / "elsewhere")
    (folder / "specs" / JOURNAL).write_text(json.dumps([row]))
    before = state(folder)

    with pytest.raises(VendoringError, match="is no file below"):
        finish_landing(folder / "specs")

    assert state(folder) == before


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '[["specs", 1, null]]', "[[]]"])
def test_journal_is_refused_when_it_is_none(folder: Path, text: str) -> None:
    (folder / "specs" / JOURNAL).write_text(text)

    with pytest.raises(VendoringError, match="is no journal of a change"):
        finish_landing(folder / "specs")
