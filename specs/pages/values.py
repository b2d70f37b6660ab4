"""What the expressions of a program come to, as far as that can be known.

A value that is not known, and a text that stands for one (`<YOUR_KEY>`), is `UNKNOWN`:
nothing may be said against it.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from specs.pages.syntax import (
    DEEPEST,
    Array,
    Assignment,
    Call,
    Expression,
    Member,
    Name,
    Object,
    Program,
    Spot,
    Text,
    Unknown,
    Value,
    last_name,
)

UNKNOWN: Final = "{}"
"""Stands for whatever a program puts there when it runs."""

_PLACEHOLDER = re.compile(
    r"\s*(?:<[^<>]{0,200}>|\{\{?[\w .-]{0,80}\}?\}|\[[\w .-]{0,80}\]|\$\{?\w{1,80}\}?"
    r"|.{0,300}(?:\.\.\.|…).{0,20}|(?i:your)[ _-].{0,300}|.{0,300}/(?i:your)[ _-].{0,300}"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|X{3,}"
    r"|(?i:string|text|integer|number|float|boolean|uuid|url)|.{0,200} \| .{0,200})\s*",
    re.DOTALL,
)
_WRAPPERS = frozenset({"stringify", "dumps", "encode", "URL", "freeze", "Url", "trim"})
_SOFTENERS = frozenset(
    {"lower", "upper", "toLowerCase", "toUpperCase", "casefold", "strip"}
)
_MOST_STEPS = 100_000
"""Pieces that are looked at in one program, which may join what it joined before."""

_LONGEST = 20_000

Path = tuple[str | int, ...]


def is_placeholder(text: str) -> bool:
    """Say whether *text* stands for what a reader is to put there."""
    return not text or _PLACEHOLDER.fullmatch(text) is not None


@dataclass(slots=True)
class Reading:
    """A value, the line of each part, and the parts that are not known or not all there."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)
    unknown: set[Path] = field(default_factory=set)
    is_open: set[Path] = field(default_factory=set)
    spots: set[Spot] = field(default_factory=set)

    def line(self, path: Path) -> int:
        """Return the line of what *path* leads to, or of what should have it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


class Evaluator:
    """What expressions of *program* come to."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._left = _MOST_STEPS
        self._depth = 0

    def read(self, expression: Expression) -> Reading:
        """Return the value of *expression*."""
        reading = Reading(None)
        reading.value = self._value(expression, (), reading)
        return reading

    def text(self, expression: Expression) -> str:
        """Return the text that *expression* comes to, with `{}` for what is not known."""
        value = self.read(expression).value
        return value if isinstance(value, str) else UNKNOWN

    def settle_name(self, expression: Expression) -> Expression:
        """Return what was last assigned to *expression*, itself where nothing was."""
        if isinstance(expression, Name):
            assigned = self._program.assigned(expression.name, expression.at)
            return assigned[0].value if assigned else expression
        return expression

    def settle(self, expression: Expression) -> Expression:
        """Return what *expression* is: names are followed, wrappers taken off."""
        inner = self.settle_name(_unwrap(expression))
        while inner is not expression and self._left > 0:
            self._left -= 1
            expression, inner = inner, self.settle_name(_unwrap(inner))
        return expression

    def _value(self, expression: Expression, path: Path, reading: Reading) -> Any:
        self._left -= 1
        self._depth += 1
        try:
            return self._known(expression, path, reading)
        finally:
            self._depth -= 1

    def _known(self, expression: Expression, path: Path, reading: Reading) -> Any:
        reading.lines.setdefault(path, expression.at[0])
        changes: list[Assignment] = []
        while (inner := _unwrap(expression)) is not expression or (
            isinstance(inner, Name) and self._left > 0
        ):
            expression = inner
            if isinstance(inner, Name):
                self._left -= 1
                found = self._program.assigned(inner.name, inner.at)
                if not found:
                    break
                expression, changes = found[0].value, [*found[1:], *changes]
        if self._left < 0 or self._depth > DEEPEST:
            expression = Unknown(at=expression.at)
        match expression:
            case Object():
                return self._object(expression, changes, path, reading)
            case Array(items=items):
                if expression.is_open:
                    reading.is_open.add(path)
                return [
                    self._value(it, (*path, index), reading)
                    for index, it in enumerate(items)
                ]
            case Text(parts=parts):
                return self._joined(parts, path, reading)
            case Value(value=value) if not (
                isinstance(value, str) and is_placeholder(value)
            ):
                return value
            case _:
                reading.unknown.add(path)
                return UNKNOWN

    def _object(
        self, node: Object, changes: list[Assignment], path: Path, reading: Reading
    ) -> dict[str, Any]:
        reading.spots.add(node.at)
        reading.lines[path] = node.at[0]
        if node.is_open or any(it.key == "" for it in changes):
            reading.is_open.add(path)
        members = dict(node.members)
        members.update({it.key: it.value for it in changes if it.key})
        return {
            name: self._value(it, (*path, name), reading)
            for name, it in members.items()
        }

    def _joined(
        self, parts: tuple[Expression, ...], path: Path, reading: Reading
    ) -> Any:
        inner = Reading(None)
        texts = [self._value(it, (index,), inner) for index, it in enumerate(parts)]
        if inner.unknown:
            reading.unknown.add(path)
        return "".join(map(str, texts))[:_LONGEST]


def softens(expression: Expression) -> Expression:
    """Return what *expression* changes the case of, or itself."""
    match expression:
        case Call(function=Member(owner=owner, name=name)) if name in _SOFTENERS:
            return owner
        case _:
            return expression


def _unwrap(expression: Expression) -> Expression:
    """Return what is inside a call that only writes it otherwise."""
    match expression:
        case Call(function=function, arguments=(first, *_)) if (
            last_name(function) in _WRAPPERS
        ):
            return first
        case Call(function=Member(owner=owner, name=name)) if name in _WRAPPERS:
            return owner
        case _:
            return softens(expression)
