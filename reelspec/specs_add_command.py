"""`reelspec specs add`."""

from datetime import date
from pathlib import Path

import click

from reelspec.codes import Exit
from reelspec.exits import expected_errors
from reelspec.options import (
    json_option,
    loopback_option,
    new_specs_option,
    out_option,
    print_json,
)
from reelspec.progress import working
from reelspec.vendoring import entries_json, land_plan, print_entries
from specs import (
    Arrival,
    FetchLimits,
    Registry,
    VendoringPlan,
    arrive,
    compare_facts,
    facts_of,
    finish_landing,
    plan_arrivals,
)


@click.command("add")
@click.argument("source", metavar="URL|FILE")
@click.option(
    "--provider", metavar="NAME", help="Whose document it is; else its hosts tell."
)
@click.option(
    "--as", "file_name", metavar="NAME.json", help="What to call the document."
)
@click.option(
    "--yes", is_flag=True, help="Replace a document of that name without asking."
)
@new_specs_option
@out_option
@loopback_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    source: str,
    provider: str | None,
    file_name: str | None,
    yes: bool,
    folder: Path,
    out: Path,
    loopback: bool,
    as_json: bool,
) -> None:
    r"""Vendor a document: the new model is then in the client, the mock and the tests.

    The document is locked, checked and generated from. Known faults get an entry in
    waivers.toml, which is printed: review it. A provider that --specs does not have
    yet is taken from those that are built in. Everything is written together, or,
    where the document cannot be honoured, nothing is.

    \b
    Examples:
      reelspec specs add https://example.com/models/my-model.json --provider aimlapi
      reelspec specs add my-model.json --specs my/specs --out my/clients
    """
    import codegen

    with expected_errors(codegen.CodegenError, code=Exit.DOCUMENT):
        with working("reading the document"):
            finish_landing(folder, out)
            arrival = arrive(
                folder,
                source,
                provider=provider,
                file_name=file_name,
                limits=FetchLimits(loopback=loopback),
            )
            plan = plan_arrivals(folder, [arrival], today=date.today())
            changed = _changed(folder, arrival, plan)
        if (folder / arrival.name).exists() and not as_json:
            _print_changed(arrival, changed)
        if not (yes or not (folder / arrival.name).exists() or _agrees(as_json)):
            ctx.exit(Exit.FINDINGS)
        with working("generating the clients"):
            written = land_plan(plan, folder, out)
    models = [
        it.id
        for it in plan.registry.contracts
        if it.submit.document.name == arrival.name
    ]
    if as_json:
        print_json(
            {
                "document": arrival.name,
                "contracts": models,
                "changed": changed,
                **entries_json(plan),
                "written": written,
            }
        )
        return
    click.echo(f"{arrival.name}: {', '.join(models) or 'no model of its own'}")
    print_entries(plan)
    click.echo(f"{len(written)} files written below {folder} and {out}")


def _changed(folder: Path, arrival: Arrival, plan: VendoringPlan) -> list[str]:
    """Return the facts that differ from the document of that name, if there is one."""
    if not (folder / arrival.name).exists():
        return []
    before = facts_of(Registry.load(folder), [arrival.name])
    return compare_facts(before, facts_of(plan.registry, [arrival.name]))


def _print_changed(arrival: Arrival, lines: list[str]) -> None:
    click.echo(f"{arrival.name}: is vendored already, and would change:")
    for line in lines or ["(no fact, only prose)"]:
        click.echo(f"  {line}")


def _agrees(as_json: bool) -> bool:
    if as_json:
        raise click.UsageError("--json does not ask: add --yes to replace the document")
    return click.confirm("Replace it?", default=False)
