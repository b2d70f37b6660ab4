"""`reelspec mock`."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelspec.codes import Exit
from reelspec.exits import expected_errors, extra_installed
from reelspec.options import (
    allow_host_option,
    cassette_options,
    key_option,
    media_options,
    print_json,
    scenario_options,
    specs_option,
    speed_option,
    timing_options,
)
from reelspec.run_command import ending_cleanly, say
from specs import Contract, Registry

if TYPE_CHECKING:
    from mock_server import Clock, Post, Rules, Store, TapeApp

_PLACE = ".reelspec/jobs.sqlite"
_MEMORY = "memory"
_REDIS = ("redis://", "rediss://", "unix://")
_MANUAL = "manual"
_MANUAL_START = 1_700_000_000.0


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
    default=_PLACE,
    show_default=True,
    metavar="FILE|memory|redis://…",
    help="Where jobs are kept: a SQLite file, which outlives the server, memory, or a "
    "Redis that several servers share.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Serve by so many processes, which share one store and one port.",
)
@click.option(
    "--seed",
    type=int,
    help="Draw ids and waits from this seed, so that a run can be replayed.",
)
@click.option(
    "--clock",
    "clock_name",
    type=click.Choice(["system", _MANUAL]),
    default="system",
    show_default=True,
    help="Go by the time of day, or stand still until POST /__mock__/clock/advance.",
)
@speed_option
@timing_options
@scenario_options
@click.option(
    "--control-token",
    envvar="REELSPEC_CONTROL_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="Want this token under /__mock__, which then may be called from elsewhere.",
)
@click.option(
    "--webhook-host",
    "webhook_hosts",
    multiple=True,
    metavar="HOST",
    help="Deliver webhooks to this host too, not to this machine alone.",
)
@media_options
@cassette_options
@key_option
@click.option(
    "--env",
    "intercepting",
    is_flag=True,
    help="Keep a proxy running too, and print the variables that lead programs to it.",
)
@allow_host_option
@click.option("--json", "as_json", is_flag=True, help="Announce the server as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    folder: Path,
    host: str,
    port: int,
    place: str,
    workers: int,
    seed: int | None,
    clock_name: str,
    speed: float,
    queued: float,
    generating: float,
    waits: dict[str, Any],
    scenarios: dict[str, Any],
    chaos: float,
    control_token: str | None,
    webhook_hosts: tuple[str, ...],
    media_budget: int,
    fetch_inputs: bool,
    record: Path | None,
    upstream: str | None,
    upstream_url: str | None,
    replay: Path | None,
    keys: dict[str, str],
    intercepting: bool,
    allowed: tuple[str, ...],
    as_json: bool,
) -> None:
    """Serve every contract on this machine, without a key or a bill.

    Point a client at the address that is printed. Jobs are queued, generate and
    complete as they do at the service, and a finished job's video is a real MP4 of
    the frames, rate and size that were asked for. Any well-formed key is accepted,
    unless --key names the only ones that are.

    \b
    How a job goes, and what befalls a call, is chosen by the header
    X-Mock-Scenario; where there is none, by --scenario and --chaos:
      success error slow stuck flaky rate_limited no_credits unauthorised
      malformed_json connection_reset truncated_download expired_url
      webhook_fails_first

    \b
    Examples:
      reelspec mock
      reelspec mock --port 0 --store memory --seed 7
      reelspec mock --clock manual --key fal=id:secret
      reelspec mock --speed 60 --chaos 0.05 --seed 7
      reelspec mock --scenario slow --scenario key:id:secret=no_credits
      reelspec mock --record wan.cassette --upstream aimlapi
      reelspec mock --replay wan.cassette
      reelspec mock --env > mock.env & sleep 2; . ./mock.env; python generate.py
    """
    with extra_installed("mock"):
        import mock_server
    with expected_errors(mock_server.MockServerError), ExitStack() as stack:
        registry = Registry.load(folder)
        with expected_errors(mock_server.UnknownScenarioError, code=Exit.USAGE):
            rules = mock_server.Rules(**scenarios, chaos=chaos)
        _refuse_to_differ(workers, place)
        tape = _open_tape(
            registry, record, upstream, upstream_url, replay, workers=workers
        )
        stack.enter_context(ending_cleanly())
        listener = stack.enter_context(mock_server.listen(host, port))
        begin = partial(_begin, rules=rules, clock_name=clock_name, speed=speed)
        begun = _begin_in_store(place, begin) if workers > 1 else None

        def work(post: mock_server.Post) -> None:
            """Serve what one worker does."""
            with ExitStack() as opened:
                store = opened.enter_context(closing(_open_store(place)))
                clock = begun or begin(store)
                agreement = mock_server.Agreement(store.board, post.bell)
                opened.callback(agreement.close)
                if clock_name == _MANUAL:
                    clock = mock_server.AgreedClock(agreement, clock.now())
                app = mock_server.build_app(
                    registry,
                    clock=clock,
                    seed=None if seed is None else seed + (post.rank << 32),
                    store=store,
                    timing=mock_server.Timing(
                        queued=queued, generating=generating, scenarios=waits
                    ),
                    agreement=agreement,
                    control_token=control_token,
                    webhook_hosts=webhook_hosts,
                    folder=files_folder(place),
                    media_budget=media_budget * 1_000_000,
                    fetch_inputs=fetch_inputs,
                    watch=True,
                    keys={name: [key] for name, key in keys.items()},
                )
                mock_server.serve(
                    app, listener=post.listener, on_ready=lambda _: post.ready()
                )

        def announce() -> None:
            """Say where the mock is, once it answers."""
            url = mock_server.base_url_of(listener)
            variables = {}
            if intercepting:
                variables = stack.enter_context(
                    mock_server.intercept(
                        registry, url, allowed=allowed, keys=keys, on_refusal=say
                    )
                )
            served = registry.contracts if tape is None else tape.contracts
            _announce(url, served, variables, as_json=as_json)

        if tape is not None:
            mock_server.serve(tape, listener=listener, on_ready=lambda _: announce())
            return
        if workers == 1:
            work(mock_server.Post(listener=listener, ready=announce))
            return
        crew = mock_server.Crew(
            workers,
            _as_a_program(work),
            listener=listener,
            on_ready=announce,
            on_loss=say,
        )
        code = crew.run()
    ctx.exit(code)


def _as_a_program(work: Callable[["Post"], None]) -> Callable[["Post"], None]:
    """Return *work* as a process of its own does it: an error is one line and a code."""
    import mock_server

    def run(post: "Post") -> None:
        try:
            with ending_cleanly(), expected_errors(mock_server.MockServerError):
                work(post)
        except click.ClickException as exc:
            exc.show()
            raise SystemExit(exc.exit_code) from exc

    return run


def _refuse_to_differ(workers: int, place: str) -> None:
    """Refuse what several processes cannot share."""
    if workers > 1 and place == _MEMORY:
        raise click.UsageError(
            "--workers: processes do not share memory; give --store a file or a Redis"
        )


def _open_tape(
    registry: Registry,
    record: Path | None,
    upstream: str | None,
    upstream_url: str | None,
    replay: Path | None,
    *,
    workers: int,
) -> "TapeApp | None":
    """Return what records or plays a cassette, if either is asked for."""
    import mock_server

    if (record or replay) and (workers > 1 or (record and replay)):
        raise click.UsageError(
            "--record, --replay: one process does one of them; leave out the other, "
            "and --workers"
        )
    if (record is None) != (upstream is None) or (upstream_url and not record):
        raise click.UsageError(
            "--record, --upstream: one needs the other; write --record CASSETTE "
            f"--upstream {'|'.join(it.name for it in registry.providers)}"
        )
    if record and upstream:
        return mock_server.build_recorder(
            registry, upstream, record, upstream=upstream_url, on_breach=say
        )
    return mock_server.build_player(registry, replay) if replay else None


def _begin_in_store(place: str, begin: Callable[["Store"], "Clock"]) -> "Clock":
    """Return what *begin* does of the store, which is closed again before a fork."""
    with closing(_open_store(place)) as store:
        return begin(store)


def _begin(store: "Store", *, rules: "Rules", clock_name: str, speed: float) -> "Clock":
    """Put *rules* in force, and return a clock that starts where the last one stopped.

    A clock that went fast, or was moved, has left jobs in what is the future now.
    """
    import mock_server

    mock_server.put_rules(store.board, rules)
    latest = max((it.submitted for it in store.newest(1)), default=0.0)
    if clock_name == _MANUAL:
        return mock_server.ManualClock(max(latest, _MANUAL_START))
    return mock_server.SystemClock(speed=speed, start=max(latest, time.time()))


def _open_store(place: str) -> "Store":
    """Return the store at *place*, whose folder is made if it is not there."""
    import mock_server

    if place == _MEMORY:
        return mock_server.MemoryStore()
    if place.startswith(_REDIS):
        return mock_server.RedisStore(place)
    path = Path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    return mock_server.SqliteStore(path)


def files_folder(place: str) -> Path | None:
    """Return where files are kept beside the jobs at *place*; None for nowhere."""
    if place == _MEMORY:
        return None
    return (Path(_PLACE) if place.startswith(_REDIS) else Path(place)).parent


def _announce(
    url: str,
    served: Sequence[Contract],
    variables: dict[str, str],
    *,
    as_json: bool,
) -> None:
    import mock_server

    contracts = [it.id for it in served]
    if as_json:
        print_json({"base_url": url, "contracts": contracts, "environment": variables})
        return
    # With variables, the rest must be comments to the shell that reads them.
    mark = "# " if variables else ""
    click.echo(f"{mark}Listening on {url}")
    for name in contracts:
        click.echo(f"{mark}  {name}")
    if variables:
        click.echo(mock_server.export_lines(variables))
    click.echo(f"{mark}Stop with Ctrl+C.")
