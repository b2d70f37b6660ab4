"""`reelspec compare`: two contracts side by side."""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reelspec.exits import expected_errors
from reelspec.options import specs_option
from specs import (
    COMPARISON_TITLES,
    Comparison,
    Pair,
    Registry,
    compare_contracts,
    comparison_as_html,
    comparison_as_json,
    show_fact,
)


@click.command("compare")
@click.argument("left", metavar="MODEL_A")
@click.argument("right", metavar="MODEL_B")
@specs_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for machines instead."
)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a page instead, which needs no other file.",
)
def command(
    left: str, right: str, folder: Path, page: Path | None, *, as_json: bool
) -> None:
    """Show two contracts side by side, say of one model at two providers.

    What only one has, what the other calls otherwise, and which ranges, defaults,
    values and prices differ.

    \b
    Example:
      reelspec compare aimlapi:alibaba/wan2.2-vace-fun-a14b-inpainting \
        fal:fal-ai/wan-22-vace-fun-a14b/inpainting
    """
    with expected_errors():
        registry = Registry.load(folder)
        found = compare_contracts(registry.contract(left), registry.contract(right))
        if page:
            page.write_text(comparison_as_html(found), "utf-8")
            click.echo(f"{page}: written")
            return
    if as_json:
        click.echo(comparison_as_json(found))
    else:
        _print(found)


def _print(found: Comparison) -> None:
    console = Console()
    console.print(Text(f"{found.left.id} and {found.right.id}"), soft_wrap=True)
    console.print()
    for kind, title in COMPARISON_TITLES.items():
        pairs = found.of(kind)
        if not pairs:
            continue
        console.print(Text(f"{title} ({len(pairs)})", style="bold"))
        if kind == "same":
            console.print(Text(", ".join(show_fact(it.left) for it in pairs)))
        else:
            _print_table(console, found, [row for it in pairs for row in _rows(it)])
        console.print()
    console.print(Text("Prices", style="bold"))
    if found.prices.facts:
        _print_table(console, found, list(_facts("", found.prices)))
    else:
        console.print(Text("the same on both sides, or not known"))


def _rows(pair: Pair) -> Iterator[tuple[str, ...]]:
    name = show_fact(pair.left or pair.right)
    if pair.kind == "renamed":
        name = f"{name} → {show_fact(pair.right)}"
    yield from _facts(name, pair) if pair.facts else [(name, "", "", "")]


def _facts(name: str, pair: Pair) -> Iterator[tuple[str, ...]]:
    for fact, (left, right) in pair.facts.items():
        yield name, show_fact(fact), show_fact(left), show_fact(right)
        name = ""


def _print_table(
    console: Console, found: Comparison, rows: list[tuple[str, ...]]
) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for title in ("", "", *found.names):
        table.add_column(Text(title), overflow="fold", no_wrap=not title)
    for row in rows:
        # Text from a document is never markup, so all of it goes through Text.
        table.add_row(*map(Text, row))
    console.print(table)
