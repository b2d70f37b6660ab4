"""Names that went and names that came, paired where one became the other.

A pair needs the same constraints and a reason to believe in it: the same name spelled
otherwise, the same description, or names that are much alike.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher

_ALIKE = 0.6
"""What difflib takes for a close match."""

_MOST = 400
"""Pairs to look at; where more came and went, the document is another one."""


def pair_renamed(
    gone: Mapping[str, str],
    new: Mapping[str, str],
    *,
    is_same: Callable[[str, str], bool],
) -> dict[str, str]:
    """Return which of the names in *gone* became which in *new*.

    Both map a name to its description; *is_same* says whether the constraints under two
    names are the same.
    """
    if len(gone) * len(new) > _MOST:
        return {}
    found: dict[str, str] = {}
    for _, old, name in sorted(_likely(gone, new), key=lambda it: -it[0]):
        if old not in found and name not in found.values() and is_same(old, name):
            found[old] = name
    return found


def _likely(
    gone: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[tuple[float, str, str]]:
    for old, before in gone.items():
        for name, after in new.items():
            if _plain(old) == _plain(name):
                yield 3, old, name
            elif before and before == after:
                yield 1 + _likeness(old, name), old, name
            elif _are_alike(old, name) and (
                not (before and after) or _likeness(before, after) >= _ALIKE
            ):
                yield _likeness(old, name), old, name


def _are_alike(one: str, other: str) -> bool:
    words, others = _words(one), _words(other)
    return words < others or others < words or _likeness(one, other) >= _ALIKE


def _words(name: str) -> set[str]:
    """Return the words of *name*: those of `randomSeed` are random and seed."""
    return set(re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name))


def _plain(name: str) -> str:
    return "".join(it for it in name.casefold() if it.isalnum())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio()
