"""Keywords of the other version of OpenAPI, said as the document's own version has it.

Real documents mix the two. The reader takes both spellings by their values, but
validators heed only those of the version a document names, so a bound would be read by
one and not by the other. What is said anew is kept with the document, and
`specs.faults` lists it.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from specs.jsontext import is_among
from specs.pointers import join_pointer
from specs.reach import walk

Version = Literal["3.0", "3.1"]


def respell(raw: dict[str, Any], version: Version) -> tuple[str, ...]:
    """Say the keywords of *raw* as *version* has them, in place; return their pointers."""
    rules = _TO_3_0 if version == "3.0" else _TO_3_1
    return tuple(
        join_pointer(place, keyword)
        for node, place in list(walk(raw["paths"], "/paths"))
        + list(walk(raw.get("components", {}), "/components"))
        for keyword in _respell_node(node, rules)
    )


Rule = Callable[[dict[str, Any], str], bool]
"""Changes a node that has a keyword, and says whether it had to."""


def _respell_node(node: dict[str, Any], rules: dict[str, Rule]) -> Iterator[str]:
    for keyword, rule in rules.items():
        if keyword in node and rule(node, keyword):
            yield keyword


def _bound_as_flag(node: dict[str, Any], keyword: str) -> bool:
    """Make a number under *keyword* the bound that it is a flag of."""
    value, inclusive = node[keyword], _inclusive(keyword)
    if not _is_number(value):
        return False
    beside = node.get(inclusive)
    is_low = inclusive == "minimum"
    if _is_number(beside) and (beside > value if is_low else beside < value):
        del node[keyword]  # the inclusive bound is the tighter one
    else:
        node |= {inclusive: value, keyword: True}
    return True


def _flag_as_bound(node: dict[str, Any], keyword: str) -> bool:
    """Put the bound that a flag under *keyword* is about in its place."""
    if not isinstance(node[keyword], bool):
        return False
    is_exclusive, inclusive = node.pop(keyword), _inclusive(keyword)
    if is_exclusive and inclusive in node:
        node[keyword] = node.pop(inclusive)
    return True


def _constant_as_list(node: dict[str, Any], keyword: str) -> bool:
    value = node[keyword]
    if "enum" in node and not (
        isinstance(node["enum"], list) and is_among(value, node["enum"])
    ):
        return False  # nothing is valid, which the reader refuses
    node["enum"] = [node.pop(keyword)]
    return True


def _null_as_flag(node: dict[str, Any], keyword: str) -> bool:
    """Say a type or null, and no other list of types, as one type that may be null."""
    types = node[keyword]
    plain = [it for it in types if it != "null"] if isinstance(types, list) else []
    if len(plain) != 1 or not isinstance(plain[0], str):
        return False
    node[keyword] = plain[0]
    if "null" in types:
        node["nullable"] = True
    return True


def _null_as_type(node: dict[str, Any], keyword: str) -> bool:
    if node[keyword] is not True or not isinstance(node.get("type"), str):
        return False
    del node[keyword]
    node["type"] = [node["type"], "null"]
    return True


def _inclusive(keyword: str) -> str:
    return keyword.removeprefix("exclusive").lower()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TO_3_0: dict[str, Rule] = {
    "exclusiveMinimum": _bound_as_flag,
    "exclusiveMaximum": _bound_as_flag,
    "const": _constant_as_list,
    "type": _null_as_flag,
}
_TO_3_1: dict[str, Rule] = {
    "exclusiveMinimum": _flag_as_bound,
    "exclusiveMaximum": _flag_as_bound,
    "nullable": _null_as_type,
}
