"""`reelspec run`."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click

from reelspec.codes import Exit
from reelspec.exits import expected_errors, extra_installed
from reelspec.options import (
    allow_host_option,
    scenario_options,
    specs_option,
    speed_option,
    timing_options,
)
from specs import Registry

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP")
_WAIT = 0.2  # seconds
_NOT_FOUND, _NOT_EXECUTABLE, _KILLED = 127, 126, 128  # as a shell has them


@click.command("run", context_settings={"ignore_unknown_options": True})
@specs_option
@click.option(
    "--seed",
    type=int,
    help="Draw ids and waits from this seed, so that a run can be replayed.",
)
@speed_option
@timing_options
@scenario_options
@allow_host_option
@click.argument(
    "arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND..."
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    folder: Path,
    seed: int | None,
    speed: float,
    queued: float,
    generating: float,
    waits: dict[str, Any],
    scenarios: dict[str, Any],
    chaos: float,
    allowed: tuple[str, ...],
    arguments: tuple[str, ...],
) -> None:
    """Run a program, unchanged, against the mock.

    Starts the mock and a proxy for as long as COMMAND runs, and sets the environment
    so that what the program sends to a service ends at the mock: its code, its
    addresses and its https:// stay as they are. Any other host is refused, unless
    --allow-host names it. A service whose key variable is not set gets a placeholder.
    Exits as COMMAND does.

    \b
    Examples:
      reelspec run -- python generate.py
      reelspec run --speed 60 --scenario error -- node generate.mjs
      reelspec run --allow-host example.com -- make videos
    """
    with extra_installed("mock"):
        import mock_server
    with expected_errors(mock_server.MockServerError):
        registry = Registry.load(folder)
        with expected_errors(mock_server.UnknownScenarioError, code=Exit.USAGE):
            rules = mock_server.Rules(**scenarios, chaos=chaos)
        app = mock_server.build_app(
            registry,
            clock=mock_server.SystemClock(speed=speed),
            seed=seed,
            timing=mock_server.Timing(
                queued=queued, generating=generating, scenarios=waits
            ),
            rules=rules,
        )
        with (
            mock_server.Server(app) as server,
            mock_server.intercept(
                registry, server.base_url, allowed=allowed, on_refusal=say
            ) as variables,
        ):
            tell_placeholders(registry, variables)
            code = _run(arguments, os.environ | variables)
    ctx.exit(code)


def say(line: str) -> None:
    """Print one line of our own among those of the program."""
    click.echo(f"reelspec: {line}", err=True)


def tell_placeholders(registry: Registry, variables: Mapping[str, str]) -> None:
    """Say which key variables hold a placeholder."""
    known = [name for it in registry.providers for name in it.auth.environment]
    if names := [it for it in known if it in variables]:
        say(f"{', '.join(names)}: not set; a placeholder is")


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Return the exit code of the program, as a shell would have it."""
    with _forwarding() as adopt:
        try:
            child = subprocess.Popen(arguments, env=environment)  # noqa: S603 - the user's own command
        except FileNotFoundError:
            say(f"{arguments[0]}: no such program")
            return _NOT_FOUND
        except PermissionError:
            say(f"{arguments[0]}: may not be run")
            return _NOT_EXECUTABLE
        adopt(child)
        code = _outlive(child)
    return _KILLED - code if code < 0 else code


def _outlive(child: subprocess.Popen[bytes]) -> int:
    """Return what *child* ends with.

    A signal that comes just before the wait, or that another thread takes, does not
    interrupt it, and would be forwarded only once it is over: so it is a short one.
    """
    while child.returncode is None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(_WAIT)
    return child.returncode


@contextmanager
def _forwarding() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Send the signals that we get to the program that the yielded function is told of."""
    children: list[subprocess.Popen[bytes]] = []
    early: list[int] = []  # what came before the program was known

    def forward(number: int, _: FrameType | None) -> None:
        # A terminal sends Ctrl+C to us and to the program alike.
        if number == signal.SIGINT and _in_foreground():
            return
        if not children:
            early.append(number)
        for child in children:
            child.send_signal(number)

    def adopt(child: subprocess.Popen[bytes]) -> None:
        children.append(child)
        for number in early:
            child.send_signal(number)

    known = [getattr(signal, it) for it in _FORWARDED if hasattr(signal, it)]
    before = {it: signal.signal(it, forward) for it in known}
    try:
        yield adopt
    finally:
        for it, handler in before.items():
            signal.signal(it, handler)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Have SIGTERM unwind the program, which would otherwise leave its files behind."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(_KILLED + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _in_foreground() -> bool:
    """Say whether a terminal counts us to the program that it runs."""
    try:
        with Path("/dev/tty").open("rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
