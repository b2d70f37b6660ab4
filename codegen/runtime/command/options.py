"""A model's `submit` as options: names, types and defaults from its signature.

Options only parse. What a value must be is said once, in the signature, and judged by
the client; here it is shown.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import click

from ..inputs import Media, without_unset
from .catalog import unknown

_OURS = {
    "validate": "Hold values and answers against the document, or not.",
    "extra_body": "More of the body to send, as a JSON object.",
    "extra_headers": "More headers to send, as a JSON object.",
    "webhook_url": "The service calls this address when the job has ended.",
}

_PLAIN: dict[Any, click.ParamType[Any]] = {
    str: click.STRING,
    int: click.INT,
    float: click.FLOAT,
    bool: click.BOOL,
}


def options_of(
    submit: Callable[..., Any], *, taken: Collection[str]
) -> list[click.Option]:
    """Return an option for each keyword of *submit*; its name is the keyword's.

    A flag that is *taken* by the command itself begins with `--input-`.
    """
    told = _told(submit)
    hints = get_type_hints(submit, include_extras=True)
    used = set(taken)
    options: list[click.Option] = []
    for name, it in inspect.signature(submit).parameters.items():
        if it.kind is not it.KEYWORD_ONLY:
            continue
        flags = _flags(name)
        if used & {*flags}:
            flags = _flags(f"input_{name}")
        used |= {*flags}
        hint, required = without_unset(hints[name]), it.default is it.empty
        options.append(_option(name, flags, hint, told.get(name, ""), required))
    return options


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `submit` that *values* of its options amount to."""
    return {name: value for name, value in values.items() if value is not None}


def _told(submit: Callable[..., Any]) -> dict[str, str]:
    """Return what the docstring of *submit* says of each argument, on one line each."""
    _, _, section = (inspect.getdoc(submit) or "").partition("\nArgs:\n")
    lines = (it.strip().partition(": ") for it in section.splitlines())
    return {**_OURS, **{name: text for name, _, text in lines}}


def _flags(name: str) -> tuple[str, str]:
    words = name.strip("_").replace("_", "-")
    return f"--{words}", f"--no-{words}"


def _option(
    name: str, flags: tuple[str, str], hint: Any, told: str, required: bool
) -> click.Option:
    kind, limits = _unwrapped(hint)
    if kind is bool:
        flag = "/".join(flags)
        return click.Option([flag, name], default=None, help=told, required=required)
    many = get_origin(kind) is list
    return click.Option(
        [flags[0], name],
        type=_type(_unwrapped(get_args(kind)[0])[0] if many else kind),
        multiple=many,
        callback=_listed if many else None,
        required=required,
        default=None,
        metavar=None if many else _range(limits),
        help=f"{told} May be given many times." if many else told,
    )


def _listed(ctx: click.Context, param: click.Parameter, values: Any) -> Any:
    return list(values) or None


def _unwrapped(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type that *hint* is about, without None and rules, and the rules."""
    kept = [it for it in get_args(hint) if it is not NoneType]
    if NoneType in get_args(hint) and len(kept) == 1:
        return _unwrapped(kept[0])
    if get_origin(hint) is Annotated and hint != Media:
        return kept[0], tuple(kept[1:])
    return hint, ()


def _type(kind: Any) -> click.ParamType[Any]:
    if kind == Media:
        return _File()
    if get_origin(kind) is Literal:
        return _OneOf(get_args(kind))
    return _PLAIN.get(kind) or _Json(kind)


def _range(limits: tuple[Any, ...]) -> str | None:
    """Return the ends of a range as people write them, None where there is none."""
    low, high = (
        next((end for it in limits for end in (_end(it, side),) if end), "")
        for side in ("g", "l")
    )
    return f"{low}..{high}" if low or high else None


def _end(limit: Any, side: str) -> str:
    for word in ("e", "t"):
        value = getattr(limit, side + word, None)
        if value is not None:
            return str(value) if word == "e" else f"({value})"
    return ""


class _OneOf(click.Choice[str]):
    """One of several values; a text that is none of them gets the nearest ones told."""

    def __init__(self, values: Collection[Any]) -> None:
        self._values = {
            it if isinstance(it, str) else json.dumps(it): it for it in values
        }
        super().__init__(list(self._values))

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the value that the text stands for."""
        if value not in self._values:
            raise unknown(_named(param), str(value), self._values)
        return self._values[value]


class _File(click.ParamType[Any]):
    """An address, or a file of this machine in its place."""

    name = "url|file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the text of an address, or the path of a file that is there."""
        if "://" in value or value.startswith("data:"):
            return value
        if not Path(value).is_file():
            self.fail(f"{value!r:.80} is neither an address nor a file", param, ctx)
        return Path(value)


class _Json(click.ParamType[Any]):
    """Any other *kind* of value, as JSON; as it stands where text is one of its kinds."""

    name = "json"

    def __init__(self, kind: Any) -> None:
        self._takes_text = get_origin(kind) in {Union, UnionType} and str in get_args(
            kind
        )
        self._is_object = get_origin(kind) is Mapping

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the value that the text is the JSON of."""
        try:
            found = json.loads(value)
        except (ValueError, RecursionError) as exc:
            if self._takes_text:
                return value
            self.fail(f"{value!r:.80} is no JSON, {exc}", param, ctx)
        is_object = isinstance(found, dict)
        if self._is_object and not is_object:
            self.fail(f"{value!r:.80} is no JSON object", param, ctx)
        return found


def _named(param: click.Parameter | None) -> str:
    return f"value of {param.opts[0]}" if param else "value"
