"""What can be compared: a file, a folder, either of them at a git revision, a contract."""

import difflib
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from specs.errors import DocumentError, UnknownModelError
from specs.loader import parse_document
from specs.registry import Registry

_FACTS = "provider.toml"
_SECONDS = 60
"""How long git may take to read what it has on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Documents, unread: `paths` maps the name that pairs them to where each stands."""

    name: str
    is_folder: bool
    paths: Mapping[str, str]
    contents: Mapping[str, bytes] = field(repr=False)
    facts: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def read(self, name: str) -> dict[str, Any]:
        """Return the document called *name*; raise DocumentError where it is none."""
        return parse_document(self.contents[name], name=self.paths[name])

    def text(self, name: str) -> str:
        """Return the text of the document called *name*, which was read before."""
        return self.contents[name].decode("utf-8-sig")


def find_source(name: str, *, folder: Path) -> Source:
    """Return what *name* means.

    That is a file or a folder; `REVISION:PATH`, the same as git has it; or a contract
    of *folder*, by `provider:model` or by its model. Raises DocumentError, which lists
    near names, where it is none of these.
    """
    path = Path(name)
    if path.is_dir():
        names = [it.relative_to(path).as_posix() for it in sorted(path.rglob("*"))]
        return _folder(name, {it: (path / it).read_bytes() for it in _wanted(names)})
    if path.is_file():
        return _single(name, path.read_bytes())
    revision, colon, inside = name.partition(":")
    if colon and _is_revision(revision):
        return _at_revision(name, revision, inside)
    return _vendored(name, folder)


def _wanted(names: Iterable[str]) -> list[str]:
    """Return those *names* of files that are documents, or facts beside them.

    Where there are facts, documents stand beside them, as the registry has it.
    """
    documents = [it for it in names if it.endswith(".json")]
    facts = [it for it in names if it.rpartition("/")[2] == _FACTS]
    homes = {it.rpartition("/")[0] for it in facts}
    return [
        *(it for it in documents if not homes or it.rpartition("/")[0] in homes),
        *facts,
    ]


def _single(name: str, content: bytes) -> Source:
    return Source(
        name=name, is_folder=False, paths={name: name}, contents={name: content}
    )


def _folder(name: str, files: Mapping[str, bytes]) -> Source:
    documents = {it: content for it, content in files.items() if it.endswith(".json")}
    if not documents:
        raise DocumentError(name, "holds no documents", fix="name a specs folder")
    base = name.rstrip("/")
    return Source(
        name=base,
        is_folder=True,
        paths={it: f"{base}/{it}" for it in documents},
        contents=documents,
        facts={it: content for it, content in files.items() if it not in documents},
    )


def _git(*arguments: str) -> bytes | None:
    """Return what git prints; None where it refuses or is not there."""
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and no word begins with a dash
            ["git", *arguments],  # noqa: S607  # whichever git the caller uses
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout


def _is_revision(name: str) -> bool:
    if not name or name.startswith("-"):
        return False
    return _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") is not None


def _at_revision(name: str, revision: str, path: str) -> Source:
    """Return what git has at *path*, seen from the current folder, at *revision*."""
    where = f"./{path}" if path else "./"
    kind = _git("cat-file", "-t", f"{revision}:{where}")
    if kind is None:
        raise DocumentError(
            name, f"git has no {path!r:.200} at {revision!r:.80}", fix="check both"
        )
    if kind.strip() == b"blob":
        return replace(_single(path, _show(revision, where)), name=name)
    listed = _git("ls-tree", "-r", "-z", "--name-only", f"{revision}:{where}") or b""
    names = [it for it in listed.decode("utf-8", "replace").split("\0") if it]
    base = where.rstrip("/")
    files = {it: _show(revision, f"{base}/{it}") for it in _wanted(names)}
    return replace(_folder(path or ".", files), name=name)


def _show(revision: str, path: str) -> bytes:
    return _git("show", f"{revision}:{path}") or b""


def _vendored(name: str, folder: Path) -> Source:
    registry = Registry.load(folder)
    try:
        contract = registry.contract(name)
    except UnknownModelError as exc:
        near = _near(name, (it.id for it in registry.contracts))
        raise DocumentError(
            name,
            "is no file, no folder, no REVISION:PATH that git knows, and no contract",
            fix=f"did you mean {near}?" if near else "check the name",
        ) from exc
    document = contract.submit.document.name
    return _single(document, (folder / document).read_bytes())


def _near(name: str, contracts: Iterable[str]) -> str:
    parent = Path(name).parent
    try:
        beside = [(parent / it.name).as_posix() for it in parent.iterdir()]
    except OSError:
        beside = []
    found = difflib.get_close_matches(name, [*beside, *contracts], n=3, cutoff=0.5)
    return ", ".join(found)
