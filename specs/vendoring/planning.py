"""A change of the vendored documents, tried on a copy of the folder before it is made."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from specs.changes import ChangeReport, Source, compare_sources
from specs.errors import SourceError, VendoringError
from specs.faults import find_faults, idle_actions, refuse_unwaived, unneeded, waive
from specs.landing import Files
from specs.lock import FILE as LOCK
from specs.lock import read_lock, refuse_unlocked
from specs.overlays import Action
from specs.provider import read_provider
from specs.registry import Registry, vendored_folder
from specs.vendoring.records import lock_with, waivers_without
from specs.vendoring.treating import (
    append_entries,
    load_treated,
    lost_treatments,
    propose_waivers,
)
from specs.waivers import FILE as WAIVERS
from specs.waivers import Treatment, Waiver, read_waivers

Entry = Waiver | Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A document that is to be vendored as *name*, and where its bytes come from."""

    name: str
    content: bytes
    source: str
    etag: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendoringPlan:
    """What vendoring changes: *files* of the folder, and *registry* read from them.

    `proposed` are the entries that faults of the documents made necessary, `dropped`
    those that nothing needs any more. `idle` are the actions of overlays that change
    nothing then; a person has to remove them.
    """

    files: Files
    registry: Registry
    proposed: tuple[Entry, ...] = ()
    dropped: tuple[Entry, ...] = ()
    idle: tuple[Action, ...] = ()


def plan_arrivals(
    folder: Path, arrivals: list[Arrival], *, today: date
) -> VendoringPlan:
    """Return what it takes to vendor *arrivals* into *folder*, which stays as it is.

    A provider that the folder does not have yet is taken from those that this
    distribution vendors. Raises SpecError where the result would have a fault that
    neither a treatment nor a waiver can cover.
    """
    with _stage(folder) as stage:
        for provider in sorted({it.name.partition("/")[0] for it in arrivals}):
            _settle(stage, provider, arrivals)
        lost: list[Entry] = []
        for it in arrivals:
            _replace(stage / it.name, it.content)
            treatments = read_waivers(stage).treatment
            lost += lost_treatments(it.name, it.content, treatments)
        _forget(stage, lost)
        _lock(stage, arrivals, today)
        names = [it.name for it in arrivals]
        registry, proposed = load_treated(stage, names)
        _refuse_strangers(folder, registry, arrivals)
        faults = find_faults(registry)
        waivers = propose_waivers(faults)
        append_entries(stage, waivers)
        registry = replace(registry, waivers=read_waivers(stage))
        idle = unneeded(registry, waive(registry.waivers, faults))
        _forget(stage, idle)
        registry = replace(registry, waivers=read_waivers(stage))
        refuse_unlocked(registry)
        refuse_unwaived(waive(registry.waivers, faults))
        known = read_waivers(folder)
        before = (*known.waiver, *known.treatment)
        return VendoringPlan(
            files=_changes(folder, stage),
            registry=registry,
            proposed=(*proposed, *waivers),
            dropped=tuple(it for it in lost + idle if it in before),
            idle=tuple(idle_actions(registry)),
        )


def compare_arrivals(folder: Path, arrivals: Iterable[Arrival]) -> ChangeReport:
    """Return what *arrivals* change of the documents of *folder* whose names they have.

    Raises DocumentError where one of the two is no document.
    """
    new = {it.name: it.content for it in arrivals}
    there = [it for it in new if (folder / it).exists()]
    old = {it: (folder / it).read_bytes() for it in there}
    return compare_sources(_source(folder, old), _source(folder, new))


def _source(folder: Path, contents: Mapping[str, bytes]) -> Source:
    paths = {it: it for it in contents}
    return Source(name=str(folder), is_folder=True, paths=paths, contents=contents)


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """Yield a copy of the facts in *folder*, with links to its documents."""
    with tempfile.TemporaryDirectory(prefix="reelspec-") as temporary:
        stage = Path(temporary)
        for pattern in (LOCK, WAIVERS, "*/provider.toml", "*/overlays/*", "*/*.json"):
            for path in filter(Path.is_file, folder.glob(pattern)):
                target = stage / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.suffix == ".json" and target.parent.parent == stage:
                    target.symlink_to(path.resolve())  # they are read, never written
                else:
                    shutil.copyfile(path, target)
        yield stage


