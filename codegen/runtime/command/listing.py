"""`reel models`: what there is, and what it takes."""

from __future__ import annotations

import shlex
from typing import Any

import click

from .catalog import Catalog, Entry
from .options import options_of
from .reporting import JSON, say


def models_command(catalog: Catalog) -> click.Command:
    """Return `reel models`."""

    def models(_provider: str | None, _as_json: bool) -> None:
        if _provider is not None:
            catalog.check(_provider)
        chosen = [_provider] if _provider else catalog.providers
        entries = [it for name in chosen for it in catalog.entries(name)]
        lines = [f"{it.provider:<10} {it.name:<14} {it.model}" for it in entries]
        data = [_described(catalog, it) for it in entries] if _as_json else []
        say("\n".join(lines), data, as_json=_as_json)

    return click.Command(
        "models",
        callback=models,
        params=[click.Argument(["_provider"], required=False), JSON],
        help="List providers, the short names of their models, and the models' ids; "
        "with --json also what each takes.",
    )


def _described(catalog: Catalog, entry: Entry) -> dict[str, Any]:
    submit = catalog.submit(entry)
    options = [_option(it) for it in options_of(submit, taken=())]
    words = shlex.join(("reel", "submit", entry.provider, entry.name))
    return {
        "provider": entry.provider,
        "name": entry.name,
        "model": entry.model,
        "attribute": entry.attribute,
        "command": words,
        "options": options,
    }


def _option(it: click.Option) -> dict[str, Any]:
    return {
        "name": it.name,
        "flag": it.opts[0],
        "required": it.required,
        "many": it.multiple,
        "help": it.help,
    }
