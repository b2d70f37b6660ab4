"""What is going on, on standard error, for commands that take their time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from specs import Registry

if TYPE_CHECKING:
    from contract_tests import Report, Target


def run_contract_tests(
    registry: Registry,
    target: "Target",
    *,
    contracts: list[str] | None = None,
    profile: str = "quick",
    seed: int | None = None,
    strict: bool = False,
) -> "Report":
    """Run the contract tests, with a bar on standard error while they do."""
    import contract_tests

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None)

        def show(progress: contract_tests.Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=progress.contract,
            )

        return contract_tests.run(
            registry,
            target,
            contracts=contracts,
            profile=profile,
            seed=seed,
            strict=strict,
            on_progress=show,
        )


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say *what* is being done, for as long as it is."""
    with Console(stderr=True).status(what):
        yield
