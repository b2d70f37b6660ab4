"""Python in a page, read by `ast` and never run."""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from specs.pages.syntax import (
    DEEPEST,
    Array,
    Assignment,
    Call,
    Comparison,
    Expression,
    Member,
    Name,
    Object,
    Program,
    Spot,
    Text,
    Unknown,
    Value,
    is_status,
)

_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)
_PAUSES = frozenset({"sleep", "wait", "poll"})
_LOOPS = (ast.While, ast.For, ast.AsyncFor)


def read_python(text: str, *, line: int) -> Program | None:
    """Return the program that *text* writes, which begins at *line*; None if it is none."""
    text = textwrap.dedent(text)
    if ">>>" in text:
        text = _PROMPT.sub("", text)
    tree = _parse(text)
    if tree is None:
        return None
    reader = _Reader(line - 1)
    nodes = list(ast.walk(tree))
    found = [it for node in nodes for it in reader.read(node)]
    return Program(
        found,
        waits=any(isinstance(it, _LOOPS) for it in nodes),
        has_fallback=any(_is_fallback(it) for it in nodes),
    )


def is_python(text: str) -> bool:
    """Say whether *text* is Python."""
    return _parse(text) is not None


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd in a page is not our concern
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_fallback(node: ast.AST) -> bool:
    """Say whether *node* is a condition that ends with a branch which does not wait."""
    if isinstance(node, ast.match_case):
        body = node.body
        is_rest = isinstance(node.pattern, ast.MatchAs) and node.pattern.pattern is None
        return is_rest and not _pauses(body)
    if not isinstance(node, ast.If) or not node.orelse or not _asks(node.test):
        return False
    return not isinstance(node.orelse[0], ast.If) and not _pauses(node.orelse)


def _asks(test: ast.expr) -> bool:
    """Say whether *test* asks for the status of a job, and not that of an answer."""
    names = (getattr(it, "id", getattr(it, "attr", "")) for it in ast.walk(test))
    texts = (getattr(it, "value", "") for it in ast.walk(test))
    return any(is_status(it) for it in (*names, *texts) if isinstance(it, str))


