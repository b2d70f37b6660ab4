"""One call of an old and a new document, compared: what it takes and what it gives."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from specs.changes.answers import compare_answers, list_answers
from specs.changes.calls import Call
from specs.changes.contents import compare_contents
from specs.changes.facts import Part
from specs.changes.folding import Folder
from specs.changes.found import Place
from specs.changes.nodes import (
    Context,
    Sides,
    add_keyword,
    compare_rest,
    compare_words,
    differs,
)
from specs.changes.parameters import compare_parameters, is_required
from specs.pointers import join_pointer

_READ: Final = frozenset(
    {
        *("parameters", "requestBody", "responses", "servers", "security"),
        *("operationId", "deprecated", "tags"),
    }
)
"""What is compared member by member, or means nothing to a caller."""


def compare_calls(context: Context, old: Call, new: Call) -> None:
    """Compare two calls that are one, wherever each of them stands."""
    place = Place(old.label)
    sides = Part(old.node, old.pointer), Part(new.node, new.pointer)
    items = Part(old.item, old.item_pointer), Part(new.item, new.item_pointer)
    _compare_addresses(context, place, old, new)
    if differs(sides, "operationId"):
        add_keyword(context, "operation-id-changed", place, sides, "operationId")
    was, is_ = (it.raw.get("deprecated") is True for it in sides)
    if was != is_:
        rule = f"operation-{'un' if was else ''}deprecated"
        add_keyword(context, rule, place, sides, "deprecated")
    if differs(sides, "tags"):
        rule = "operation-description-changed"
        add_keyword(context, rule, place, sides, "tags")
    compare_words(context, "operation", place, sides)
    compare_words(context, "operation", place, items)
    compare_rest(context, "operation-keyword-changed", place, sides, _READ)
    compare_parameters(context, place, old, new)
    _compare_bodies(context, replace(place, location="body"), sides)
    compare_answers(
        context,
        place,
        list_answers(context.old, old.node, old.pointer),
        list_answers(context.new, new.node, new.pointer),
    )


def _compare_addresses(context: Context, place: Place, old: Call, new: Call) -> None:
    if old.method != new.method:
        context.findings.add(
            "operation-method-changed",
            place,
            new.pointer,
            before=old.label,
            after=new.label,
        )
    elif old.shape != new.shape:
        context.findings.add(
            "operation-moved", place, new.pointer, before=old.path, after=new.path
        )
    elif old.path != new.path:
        context.findings.add(
            "request-placeholder-renamed",
            replace(place, location="path"),
            new.item_pointer,
            before=old.path,
            after=new.path,
        )


def _compare_bodies(context: Context, place: Place, sides: Sides) -> None:
    old, new = sides
    before, after = _body(context.old, old), _body(context.new, new)
    if before is None and after is None:
        return
    if before is None or after is None:
        part = after or before
        assert part is not None
        required = "required-" if before is None and is_required(part) else ""
        context.findings.add(
            f"request-{required}body-{'added' if before is None else 'removed'}",
            place,
            part.pointer,
            gone=after is None,
        )
        return
    was, is_ = is_required(before), is_required(after)
    if was != is_:
        rule = f"request-body-{'optional' if was else 'required'}"
        add_keyword(context, rule, place, (before, after), "required")
    compare_words(context, "request", place, (before, after))
    known = frozenset({"content", "required"})
    compare_rest(context, "request-keyword-changed", place, (before, after), known)
    compare_contents(context, "request", place, (before, after))


def _body(folder: Folder, part: Part) -> Part | None:
    if "requestBody" not in part.raw:
        return None
    place = join_pointer(part.pointer, "requestBody")
    found = folder.follow(part.raw["requestBody"], place)
    return found if isinstance(found.raw, Mapping) else None
