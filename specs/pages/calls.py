"""Calls of a service that the code in a page makes, whatever library it makes them with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from specs.pages.commands import Command
from specs.pages.javascript import read_json_like
from specs.pages.syntax import (
    Call,
    Expression,
    Object,
    Program,
    Text,
    Value,
    last_name,
)
from specs.pages.values import UNKNOWN, Evaluator, Reading

_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_URL = ("url", "uri", "endpoint")
_BODY = ("json", "data", "body", "content", "payload", "input", "arguments", "args")
_QUERY = ("params", "query", "searchParams", "qs")
_OPTIONS = frozenset({"headers", "json", "body"})
_GETTERS = frozenset({"fetch", "urlopen", "ky", "got", "axios", "$fetch"})
_SENDERS = frozenset({"post", "put", "patch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCall:
    """One call in a page, as far as it can be known.

    `url` has `{}` for what is not known; `name` is a first argument in words, such as
    the model that an SDK is asked for, and `verb` what it is asked. `query` is None where it is not known.
    """

    line: int
    method: str = ""
    url: str = ""
    name: str = ""
    verb: str = ""
    body: Reading | None = None
    query: Reading | None = None


def find_calls(program: Program) -> Iterator[PageCall]:
    """Yield the calls over HTTP, and those of an SDK that names a model."""
    reader = _CallReader(program)
    for call in program.calls:
        found = reader.read(call)
        if found:
            yield found


def find_objects(program: Program, taken: set[tuple[int, int]]) -> Iterator[Reading]:
    """Yield the objects of *program* that stand at none of the *taken* places."""
    evaluator = Evaluator(program)
    for node in program.objects:
        if node.at not in taken:
            reading = evaluator.read(node)
            taken |= reading.spots
            yield reading


def from_command(command: Command) -> PageCall:
    """Return what *command* calls."""
    body = None
    if command.body is not None:
        body = read_text(command.body, line=command.body_line)
    query = Reading(dict.fromkeys(command.query, UNKNOWN))
    query.unknown = {(it,) for it in command.query}
    return PageCall(
        line=command.line,
        method=command.method,
        url=command.url,
        body=body,
        query=query,
    )


def read_text(text: str, *, line: int) -> Reading | None:
    """Return the JSON that *text* writes; None where it is no object of JSON."""
    node = read_json_like(text, line=line)
    reading = Evaluator(Program([], waits=False, has_fallback=False)).read(node)
    return reading if isinstance(reading.value, dict) else None


class _CallReader:
    """Looks at the calls of one program."""

    def __init__(self, program: Program) -> None:
        self._evaluator = Evaluator(program)

    def read(self, call: Call) -> PageCall | None:
        """Return what *call* sends, None where it sends nothing."""
        texts = [self._text(it) for it in call.arguments]
        options = [it for it in self._settled(call.arguments) if isinstance(it, Object)]
        named = [call.named, *(it.members for it in options)]
        url = next((it for it in texts if _is_url(it)), "") or self._named_url(named)
        name = texts[0] if texts and not url else ""
        if not url and "/" not in name:
            return None
        verb = last_name(call.function).casefold()
        return PageCall(
            line=call.at[0],
            method=self._method(verb, texts, named),
            url=url,
            name=name,
            verb=verb,
            body=self._body(verb, call, named),
            query=self._first(named, _QUERY),
        )

    def _settled(self, nodes: Sequence[Expression]) -> list[Expression]:
        return [self._evaluator.settle(it) for it in nodes]

    def _text(self, node: Expression) -> str:
        settled = self._evaluator.settle(node)
        return (
            self._evaluator.text(settled) if isinstance(settled, Text | Value) else ""
        )

    def _named_url(self, named: Sequence[object]) -> str:
        found = [self._text(it) for it in _members(named, _URL)]
        if found:
            return found[0]
        hosts = [self._text(it) for it in _members(named, ("hostname", "host"))]
        paths = [self._text(it) for it in _members(named, ("path",))]
        return f"https://{hosts[0]}{paths[0]}" if hosts and paths else ""

    def _method(self, verb: str, texts: list[str], named: Sequence[object]) -> str:
        stated = [self._text(it) for it in _members(named, ("method", "type"))]
        words = [it.upper() for it in (*stated, *texts) if it.casefold() in _VERBS]
        if words:
            return words[0]
        if verb in _VERBS:
            return verb.upper()
        return "GET" if verb in _GETTERS and len(texts) == 1 and not any(named) else ""

    def _body(
        self,
        verb: str,
        call: Call,
        named: Sequence[object],
    ) -> Reading | None:
        stated = self._first(named[:1], _BODY)
        if stated is None and verb in _SENDERS and len(call.arguments) > 1:
            second = self._evaluator.settle(call.arguments[1])
            if isinstance(second, Object) and not _OPTIONS & second.members.keys():
                return self._evaluator.read(call.arguments[1])
        return stated or self._first(named[1:], _BODY)

    def _first(self, named: Sequence[object], names: Sequence[str]) -> Reading | None:
        for node in _members(named, names):
            reading = self._evaluator.read(node)
            if isinstance(reading.value, dict):
                return reading
            if (
                isinstance(reading.value, str)
                and not reading.unknown
                and reading.value.lstrip().startswith("{")
            ):
                return read_text(reading.value, line=node.at[0])
        return None


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://", "/", "{}/"))


def _members(named: Sequence[object], names: Sequence[str]) -> Iterator[Expression]:
    """Yield the members called one of *names*, of the first that has any."""
    for members in named:
        assert isinstance(members, dict)
        yield from (members[it] for it in names if it in members)
