"""Alternatives of two documents, paired so that each is compared with its own kind."""

from collections.abc import Sequence

from specs.changes.facts import Facts

_ALIKE = 0.5
"""Objects that share half of their names are versions of one."""


def pair_options(old: Sequence[Facts], new: Sequence[Facts]) -> list[tuple[int, int]]:
    """Return the positions of those *old* and *new* alternatives that belong together."""
    pairs: list[tuple[int, int]] = []
    for belong in (_have_one_tag, _have_one_title, _have_one_shape):
        for here, before in enumerate(old):
            for there, after in enumerate(new):
                if here in {it for it, _ in pairs}:
                    break
                if there not in {it for _, it in pairs} and belong(before, after):
                    pairs.append((here, there))
    return sorted(pairs)


def _have_one_tag(one: Facts, other: Facts) -> bool:
    """Say whether members that admit one value only, such as `model`, are the same."""
    return bool(_tags(one)) and _tags(one) == _tags(other)


def _tags(facts: Facts) -> frozenset[str]:
    return frozenset(
        f"{name}={part.raw.get('const', part.raw.get('enum'))!r}"
        for name, parts in facts.properties.items()
        for part in parts
        if isinstance(part.raw, dict)
        and ("const" in part.raw or len(part.raw.get("enum") or ()) == 1)
    )


def _have_one_title(one: Facts, other: Facts) -> bool:
    title = one.said.get("title")
    return title is not None and title == other.said.get("title")


def _have_one_shape(one: Facts, other: Facts) -> bool:
    if one.types != other.types:
        return False
    names, others = set(one.properties), set(other.properties)
    return len(names & others) >= _ALIKE * len(names | others)
