"""What `reel` says: results on standard output, all else on standard error."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import update_wrapper
from typing import Any, ParamSpec

import click

from ..errors import JobInterrupted, ReelError
from ..jobs import Finished, Job
from .codes import code_of

P = ParamSpec("P")

JSON = click.Option(
    ["--json", "_as_json"], is_flag=True, help="Print JSON, errors included."
)


def facts(job: Job[Any], **more: Any) -> dict[str, Any]:
    """Return what is known of *job*, enough to take it up again."""
    known: dict[str, Any] = json.loads(job.to_json())
    return {**known, **more}


def outcome(job: Job[Any], finished: Finished[Any], **more: Any) -> dict[str, Any]:
    """Return what became of *job*, whole: the service's own answer included."""
    return facts(
        job,
        video_url=finished.video_url,
        cost=finished.cost,
        violations=[str(it) for it in job.violations],
        answer=finished.answer,
        **more,
    )


def words_for(job: Any) -> str:
    """Return the words by which a command takes up *job*."""
    return shlex.join((job.provider, job.model, job.id))


def say(text: str, data: Mapping[str, Any] | list[Any], *, as_json: bool) -> None:
    """Print *text* for people, or *data* for programs."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False) if as_json else text)


def reported(run: Callable[P, None]) -> Callable[P, None]:
    """Return *run*, which turns errors of the clients into words and an exit code.

    With `_as_json` among its arguments they are JSON on standard output.
    """

    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        with _reporting(as_json=bool(kwargs.get("_as_json"))):
            run(*args, **kwargs)

    return update_wrapper(wrapped, run)


@contextmanager
def _reporting(*, as_json: bool) -> Generator[None]:
    try:
        yield
    except (ReelError, JobInterrupted, OSError) as exc:
        job = getattr(exc, "job", None)
        if as_json:
            error = {"type": type(exc).__name__, "message": str(exc)}
            known = None if job is None else facts(job)
            click.echo(json.dumps({"error": error, "job": known}, indent=2))
        else:
            click.echo(f"reel: {exc}", err=True)
            if job is not None:
                click.echo(f"reel: take it up by: reel wait {words_for(job)}", err=True)
        raise click.exceptions.Exit(code_of(exc)) from exc
