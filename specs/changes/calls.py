"""The calls of a document, and which of an old and a new document are the same one."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from specs.changes.folding import Folder
from specs.pointers import join_pointer

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_ALIKE = 0.6
"""What difflib takes for a close match."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """One operation, raw, with the path item around it."""

    method: str
    path: str
    node: Mapping[str, Any]
    pointer: str
    item: Mapping[str, Any]
    item_pointer: str

    @property
    def label(self) -> str:
        """The method and the path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def shape(self) -> str:
        """The path, whatever its placeholders are called."""
        return re.sub(r"\{[^{}]*\}", "{}", self.path)

    @property
    def placeholders(self) -> list[str]:
        """The names of the placeholders, in their order."""
        return re.findall(r"\{([^{}]*)\}", self.path)


def list_calls(raw: Mapping[str, Any], folder: Folder) -> list[Call]:
    """Return every operation of the document *raw*."""
    return list(_calls(raw, folder))


def _calls(raw: Mapping[str, Any], folder: Folder) -> Iterator[Call]:
    for path, child in raw["paths"].items():
        item = folder.follow(child, join_pointer("/paths", path))
        if not isinstance(item.raw, Mapping):
            continue
        for method in METHODS:
            node = item.raw.get(method)
            if isinstance(node, Mapping):
                yield Call(
                    method=method,
                    path=path,
                    node=node,
                    pointer=join_pointer(item.pointer, method),
                    item=item.raw,
                    item_pointer=item.pointer,
                )


@dataclass(frozen=True, slots=True)
class Pairing:
    """Calls of both documents that are the same one, and those of one document alone."""

    pairs: list[tuple[Call, Call]]
    gone: list[Call]
    new: list[Call]


def pair_calls(old: Sequence[Call], new: Sequence[Call]) -> Pairing:
    """Pair calls that are the same one, also where it moved or changed its method."""
    pairs: list[tuple[Call, Call]] = []
    gone, come = list(old), list(new)
    for matches in (_is_at_one_address, _is_at_one_path, _has_moved):
        before, after = tuple(gone), tuple(come)
        for one in before:
            found = [it for it in come if matches(one, it, before, after)]
            if found:
                pairs.append((one, found[0]))
                gone.remove(one)
                come.remove(found[0])
    return Pairing(pairs, gone, come)


def _is_at_one_address(
    one: Call, other: Call, _gone: Sequence[Call], _new: Sequence[Call]
) -> bool:
    return (one.method, one.shape) == (other.method, other.shape)


def _is_at_one_path(
    one: Call, other: Call, gone: Sequence[Call], new: Sequence[Call]
) -> bool:
    """Say whether the two alone are left at one path: the method is another one."""
    alone = all(sum(it.shape == one.shape for it in side) == 1 for side in (gone, new))
    return one.shape == other.shape and alone


def _has_moved(
    one: Call, other: Call, gone: Sequence[Call], new: Sequence[Call]
) -> bool:
    """Say whether one call moved: by its name, its content, or since no other is left."""
    if one.method != other.method:
        return False
    name = one.node.get("operationId")
    if name is not None and name == other.node.get("operationId"):
        count = Counter(str(it.node.get("operationId")) for it in (*gone, *new))
        return count[str(name)] == 2
    if one.node == other.node:
        return True
    alike = (
        SequenceMatcher(None, one.path, other.path, autojunk=False).ratio() >= _ALIKE
    )
    return len(gone) == len(new) == 1 and alike
