"""Bytes into documents: the edge where a file becomes something to read from.

Everything a hostile or broken file can do is refused here, by name: its size, its
encoding, its JSON, its nesting, its version.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from specs.errors import DocumentError
from specs.jsontext import read_json
from specs.model import Document
from specs.overlays import Action, overlay
from specs.reach import prune
from specs.spelling import respell
from specs.waivers import Treatment, treat

LARGEST_BYTES = 16 * 1024 * 1024
"""Four times the largest real document seen (4.1 MB)."""


def read_document(
    path: Path,
    *,
    name: str,
    treatments: Iterable[Treatment] = (),
    actions: Iterable[Action] = (),
) -> tuple[Document, list[Treatment], list[Action]]:
    """Read the document at *path*, called *name*.

    Return it with those of *treatments* that it needed and those of *actions*, which
    come after them, that changed it.

    Raises DocumentError where the file is no OpenAPI 3.0 or 3.1 document.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as exc:
        raise DocumentError(
            name, f"cannot be read: {exc.strerror}", fix="check the file"
        ) from exc
    treated, needed = treat(name, parse_document(content, name=name), treatments)
    raw, changes = overlay(name, treated, actions)
    version, kept = _version(raw, name), prune(raw, name=name)
    return Document(name, version, kept, respell(kept, version)), needed, changes


def parse_document(content: bytes, *, name: str) -> dict[str, Any]:
    """Return the document that *content* writes; raise DocumentError where it is none."""
    if len(content) > LARGEST_BYTES:
        raise DocumentError(
            name,
            f"is larger than {LARGEST_BYTES:,} bytes",
            fix="check what was vendored",
        )
    try:
        raw = read_json(content)
    except ValueError as exc:  # JSONDecodeError and UnicodeDecodeError among them
        raise DocumentError(name, f"is not JSON: {exc}", fix="vendor it again") from exc
    _version(raw, name)
    assert isinstance(raw, dict)  # or it would have no version
    return raw


def _version(raw: Any, name: str) -> Literal["3.0", "3.1"]:
    """Return the version of OpenAPI that *raw* is written in, paths and all."""
    declared = raw.get("openapi") if isinstance(raw, Mapping) else None
    found = (
        re.fullmatch(r"(3\.[01])\.\d+(-.+)?", declared)
        if isinstance(declared, str)
        else None
    )
    if not found:
        raise DocumentError(
            f"{name}#/openapi",
            f"is not an OpenAPI 3.0 or 3.1 document: openapi={declared!r:.40}",
            fix="vendor the OpenAPI document",
        )
    if not isinstance(raw.get("paths"), dict):
        raise DocumentError(
            f"{name}#/paths", "there are no paths", fix="vendor a complete document"
        )
    return "3.0" if found[1] == "3.0" else "3.1"
