"""Parameters that travel in the path, the query, a header or a cookie, compared."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from specs.changes.calls import Call
from specs.changes.contents import compare_contents, compare_schemas, schema_of
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
from specs.changes.renames import pair_renamed
from specs.pointers import join_pointer

_PARAMETER: Final = frozenset(
    {"name", "in", "required", "deprecated", "schema", "content"}
)
_SERIALIZATION: Final = ("style", "explode", "allowReserved", "allowEmptyValue")
_STYLES: Final = {"query": "form", "cookie": "form"}

_Key = tuple[str, str]
"""Where a parameter travels, and its name; in a path its position instead."""


def _list_parameters(folder: Folder, call: Call) -> dict[_Key, Part]:
    """Return the parameters of *call*; those of the operation replace the path's."""
    found: dict[_Key, Part] = {}
    for node, pointer in ((call.item, call.item_pointer), (call.node, call.pointer)):
        listed = node.get("parameters")
        for index, child in enumerate(listed if isinstance(listed, list) else ()):
            part = folder.follow(child, join_pointer(pointer, "parameters", index))
            if isinstance(part.raw, Mapping):
                found[_key(part.raw, call)] = part
    return found


def _key(raw: Mapping[str, Any], call: Call) -> _Key:
    location, name = str(raw.get("in")), str(raw.get("name"))
    if location == "header":
        return location, name.lower()
    if location == "path" and name in call.placeholders:
        return location, f"{{{call.placeholders.index(name)}}}"
    return location, name


def compare_parameters(context: Context, place: Place, old: Call, new: Call) -> None:
    """Compare the parameters of two calls that are one."""
    before = _list_parameters(context.old, old)
    after = _list_parameters(context.new, new)
    partners = {key: key for key in before if key in after}
    partners |= _moved(before, after)
    partners |= _renamed(context, before, after, partners)
    for key, part in before.items():
        name = str(part.raw.get("name"))
        where = replace(place, location=key[0], path=(name,))
        if key in partners:
            _compare_parameter(context, where, (part, after[partners[key]]))
        else:
            context.findings.add(
                "request-parameter-removed", where, part.pointer, gone=True, before=name
            )
    for key, part in after.items():
        if key not in partners.values():
            name = str(part.raw.get("name"))
            must = "required-" if is_required(part) else ""
            context.findings.add(
                f"request-{must}parameter-added",
                replace(place, location=key[0], path=(name,)),
                part.pointer,
                after=name,
            )


def _moved(before: dict[_Key, Part], after: dict[_Key, Part]) -> dict[_Key, _Key]:
    """Return which parameters travel elsewhere now, under the same name."""
    return {
        key: other
        for key in before
        for other in after
        if key not in after and other not in before and key[1] == other[1]
    }


def _renamed(
    context: Context,
    before: dict[_Key, Part],
    after: dict[_Key, Part],
    partners: dict[_Key, _Key],
) -> dict[_Key, _Key]:
    found: dict[_Key, _Key] = {}
    for location in {key[0] for key in before}:
        gone = {
            name: part
            for (where, name), part in before.items()
            if where == location and (where, name) not in partners
        }
        come = {
            name: part
            for (where, name), part in after.items()
            if where == location and (where, name) not in partners.values()
        }
        pairs = pair_renamed(
            {name: str(it.raw.get("description", "")) for name, it in gone.items()},
            {name: str(it.raw.get("description", "")) for name, it in come.items()},
            is_same=partial(_are_same, context, gone, come),
        )
        found |= {(location, one): (location, other) for one, other in pairs.items()}
    return found


def _are_same(
    context: Context, gone: dict[str, Part], come: dict[str, Part], one: str, other: str
) -> bool:
    old, new = gone[one], come[other]
    found = context.schemas["request"].compare((schema_of(old),), (schema_of(new),))
    return not found and is_required(old) == is_required(new)


def is_required(part: Part) -> bool:
    """Say whether a parameter, a body or a header must be there."""
    return part.raw.get("required") is True


def _compare_parameter(context: Context, place: Place, sides: Sides) -> None:
    old, new = sides
    findings = context.findings
    if old.raw.get("in") != new.raw.get("in"):
        add_keyword(context, "request-parameter-moved", place, sides, "in")
    elif place.location != "path" and _name(old) != _name(new):
        add_keyword(context, "request-parameter-renamed", place, sides, "name")
    was, is_ = is_required(old), is_required(new)
    if was != is_:
        rule = f"request-parameter-{'optional' if was else 'required'}"
        add_keyword(context, rule, place, sides, "required")
    if (old.raw.get("deprecated") is True) != (new.raw.get("deprecated") is True):
        undone = "un" if old.raw.get("deprecated") is True else ""
        add_keyword(context, f"request-{undone}deprecated", place, sides, "deprecated")
    moved = old.raw.get("in") != new.raw.get("in")
    if not moved and _serialization(old) != _serialization(new):
        findings.add(
            "request-serialization-changed",
            place,
            new.pointer,
            before=_serialization(old),
            after=_serialization(new),
        )
    compare_words(context, "request", place, sides)
    known = _PARAMETER | set(_SERIALIZATION)
    compare_rest(context, "request-keyword-changed", place, sides, known)
    if "content" in old.raw or "content" in new.raw:
        compare_contents(context, "request", place, sides)
    else:
        compare_schemas(context, "request", place, (schema_of(old), schema_of(new)))


def _name(part: Part) -> str:
    name = str(part.raw.get("name"))
    return name.lower() if part.raw.get("in") == "header" else name


def _serialization(part: Part) -> str:
    """Return how a value is written, what the standard assumes filled in."""
    style = part.raw.get("style", _STYLES.get(str(part.raw.get("in")), "simple"))
    explode = part.raw.get("explode", style == "form")
    flags = [it for it in _SERIALIZATION[2:] if part.raw.get(it) is True]
    return " ".join([f"style={style}", f"explode={explode}", *flags])
