"""What is going on, on standard error, for commands that take their time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    import contract_tests


def progress_bar() -> Progress:
    """Make a bar on standard error, which goes when all is done."""
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def contract_progress() -> Iterator[Callable[["contract_tests.Progress"], None]]:
    """Show a bar on standard error; yield what moves it."""
    with progress_bar() as bar:
        task = bar.add_task("", total=None)

        def show(progress: "contract_tests.Progress") -> None:
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=progress.contract,
            )

        yield show


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say *what* is being done, for as long as it is."""
    with Console(stderr=True).status(what):
        yield
