"""`reelspec generate`."""

from pathlib import Path

import click

from reelspec.codes import Exit
from reelspec.exits import expected_errors
from reelspec.options import json_option, out_option, print_json, specs_option
from specs import Registry, finish_landing, refuse_faults


@click.command("generate")
@specs_option
@out_option
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; print a diff and exit with 1 if a file is stale.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context, folder: Path, out: Path, *, check: bool, as_json: bool
) -> None:
    """Write the typed clients for every vendored document.

    Only files that changed are written, each of them in one step; a file that is no
    longer generated is removed. The documents are first held against the lock and
    the waivers, so nothing is generated from a document that nobody vetted.

    \b
    Examples:
      reelspec generate                          after a document changed
      reelspec generate --check                  in CI
      reelspec generate --specs my/specs --out my/clients
    """
    import codegen

    with expected_errors(codegen.CodegenError, code=Exit.DOCUMENT):
        if not check:
            finish_landing(folder, out)
        registry = Registry.load(folder)
        refuse_faults(registry)
        files = codegen.generate(registry)
        if check:
            difference = codegen.diff(files, out)
            if as_json:
                print_json({"fresh": not difference, "diff": difference})
            elif difference:
                click.echo(difference, nl=False)
                click.echo(f"{out}: stale; run `reelspec generate`", err=True)
            else:
                click.echo(f"{out}: fresh, {len(files)} files")
            ctx.exit(Exit.FINDINGS if difference else Exit.OK)
        changes = codegen.write(files, out)
    if as_json:
        print_json({"written": changes.written, "removed": changes.removed})
        return
    for name in changes.written:
        click.echo(f"wrote    {out / name}")
    for name in changes.removed:
        click.echo(f"removed  {out / name}")
    unchanged = len(files) - len(changes.written)
    click.echo(f"{out}: {len(changes.written)} written, {unchanged} unchanged")
