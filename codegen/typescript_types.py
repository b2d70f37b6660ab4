"""TypeScript of what the models of Python are made from: the JSON Schemas of the IR.

Text of a document enters TypeScript as JSON, which is a subset of it, or inside a
comment that it cannot end.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = {
    "integer": "number",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "null": "null",
}
_EVERY_OBJECT_HAS = frozenset(
    {
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf"),
    }
)
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def typescript_type(schema: Mapping[str, Any], *, prefix: str = "") -> str:
    """Return the type of *schema*; *prefix* stands before the name of an interface."""
    match schema:
        case {"$ref": str(reference)}:
            return prefix + reference.rpartition("/")[2]
        case {"enum": values}:
            return " | ".join(map(_quoted, values))
        case {"anyOf": options}:
            kinds = (typescript_type(it, prefix=prefix) for it in options)
            return _union(list(dict.fromkeys(kinds)))
        case {"type": "array", "items": items}:
            return f"readonly ({typescript_type(items, prefix=prefix)})[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"{{ readonly [name: string]: {typescript_type(values, prefix=prefix)} }}"
        case {"type": "object"}:
            return "{ readonly [name: string]: unknown }"
        case {"type": str(kind)}:
            return _PLAIN[kind]
        case _:
            return "unknown"


def _union(kinds: list[str]) -> str:
    """Return the union; known texts stay on offer where any text may come."""
    if "unknown" in kinds:
        return "unknown"
    open_ended = len(kinds) > 1 and any(it.startswith('"') for it in kinds)
    if open_ended and "string" in kinds:
        kinds[kinds.index("string")] = "(string & {})"
    return " | ".join(kinds)


def interface(name: str, schema: Mapping[str, Any], *, prefix: str = "") -> str:
    """Return the interface *name* of *schema*, an object, its members explained."""
    lines = [*_comment(schema, ""), f"export interface {name} {{"]
    needed = schema.get("required", ())
    for member, it in schema["properties"].items():
        lines += _comment(it, "  ")
        optional = "" if member in needed else "?"
        kind = typescript_type(it, prefix=prefix)
        if optional and member in _EVERY_OBJECT_HAS:
            kind += f" | Object[{_quoted(member)}]"  # or `{}` would be refused
        lines.append(f"  readonly {_member(member)}{optional}: {kind};")
    return "\n".join([*lines, "}"])


def _comment(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    told = comment(schema.get("description", ""))
    if told:
        yield f"{indent}/** {told} */"


def comment(text: str) -> str:
    """Return *text* for the inside of a comment: one printable line that cannot end it."""
    line = "".join(it for it in " ".join(text.split()) if it.isprintable())
    return line.replace("*/", "* /").replace("@", "(at)")


def _member(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _quoted(name)


def _quoted(value: object) -> str:
    return json.dumps(value)