def _pauses(body: list[ast.stmt]) -> bool:
    return all(isinstance(it, ast.Pass | ast.Continue) for it in body) or any(
        isinstance(it, ast.Call) and _called(it) in _PAUSES
        for statement in body
        for it in ast.walk(statement)
    )


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class _Reader:
    """Nodes of `ast` as expressions; lines of the page are *offset* further on."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def read(self, node: ast.AST) -> Iterator[Expression | Comparison | Assignment]:
        """Yield what *node* itself says, without what stands inside."""
        match node:
            case ast.Call() | ast.Dict() | ast.Attribute() | ast.Subscript():
                yield self._expression(node, 0)
                yield from self._change(node)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from self._assign(target, value)
            case ast.NamedExpr(target=target, value=value):
                yield from self._assign(target, value)
            case ast.For(target=target) | ast.AsyncFor(target=target):
                yield from self._assign(target, None)
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                yield from self._compare(left, right)
            case ast.Match(subject=subject, cases=cases):
                yield from self._match(subject, cases)
            case ast.arg(arg=name):
                at = self._at(node)
                yield Assignment(at=at, name=name, value=Unknown(at=at))
            case _:
                yield from self._change(node)

    def _change(self, node: ast.AST) -> Iterator[Assignment]:
        """Yield that *node* gives a name another value, or members, that are not known."""
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=op):
                at = self._at(node)
                key = "" if isinstance(op, ast.BitOr) else None
                yield Assignment(at=at, name=name, value=Unknown(at=at), key=key)
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id=name), attr="update" | "setdefault"
                )
            ):
                at = self._at(node)
                yield Assignment(at=at, name=name, value=Unknown(at=at), key="")
            case _:
                return

    def _match(
        self, subject: ast.expr, cases: list[ast.match_case]
    ) -> Iterator[Comparison]:
        for case in cases:
            for it in ast.walk(case.pattern):
                if isinstance(it, ast.MatchValue):
                    yield from self._compare(subject, it.value)

    def _compare(self, left: ast.expr, right: ast.expr) -> Iterator[Comparison]:
        one, other = self._expression(left, 0), self._expression(right, 0)
        subject, values = (other, one) if isinstance(one, Value) else (one, other)
        yield Comparison(at=self._at(left), subject=subject, values=values)

    def _assign(self, target: ast.expr, value: ast.expr | None) -> Iterator[Assignment]:
        at = self._at(target)
        known = Unknown(at=at) if value is None else self._expression(value, 0)
        match target:
            case ast.Name(id=name):
                yield Assignment(at=at, name=name, value=known)
            case ast.Subscript(
                value=ast.Name(id=name), slice=ast.Constant(value=str() as key)
            ):
                yield Assignment(at=at, name=name, value=known, key=key)
            case ast.Subscript(value=ast.Name(id=name)):
                yield Assignment(at=at, name=name, value=known, key="")
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for it in parts:
                    yield from self._assign(it, None)
            case _:
                return

    def _expression(self, node: ast.AST | None, depth: int) -> Expression:
        at = self._at(node)
        if depth > DEEPEST:
            return Unknown(at=at)
        match node:
            case ast.Constant(value=str() | bool() | int() | float() | None as value):
                return Value(at=at, value=value)
            case ast.UnaryOp(
                op=ast.USub(), operand=ast.Constant(value=int() | float() as value)
            ):
                return Value(at=at, value=-value)
            case ast.Name(id=name):
                return Name(at=at, name=name)
            case ast.Attribute(value=owner, attr=name):
                inner = self._expression(owner, depth + 1)
                return Member(at=at, owner=inner, name=name)
            case ast.Subscript(value=owner, slice=ast.Constant(value=str() as name)):
                inner = self._expression(owner, depth + 1)
                return Member(at=at, owner=inner, name=name)
            case _:
                return self._compound(node, depth + 1)

    def _compound(self, node: ast.AST | None, depth: int) -> Expression:
        """Return *node*, which has parts, as an expression."""
        at = self._at(node)
        match node:
            case ast.JoinedStr(values=parts):
                return Text(at=at, parts=self._each(parts, depth))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return Text(at=at, parts=self._each([left, right], depth))
            case ast.FormattedValue(value=value, format_spec=None):
                return self._expression(value, depth)
            case ast.Await(value=value):
                return self._expression(value, depth)
            case ast.Dict():
                return self._object(node, depth)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                is_open = any(isinstance(it, ast.Starred) for it in items)
                return Array(at=at, items=self._each(items, depth), is_open=is_open)
            case ast.Call():
                return self._call(node, depth)
            case _:
                return Unknown(at=at)

    def _each(self, nodes: list[ast.expr], depth: int) -> tuple[Expression, ...]:
        return tuple(self._expression(it, depth) for it in nodes)

    def _object(self, node: ast.Dict, depth: int) -> Object:
        members: dict[str, Expression] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                members[key.value] = self._expression(value, depth)
        return Object(
            at=self._at(node),
            members=members,
            is_open=len(members) < len(node.keys),
        )

    def _call(self, node: ast.Call, depth: int) -> Expression:
        arguments = self._each(node.args, depth)
        function = self._expression(node.func, depth)
        match function, arguments:
            # With a slash it is what an HTTP client gets.
            case Member(owner=owner, name="get"), (Value(value=str() as name), *_) if (
                "/" not in name
            ):
                return Member(at=self._at(node), owner=owner, name=name)
        named = {
            it.arg: self._expression(it.value, depth) for it in node.keywords if it.arg
        }
        if function == Name(at=function.at, name="dict") and not arguments:
            is_open = len(named) < len(node.keywords)
            return Object(at=self._at(node), members=named, is_open=is_open)
        return Call(
            at=self._at(node), function=function, arguments=arguments, named=named
        )

    def _at(self, node: ast.AST | None) -> Spot:
        return (
            getattr(node, "lineno", 1) + self._offset,
            getattr(node, "col_offset", 0),
        )
