"""`reelspec`: the commands, found by name and imported when they are run."""

from importlib import import_module

import click
from click.exceptions import NoSuchCommand

from reelspec.codes import Exit

_COMMANDS = {
    "specs": "List, read, add and follow the vendored documents.",
    "compare": "Show two contracts side by side, say of one model at two providers.",
    "docs": "Hold pages of documentation to the contracts.",
    "generate": "Write the typed clients, or check that they are fresh.",
    "mock": "Serve every contract on this machine, without a key or a bill.",
    "run": "Run a program, unchanged, against the mock.",
    "test": "Hold the mock, or any server, to the documents.",
    "demo": "Generate one video per contract against the mock, and check it all.",
}

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {it.value}  {it.meaning}" for it in Exit)


class _LazyGroup(click.Group):
    """A group whose commands live in modules of their own names.

    Importing the generator or the test engine takes longer than printing help.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in _COMMANDS:
            raise NoSuchCommand(cmd_name, possibilities=_COMMANDS, ctx=ctx)
        command = import_module(f"reelspec.{cmd_name}_command").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 92},
)
@click.version_option(package_name="reelspec", prog_name="reelspec")
def main() -> None:
    """Typed clients, a mock server and contract tests from OpenAPI documents.

    Reelspec reads the vendored document of each video-generation model and makes of
    it everything that a team needs to build on that model without guessing. Start
    with `reelspec specs list`, then `reelspec demo`.
    """
