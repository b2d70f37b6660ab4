"""What `--help` prints of every command."""

from collections.abc import Iterator
from itertools import pairwise

import click
import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit


def commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """Return the words that lead to *command*, and to those below it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, *path, name)


EVERY = pytest.mark.parametrize("words", [*commands(main)], ids=" ".join)


@EVERY
def test_every_command_has_a_page_of_help(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])

    assert result.exit_code == Exit.OK
    assert "Usage: " in result.output
    assert len(result.output.splitlines()) > 8


@EVERY
def test_help_keeps_each_example_on_a_line_of_its_own(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])

    lines = [it.strip() for it in result.output.splitlines()]
    assert "\\b" not in result.output
    for line, after in pairwise(lines):
        if line.startswith("Examples:"):
            assert line == "Examples:"
            assert after.startswith("reelspec ")
