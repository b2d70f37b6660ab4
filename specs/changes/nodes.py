"""Raw nodes of two documents that are one thing, and what any of them may carry."""

from collections.abc import Mapping
from dataclasses import dataclass

from specs.changes.facts import Part
from specs.changes.folding import Folder
from specs.changes.found import Findings, Place
from specs.changes.keywords import WORDS
from specs.changes.rules import Direction
from specs.changes.schemas import SchemaComparer
from specs.jsontext import is_same
from specs.pointers import join_pointer
from specs.schemas import UNSET

Sides = tuple[Part, Part]
"""A raw node of the old document, and the one that stands for it in the new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every comparison of one pair of documents shares."""

    old: Folder
    new: Folder
    schemas: Mapping[Direction, SchemaComparer]
    findings: Findings


def compare_words(context: Context, rule: str, place: Place, sides: Sides) -> None:
    """Compare what both sides say to people, and to tools by `x-` members.

    *rule* is the start of the rules' names, such as `request`.
    """
    for keyword in dict.fromkeys((*sides[0].raw, *sides[1].raw)):
        extension = str(keyword).startswith("x-")
        if (extension or keyword in WORDS) and differs(sides, keyword):
            change = "extension" if extension else "description"
            add_keyword(context, f"{rule}-{change}-changed", place, sides, keyword)


def compare_rest(
    context: Context,
    rule: str,
    place: Place,
    sides: Sides,
    known: frozenset[str],
) -> None:
    """Compare the members that nothing else looks at: all but *known* ones and words."""
    for keyword in dict.fromkeys((*sides[0].raw, *sides[1].raw)):
        if keyword in known or keyword in WORDS or str(keyword).startswith("x-"):
            continue
        if differs(sides, keyword):
            add_keyword(context, rule, place, sides, keyword)


def differs(sides: Sides, keyword: str) -> bool:
    """Say whether *keyword* is not the same in both."""
    old, new = sides
    if (keyword in old.raw) != (keyword in new.raw):
        return True
    return not is_same(old.raw.get(keyword), new.raw.get(keyword))


def add_keyword(
    context: Context, rule: str, place: Place, sides: Sides, keyword: str
) -> None:
    """Add that *keyword* changed, by *rule*."""
    old, new = sides
    gone = keyword not in new.raw
    context.findings.add(
        rule,
        place,
        join_pointer((old if gone else new).pointer, keyword),
        gone=gone,
        before=old.raw.get(keyword, UNSET),
        after=new.raw.get(keyword, UNSET),
    )
