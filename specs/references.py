"""`$ref`, followed inside one document and nowhere else.

Only what an operation reaches is ever looked at: real documents carry megabytes of
unused components, some of them broken. A reference to a file or a network address is
refused before anything is opened.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from specs.errors import (
    RecursiveReferenceError,
    RemoteReferenceError,
    UnresolvedReferenceError,
)
from specs.pointers import look_up

LONGEST_CHAIN = 32
"""References that lead to references; a longer chain is taken for a circle."""


def follow(
    raw: Mapping[str, Any], node: Any, pointer: str, *, name: str
) -> tuple[Any, str]:
    """Return what *node* stands for and where that stands, following its `$ref`.

    *pointer* is where *node* itself stands in the document *name*, whose whole
    content is *raw*. A node without a reference is returned as it is. Beside a
    reference only annotations count, and those stay: they describe this use of it.
    """
    beside: dict[str, Any] = {}
    for _ in range(LONGEST_CHAIN):
        if not isinstance(node, Mapping) or "$ref" not in node:
            return ({**node, **beside} if beside else node), pointer
        annotations = {it: node[it] for it in ("title", "description") if it in node}
        beside = {**annotations, **beside}
        node, pointer = resolve(raw, node["$ref"], pointer, name=name)
    raise RecursiveReferenceError(
        f"{name}#{pointer}",
        f"$ref leads on for more than {LONGEST_CHAIN} references",
        fix="break the circle",
    )


def resolve(
    raw: Mapping[str, Any], reference: Any, pointer: str, *, name: str
) -> tuple[Any, str]:
    """Return what *reference*, used at *pointer*, names and where that stands.

    What it names may be a reference in turn.
    """
    where = f"{name}#{pointer}"
    if not isinstance(reference, str):
        raise UnresolvedReferenceError(
            where, f"$ref is {reference!r:.80}, not text", fix="mend the document"
        )
    if not reference.startswith("#"):
        raise RemoteReferenceError(
            where,
            f"$ref={reference!r:.200} leaves the document",
            fix="copy what it means into the document; references are never fetched",
        )
    target = unquote(reference[1:])
    try:
        return look_up(raw, target), target
    except (LookupError, ValueError) as exc:
        raise UnresolvedReferenceError(
            where,
            f"$ref={reference!r:.200} points nowhere",
            fix="add what it names, or point elsewhere",
        ) from exc
