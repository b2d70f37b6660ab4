"""The command line as a whole: what there is, each part made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import click
from click.shell_completion import get_completion_class

from .catalog import Catalog, Entry
from .codes import Exit
from .listing import models_command
from .submitting import estimate_command, submit_command
from .waiting import cancel_command, download_command, get_command, wait_command

_Make: TypeAlias = Callable[[Catalog, Entry], click.Command]

_EPILOG = (
    "\b\nA key is read from the environment, and from nowhere else.\n\n"
    "\b\nExit codes:\n" + "\n".join(f"  {it.value:<3}  {it.meaning}" for it in Exit)
)


def program(package: str) -> click.Command:
    """Return the command line of the distribution *package*."""
    catalog = Catalog(package)
    group = click.Group(
        "reel",
        help=_HELP,
        epilog=_EPILOG,
        context_settings={
            "help_option_names": ["-h", "--help"],
            "max_content_width": 100,
        },
    )
    group.add_command(_Providers(catalog, "submit", "Start a job.", submit_command))
    group.add_command(wait_command(catalog))
    group.add_command(get_command(catalog))
    group.add_command(download_command(catalog))
    group.add_command(cancel_command(catalog))
    told = "Say what a job would cost, by the provider's list; nothing is sent."
    group.add_command(_Providers(catalog, "estimate", told, estimate_command))
    group.add_command(models_command(catalog))
    group.add_command(_completion(group))
    return group


_HELP = """Make videos with the models of several providers.

\b
  reel models                                       what there is
  reel submit fal inpainting --help                 what it takes
  reel submit fal inpainting --prompt … --out a.mp4
  reel wait fal inpainting ID                       later, or elsewhere
"""


class _Providers(click.Group):
    """A command whose next word is a provider, and the one after it a model."""

    def __init__(self, catalog: Catalog, name: str, told: str, make: _Make) -> None:
        super().__init__(name, help=told, subcommand_metavar="PROVIDER MODEL [OPTIONS]")
        self._catalog = catalog
        self._make = make

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the providers."""
        return self._catalog.providers

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that provider."""
        if ctx.resilient_parsing and cmd_name not in self._catalog.providers:
            return None
        self._catalog.check(cmd_name)
        return _Models(self._catalog, cmd_name, self._make)


class _Models(click.Group):
    """A command whose next word is a model of one provider."""

    def __init__(self, catalog: Catalog, provider: str, make: _Make) -> None:
        super().__init__(provider, help=f"The models of {provider}.")
        self._catalog = catalog
        self._provider = provider
        self._make = make

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the short names of the models."""
        return [it.name for it in self._catalog.entries(self._provider)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that model."""
        if ctx.resilient_parsing and cmd_name not in self.list_commands(ctx):
            return None
        entry = self._catalog.find(self._provider, cmd_name)
        return self._make(self._catalog, entry)


def _completion(group: click.Group) -> click.Command:
    def print_script(shell: str) -> None:
        kind = get_completion_class(shell)
        assert kind is not None, "click has what the argument admits"
        click.echo(kind(group, {}, "reel", "_REEL_COMPLETE").source())

    return click.Command(
        "completion",
        callback=print_script,
        params=[click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"]))],
        help='Print what makes a shell complete `reel`: eval "$(reel completion bash)".',
    )
