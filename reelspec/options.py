"""Options that several commands take, so that they mean the same everywhere."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from reelspec.exits import expected_errors, extra_installed
from specs import Contract, Registry, finish_landing, vendored_folder

Command = TypeVar("Command", bound=Callable[..., Any])


def specs_option(command: Command) -> Command:
    """Take `--specs`: the folder of documents to work from."""
    return _specs_option(command, exists=True)


def new_specs_option(command: Command) -> Command:
    """Take `--specs`: the folder of documents to work on, which need not be there yet."""
    return _specs_option(command, exists=False)


def out_option(command: Command) -> Command:
    """Take `--out`: where the generated clients are."""
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("generated"),
        show_default=True,
        help="Folder of the generated distribution.",
    )(command)


def loopback_option(command: Command) -> Command:
    """Take `--allow-loopback`: whether plain http to this machine will do."""
    return click.option(
        "--allow-loopback",
        "loopback",
        is_flag=True,
        help="Fetch over plain http from this machine too, such as from a mirror.",
    )(command)


def _specs_option(command: Command, *, exists: bool) -> Command:
    return click.option(
        "--specs",
        "folder",
        type=click.Path(exists=exists, file_okay=False, path_type=Path),
        default=vendored_folder(),
        show_default="the vendored documents",
        callback=_finish,
        help="Folder with one sub-folder per provider, each with its provider.toml.",
    )(command)


def _finish(_: click.Context, __: click.Parameter, folder: Path) -> Path:
    """Carry out what an earlier run began to change in *folder* and did not end."""
    with expected_errors():
        finish_landing(folder)
    return folder


def json_option(command: Command) -> Command:
    """Take `--json`: print for machines."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON for machines instead."
    )(command)


def format_option(forms: Iterable[str], meaning: str) -> Callable[[Command], Command]:
    """Take `--format`, one of *forms*, and `--json`, which is one of them by itself."""

    def take(command: Command) -> Command:
        command = click.option(
            "--json", "as_json", is_flag=True, help="The same as --format json."
        )(command)
        return click.option(
            "--format",
            "form",
            type=click.Choice(list(forms)),
            default="text",
            show_default=True,
            help=meaning,
        )(command)

    return take


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


def speed_option(command: Command) -> Command:
    """Take `--speed`: how fast the mock's time passes."""
    return click.option(
        "--speed",
        type=click.FloatRange(min=0, min_open=True),
        default=1.0,
        show_default=True,
        help="Let time pass so many times as fast: at 60 a minute is a second.",
    )(command)


def media_options(command: Command) -> Command:
    """Take `--media-budget` and `--fetch-inputs`: what the mock keeps and reads."""
    command = click.option(
        "--fetch-inputs",
        is_flag=True,
        help="Fetch input videos that are on the open internet, so that a result which "
        "is to follow its input does.",
    )(command)
    return click.option(
        "--media-budget",
        type=click.IntRange(1, 1_000_000),
        default=1_000,
        show_default=True,
        metavar="MB",
        help="Keep so many megabytes of videos; past it those go that were wanted "
        "longest ago.",
    )(command)


def cassette_options(command: Command) -> Command:
    """Take `--record`, `--upstream`, `--upstream-url` and `--replay`."""
    file = click.Path(dir_okay=False, path_type=Path)
    for name, kind, metavar, what in (
        ("--replay", file, "CASSETTE", "Answer as a service did when it was recorded."),
        (
            "--upstream-url",
            str,
            "URL",
            "Hand calls on to this address, which stands for all hosts of the service.",
        ),
        ("--upstream", str, "PROVIDER", "The service that --record is about."),
        (
            "--record",
            file,
            "CASSETTE",
            "Hand calls on to the real service, which may cost money, check both sides "
            "against the documents, and keep all but keys in this file.",
        ),
    ):
        command = click.option(name, type=kind, metavar=metavar, help=what)(command)
    return command


def allow_host_option(command: Command) -> Command:
    """Take `--allow-host`, several times: what the proxy lets through."""
    return click.option(
        "--allow-host",
        "allowed",
        multiple=True,
        metavar="HOST",
        help="Let the program reach this host as well, for real; repeatable.",
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


def scenario_options(command: Command) -> Command:
    """Take `--scenario`, several times, and `--chaos`: which scenarios are met."""
    command = click.option(
        "--chaos",
        type=click.FloatRange(0, 1),
        default=0.0,
        show_default=True,
        metavar="SHARE",
        help="Let this share of submits and polls meet a scenario drawn by the seed.",
    )(command)
    return click.option(
        "--scenario",
        "scenarios",
        multiple=True,
        metavar="[key:KEY=|model:MODEL=]NAME",
        callback=_read_scenarios,
        help="The scenario of every call, of those with a key or for a model; repeatable.",
    )(command)


def timing_options(command: Command) -> Command:
    """Take `--queued`, `--generating` and `--scenarios`: how long jobs take."""
    command = click.option(
        "--scenarios",
        "waits",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        callback=_read_waits,
        help="Draw the waits of scenarios from the distributions in this TOML file.",
    )(command)
    for name, default, what in (
        ("--generating", 3.0, "Seconds that a job is worked on, give or take a third."),
        ("--queued", 1.0, "Seconds that a job is queued, give or take a third."),
    ):
        command = click.option(
            name,
            type=click.FloatRange(0, 1e6),
            default=default,
            show_default=True,
            metavar="SECONDS",
            help=what,
        )(command)
    return command


def _read_waits(
    ctx: click.Context, parameter: click.Parameter, path: Path | None
) -> dict[str, Any]:
    """Return the waits that the file at *path* states, by scenario and stage."""
    if path is None:
        return {}
    with extra_installed("mock"):
        from mock_server import TimingError, UnknownScenarioError, read_timings
    try:
        return dict(read_timings(path))
    except (TimingError, UnknownScenarioError) as exc:
        raise click.BadParameter(str(exc), ctx, parameter) from exc


def _read_scenarios(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, Any]:
    """Return the members of `Rules` that the values of `--scenario` state."""
    rules: dict[str, Any] = {"keys": {}, "models": {}}
    for value in values:
        whom, equals, name = value.rpartition("=")
        kind, colon, what = whom.partition(":")
        if not equals:
            rules["default"] = name
        elif kind in ("key", "model") and colon and what and name:
            rules[f"{kind}s"][what] = name
        else:
            # The value is not repeated: it may hold a key.
            raise click.BadParameter(
                "write it as NAME, key:KEY=NAME or model:MODEL=NAME", ctx, parameter
            )
    return rules
