"""Two schemas, compared keyword by keyword.

What is found is said without a direction: `minimum-tightened` is for the rule table to
judge, once for requests and once for answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from specs.changes.facts import UNREADABLE, Facts, Parts
from specs.changes.folding import Folder
from specs.changes.keywords import WHOLE, WORDS, compare_keywords, compare_types
from specs.changes.options import pair_options
from specs.changes.renames import pair_renamed
from specs.changes.rules import Direction
from specs.jsontext import is_among
from specs.pointers import Json
from specs.schemas import UNSET, Unset

EXTRA = "*"
"""The step of a path into members that have no name of their own."""
ITEM = "[]"
"""The step of a path into the items of a list."""

_HIDDEN: Final[Mapping[Direction, str]] = {
    "request": "readOnly",
    "response": "writeOnly",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One change of a schema, *path* steps below the one that was compared.

    `pointer` leads into the new document, or into the old one where what it names is
    `gone`.
    """

    change: str
    path: tuple[str, ...] = ()
    pointer: str
    gone: bool = False
    before: Json | Unset = UNSET
    after: Json | Unset = UNSET


class SchemaComparer:
    """Compares schemas of two documents, each pair once, for one direction."""

    def __init__(self, old: Folder, new: Folder, direction: Direction) -> None:
        self._old = old
        self._new = new
        self._hidden = _HIDDEN[direction]
        self._known: dict[tuple[str, ...], tuple[Difference, ...]] = {}

    def compare(self, old: Parts, new: Parts) -> tuple[Difference, ...]:
        """Return how *new* differs from *old*."""
        key = (*(it.pointer for it in old), "", *(it.pointer for it in new))
        if key not in self._known:
            self._known[key] = ()  # a schema that contains itself is being compared
            before, after = self._old.fold(old), self._new.fold(new)
            if bool(before.options) == bool(after.options):
                found = self._compare(before, after)
            else:
                found = self._compare_wrapped(old, new)
            self._known[key] = tuple(found)
        return self._known[key]

    def _compare(self, old: Facts, new: Facts) -> Iterator[Difference]:
        if UNREADABLE in {*old.said, *new.said}:
            yield from _compare_keywords(old, new, frozenset({UNREADABLE}))
            return
        verdict = compare_types(old.types, new.types)
        if verdict:
            yield _at(
                "type",
                f"type-{verdict}",
                (old, new),
                before=shown(old),
                after=shown(new),
            )
        # Where any type would do, or another one does, every constraint differs too.
        if verdict == "changed" or (verdict and None in (old.types, new.types)):
            yield from _compare_keywords(old, new, WHOLE | WORDS)
            return
        yield from _compare_nulls(old, new)
        yield from _compare_keywords(old, new, None)
        yield from _compare_enums(old, new)
        yield from self._compare_members(old, new)
        if old.items and new.items:
            yield from _below(ITEM, self.compare(old.items, new.items))
        elif old.items or new.items:
            yield from self._compare_loose(ITEM, old.items, new.items)
        yield from self._compare_additional(old, new)
        yield from self._compare_options(old.options, new.options)

    def _compare_wrapped(self, old: Parts, new: Parts) -> Iterator[Difference]:
        """Compare where one side alone has alternatives: the other is its only one."""
        before, after = self._old.fold(old), self._new.fold(new)
        yield from _compare_nulls(before, after)
        yield from _compare_keywords(before, after, WHOLE | WORDS)
        for it in self._compare_options(
            before.options or (old,), after.options or (new,)
        ):
            outer = not it.path and it.change in _OUTER
            if not outer:
                yield it

    def _compare_options(
        self, old: tuple[Parts, ...], new: tuple[Parts, ...]
    ) -> Iterator[Difference]:
        befores = [self._old.fold(it) for it in old]
        afters = [self._new.fold(it) for it in new]
        pairs = pair_options(befores, afters)
        for here, there in pairs:
            yield from self.compare(old[here], new[there])
        for index, facts in enumerate(befores):
            if index not in {it for it, _ in pairs}:
                yield Difference(
                    change="option-removed",
                    pointer=facts.pointer,
                    gone=True,
                    before=shown(facts),
                )
        for index, facts in enumerate(afters):
            if index not in {it for _, it in pairs}:
                yield Difference(
                    change="option-added", pointer=facts.pointer, after=shown(facts)
                )

    def _compare_members(self, old: Facts, new: Facts) -> Iterator[Difference]:
        before = self._seen(old, self._old)
        after = self._seen(new, self._new)
        gone = {name: it for name, it in before.items() if name not in after}
        come = {name: it for name, it in after.items() if name not in before}
        renamed = pair_renamed(
            {name: _words(it) for name, it in gone.items()},
            {name: _words(it) for name, it in come.items()},
            is_same=lambda one, other: (
                (one in old.required) == (other in new.required)
                and self._is_same(old.properties[one], new.properties[other])
            ),
        )
        for name, facts in before.items():
            if name in after or name in renamed:
                yield from self._compare_member(old, new, name, renamed.get(name, name))
            else:
                yield Difference(
                    change="member-removed",
                    path=(name,),
                    pointer=old.place(f"properties/{name}"),
                    gone=True,
                    before=shown(facts),
                )
        for name, facts in come.items():
            if name not in renamed.values():
                must = name in new.required
                yield Difference(
                    change="required-member-added" if must else "member-added",
                    path=(name,),
                    pointer=new.place(f"properties/{name}"),
                    after=shown(facts),
                )

    def _seen(self, facts: Facts, folder: Folder) -> dict[str, Facts]:
        """Return the members that travel in this direction."""
        members = {name: folder.fold(it) for name, it in facts.properties.items()}
        return {
            name: it
            for name, it in members.items()
            if it.said.get(self._hidden) is not True
        }

    def _is_same(self, old: Parts, new: Parts) -> bool:
        words = {"description-changed", "extension-changed"}
        return all(it.change in words for it in self.compare(old, new))

    def _compare_member(
        self, old: Facts, new: Facts, name: str, new_name: str
    ) -> Iterator[Difference]:
        pointer = new.place(f"properties/{new_name}")
        if name != new_name:
            yield Difference(
                change="member-renamed",
                path=(name,),
                pointer=pointer,
                before=name,
                after=new_name,
            )
        if (was := name in old.required) != (new_name in new.required):
            yield Difference(
                change="member-optional" if was else "member-required",
                path=(name,),
                pointer=old.place("required") if was else new.place("required"),
                gone=was,
            )
        inner = self.compare(old.properties[name], new.properties[new_name])
        yield from _below(name, inner)

    def _compare_additional(self, old: Facts, new: Facts) -> Iterator[Difference]:
        before, after = old.additional, new.additional
        if before is False and after is False:
            return
        if before is False or after is False:
            change = "additional-closed" if after is False else "additional-opened"
            yield _at(
                "additionalProperties",
                change,
                (old, new),
                before=before is not False,
                after=after is not False,
            )
            return
        was = before if before is not True else ()
        is_ = after if after is not True else ()
        if was and is_:
            yield from _below(EXTRA, self.compare(was, is_))
        elif was or is_:
            yield from self._compare_loose(EXTRA, was, is_)

    def _compare_loose(self, step: str, old: Parts, new: Parts) -> Iterator[Difference]:
        """Compare where one side says nothing of what is one *step* below."""
        facts = self._old.fold(old) if old else self._new.fold(new)
        if facts.types is None and not facts.options and facts.enum is None:
            return
        yield Difference(
            change="type-widened" if old else "type-narrowed",
            path=(step,),
            pointer=facts.pointer,
            gone=bool(old),
            before=shown(facts) if old else "anything",
            after="anything" if old else shown(facts),
        )


