"""Files that change together, in the folder of documents and beside it, or not at all.

Everything new is first written beside its place. A journal that names it all is then
put into the folder in one step: before that step nothing has changed, after it
everything will, if need be by whoever looks at the folder next. The journal names
places below two folders that its reader gives, and nothing else can be reached by it.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

import msgspec

from specs.errors import VendoringError

JOURNAL = ".reelspec-landing.json"

Files = Mapping[str, bytes | None]
"""Content by path below a folder, with forward slashes; None for what is removed."""


class _Move(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The file *part* is to become *target*; without a part the target is to go."""

    root: str
    target: str
    part: str | None


def land(
    folder: Path,
    files: Files,
    *,
    out: Path | None = None,
    generated: Files | None = None,
) -> None:
    """Change *files* below *folder* and *generated* below *out*: all of them or none.

    Raises OSError, with everything as it was, where that cannot be done, and
    VendoringError where another change is under way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    finish_landing(folder, out)
    roots = {"specs": folder} | ({} if out is None else {"out": out})
    wanted = {"specs": files, "out": generated or {}}
    moves: list[_Move] = []
    try:
        for root, place in roots.items():
            for name, content in wanted[root].items():
                moves.append(_Move(root, name, _new_part(name, content)))
                _write_part(place, moves[-1], content)
        before = {it: _read(_below(roots[it.root], it.target)) for it in moves}
        _open_journal(folder, moves)
    except BaseException:
        if _read_journal(folder) == moves:  # without its parts it would half happen
            (folder / JOURNAL).unlink()
        _clear(roots, moves)
        raise
    try:
        _carry_out(roots, moves)
    except OSError:
        for move, content in before.items():
            _restore(_below(roots[move.root], move.target), content)
        _clear(roots, moves)
        (folder / JOURNAL).unlink()
        raise
    (folder / JOURNAL).unlink(missing_ok=True)


def finish_landing(folder: Path, out: Path | None = None) -> None:
    """Carry out what a run that was cut short had begun to land in *folder*.

    What belongs to the output waits until *out* is given.
    """
    moves = _read_journal(folder)
    if not moves:
        return
    roots = {"specs": folder} | ({} if out is None else {"out": out})
    _carry_out(roots, [it for it in moves if it.root in roots])
    rest = [it for it in moves if it.root not in roots]
    if not rest:
        (folder / JOURNAL).unlink(missing_ok=True)
        return
    part = folder / f".{secrets.token_hex(8)}.part"
    _write_journal(part, rest)
    part.replace(folder / JOURNAL)


def _new_part(name: str, content: bytes | None) -> str | None:
    if content is None:
        return None
    return str(PurePosixPath(name).with_name(f".{secrets.token_hex(8)}.part"))


def _write_part(place: Path, move: _Move, content: bytes | None) -> None:
    if move.part is None or content is None:
        return
    part = _below(place, move.part)
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _carry_out(roots: Mapping[str, Path], moves: Iterable[_Move]) -> None:
    """Put everything in its place; what already is there stays."""
    for move in moves:
        target = _below(roots[move.root], move.target)
        if move.part is None:
            target.unlink(missing_ok=True)
            continue
        part = _below(roots[move.root], move.part)
        with suppress(FileNotFoundError):  # it has come, perhaps by another run
            part.replace(target)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


def _clear(roots: Mapping[str, Path], moves: Iterable[_Move]) -> None:
    for move in moves:
        if move.part is not None:
            _below(roots[move.root], move.part).unlink(missing_ok=True)


def _open_journal(folder: Path, moves: Iterable[_Move]) -> None:
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        _write_journal(part, moves)
        os.link(part, folder / JOURNAL)  # fails where there is one
    except FileExistsError as exc:
        raise VendoringError(
            str(folder / JOURNAL),
            "another change is under way",
            fix="wait for it, then try again",
        ) from exc
    finally:
        part.unlink(missing_ok=True)


def _write_journal(path: Path, moves: Iterable[_Move]) -> None:
    with path.open("wb") as file:
        file.write(msgspec.json.encode(list(moves)))
        file.flush()
        os.fsync(file.fileno())


def _read_journal(folder: Path) -> list[_Move]:
    try:
        return msgspec.json.decode((folder / JOURNAL).read_bytes(), type=list[_Move])
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as exc:
        raise VendoringError(
            str(folder / JOURNAL),
            "is no journal of a change",
            fix="remove it, and restore the folder from version control",
        ) from exc


def _below(place: Path, name: str) -> Path:
    """Return the path of *name* below *place*; raise VendoringError where it is not."""
    path = place / PurePosixPath(name)
    if not path.parent.resolve().is_relative_to(place.resolve()) or path.is_dir():
        raise VendoringError(
            str(path), f"is no file below {place}", fix="remove what leads elsewhere"
        )
    return path
