"""What a program on a page says, in one form for every language that is read.

Only what can be known without running it is kept: literals, names, members, calls and
comparisons. Whatever else stands there is `Unknown`. Nothing is ever executed.

Expression
├── Value       a literal: text, a number, true, false, null
├── Text        pieces of text that are joined
├── Name        a variable
├── Member      a member of something, however it is written: a.b, a["b"], a.get("b")
├── Object      named members; *is_open* where others may come that are not written
├── Array       a list, *is_open* likewise
├── Call        a call, its arguments by place and by name
└── Unknown     anything else
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DEEPEST = 60
"""How deeply expressions are followed; no example in a page nests like this."""

_STATUS = frozenset(
    {"status", "state", "st", "currentstatus", "newstatus", "laststatus"}
)

_MOST_CHANGES = 200
"""Statements about one name that are looked at."""

Spot = tuple[int, int]
"""A line of the page, from 1, and a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A piece of a program, and where it stands."""

    at: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Expression):
    """What cannot be known without running the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Expression):
    """A literal."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Expression):
    """Pieces of text that are joined."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Expression):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Expression):
    """A member of *owner*."""

    owner: Expression
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Object(Expression):
    """Named members."""

    members: Mapping[str, Expression]
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Array(Expression):
    """A list."""

    items: tuple[Expression, ...]
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Expression):
    """A call; *named* are its keyword arguments."""

    function: Expression
    arguments: tuple[Expression, ...] = ()
    named: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """*subject* is held against *values*; it is one of them, or is none of them."""

    at: Spot
    subject: Expression
    values: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """*name* is *value* from here on, or its member *key* is."""

    at: Spot
    name: str
    value: Expression
    key: str | None = None


class Program:
    """Everything that one block of code says, in the order it is written.

    *waits* says that it does something again and again; *has_fallback* that some
    condition on a status ends with a branch for all that was not thought of.
    """

    def __init__(
        self,
        found: Sequence[Expression | Comparison | Assignment],
        *,
        waits: bool,
        has_fallback: bool,
    ) -> None:
        ordered = sorted(found, key=lambda it: it.at)
        self.calls = [it for it in ordered if isinstance(it, Call)]
        self.objects = [it for it in ordered if isinstance(it, Object)]
        self.members = [it for it in ordered if isinstance(it, Member)]
        self.comparisons = [it for it in ordered if isinstance(it, Comparison)]
        self.waits = waits
        self.has_fallback = has_fallback
        self._assigned: dict[str, list[Assignment]] = {}
        for it in ordered:
            if isinstance(it, Assignment):
                self._assigned.setdefault(it.name, []).append(it)

    def assigned(self, name: str, at: Spot) -> list[Assignment]:
        """Return what *name* is at *at*, then what was done to it in between.

        The nearest statement before counts; where there is none, the first one after,
        since functions may stand before the constants that they use.
        """
        known = self._assigned.get(name, [])
        end = bisect_right(known, at, key=lambda it: it.at) or len(known)
        found: list[Assignment] = []
        for it in reversed(known[max(end - _MOST_CHANGES, 0) : end]):
            found.insert(0, it)
            if it.key is None:
                return found
        return []


def dotted(expression: Expression) -> str:
    """Return *expression* as a dotted name, empty where it is none."""
    names: list[str] = []
    while isinstance(expression, Member):
        names.append(expression.name)
        expression = expression.owner
    if isinstance(expression, Name):
        names.append(expression.name)
    return ".".join(reversed(names))


def last_name(expression: Expression) -> str:
    """Return the last part of the dotted name of *expression*."""
    return dotted(expression).rpartition(".")[2]


def is_status(name: str) -> bool:
    """Say whether *name* is that of a job's status; that of an answer is a number."""
    plain = name.replace("_", "").casefold()
    return plain in _STATUS or plain.endswith(
        ("jobstatus", "taskstatus", "videostatus")
    )
