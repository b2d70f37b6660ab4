"""What a document's operations reach, and nothing else of it.

Real documents carry megabytes of components that no operation uses. Cutting them off
at load keeps every later step small, and keeps every tool that would resolve all it
finds (validators, generators) from ever seeing a reference that leaves the document.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from specs.errors import UnsupportedSchemaError
from specs.pointers import join_pointer, split_pointer
from specs.references import resolve
from specs.shapes import object_at

_DATA = frozenset({"example", "examples", "default", "enum", "const"})
"""Keywords whose values are data, in which `$ref` is a word like any other."""

_NAMED = frozenset(
    {
        "callbacks",
        "content",
        "definitions",
        "$defs",
        "encoding",
        "headers",
        "links",
        "patternProperties",
        "properties",
        "responses",
    }
)
"""Keywords whose members are named by the document's author, not by OpenAPI."""


def prune(raw: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """Return *raw* with only the components that its paths reach.

    Security schemes stay, since they are named without a reference. Raises the
    errors of `specs.references.resolve` for a reference that is reached.
    """
    components = object_at(raw, "components", f"{name}#")
    schemes = object_at(components, "securitySchemes", f"{name}#/components")
    reached = {("securitySchemes", key) for key in schemes}
    waiting: list[tuple[Any, str]] = [
        (raw["paths"], "/paths"),
        *(
            (it, join_pointer("/components/securitySchemes", key))
            for key, it in schemes.items()
        ),
    ]
    while waiting:
        for node, place in walk(*waiting.pop()):
            if "$ref" not in node:
                continue
            reference = node["$ref"]
            _, target = resolve(raw, reference, place, name=name)
            match split_pointer(target):
                case ("paths", *_):
                    continue  # kept whole
                case ("components", section, key, *_):
                    found = (section, key)
                case _:
                    raise UnsupportedSchemaError(
                        f"{name}#{place}",
                        f"$ref={reference!r:.200} leads to neither a path nor a component",
                        fix="move what it names to the components",
                    )
            if found not in reached:
                reached.add(found)
                entries = object_at(components, section, f"{name}#/components")
                waiting.append((entries[key], join_pointer("/components", *found)))
    kept = {key: it for key, it in raw.items() if key not in ("components", "webhooks")}
    if reached:
        kept["components"] = {
            section: {
                key: it for key, it in entries.items() if (section, key) in reached
            }
            for section, entries in components.items()
            if section in {it for it, _ in reached}
        }
    return kept


def walk(node: Any, pointer: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each object below *node* that OpenAPI gives a meaning, and where it stands.

    Data, extensions and objects whose members an author named are passed through.
    """
    waiting: list[tuple[Any, str, bool]] = [(node, pointer, False)]
    while waiting:
        here, place, named = waiting.pop()
        if isinstance(here, list):
            waiting += [
                (it, join_pointer(place, index), False) for index, it in enumerate(here)
            ]
        if not isinstance(here, dict):
            continue
        if not named:
            yield here, place
        for key, child in here.items():
            if named or not (key in _DATA or key.startswith("x-")):
                waiting.append(
                    (child, join_pointer(place, key), key in _NAMED and not named)
                )
