"""`reelspec specs diff`."""

from pathlib import Path

import click

from reelspec.codes import Exit
from reelspec.exits import expected_errors
from reelspec.options import format_option, specs_option
from specs import (
    CHANGE_OUTPUTS,
    ChangeReport,
    Registry,
    Severity,
    compare_sources,
    find_source,
    list_change_rules,
)


def _print_rules(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(list_change_rules())
        ctx.exit(Exit.OK)


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option(
    CHANGE_OUTPUTS,
    "What to print: text, Markdown for a pull request, JSON, GitHub annotations, SARIF.",
)
@click.option(
    "--fail-on",
    type=click.Choice([it.value for it in Severity]),
    help="Exit with 1 where a change is as bad as this, or worse.",
)
@click.option(
    "--usage",
    "programs",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Also list where this Python source, or those in this folder, use the generated "
    "client and meet a breaking change; repeatable.",
)
@click.option(
    "--rules",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_rules,
    help="Print every rule, as Markdown, and exit.",
)
@specs_option
@click.pass_context
def diff_specs(
    ctx: click.Context,
    old: str,
    new: str,
    form: str,
    *,
    as_json: bool,
    fail_on: str | None,
    programs: tuple[Path, ...],
    folder: Path,
) -> None:
    """Say what changed from OLD to NEW, and what it means for a caller.

    OLD and NEW are two documents or two folders of them: paths, REVISION:PATH for what
    git has, or the name of a vendored contract. A change made to many documents of a
    folder is told once.

    \b
    Examples:
      reelspec specs diff main:specs specs --fail-on breaking
      reelspec specs diff aimlapi:alibaba/wan2.2-vace-fun-a14b-pose new.json
      reelspec specs diff old.json new.json --format markdown
      reelspec specs diff main:specs specs --usage src
    """
    with expected_errors():
        report = compare_sources(
            find_source(old, folder=folder), find_source(new, folder=folder)
        )
    form = "json" if as_json else form
    printed = CHANGE_OUTPUTS[form](report)
    if programs:
        printed = _add_uses(printed, form, report, folder, programs)
    if printed:
        click.echo(printed)
    failed = fail_on is not None and report.reaches(Severity(fail_on))
    ctx.exit(Exit.FINDINGS if failed else Exit.OK)


def _add_uses(
    printed: str,
    form: str,
    report: ChangeReport,
    folder: Path,
    programs: tuple[Path, ...],
) -> str:
    from codegen import CodegenError, find_uses
    from reelspec.usage_output import WITH_USES

    with expected_errors(CodegenError, code=Exit.DOCUMENT):
        uses = find_uses(report, Registry.load(folder), programs)
    for name in uses.unread:
        click.echo(f"{name}: is no Python that can be read; it was left out", err=True)
    return WITH_USES[form](printed, uses)
