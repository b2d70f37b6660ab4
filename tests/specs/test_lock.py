import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import LockError, Registry, read_lock, refuse_faults, vendored_folder

Load = Callable[..., Registry]
Make = Callable[..., dict[str, Any]]
Lock = Callable[..., None]


@pytest.fixture
def edited(load: Load, document: Make, lock: Lock) -> Callable[[str, str], Path]:
    """Return what locks two documents and edits one place of the lock."""

    def edit(before: str, after: str) -> Path:
        folder = load(document(), document(models=("acme/two",))).folder
        lock(folder)
        path = folder / "specs.lock"
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
        return folder

    return edit


def test_documents_pass_when_the_lock_records_their_bytes(
    load: Load, document: Make, lock: Lock
) -> None:
    registry = load(document())
    lock(registry.folder)

    assert refuse_faults(registry) == []


def test_lock_says_where_a_document_comes_from(
    load: Load, document: Make, lock: Lock
) -> None:
    folder = load(document()).folder
    lock(folder)

    entry = read_lock(folder)["acme/one.json"]

    assert (entry["source"], entry["origin"], entry["retrieved"]) == (
        "https://acme.test",
        "verbatim",
        datetime.date(2026, 1, 2),
    )


def test_document_is_refused_when_a_byte_of_it_changed(
    load: Load, document: Make, lock: Lock
) -> None:
    registry = load(document())
    lock(registry.folder)
    path = registry.folder / "acme/one.json"
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(LockError) as caught:
        refuse_faults(registry)

    assert str(caught.value).startswith("specs.lock#acme/one.json: records sha256=")
    assert "; vendored documents are not edited" in str(caught.value)


def test_lock_is_refused_when_it_is_missing(load: Load, document: Make) -> None:
    with pytest.raises(LockError, match=r"specs.lock: cannot be read: .*; restore it"):
        refuse_faults(load(document()))


def test_document_is_refused_when_the_lock_does_not_record_it(
    load: Load, document: Make, lock: Lock
) -> None:
    lock(load(document()).folder)

    with pytest.raises(
        LockError, match=r"specs\.lock#acme/two\.json: is not recorded; ven"
    ):
        refuse_faults(load(document(), document(models=("acme/two",))))


def test_entry_is_refused_when_its_document_is_not_there(
    load: Load, document: Make, lock: Lock
) -> None:
    folder = load(document(), document(models=("acme/two",))).folder
    lock(folder)
    (folder / "acme/two.json").unlink()

    with pytest.raises(LockError, match=r"acme/two\.json: is recorded, but not there"):
        refuse_faults(Registry.load(folder))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(
            "[[document]]", "[[document", "specs.lock: cannot be read", id="toml"
        ),
        pytest.param(
            "[[document]]",
            "[[documents]]",
            "specs.lock#/documents: is not known here (did you mean 'document'?)",
            id="table",
        ),
        pytest.param(
            'origin = "verbatim"',
            'origin = "guessed"',
            "specs.lock#/document/0/origin: Expected one of 'verbatim', 'transcribed': 'guessed'",
            id="origin",
        ),
        pytest.param(
            'origin = "verbatim"',
            "",
            "specs.lock#/document/0/origin: is missing",
            id="missing",
        ),
        pytest.param(
            'sha256 = "',
            'sha256 = "x',
            "/document/0/sha256: Expected `str`",
            id="digest",
        ),
        pytest.param(
            'file = "acme/one.json"',
            "file = 5",
            "specs.lock#/document/0/file: Expected `str`, got `int`: 5",
            id="file",
        ),
    ],
)
def test_lock_is_refused_when_it_is_malformed(
    edited: Callable[[str, str], Path], before: str, after: str, message: str
) -> None:
    with pytest.raises(LockError) as caught:
        read_lock(edited(before, after))

    assert message in str(caught.value)


def test_lock_is_refused_when_it_records_a_document_twice(
    edited: Callable[[str, str], Path],
) -> None:
    with pytest.raises(
        LockError, match=r"specs\.lock#acme/one\.json: is recorded twice"
    ):
        read_lock(edited("acme/two.json", "acme/one.json"))


def test_every_vendored_document_says_where_it_comes_from() -> None:
    folder = vendored_folder()

    assert sorted(read_lock(folder)) == sorted(
        it.relative_to(folder).as_posix() for it in folder.glob("*/*.json")
    )