_OUTER = frozenset(
    {
        *("nullable-added", "nullable-removed", "description-changed"),
        *("default-added", "default-removed", "default-changed"),
        *("deprecated", "undeprecated", "extension-changed"),
    }
)
"""What is said beside alternatives, not by one of them."""


def shown(facts: Facts) -> str:
    """Return the type of *facts* in words."""
    if facts.options:
        names = [f"one of {len(facts.options)} schemas"]
    else:
        names = sorted(facts.types) if facts.types else ["anything"]
    if facts.nullable and names != ["anything"]:
        names.append("null")
    return " or ".join(names)


def _words(facts: Facts) -> str:
    words = facts.said.get("description")
    return words if isinstance(words, str) else ""


def _below(step: str, found: tuple[Difference, ...]) -> Iterator[Difference]:
    for it in found:
        yield replace(it, path=(step, *it.path))


def _at(
    keyword: str,
    change: str,
    sides: tuple[Facts, Facts],
    *,
    before: Json | Unset,
    after: Json | Unset,
) -> Difference:
    """Return the change of a *keyword*, placed where it stands now or stood."""
    old, new = sides
    gone = keyword not in new.places and keyword in old.places
    return Difference(
        change=change,
        pointer=(old if gone else new).place(keyword),
        gone=gone,
        before=before,
        after=after,
    )


def _compare_nulls(old: Facts, new: Facts) -> Iterator[Difference]:
    if old.nullable != new.nullable:
        change = "nullable-added" if new.nullable else "nullable-removed"
        keyword = "nullable" if "nullable" in {*old.places, *new.places} else "type"
        yield _at(keyword, change, (old, new), before=old.nullable, after=new.nullable)


def _compare_keywords(
    old: Facts, new: Facts, keywords: frozenset[str] | None
) -> Iterator[Difference]:
    for keyword, change, before, after in compare_keywords(
        old.said, new.said, keywords
    ):
        yield _at(keyword, change, (old, new), before=before, after=after)


def _compare_enums(old: Facts, new: Facts) -> Iterator[Difference]:
    before, after = old.enum, new.enum
    if before is None and after is None:
        return
    keyword = "const" if "const" in {*old.places, *new.places} else "enum"
    if before is None or after is None:
        change = "enum-added" if before is None else "enum-dropped"
        yield _at(
            keyword,
            change,
            (old, new),
            before=UNSET if before is None else list(before),
            after=UNSET if after is None else list(after),
        )
        return
    for value in before:
        if not is_among(value, after):
            yield _at(
                keyword, "enum-value-removed", (old, new), before=value, after=UNSET
            )
    for value in after:
        if not is_among(value, before):
            yield _at(
                keyword, "enum-value-added", (old, new), before=UNSET, after=value
            )
