"""What a document's operations reach, and nothing else of it.

Real documents carry megabytes of components that no operation uses. Cutting them off
at load keeps every later step small, and keeps every tool that would resolve all it
finds (validators, generators) from ever seeing a reference that leaves the document.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from specs.pointers import join_pointer, split_pointer
from specs.references import follow

_DATA = frozenset({"example", "examples", "default", "enum", "const"})
"""Keywords whose values are data, in which `$ref` is a word like any other."""

_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})
"""Keywords whose members are named by the document's author, not by OpenAPI."""


def prune(raw: dict[str, Any], *, name: str) -> dict[str, Any]:
    """Return *raw* with only the components that its paths reach.

    Security schemes stay, since they are named without a reference. Raises the
    errors of `specs.references.follow` for a reference that is reached.
    """
    components: dict[str, Any] = {}
    if schemes := raw.get("components", {}).get("securitySchemes"):
        components["securitySchemes"] = schemes
    waiting: list[tuple[Any, str]] = [(raw["paths"], "/paths")]
    while waiting:
        node, pointer = waiting.pop()
        for holder, place in _references(node, pointer):
            _, target = follow(raw, {"$ref": holder["$ref"]}, place, name=name)
            tokens = split_pointer(target)
            if tokens[:1] != ("components",) or len(tokens) < 3:
                continue  # inside the paths, which are kept whole
            _, section, key = tokens[:3]
            if key not in components.setdefault(section, {}):
                components[section][key] = raw["components"][section][key]
                waiting.append(
                    (components[section][key], join_pointer("", *tokens[:3]))
                )
    kept = {key: it for key, it in raw.items() if key not in ("components", "webhooks")}
    return {**kept, "components": components} if components else kept


def _references(node: Any, pointer: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield each object below *node* that carries a reference, and where it stands."""
    waiting: list[tuple[Any, str, bool]] = [(node, pointer, False)]
    while waiting:
        here, place, named = waiting.pop()
        if isinstance(here, list):
            waiting += [
                (it, join_pointer(place, index), False) for index, it in enumerate(here)
            ]
        if not isinstance(here, dict):
            continue
        if "$ref" in here and not named:
            yield here, place
        for key, child in here.items():
            if named or not (key in _DATA or key.startswith("x-")):
                waiting.append(
                    (child, join_pointer(place, key), key in _NAMED and not named)
                )
