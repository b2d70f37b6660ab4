"""OpenAPI 3.0 and 3.1 folded into one form, one schema node at a time.

The versions differ in how they spell a null, an exclusive bound and a constant. Each
function takes the raw node and returns the folded fact; where documents mix the
spellings of both versions, the value decides which one is meant.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from specs.errors import UnsupportedSchemaError
from specs.schemas import Bound

TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})

Node = Mapping[Any, Any]
"""A raw schema node; its keys are text, save one that merging adds."""


def fold_types(node: Node, where: str) -> tuple[str, ...]:
    """Return the types *node* declares, `null` included; empty where it declares none.

    An undeclared type is inferred only where a keyword leaves no other sensible
    reading: `properties` means an object, `items` an array, an enum its values'.
    """
    declared = node.get("type")
    types = (declared,) if isinstance(declared, str) else tuple(declared or ())
    if strays := [it for it in types if it not in TYPES]:
        raise UnsupportedSchemaError(
            where, f"type={strays[0]!r:.80} is not a JSON type", fix="mend the document"
        )
    if not types:
        types = _inferred_types(node)
    if node.get("nullable") is True and types and "null" not in types:
        types = (*types, "null")
    return types


def _inferred_types(node: Node) -> tuple[str, ...]:
    if "properties" in node:
        return ("object",)
    if "items" in node:
        return ("array",)
    values = fold_enum(node)
    if values and all(isinstance(it, str) for it in values if it is not None):
        return ("string", "null") if None in values else ("string",)
    return ()


def fold_enum(node: Node) -> tuple[Any, ...] | None:
    """Return the values *node* lists, a constant as a list of one; None where none."""
    if "const" in node:
        return (node["const"],)
    return tuple(node["enum"]) if isinstance(node.get("enum"), list) else None


def fold_bound(
    node: Node, side: Literal["minimum", "maximum"], where: str
) -> Bound | None:
    """Return the tighter of the inclusive and the exclusive bound on one *side*."""
    exclusive_keyword = f"exclusive{side.capitalize()}"
    inclusive, exclusive = node.get(side), node.get(exclusive_keyword)
    for keyword, value in ((side, inclusive), (exclusive_keyword, exclusive)):
        if value is not None and not isinstance(value, (int, float)):
            raise UnsupportedSchemaError(
                f"{where}/{keyword}",
                f"{value!r:.80} is not a number",
                fix="mend the document",
            )
    if isinstance(exclusive, bool):  # 3.0: a flag beside the inclusive keyword
        return None if inclusive is None else Bound(_decimal(inclusive), exclusive)
    if exclusive is None:
        return None if inclusive is None else Bound(_decimal(inclusive))
    tight = Bound(_decimal(exclusive), exclusive=True)
    if inclusive is None:
        return tight
    loose = Bound(_decimal(inclusive))
    outer = (
        loose.value > tight.value if side == "minimum" else loose.value < tight.value
    )
    return loose if outer else tight


def _decimal(value: float) -> Decimal:
    # The shortest text that reads back as this float is how the document wrote it.
    return Decimal(repr(value))