def _settle(stage: Path, provider: str, arrivals: list[Arrival]) -> None:
    """Take *provider* from this distribution where *stage* does not have it yet."""
    facts, home = stage / provider / "provider.toml", vendored_folder()
    if facts.exists():
        return
    built_in = sorted(it.parent.name for it in home.glob("*/provider.toml"))
    if provider not in built_in:
        raise VendoringError(
            f"{provider}/provider.toml",
            f"is not there, and no provider {provider!r:.40} is built in "
            f"({', '.join(built_in)} are)",
            fix="write it, with the provider's facts, or name another provider",
        )
    _replace(facts, (home / provider / "provider.toml").read_bytes())
    operations = read_provider(facts, name=f"{provider}/provider.toml").operations
    roles = (operations.submit, operations.poll, operations.result, operations.cancel)
    shared = sorted(
        {f"{provider}/{it.document}" for it in roles if it and it.document}
        - {it.name for it in arrivals}
    )
    for name in shared:
        _replace(stage / name, (home / name).read_bytes())
    recorded = read_lock(home)
    _edit(stage / LOCK, lambda text: lock_with(text, [recorded[it] for it in shared]))
    names = [*shared, *(it.name for it in arrivals)]
    known = read_waivers(home)
    entries: tuple[Entry, ...] = (*known.waiver, *known.treatment)
    append_entries(
        stage,
        [
            it
            for it in entries
            if any(fnmatchcase(name, it.documents) for name in names)
        ],
    )


def _lock(stage: Path, arrivals: list[Arrival], today: date) -> None:
    entries: list[dict[str, Any]] = []
    for it in arrivals:
        entry = {
            "file": it.name,
            "source": it.source,
            "sha256": hashlib.sha256(it.content).hexdigest(),
            "retrieved": today,
            "origin": "verbatim",
            "etag": it.etag,
            "note": it.note,
        }
        entries.append({key: value for key, value in entry.items() if value})
    _edit(stage / LOCK, lambda text: lock_with(text, entries))


def _forget(stage: Path, entries: list[Entry]) -> None:
    if entries:
        _edit(stage / WAIVERS, lambda text: waivers_without(text, entries))


def _edit(path: Path, edit: Callable[[str], str]) -> None:
    text = path.read_text("utf-8") if path.exists() else ""
    path.write_text(edit(text), "utf-8")


def _replace(path: Path, content: bytes) -> None:
    """Write *content* to *path* of a stage, and not through a link to the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _changes(folder: Path, stage: Path) -> Files:
    """Return the files of *stage* that *folder* has not, or not like that."""
    found: dict[str, bytes | None] = {}
    for path in sorted(stage.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(stage)
        there, content = folder / name, path.read_bytes()
        if not there.exists() or there.read_bytes() != content:
            found[name.as_posix()] = content
    return found


def _refuse_strangers(
    folder: Path, registry: Registry, arrivals: list[Arrival]
) -> None:
    """Raise SourceError for a document that replaces one of other models."""
    names = [it.name for it in arrivals if (folder / it.name).exists()]
    before = _models(Registry.load(folder)) if names else {}
    after = _models(registry)
    for name in names:
        old, new = before.get(name, set()), after.get(name, set())
        if old and not old & new:
            raise SourceError(
                name,
                f"would describe {', '.join(sorted(new)) or 'no model'}, but the "
                f"vendored document of that name describes {', '.join(sorted(old))}",
                fix="vendor it under another name (--as)",
            )


def _models(registry: Registry) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for it in registry.contracts:
        found.setdefault(it.submit.document.name, set()).add(it.model)
    return found
