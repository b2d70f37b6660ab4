"""JavaScript, TypeScript and JSON in a page, read by tree-sitter and never run.

Its parser goes on behind what it cannot read, so an example with `...` in it is read
as far as it goes. JSON, with comments or without, is an expression of JavaScript.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache

import tree_sitter
import tree_sitter_typescript

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

Node = tree_sitter.Node

_LOOPS = frozenset({"while_statement", "do_statement", "for_statement"})
_TIMERS = frozenset({"setTimeout", "setInterval"})
_PAUSES = re.compile(r"\b(setTimeout|sleep|delay|wait|poll\w*|check\w*)\b|^continue;?$")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_CONSTANTS = {"true": True, "false": False, "null": None}
_EQUALITY = frozenset({"==", "===", "!=", "!=="})
_BRACKET = re.compile(r"[()\[\]{}]")
_MOST_BRACKETS = 200
"""Brackets within brackets; the parser takes long to recover from very many."""

_LARGEST_NUMBER = 40
"""Digits of a number that are still read; Python refuses to read very many."""


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(
        tree_sitter.Language(tree_sitter_typescript.language_tsx())
    )


def _parse(text: str) -> Node:
    """Return the root of what *text* writes; of nothing, where it nests too deeply."""
    depth = deepest = 0
    for it in _BRACKET.finditer(text):
        depth += 1 if it[0] in "([{" else -1
        deepest = max(deepest, depth)
    content = "" if deepest > _MOST_BRACKETS else text
    return _parser().parse(content.encode(errors="replace")).root_node


def read_javascript(text: str, *, line: int) -> Program:
    """Return the program that *text* writes, which begins at *line*."""
    reader = _Reader(line)
    root = _parse(text)
    nodes = list(_walk(root))
    found = [it for node in nodes for it in reader.read(node)]
    return Program(
        found,
        waits=any(it.type in _LOOPS or _text(it) in _TIMERS for it in nodes),
        has_fallback=any(_is_fallback(it) for it in nodes),
    )


def is_javascript(text: str) -> bool:
    """Say whether *text* can be read without a fault."""
    return not _parse(text).has_error


def read_json_like(text: str, *, line: int) -> Expression:
    """Return the value that *text* writes as JSON, or nearly so; it begins at *line*."""
    # In brackets it is an expression; without, a brace would begin a block.
    root = _parse(f"({text}\n)")
    reader = _Reader(line)
    for node in _walk(root):
        if node.type in ("object", "array"):
            return reader.expression(node, 0)
    return Unknown(at=(line, 0))


def _walk(root: Node) -> Iterator[Node]:
    """Yield *root* and all below it, the outer first."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _text(node: Node | None) -> str:
    content = node.text if node is not None and not node.child_count else None
    return content.decode(errors="replace") if content else ""


