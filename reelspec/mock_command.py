"""`reelspec mock`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reelspec.exits import expected_errors, extra_installed
from reelspec.options import key_option, print_json, specs_option
from specs import Registry

if TYPE_CHECKING:
    from mock_server import Store

_MEMORY = "memory"


@click.command("mock")
@specs_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen here.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Listen on this port; 0 takes a free one.",
)
@click.option(
    "--store",
    "place",
    default=".reelspec/jobs.sqlite",
    show_default=True,
    metavar="FILE|memory",
    help="Where jobs are kept: a SQLite file, which outlives the server, or memory.",
)
@click.option(
    "--seed",
    type=int,
    help="Draw ids and waits from this seed, so that a run can be replayed.",
)
@click.option(
    "--clock",
    "clock_name",
    type=click.Choice(["system", "manual"]),
    default="system",
    show_default=True,
    help="Go by the time of day, or stand still until POST /__mock__/clock/advance.",
)
@key_option
@click.option("--json", "as_json", is_flag=True, help="Announce the server as JSON.")
def command(
    *,
    folder: Path,
    host: str,
    port: int,
    place: str,
    seed: int | None,
    clock_name: str,
    keys: dict[str, str],
    as_json: bool,
) -> None:
    r"""Serve every contract on this machine, without a key or a bill.

    Point a client at the address that is printed. Jobs are queued, generate and
    complete as they do at the service, and a finished job's video is a real MP4 of
    the frames, rate and size that were asked for. Any well-formed key is accepted,
    unless --key names the only ones that are.

    \b
    How a job goes is chosen by a header of its submit:
      X-Mock-Scenario: success | error | slow | stuck

    \b
    Examples:
      reelspec mock
      reelspec mock --port 0 --store memory --seed 7
      reelspec mock --clock manual --key fal=id:secret
    """
    with extra_installed("mock"):
        import mock_server
    with expected_errors(mock_server.MockServerError):
        registry = Registry.load(folder)
        clock = (
            mock_server.ManualClock()
            if clock_name == "manual"
            else mock_server.SystemClock()
        )
        app = mock_server.build_app(
            registry,
            clock=clock,
            seed=seed,
            store=_open_store(place),
            keys={name: [key] for name, key in keys.items()},
        )
        mock_server.serve(
            app,
            host=host,
            port=port,
            on_ready=lambda url: _announce(url, registry, as_json=as_json),
        )


def _open_store(place: str) -> "Store":
    """Return the store at *place*, whose folder is made if it is not there."""
    import mock_server

    if place == _MEMORY:
        return mock_server.MemoryStore()
    path = Path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    return mock_server.SqliteStore(path)


def _announce(url: str, registry: Registry, *, as_json: bool) -> None:
    contracts = [it.id for it in registry.contracts]
    if as_json:
        print_json({"base_url": url, "contracts": contracts})
        return
    click.echo(f"Listening on {url}")
    for name in contracts:
        click.echo(f"  {name}")
    click.echo("Stop with Ctrl+C.")
