"""Commands about a job that there is: by the words for it, or a file that holds them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..jobs import CancellableJob, Job
from .catalog import Catalog
from .codes import Exit
from .reporting import JSON, facts, outcome, reported, say
from .showing import Display

BASE_URL = click.Option(
    ["--base-url", "_base_url"],
    envvar="REEL_BASE_URL",
    show_envvar=True,
    help="Another address of the service, such as that of a mock.",
)

OUT = click.Option(
    ["--out", "-o", "_out"],
    type=click.Path(dir_okay=False, path_type=Path),
    help="Wait, and fetch the video to this file: whole, or not at all.",
)

PACE = [
    click.Option(
        ["--timeout", "_timeout"],
        type=click.FloatRange(min=0),
        help="Seconds to wait at most; the provider's own limit if left out.",
    ),
    click.Option(
        ["--interval", "_interval"],
        type=click.FloatRange(min=0),
        help="Seconds between two looks; the provider's own pace if left out.",
    ),
]

_STDIN = "-"


def finish(
    job: Job[Any],
    *,
    out: Path | None = None,
    timeout: float | None,
    interval: float | None,
    as_json: bool,
) -> None:
    """Wait for *job*, fetch its video if it has a place to go to, and tell of it."""
    with Display() as display:
        finished = job.wait(
            timeout=timeout, interval=interval, on_progress=display.looked
        )
        if out is not None:
            finished.download(out, on_progress=display.arrived)
    file = None if out is None else str(out)
    data = outcome(job, finished, file=file)
    say(file or finished.video_url, data, as_json=as_json)


def wait_command(catalog: Catalog) -> click.Command:
    """Return `reel wait`."""

    def wait(
        job: Job[Any],
        _timeout: float | None,
        _interval: float | None,
        _as_json: bool,
        _out: Path | None = None,
    ) -> None:
        finish(job, out=_out, timeout=_timeout, interval=_interval, as_json=_as_json)

    told = "Wait for a job, and print the address of its video."
    return _command(catalog, "wait", wait, told, [OUT, *PACE])


def download_command(catalog: Catalog) -> click.Command:
    """Return `reel download`."""

    def download(
        job: Job[Any],
        _out: Path,
        _timeout: float | None,
        _interval: float | None,
        _as_json: bool,
    ) -> None:
        finish(job, out=_out, timeout=_timeout, interval=_interval, as_json=_as_json)

    told = "Wait for a job, and fetch its video to --out."
    out = click.Option(
        ["--out", "-o", "_out"], required=True, type=OUT.type, help="The file for it."
    )
    return _command(catalog, "download", download, told, [out, *PACE])


def get_command(catalog: Catalog) -> click.Command:
    """Return `reel get`."""

    def get(job: Job[Any], _as_json: bool) -> None:
        seen = job.poll()
        more = {"outcome": seen.outcome, "answer": seen.answer}
        say(seen.status, facts(job, **more), as_json=_as_json)
        if seen.outcome == "failure":
            raise click.exceptions.Exit(Exit.FAILED)

    return _command(catalog, "get", get, "Ask once how a job stands.", [])


def cancel_command(catalog: Catalog) -> click.Command:
    """Return `reel cancel`."""

    def cancel(job: Job[Any], _as_json: bool) -> None:
        if not isinstance(job, CancellableJob):
            raise click.UsageError(f"{job.provider} has no way to cancel a job")
        job.cancel()
        say("asked to withdraw it", facts(job), as_json=_as_json)

    told = "Ask the service to withdraw a job."
    return _command(catalog, "cancel", cancel, told, [])


def _command(
    catalog: Catalog,
    name: str,
    run: Callable[..., None],
    told: str,
    options: list[click.Option],
) -> click.Command:
    @reported
    def about_a_job(
        _provider: str,
        _model: str | None,
        _id: str | None,
        _base_url: str | None,
        **own: Any,
    ) -> None:
        taken_up = (
            _named(catalog, _provider, _model, _id, _base_url)
            if _model and _id
            else _kept(catalog, _provider, _model, _base_url)
        )
        with taken_up as job:
            run(job, **own)

    where = [
        click.Argument(["_provider"], metavar="PROVIDER|FILE"),
        click.Argument(["_model"], required=False, metavar="[MODEL"),
        click.Argument(["_id"], required=False, metavar="ID]"),
    ]
    return click.Command(
        name,
        callback=about_a_job,
        params=[*where, *options, BASE_URL, JSON],
        help=f"{told}\n\nThe job is named by the words that submit printed, or by a "
        "file that --save wrote (- is standard input).",
    )


@contextmanager
def _named(
    catalog: Catalog, provider: str, model: str, id: str, base_url: str | None
) -> Generator[Job[Any]]:
    entry = catalog.find(provider, model)
    with catalog.open(provider, base_url=base_url) as client:
        yield getattr(client, entry.attribute).job(id)


@contextmanager
def _kept(
    catalog: Catalog, name: str, model: str | None, base_url: str | None
) -> Generator[Job[Any]]:
    if model is not None or (name in catalog.providers and not Path(name).exists()):
        raise click.UsageError("name a job by PROVIDER MODEL ID, or by a file")
    text = _read(name)
    try:
        provider = json.loads(text)["provider"]
    except (ValueError, RecursionError, TypeError, KeyError) as exc:
        raise click.UsageError(f"{name}: holds no job that --save wrote") from exc
    with catalog.open(str(provider), base_url=base_url) as client:
        yield client.resume(text)


def _read(name: str) -> str:
    if name == _STDIN:
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as exc:
        raise click.UsageError(
            f"{name!r:.80} is no provider with a model and an id, nor a file to read"
        ) from exc
