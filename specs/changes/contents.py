"""Bodies of requests and of answers: their media types, and the schemas of those."""

from collections.abc import Mapping

from specs.changes.facts import Part
from specs.changes.found import Place
from specs.changes.nodes import Context, Sides, add_keyword, compare_words, differs
from specs.changes.rules import Direction
from specs.changes.schemas import Difference
from specs.pointers import join_pointer
from specs.schemas import UNSET

_MEMBERS = {
    "member-added": "added",
    "required-member-added": "added",
    "member-removed": "removed",
    "member-renamed": "renamed",
    "member-required": "required",
    "member-optional": "optional",
}
_STATES = {
    "enum-value-added": "lifecycle-state-added",
    "enum-value-removed": "lifecycle-state-removed",
}
_STATUS = ({"status"}, {"state"})
"""What services call the member that says where a job stands."""


def compare_schemas(
    context: Context, direction: Direction, place: Place, sides: Sides
) -> None:
    """Compare the schemas that a value at *place* must fit."""
    old, new = sides
    for it in context.schemas[direction].compare((old,), (new,)):
        context.findings.add_difference(_rule(direction, place, it), place, it)


def _rule(direction: Direction, place: Place, found: Difference) -> str:
    change = found.change
    if direction == "request":
        if change == "required-member-added":
            return "request-required-parameter-added"
        if change in _MEMBERS:
            return f"request-parameter-{_MEMBERS[change]}"
    elif change in _MEMBERS:
        return f"response-field-{_MEMBERS[change]}"
    elif change in _STATES and is_success(place.location) and {*found.path} in _STATUS:
        return _STATES[change]
    return f"{direction}-{change}"


def is_success(status: str) -> bool:
    """Say whether *status*, as a document writes it, tells of success."""
    return status.startswith("2")


def compare_contents(
    context: Context, direction: Direction, place: Place, sides: Sides
) -> None:
    """Compare the media types of a body or of an answer, and their schemas."""
    old, new = sides
    before, after = _contents(old), _contents(new)
    if bool(before) != bool(after):
        gone = bool(before)
        context.findings.add(
            f"{direction}-schema-{'removed' if gone else 'added'}",
            place,
            join_pointer((old if gone else new).pointer, "content"),
            gone=gone,
            before=", ".join(before) or UNSET,
            after=", ".join(after) or UNSET,
        )
        return
    for kind, part in before.items():
        if kind not in after:
            context.findings.add(
                f"{direction}-media-type-removed",
                place,
                part.pointer,
                gone=True,
                before=kind,
            )
    for kind, part in after.items():
        if kind in before:
            _compare_content(context, direction, place, (before[kind], part))
        else:
            context.findings.add(
                f"{direction}-media-type-added", place, part.pointer, after=kind
            )


def _compare_content(
    context: Context, direction: Direction, place: Place, sides: Sides
) -> None:
    old, new = sides
    if ("schema" in old.raw) and ("schema" in new.raw):
        compare_schemas(context, direction, place, (schema_of(old), schema_of(new)))
    elif differs(sides, "schema"):
        gone = "schema" in old.raw
        rule = f"{direction}-schema-{'removed' if gone else 'added'}"
        add_keyword(context, rule, place, sides, "schema")
    if differs(sides, "encoding"):
        rule = "request-serialization-changed"
        if direction == "response":
            rule = "response-keyword-changed"
        add_keyword(context, rule, place, sides, "encoding")
    compare_words(context, direction, place, sides)


def schema_of(part: Part) -> Part:
    """Return the schema of a parameter or a media type; one that says nothing if none."""
    return Part(part.raw.get("schema", {}), join_pointer(part.pointer, "schema"))


def _contents(part: Part) -> dict[str, Part]:
    """Return the media types of *part*, parameters such as a charset left out."""
    listed = part.raw.get("content")
    found: dict[str, Part] = {}
    for name, child in (listed if isinstance(listed, dict) else {}).items():
        if isinstance(child, Mapping):
            place = join_pointer(part.pointer, "content", name)
            found.setdefault(name.partition(";")[0].strip().lower(), Part(child, place))
    return found
