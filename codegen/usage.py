"""Where programs use the generated clients, and which of it a changed document breaks.

Sources are parsed, never imported or run. A call is known by the names that the
generator gave: `<client>.<model>.submit(...)`, whatever the client is called, also where
the model was given a shorter name first.
"""

import ast
import operator
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.errors import CodegenError
from codegen.lower import lower
from codegen.names import identifier
from specs import ChangeFinding, ChangePlace, ChangeReport, Contract, Registry, Severity

_SUBMIT = "submit"
_LARGEST = 4 * 1024 * 1024
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})

_BOUNDS = {
    "request-minimum-tightened": operator.lt,
    "request-maximum-tightened": operator.gt,
}
_ADDED = frozenset({"request-required-parameter-added", "request-parameter-required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A place in a program that *finding* touches.

    *argument* is the keyword of the call or the member of the answer that is meant,
    empty where the whole call is.
    """

    file: str
    line: int
    call: str
    argument: str
    finding: ChangeFinding


@dataclass(frozen=True, slots=True)
class Uses:
    """The uses that changes touch, by file and line, and the files that are no Python."""

    found: tuple[Use, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What the generator called the things of one contract."""

    contract: Contract
    attribute: str
    arguments: dict[str, str]

    def argument(self, name: str) -> str:
        """Return the keyword for the body member *name*, also one that is gone."""
        if name in self.arguments:
            return self.arguments[name]
        try:
            return identifier(name, where=name, prefix="field")
        except CodegenError:
            return name


def find_uses(report: ChangeReport, registry: Registry, paths: Iterable[Path]) -> Uses:
    """Return what the breaking changes of *report* touch in the programs at *paths*.

    A path is a file or a folder of them. Names are those that the clients of *registry*
    have.
    """
    models = _models(registry)
    breaking = [it for it in report.findings if it.rule.severity is Severity.BREAKING]
    found: list[Use] = []
    unread: list[str] = []
    for path in _sources(paths):
        tree = _parse(path)
        if tree is None:
            unread.append(path.as_posix())
            continue
        program = _Program(path.as_posix(), tree)
        for finding in breaking:
            for model in models:
                for place in _places(finding, report, model):
                    found += program.touched(finding, place, model)
    unique = {(it.file, it.line, it.argument, it.finding.rule.id): it for it in found}
    ordered = sorted(unique.values(), key=lambda it: (it.file, it.line, it.argument))
    return Uses(tuple(ordered), tuple(unread))


def _models(registry: Registry) -> list[_Model]:
    named = {
        f"{package.name}:{it.model}": it
        for package in lower(registry).providers
        for it in package.resources
    }
    return [
        _Model(
            contract=contract,
            attribute=named[contract.id].name,
            arguments={it.wire_name: it.name for it in named[contract.id].arguments},
        )
        for contract in registry.contracts
    ]


def _places(
    finding: ChangeFinding, report: ChangeReport, model: _Model
) -> Iterator[ChangePlace]:
    """Yield the places of *finding* in documents that *model* is of."""
    contract = model.contract
    names = {it.document.name for it in contract.operations}
    for it in finding.occurrences:
        text = report.texts.get(it.document, "").replace("\\/", "/")
        named = f'"{contract.model}"' in text or f'"/{contract.model}"' in text
        if named or any(it.document.endswith(name) for name in names):
            yield from it.places


def _sources(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for it in sorted(path.rglob("*.py")):
            inner = it.relative_to(path).parts
            if not any(part in _SKIPPED or part.startswith(".") for part in inner):
                yield it


def _parse(path: Path) -> ast.Module | None:
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # what is odd in a program is not our concern
            return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Program:
    """One source: the calls in it, and what their results are called."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self._file = file
        self._nodes = list(ast.walk(tree))
        self._aliases: dict[str, str] = {}
        for it in self._nodes:
            match it:
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Attribute(attr=attr)
                ):
                    self._aliases[name] = attr

    def touched(
        self, finding: ChangeFinding, place: ChangePlace, model: _Model
    ) -> Iterator[Use]:
        """Yield what *finding* touches here, where it is about *place* of *model*."""
        calls = [it for it in self._nodes if self._submits(it, model)]
        answers = finding.rule.direction == "response"
        if answers and place.path:
            yield from self._reads(calls, finding, place, model)
            return
        sends = place.location == "body" and bool(place.path) and not answers
        for call in calls:
            if sends:
                assert isinstance(call, ast.Call)  # that is what submits
                yield from self._passes(call, finding, place, model)
            else:
                yield self._use(call, finding, model, "")

    def _submits(self, node: ast.AST, model: _Model) -> bool:
        match node:
            case ast.Call(func=ast.Attribute(attr=method, value=owner)) if (
                method == _SUBMIT
            ):
                return self._attribute(owner) == model.attribute
            case _:
                return False

    def _attribute(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute):
            return node.attr
        return self._aliases.get(node.id, "") if isinstance(node, ast.Name) else ""

    def _passes(
        self, call: ast.Call, finding: ChangeFinding, place: ChangePlace, model: _Model
    ) -> Iterator[Use]:
        argument = model.argument(place.path[0])
        passed = {it.arg: it.value for it in call.keywords}
        is_whole = len(place.path) == 1
        if finding.rule.id in _ADDED and is_whole:
            if argument not in passed and None not in passed:
                yield self._use(call, finding, model, argument)
        elif argument in passed:
            value = passed[argument]
            if not is_whole or _is_touched(value, finding):
                yield self._use(value, finding, model, argument)

    def _reads(
        self,
        calls: list[ast.AST],
        finding: ChangeFinding,
        place: ChangePlace,
        model: _Model,
    ) -> Iterator[Use]:
        """Yield where what *calls* led to is asked for the member at *place*."""
        names = self._results(calls)
        wanted = place.path[-1]
        starts = {id(it) for it in calls}
        for it in self._nodes:
            if isinstance(it, ast.Attribute) and it.attr == wanted:
                root = _root(it)
                if id(root) in starts or getattr(root, "id", None) in names:
                    yield self._use(it, finding, model, ".".join(place.path))

    def _results(self, calls: list[ast.AST]) -> set[str]:
        """Return the names that hold what *calls* led to."""
        starts = {id(it) for it in calls}
        names: set[str] = set()
        assigned = [it for it in self._nodes if isinstance(it, ast.Assign)]
        for it in sorted(assigned, key=lambda it: it.lineno):
            root = _root(it.value)
            if id(root) in starts or getattr(root, "id", None) in names:
                names |= {to.id for to in it.targets if isinstance(to, ast.Name)}
        return names

    def _use(
        self, node: ast.AST, finding: ChangeFinding, model: _Model, argument: str
    ) -> Use:
        return Use(
            file=self._file,
            line=getattr(node, "lineno", 1),
            call=f"{model.attribute}.{_SUBMIT}",
            argument=argument,
            finding=finding,
        )


def _root(node: ast.AST) -> ast.AST:
    """Return what *node* begins with: of `(await a.b().c).d`, the call that submits, or a."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(attr=method)) if method == _SUBMIT:
                return node
            case (
                ast.Attribute(value=inner)
                | ast.Await(value=inner)
                | ast.Subscript(value=inner)
            ):
                node = inner
            case ast.Call(func=inner):
                node = inner
            case _:
                return node


def _is_touched(value: ast.expr, finding: ChangeFinding) -> bool:
    """Say whether *value* may be one that *finding* no longer allows."""
    try:
        given: Any = ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError):
        return True
    rule: str = finding.rule.id
    after: Any = finding.after
    if rule == "request-enum-value-removed":
        return bool(given == finding.before)
    is_number = isinstance(given, int | float) and isinstance(after, int | float)
    return not is_number or rule not in _BOUNDS or bool(_BOUNDS[rule](given, after))
