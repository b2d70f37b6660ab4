"""`reel submit` and `reel estimate`: a model's own options, and what to do with them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .catalog import Catalog, Entry
from .options import given, options_of
from .reporting import JSON, facts, reported, say, words_for
from .waiting import BASE_URL, OUT, PACE, finish

# Names of ours begin with an underscore, which those of a document never do.
_OURS = [
    click.Option(["--wait", "_wait"], is_flag=True, help="Wait until it has ended."),
    OUT,
    *PACE,
    click.Option(
        ["--save", "_save"],
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write here, at once, what takes the job up again.",
    ),
    click.Option(
        ["--max-spend", "_max_spend"],
        type=float,
        help="Refuse a job that may cost more, by the provider's list.",
    ),
    click.Option(
        ["--price", "_price"],
        type=float,
        help="What the job costs at most, where the provider publishes no price.",
    ),
    BASE_URL,
    JSON,
]


def submit_command(catalog: Catalog, entry: Entry) -> click.Command:
    """Return `reel submit` for one model."""

    @reported
    def submit(
        _wait: bool,
        _out: Path | None,
        _timeout: float | None,
        _interval: float | None,
        _save: Path | None,
        _max_spend: float | None,
        _price: float | None,
        _base_url: str | None,
        _as_json: bool,
        **values: Any,
    ) -> None:
        waits = _wait or _out is not None
        spend = {"max_spend": _max_spend, "price": _price}
        with catalog.open(entry.provider, base_url=_base_url, **spend) as client:
            job = getattr(client, entry.attribute).submit(**given(values))
            # The words come first: whatever fails from here on, the job is paid for.
            if waits:
                click.echo(f"submitted {words_for(job)}", err=True)
            else:
                say(words_for(job), facts(job), as_json=_as_json)
            if _save is not None:
                _save.write_text(f"{job.to_json()}\n", encoding="utf-8")
            if waits:
                pace = {"timeout": _timeout, "interval": _interval}
                finish(job, out=_out, as_json=_as_json, **pace)

    return _command(catalog, entry, submit, _OURS, "Start a job of")


def estimate_command(catalog: Catalog, entry: Entry) -> click.Command:
    """Return `reel estimate` for one model."""

    @reported
    def estimate(_as_json: bool, **values: Any) -> None:
        # Nothing is sent, so nobody needs a key for it.
        with catalog.open(entry.provider, api_key="none") as client:
            submit = getattr(client, entry.attribute).submit
            found = client.estimate(submit, **given(values))
        if found is None:
            told = f"{entry.provider} publishes no price of {entry.name}"
            say(told, {"estimate": None}, as_json=_as_json)
        else:
            told = f"{found}, by {found.source} of {found.retrieved}"
            say(told, {"estimate": asdict(found)}, as_json=_as_json)

    return _command(catalog, entry, estimate, [JSON], "Say what it would cost to use")


def _command(
    catalog: Catalog, entry: Entry, run: Any, own: list[click.Option], verb: str
) -> click.Command:
    submit = catalog.submit(entry)
    taken = {"--help", *(flag for it in own for flag in it.opts)}
    return click.Command(
        entry.name,
        callback=run,
        params=[*options_of(submit, taken=taken), *own],
        help=f"{verb} {entry.model}.",
        short_help=entry.model,
    )
