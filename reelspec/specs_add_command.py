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
from reelspec.vendoring import (
    changes_json,
    entries_json,
    land_plan,
    print_changes,
    print_entries,
)
from specs import (
    FetchLimits,
    arrive,
    compare_arrivals,
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
    """Vendor a document: the new model is then in the client, the mock and the tests.

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
            is_new = not (folder / arrival.name).exists()
            report = compare_arrivals(folder, [arrival])
        if not is_new and not as_json:
            click.echo(f"{arrival.name}: is vendored already, and would change:")
            print_changes(report)
        if not (is_new or yes or _agrees(as_json)):
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
                "changes": None if is_new else changes_json(report),
                **entries_json(plan),
                "written": written,
            }
        )
        return
    click.echo(f"{arrival.name}: {', '.join(models) or 'no model of its own'}")
    provider = arrival.name.partition("/")[0]
    if f"{provider}/provider.toml" in plan.files:
        click.echo(
            f"  {provider}: its facts, and the notes about it, are built-in ones"
        )
    print_entries(plan)
    click.echo(f"{len(written)} files written below {folder} and {out}")


def _agrees(as_json: bool) -> bool:
    if as_json:
        raise click.UsageError("--json does not ask: add --yes to replace the document")
    return click.confirm("Replace it?", default=False)
