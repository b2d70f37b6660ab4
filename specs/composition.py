"""References and `allOf`, folded into the one node that they make together.

A value must satisfy every part at once, which one schema can say as long as no two
parts say different things of the same keyword. Where they do, the document is refused
by name: guessing which one counts would be a silent patch.
"""

from collections.abc import Mapping
from typing import Any, Final

from specs.dialect import Node
from specs.errors import RecursiveReferenceError, UnsupportedSchemaError
from specs.jsontext import is_same
from specs.pointers import join_pointer
from specs.references import LONGEST_CHAIN, resolve
from specs.shapes import as_object, list_at, object_at

PLACES: Final = object()
"""The key, one that no JSON can carry, under which a folded node says where each of its
keywords and properties was declared: a mapping of tokens to pointer."""

MOST_NODES = 50_000
"""What one operation may expand to. Real ones stay below 100; a few dozen schemas
that each use the next one twice would go on for ever."""

_ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "default",
        "deprecated",
        "example",
        "examples",
        "externalDocs",
        "readOnly",
        "summary",
        "writeOnly",
        "xml",
        "$comment",
    }
)


def place_of(node: Node, pointer: str, *tokens: str) -> str:
    """Return where *tokens* below *node*, which stands at *pointer*, were declared."""
    place: str | None = node.get(PLACES, {}).get(tokens)
    return place or join_pointer(pointer, *tokens)


def constraints(node: Node) -> dict[Any, Any]:
    """Return what *node* says of values, without what it only says to people."""
    return {key: it for key, it in node.items() if not _is_annotation(key)}


def _is_annotation(keyword: Any) -> bool:
    return keyword in _ANNOTATIONS or str(keyword).startswith("x-")


class Composer:
    """Folds the schemas of one document, which is called *name* in messages."""

    def __init__(self, raw: Mapping[str, Any], *, name: str) -> None:
        self._raw = raw
        self._name = name
        self._nodes = 0
        # Beside a reference OpenAPI 3.0 ignores all else; 3.1 honours it.
        self._honours_siblings = not str(raw["openapi"]).startswith("3.0")

    def compose(
        self, node: Any, pointer: str, trail: tuple[str, ...] = ()
    ) -> tuple[Any, str]:
        """Return what *node* at *pointer* stands for, and where that stands.

        A reference that stands alone, or with a title and a description of its use,
        leads to its target's place; anything folded stays where it is.
        """
        self._refuse_endless(pointer, trail)
        if not isinstance(node, Mapping) or not ("$ref" in node or "allOf" in node):
            return node, pointer
        trail = (*trail, pointer)
        if "$ref" not in node:
            return self._fold(node, pointer, trail), pointer
        outer = {key: it for key, it in node.items() if key != "$ref"}
        target, place = resolve(self._raw, node["$ref"], pointer, name=self._name)
        target, place = self.compose(target, place, trail)
        if self._honours_siblings and set(outer) - {"title", "description"}:
            part = as_object(target, f"{self._name}#{place}")
            return self.join((part, place), (outer, pointer)), pointer
        about = {it: outer[it] for it in ("title", "description") if it in outer}
        return ({**target, **about} if isinstance(target, Mapping) else target), place

    def join(self, *parts: tuple[Node, str]) -> Node:
        """Return one node that says what each of *parts*, nodes with pointers, says.

        Where their annotations differ, those of the last one describe this use.
        """
        result: dict[Any, Any] = {PLACES: {}}
        for node, pointer in parts:
            self._fold_in(result, node, pointer)
        # A null must pass every type; `nullable` says nothing without one beside it.
        typed = [node for node, _ in parts if "type" in node]
        if typed and all(it.get("nullable") is True for it in typed):
            result["nullable"] = True
        self._refuse_closed(result, parts)
        return result

    def _fold(self, node: Node, pointer: str, trail: tuple[str, ...]) -> Node:
        parts: list[tuple[Node, str]] = []
        branches = list_at(node, "allOf", f"{self._name}#{pointer}")
        for index, branch in enumerate(branches):
            place = join_pointer(pointer, "allOf", index)
            part, place = self.compose(branch, place, trail)
            parts.append((as_object(part, f"{self._name}#{place}"), place))
        outer = {key: it for key, it in node.items() if key != "allOf"}
        return self.join(*parts, (outer, pointer))

    def _fold_in(self, result: dict[Any, Any], node: Node, pointer: str) -> None:
        for keyword, value in node.items():
            if keyword is PLACES or keyword == "nullable":
                continue
            if keyword == "properties":
                self._fold_properties(result, node, pointer)
            elif keyword == "required":
                names = list_at(node, "required", f"{self._name}#{pointer}")
                known = result.setdefault("required", [])
                result["required"] = [*known, *(it for it in names if it not in known)]
            elif _is_annotation(keyword):
                result[keyword] = value
            elif not is_same(result.setdefault(keyword, value), value):
                raise UnsupportedSchemaError(
                    f"{self._name}#{place_of(node, pointer, keyword)}",
                    f"parts of one schema say {result[keyword]!r:.60} and {value!r:.60}",
                    fix="treat one of them in waivers.toml",
                )
            result[PLACES].setdefault((keyword,), place_of(node, pointer, keyword))

    def _fold_properties(
        self, result: dict[Any, Any], node: Node, pointer: str
    ) -> None:
        known = result.setdefault("properties", {})
        own = object_at(node, "properties", f"{self._name}#{pointer}")
        for key, child in own.items():
            place = place_of(node, pointer, "properties", key)
            if not is_same(known.setdefault(key, child), child):
                raise UnsupportedSchemaError(
                    f"{self._name}#{place}",
                    "parts of one schema declare this property differently",
                    fix="treat one of them in waivers.toml",
                )
            result[PLACES].setdefault(("properties", key), place)

    def _refuse_closed(self, result: Node, parts: tuple[tuple[Node, str], ...]) -> None:
        """Refuse a part that admits no other properties beside one that has some."""
        for node, pointer in parts:
            others = set(result.get("properties", ())) - set(node.get("properties", ()))
            if others and node.get("additionalProperties", True) is not True:
                place = place_of(node, pointer, "additionalProperties")
                raise UnsupportedSchemaError(
                    f"{self._name}#{place}",
                    f"does not admit {sorted(others)[0]!r:.80} of another part",
                    fix="treat it in waivers.toml (action 'drop')",
                )

    def _refuse_endless(self, pointer: str, trail: tuple[str, ...]) -> None:
        where = f"{self._name}#{pointer}"
        if pointer in trail:
            raise RecursiveReferenceError(
                where, "the schema contains itself", fix="break the circle"
            )
        if len(trail) > LONGEST_CHAIN:
            raise RecursiveReferenceError(
                where,
                f"references and allOf lead on for more than {LONGEST_CHAIN} steps",
                fix="flatten the document",
            )
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise UnsupportedSchemaError(
                where,
                f"its operation expands to more than {MOST_NODES:,} schemas",
                fix="flatten the document",
            )