def _whole(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")


def _is_fallback(node: Node) -> bool:
    """Say whether *node* is a branch for all that was not thought of, and does not wait."""
    asked = node.parent
    if node.type == "else_clause":
        if any(it.type == "if_statement" for it in node.named_children):
            return False
    elif node.type == "switch_default":
        asked = asked.parent if asked is not None else None
    else:
        return False
    condition = asked and (_field(asked, "condition") or _field(asked, "value"))
    words = re.findall(r"\w+", _whole(condition)) if condition else ()
    return any(map(is_status, words)) and not _PAUSES.search(_whole(node))


class _Reader:
    """Nodes of tree-sitter as expressions; the first line of the text is *line*."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._readers: dict[str, Callable[[Node, int], Expression]] = {
            "string": self._string,
            "template_string": self._joined,
            "number": self._number,
            "unary_expression": self._signed,
            "binary_expression": self._sum,
            "object": self._object,
            "array": self._array,
            "member_expression": self._member,
            "subscript_expression": self._member,
            "call_expression": self._call,
            "new_expression": self._call,
        }
        for it in ("parenthesized_expression", "await_expression", "as_expression"):
            self._readers[it] = self._inner
        self._readers["non_null_expression"] = self._inner
        self._readers["template_substitution"] = self._inner

    def read(self, node: Node) -> Iterator[Expression | Comparison | Assignment]:
        """Yield what *node* itself says, without what stands inside."""
        match node.type:
            case "call_expression" | "new_expression" | "object" | "member_expression":
                yield self.expression(node, 0)
                yield from self._listed(node)
            case "variable_declarator":
                yield from self._assign(node, "name", "value")
            case "assignment_expression":
                yield from self._assign(node, "left", "right")
            case "augmented_assignment_expression":
                yield from self._unknown(_field(node, "left"))
            case "required_parameter" | "optional_parameter":
                yield from self._unknown(node.child_by_field_name("pattern"))
            case "arrow_function":
                yield from self._unknown(node.child_by_field_name("parameter"))
            case "binary_expression" if _text(_field(node, "operator")) in _EQUALITY:
                yield from self._compare(_field(node, "left"), _field(node, "right"))
            case "switch_case":
                subject = node.parent.parent if node.parent else None
                held = _field(subject, "value") if subject else None
                yield from self._compare(held, _field(node, "value"))
            case _:
                return

    def _listed(self, node: Node) -> Iterator[Comparison | Assignment]:
        """Yield what `[...].includes(subject)` compares, and what `Object.assign` changes."""
        call = self.expression(node, 0)
        match call:
            case Call(function=Member(owner=owner, name="includes"), arguments=(one,)):
                yield Comparison(at=call.at, subject=one, values=owner)
            case Call(
                function=Member(owner=Name(name="Object"), name="assign"),
                arguments=(Name(name=name), *_),
            ):
                yield Assignment(
                    at=call.at, name=name, value=Unknown(at=call.at), key=""
                )
            case _:
                return

    def _compare(self, left: Node | None, right: Node | None) -> Iterator[Comparison]:
        one, other = self.expression(left, 0), self.expression(right, 0)
        subject, values = (other, one) if isinstance(one, Value) else (one, other)
        yield Comparison(at=one.at, subject=subject, values=values)

    def _assign(self, node: Node, left: str, right: str) -> Iterator[Assignment]:
        target = _field(node, left)
        value = self.expression(_field(node, right), 0)
        if target is not None and target.type == "identifier":
            yield Assignment(at=self._at(target), name=_text(target), value=value)
        elif target is not None and target.type == "member_expression":
            place = self.expression(target, 0)
            match place:
                case Member(owner=Name(name=name), name=key):
                    yield Assignment(at=place.at, name=name, value=value, key=key)
                case _:
                    return
        else:
            yield from self._unknown(target)

    def _unknown(self, pattern: Node | None) -> Iterator[Assignment]:
        """Yield an assignment for each name in *pattern*, whose value nobody knows."""
        for it in _walk(pattern) if pattern is not None else ():
            if it.type in ("identifier", "shorthand_property_identifier_pattern"):
                at = self._at(it)
                yield Assignment(at=at, name=_text(it), value=Unknown(at=at))

    def expression(self, node: Node | None, depth: int) -> Expression:
        """Return *node* as an expression."""
        at = self._at(node)
        if node is None or depth > DEEPEST:
            return Unknown(at=at)
        text = _text(node)
        if text in _CONSTANTS:
            return Value(at=at, value=_CONSTANTS[text])
        if node.type in ("identifier", "shorthand_property_identifier"):
            return Name(at=at, name=text)
        reader = self._readers.get(node.type)
        return reader(node, depth + 1) if reader else Unknown(at=at)

    def _string(self, node: Node, _: int) -> Expression:
        text = "".join(map(_fragment, node.named_children))
        return Value(at=self._at(node), value=text)

    def _joined(self, node: Node, depth: int) -> Expression:
        parts = tuple(
            self.expression(it, depth)
            if it.type == "template_substitution"
            else Value(at=self._at(it), value=_fragment(it))
            for it in node.named_children
        )
        return Text(at=self._at(node), parts=parts)

    def _number(self, node: Node, _: int) -> Expression:
        text = _text(node)
        try:
            value = json.loads(text[:_LARGEST_NUMBER])
        except ValueError:
            return Unknown(at=self._at(node))
        return Value(at=self._at(node), value=value)

    def _signed(self, node: Node, depth: int) -> Expression:
        inner = self.expression(_field(node, "argument"), depth)
        is_minus = _text(_field(node, "operator")) == "-"
        match inner:
            case Value(value=int() | float() as number) if is_minus:
                return Value(at=self._at(node), value=-number)
            case _:
                return Unknown(at=self._at(node))

    def _sum(self, node: Node, depth: int) -> Expression:
        if _text(_field(node, "operator")) != "+":
            return Unknown(at=self._at(node))
        sides = (_field(node, "left"), _field(node, "right"))
        parts = tuple(self.expression(it, depth) for it in sides)
        return Text(at=self._at(node), parts=parts)

    def _object(self, node: Node, depth: int) -> Expression:
        members: dict[str, Expression] = {}
        is_open = False
        for child in node.named_children:
            key = _field(child, "key")
            if child.type == "shorthand_property_identifier":
                members[_text(child)] = self.expression(child, depth)
            elif key is not None and key.type in ("property_identifier", "string"):
                name = _text(key) or "".join(map(_fragment, key.named_children))
                members[name] = self.expression(_field(child, "value"), depth)
            elif child.type not in ("comment", "method_definition"):
                is_open = True
        return Object(at=self._at(node), members=members, is_open=is_open)

    def _array(self, node: Node, depth: int) -> Expression:
        children = [it for it in node.named_children if it.type != "comment"]
        return Array(
            at=self._at(node),
            items=tuple(self.expression(it, depth) for it in children),
            is_open=any(it.type in ("spread_element", "ERROR") for it in children),
        )

    def _member(self, node: Node, depth: int) -> Expression:
        owner = self.expression(_field(node, "object"), depth)
        named = _field(node, "property")
        if named is not None:
            return Member(at=self._at(node), owner=owner, name=_text(named))
        match self.expression(_field(node, "index"), depth):
            case Value(value=str() as name):
                return Member(at=self._at(node), owner=owner, name=name)
            case _:
                return Unknown(at=self._at(node))

    def _call(self, node: Node, depth: int) -> Expression:
        function = _field(node, "function") or _field(node, "constructor")
        arguments = _field(node, "arguments")
        children = arguments.named_children if arguments is not None else []
        return Call(
            at=self._at(node),
            function=self.expression(function, depth),
            arguments=tuple(
                self.expression(it, depth) for it in children if it.type != "comment"
            ),
        )

    def _inner(self, node: Node, depth: int) -> Expression:
        children = node.named_children
        return self.expression(children[0] if children else None, depth)

    def _at(self, node: Node | None) -> Spot:
        if node is None:
            return self._line, 0
        point = node.start_point
        return point.row + self._line, point.column


def _field(node: Node, name: str) -> Node | None:
    return node.child_by_field_name(name)


def _fragment(node: Node) -> str:
    """Return the text that one piece of a string writes."""
    text = _whole(node)
    if node.type != "escape_sequence":
        return text
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return _SIMPLE_ESCAPES.get(text[1:2], text[1:2])
