"""Options that several commands take, so that they mean the same everywhere."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from specs import Contract, Registry, vendored_folder

Command = TypeVar("Command", bound=Callable[..., Any])


def specs_option(command: Command) -> Command:
    """Take `--specs`: the folder of documents to work from."""
    return click.option(
        "--specs",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=vendored_folder(),
        show_default="the vendored documents",
        help="Folder with one sub-folder per provider, each with its provider.toml.",
    )(command)


def json_option(command: Command) -> Command:
    """Take `--json`: print for machines."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON for machines instead."
    )(command)


def contract_option(command: Command) -> Command:
    """Take `--contract`, several times: which contracts are meant."""
    return click.option(
        "--contract",
        "names",
        multiple=True,
        metavar="NAME",
        help="Only this contract, by `provider:model` or model; repeatable.",
    )(command)


def key_option(command: Command) -> Command:
    """Take `--key PROVIDER=KEY`, several times."""
    return click.option(
        "--key",
        "keys",
        multiple=True,
        metavar="PROVIDER=KEY",
        callback=_read_keys,
        help="The API key for one provider; repeatable.",
    )(command)


def chosen(registry: Registry, names: Iterable[str]) -> tuple[Contract, ...]:
    """Return the contracts called *names*, or all of them where no name is given."""
    return tuple(registry.contract(it) for it in names) or registry.contracts


def print_json(value: object) -> None:
    """Print *value* as indented JSON on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _read_keys(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    pairs = [it.partition("=") for it in values]
    for name, equals, key in pairs:
        if not (name and equals and key):
            # The value is not repeated: it may be a key.
            raise click.BadParameter(
                "write it as PROVIDER=KEY, such as fal=id:secret", ctx, parameter
            )
    return {name: key for name, _, key in pairs}
