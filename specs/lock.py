"""The bytes of the documents, held against what `specs.lock` records of them."""

import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from specs.errors import LockError
from specs.facts import Facts, first_problem
from specs.registry import Registry

FILE = "specs.lock"


class _Entry(Facts, frozen=True, kw_only=True):
    """Where one document comes from, and what its bytes must be."""

    file: str
    source: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    retrieved: date
    origin: Literal["verbatim", "transcribed"]
    etag: str = ""
    note: str = ""


class _Lock(Facts, frozen=True, kw_only=True):
    document: tuple[_Entry, ...] = ()


def read_lock(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what `specs.lock` of *folder* records, by document.

    Raises LockError where the file is missing or malformed.
    """
    try:
        facts = tomllib.loads((folder / FILE).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise LockError(
            FILE, f"cannot be read: {exc}", fix="restore it beside the documents"
        ) from exc
    try:
        entries = msgspec.convert(facts, _Lock).document
    except msgspec.ValidationError as exc:
        where, problem = first_problem(facts, _Lock)
        raise LockError(f"{FILE}#{where}", problem, fix="mend the entry") from exc
    lock: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.file in lock:
            raise LockError(
                f"{FILE}#{entry.file}", "is recorded twice", fix="remove one entry"
            )
        lock[entry.file] = msgspec.structs.asdict(entry)
    return lock


def refuse_unlocked(registry: Registry) -> None:
    """Raise LockError where documents and `specs.lock` are not the same set and bytes."""
    lock = read_lock(registry.folder)
    names = {it.name for it in registry.documents}
    for name in sorted(names ^ set(lock)):
        problem = "is not recorded" if name in names else "is recorded, but not there"
        raise LockError(f"{FILE}#{name}", problem, fix="vendor and lock together")
    for name in sorted(names):
        digest = hashlib.sha256((registry.folder / name).read_bytes()).hexdigest()
        if digest != lock[name]["sha256"]:
            raise LockError(
                f"{FILE}#{name}",
                f"records sha256={lock[name]['sha256']:.16}…, but the file has {digest}",
                fix="vendored documents are not edited; if the change is meant, lock it",
            )
