"""Proof that generated models hold types and data, and nothing that runs.

The model generator quotes the text of a document; whether it does so without a gap is
not taken on trust. Its output is parsed and each node held against the few shapes that
a model needs, so that a gap stops generation instead of reaching a user's machine.
"""

import ast
from collections.abc import Collection, Mapping
from typing import NoReturn

from codegen.errors import FormatError, UnsafeOutputError

_MODULES = {
    "__future__": {"annotations"},
    "typing": {"Annotated", "Any", "Literal"},
    "pydantic": {"ConfigDict", "Field", "MISSING", "RootModel"},
    "reel_clients._runtime.models": {"Model"},
}


def parse(text: str, *, where: str) -> ast.Module:
    """Return the syntax tree of *text*; raise FormatError where it is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as exc:
        raise FormatError(
            where, f"generated text is not Python: {exc}", fix="report the document"
        ) from exc


def vet_models(
    text: str, *, where: str, classes: Mapping[str, Collection[str]]
) -> None:
    """Raise UnsafeOutputError unless *text* defines *classes* as models and no more.

    *classes* maps the name of each class to the wire names of its fields.
    """
    vet = _Vet(where)
    vet.module(parse(text, where=where))
    for name, fields in classes.items():
        if sorted(vet.classes.get(name, ())) != sorted(fields):
            vet.refuse(f"{name} was not generated with its own name and fields")


def _wire_name(kind: ast.expr, name: str) -> str:
    """Return the alias in the type of a field, or its *name* where it has none."""
    aliases = [
        it.value.value
        for it in ast.walk(kind)
        if isinstance(it, ast.keyword)
        and it.arg == "alias"
        and isinstance(it.value, ast.Constant)
    ]
    return str(aliases[0]) if aliases else name


class _Vet:
    def __init__(self, where: str) -> None:
        self._where = where
        self.classes: dict[str, list[str]] = {}

    def module(self, tree: ast.Module) -> None:
        for node in tree.body:
            match node:
                case ast.ImportFrom(module=str(name), level=0):
                    known = _MODULES.get(name, set())
                    if strays := {it.name for it in node.names} - known:
                        self.refuse(f"imports {sorted(strays)[0]} from {name}")
                case ast.ClassDef(decorator_list=[], keywords=[]):
                    self._class(node)
                case _:
                    self._text(node)

    def _class(self, node: ast.ClassDef) -> None:
        fields = self.classes.setdefault(node.name, [])
        for base in node.bases:
            self._type(base)
        for it in node.body:
            match it:
                case ast.AnnAssign(
                    target=ast.Name(id=name), annotation=kind, value=value
                ):
                    fields.append(_wire_name(kind, name))
                    self._type(kind)
                    if value is not None:
                        self._data(value)
                case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                    self._data(value)
                case ast.Pass():
                    pass
                case _:
                    self._text(it)

    def _text(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case _:
                self.refuse(f"has {type(node).__name__} in line {node.lineno}")

    def _type(self, node: ast.expr) -> None:
        """Check a type; a string in one is code, except inside a Literal."""
        match node:
            case ast.Name() | ast.Constant(value=None):
                pass
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                self._type(left)
                self._type(right)
            case ast.Subscript(value=ast.Name(id="Literal"), slice=values):
                self._data(values)
            case ast.Subscript(
                value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[kind, *rest])
            ):
                self._type(kind)
                for it in rest:
                    self._data(it)
            case ast.Subscript(value=ast.Name(), slice=ast.Tuple(elts=kinds)):
                for it in kinds:
                    self._type(it)
            case ast.Subscript(value=ast.Name(), slice=kind):
                self._type(kind)
            case _:
                self.refuse(f"has a type {type(node).__name__} in line {node.lineno}")

    def _data(self, node: ast.expr) -> None:
        match node:
            case ast.Constant() | ast.Name(id="MISSING"):
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                pass
            case ast.List(elts=values) | ast.Tuple(elts=values):
                for it in values:
                    self._data(it)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if key is None:
                        self.refuse(f"unpacks a mapping in line {node.lineno}")
                    self._data(key)
                    self._data(value)
            case ast.Call(
                func=ast.Name(id="Field" | "ConfigDict"), args=args, keywords=named
            ):
                for it in (*args, *(it.value for it in named)):
                    self._data(it)
            case _:
                self.refuse(f"has {type(node).__name__} in line {node.lineno}")

    def refuse(self, problem: str) -> NoReturn:
        raise UnsafeOutputError(
            self._where,
            f"the generated models are not as they should be: {problem}",
            fix="report the document",
        )
