"""What a call gives: its answers by status, with their headers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from specs.changes.contents import (
    compare_contents,
    compare_schemas,
    is_success,
    schema_of,
)
from specs.changes.facts import Part
from specs.changes.folding import Folder
from specs.changes.found import Place
from specs.changes.nodes import (
    Context,
    Sides,
    add_keyword,
    compare_rest,
    compare_words,
)
from specs.pointers import join_pointer
from specs.schemas import UNSET


def compare_answers(
    context: Context, place: Place, old: dict[str, Part], new: dict[str, Part]
) -> None:
    """Compare the answers of one call, by status."""
    partners = {it: it for it in old if it in new} | _replaced(old, new)
    for status, part in old.items():
        where = replace(place, location=status)
        if status in partners:
            other = partners[status]
            if other != status:
                context.findings.add(
                    "response-success-changed",
                    where,
                    new[other].pointer,
                    before=status,
                    after=other,
                )
            _compare_answer(context, where, (part, new[other]))
            continue
        context.findings.add(
            f"response-{_kind(status)}-removed",
            where,
            part.pointer,
            gone=True,
            before=status,
        )
    for status, part in new.items():
        if status not in partners.values():
            context.findings.add(
                f"response-{_kind(status)}-added",
                replace(place, location=status),
                part.pointer,
                after=status,
            )


def _kind(status: str) -> str:
    return "success" if is_success(status) else "error"


def _replaced(old: dict[str, Part], new: dict[str, Part]) -> dict[str, str]:
    """Return the one good status that another one took the place of, and that one."""
    gone = [it for it in old if is_success(it) and it not in new]
    come = [it for it in new if is_success(it) and it not in old]
    return {gone[0]: come[0]} if len(gone) == len(come) == 1 else {}


_ANSWER = frozenset({"content", "headers"})


def _compare_answer(context: Context, place: Place, sides: Sides) -> None:
    old, new = sides
    compare_words(context, "response", place, sides)
    compare_rest(context, "response-keyword-changed", place, sides, _ANSWER)
    compare_contents(context, "response", place, sides)
    before, after = _headers(context.old, old), _headers(context.new, new)
    for name in dict.fromkeys((*before, *after)):
        where = replace(place, path=(f"header {name}",))
        if name in before and name in after:
            _compare_header(context, where, (before[name], after[name]))
            continue
        gone = name in before
        context.findings.add(
            f"response-header-{'removed' if gone else 'added'}",
            where,
            (before if gone else after)[name].pointer,
            gone=gone,
            before=name if gone else UNSET,
            after=UNSET if gone else name,
        )


def _compare_header(context: Context, place: Place, sides: Sides) -> None:
    old, new = sides
    was, is_ = (it.raw.get("required") is True for it in sides)
    if was != is_:
        rule = f"response-header-{'optional' if was else 'required'}"
        add_keyword(context, rule, place, sides, "required")
    compare_words(context, "response", place, sides)
    compare_schemas(context, "response", place, (schema_of(old), schema_of(new)))


def _headers(folder: Folder, part: Part) -> dict[str, Part]:
    listed = part.raw.get("headers")
    found: dict[str, Part] = {}
    for name, child in (listed if isinstance(listed, dict) else {}).items():
        it = folder.follow(child, join_pointer(part.pointer, "headers", name))
        if isinstance(it.raw, Mapping):
            found[name.lower()] = it
    return found


def list_answers(
    folder: Folder, node: Mapping[str, Any], pointer: str
) -> dict[str, Part]:
    """Return the answers that the operation *node* declares, by status."""
    listed = node.get("responses")
    found: dict[str, Part] = {}
    for status, child in (listed if isinstance(listed, dict) else {}).items():
        it = folder.follow(child, join_pointer(pointer, "responses", status))
        if isinstance(it.raw, Mapping) and not status.startswith("x-"):
            found[status.upper() if status != "default" else status] = it
    return found
