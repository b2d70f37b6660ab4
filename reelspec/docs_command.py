"""`reelspec docs`: pages of documentation, held to the contracts."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from reelspec.codes import Exit
from reelspec.exits import expected_errors
from reelspec.options import format_option, specs_option
from specs import (
    PAGE_OUTPUTS,
    PageLevel,
    Registry,
    check_pages,
    list_page_rules,
)


@click.group("docs")
def command() -> None:
    """Hold pages of documentation to the contracts that they are about."""


def _print_rules(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(list_page_rules())
        ctx.exit(Exit.OK)


@command.command("check")
@click.argument(
    "pages",
    metavar="PAGE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@format_option(
    PAGE_OUTPUTS,
    "What to print: text, JSON, GitHub annotations, SARIF.",
)
@click.option(
    "--fail-on",
    type=click.Choice([it.value for it in PageLevel]),
    default=PageLevel.WARNING.value,
    show_default=True,
    help="Exit with 1 where a finding is as bad as this, or worse.",
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
def check_docs(
    ctx: click.Context,
    pages: tuple[Path, ...],
    form: str,
    *,
    as_json: bool,
    fail_on: str,
    folder: Path,
) -> None:
    """Say what each PAGE gets wrong of the contracts that it is about.

    A PAGE is a file of Markdown, HTML or plain text. The calls in its code, what its
    programs wait for, its example answers, its lists of parameters and its words are
    held to the contracts. Nothing in a page is run, and nothing is fetched.

    \b
    Examples:
      reelspec docs check docs/*.md
      reelspec docs check page.html --format github --fail-on error
    """
    with expected_errors():
        bar = Console(stderr=True)
        shown = track(pages, console=bar, transient=True, disable=not bar.is_terminal)
        report = check_pages(shown, Registry.load(folder))
    printed = PAGE_OUTPUTS["json" if as_json else form](report)
    if printed:
        click.echo(printed)
    failed = report.reaches(PageLevel(fail_on))
    ctx.exit(Exit.FINDINGS if failed else Exit.OK)
