"""`reelspec specs sync`."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from reelspec.codes import Exit
from reelspec.exits import expected_errors
from reelspec.options import (
    json_option,
    loopback_option,
    out_option,
    print_json,
    specs_option,
)
from reelspec.progress import progress_bar, working
from reelspec.vendoring import (
    changes_json,
    entries_json,
    land_plan,
    print_changes,
    print_entries,
)
from specs import (
    FetchLimits,
    Standing,
    Update,
    finish_landing,
    look_upstream,
    one_line,
    plan_update,
)

_LONGEST = 400


@click.command("sync")
@click.argument("names", metavar="[DOCUMENT]...", nargs=-1)
@specs_option
@out_option
@click.option(
    "--check", is_flag=True, help="Change nothing; exit with 1 if a source moved."
)
@click.option("--yes", is_flag=True, help="Take what has moved without asking.")
@loopback_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    folder: Path,
    out: Path,
    check: bool,
    yes: bool,
    loopback: bool,
    as_json: bool,
) -> None:
    """Follow the sources of the vendored documents, or of those that are named.

    Every locked address is asked whether it has changed. What has is verified, shown
    and, once you agree, written: documents, lock, waivers and clients together, or
    nothing at all. One source that is gone, unreachable or answers with something
    else keeps everything as it was.

    \b
    Examples:
      reelspec specs sync
      reelspec specs sync --check --json         in a nightly job
      reelspec specs sync aimlapi/my-model.json
      reelspec specs sync --specs my/specs --out my/clients --yes
    """
    import codegen

    if as_json and not (check or yes):
        raise click.UsageError("--json does not ask: add --check or --yes")
    with expected_errors(codegen.CodegenError, code=Exit.DOCUMENT):
        if not check:
            finish_landing(folder, out)
        standings = _look(folder, names, FetchLimits(loopback=loopback))
        with working("reading what has moved"):
            update = plan_update(folder, standings, today=date.today())
        written: list[str] = []
        code = _verdict(standings, update)
        if not as_json:
            _print(standings, update)
        wanted = update is not None and code is Exit.FINDINGS and not check
        if update is not None and wanted and (yes or click.confirm("Take it?")):
            with working("generating the clients"):
                written = land_plan(update.plan, folder, out)
            code = Exit.OK
    if as_json:
        print_json(_report(standings, update, written))
    elif written:
        click.echo(f"{len(written)} files written below {folder} and {out}")
    ctx.exit(code)


def _look(folder: Path, names: tuple[str, ...], limits: FetchLimits) -> list[Standing]:
    """Fetch every source, with a bar on standard error."""
    with progress_bar() as bar:
        task = bar.add_task("asking the sources", total=None)
        return look_upstream(
            folder, names, limits=limits, on_fetched=lambda _: bar.advance(task)
        )


def _verdict(standings: list[Standing], update: Update | None) -> Exit:
    states = {it.state for it in standings}
    if "refused" in states:
        return Exit.DOCUMENT
    if "offline" in states:
        return Exit.OFFLINE
    return Exit.OK if update is None else Exit.FINDINGS


def _print(standings: list[Standing], update: Update | None) -> None:
    moved = update.moved if update else frozenset()
    for it in standings:
        if it.error is not None:
            click.echo(f"{it.state}: {it.name}: {it.error}", err=True)
        elif it.name in moved:
            click.echo(f"moved: {it.name}: {one_line(it.source, longest=_LONGEST)}")
    if update is not None:
        print_changes(update.report)
        print_entries(update.plan)
    left = [it for it in standings if it.error is None and it.name not in moved]
    same = [it for it in left if it.state != "local"]
    click.echo(f"{len(same)} unchanged, {len(left) - len(same)} without an address")
    if any(it.error for it in standings):
        click.echo(
            "nothing was written: every source has to answer; name documents to follow "
            "only those",
            err=True,
        )


def _report(
    standings: list[Standing], update: Update | None, written: list[str]
) -> dict[str, Any]:
    moved = update.moved if update else frozenset()
    return {
        "documents": [
            {
                "document": it.name,
                "source": it.source,
                "state": "same" if it.arrival and it.name not in moved else it.state,
                "error": str(it.error) if it.error else None,
            }
            for it in standings
        ],
        "changes": changes_json(update.report) if update else None,
        **(
            entries_json(update.plan)
            if update
            else {"proposed": [], "dropped": [], "idle": []}
        ),
        "written": written,
    }
