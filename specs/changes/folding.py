"""Schemas of any document, folded far enough to be compared, and never refused.

`specs.reader` reads what this project honours and refuses the rest; two documents of
which one is odd must still be compared. So references, `allOf` and the spellings of
3.0 and 3.1 are folded here, and what cannot be is kept as it is written, to be compared
as it is written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from specs.changes.facts import Facts, Part, Parts, join
from specs.errors import SpecError
from specs.pointers import join_pointer
from specs.references import LONGEST_CHAIN, resolve


@dataclass(slots=True)
class _Gathered:
    """What one schema is made of, references and `allOf` followed."""

    plain: list[Part] = field(default_factory=list)
    options: list[Parts] = field(default_factory=list)
    nullable: bool = False
    exclusive: bool = False


class Folder:
    """Folds the schemas of one document; the same ones are folded once."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._known: dict[tuple[str, ...], Facts] = {}
        # Beside a reference OpenAPI 3.0 ignores all but words; 3.1 honours it.
        self._honours_siblings = not str(raw.get("openapi")).startswith("3.0")

    def follow(self, raw: Any, pointer: str) -> Part:
        """Return what *raw* at *pointer* stands for; itself where its `$ref` is broken."""
        part = Part(raw, pointer)
        for _ in range(LONGEST_CHAIN):
            target = self._target(part)
            if target is None:
                return part
            part = target
        return Part(raw, pointer)

    def fold(self, parts: Parts) -> Facts:
        """Return what *parts* say together."""
        key = tuple(it.pointer for it in parts)
        if key not in self._known:
            found = _Gathered()
            for part in parts:
                self._gather(part, found, ())
            self._known[key] = join(
                parts[0].pointer if len(found.plain) != 1 else found.plain[0].pointer,
                found.plain,
                tuple(found.options),
                nullable=found.nullable,
                exclusive=found.exclusive,
            )
        return self._known[key]

    def _target(self, part: Part) -> Part | None:
        if not (isinstance(part.raw, Mapping) and "$ref" in part.raw):
            return None
        try:
            return Part(*resolve(self._raw, part.raw["$ref"], part.pointer, name=""))
        except SpecError:  # kept as it is written
            return None

    def _gather(self, part: Part, found: _Gathered, trail: tuple[str, ...]) -> None:
        """Add to *found* what *part* is made of; what describes this use comes last."""
        raw = part.raw
        if not isinstance(raw, Mapping) or part.pointer in trail:
            found.plain.append(part)
            return
        trail = (*trail, part.pointer)
        rest = dict(raw)
        if target := self._target(part):
            self._gather(target, found, trail)
            words = {"title", "description"}
            rest = {
                key: it
                for key, it in raw.items()
                if key != "$ref" and (self._honours_siblings or key in words)
            }
            if not rest:
                return
        if isinstance(rest.get("allOf"), list):
            for index, branch in enumerate(rest.pop("allOf")):
                place = join_pointer(part.pointer, "allOf", index)
                self._gather(Part(branch, place), found, trail)
        for keyword in ("anyOf", "oneOf"):
            if isinstance(rest.get(keyword), list):
                self._choose(
                    keyword, Part(rest.pop(keyword), part.pointer), found, trail
                )
        if rest or not found.plain:
            found.plain.append(Part(rest, part.pointer))

    def _choose(
        self, keyword: str, part: Part, found: _Gathered, trail: tuple[str, ...]
    ) -> None:
        """Add the alternatives of *part*; null, and a single one, are no alternatives."""
        options = list(self._options(keyword, part))
        kept = [it for it in options if not self._is_null(it)]
        found.nullable |= len(kept) < len(options)
        if len(kept) == 1:
            self._gather(kept[0], found, trail)
            return
        found.options += [(it,) for it in kept]
        found.exclusive |= keyword == "oneOf"

    def _options(self, keyword: str, part: Part) -> Iterator[Part]:
        for index, it in enumerate(part.raw):
            yield Part(it, join_pointer(part.pointer, keyword, index))

    def _is_null(self, part: Part) -> bool:
        raw = self.follow(part.raw, part.pointer).raw
        if not isinstance(raw, Mapping):
            return False
        return raw.get("type") == "null" or raw.get("enum") == [None]
