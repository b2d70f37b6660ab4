"""What is going on while `reel` waits: a bar on a terminal, else a line for each change."""

from __future__ import annotations

from typing import Self

import click
from rich import progress as bars
from rich.console import Console

from ..dialogue import Progress

_MEGABYTE = 1_000_000


class Display:
    """Shows looks at a job and arriving bytes on standard error, in a `with`."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(),
            bars.TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._last = ""

    def looked(self, progress: Progress) -> None:
        """Show what a look at the job showed."""
        self._bar.update(self._task, description=progress.status)
        if self._bar.disable and progress.status != self._last:
            click.echo(str(progress), err=True)
        self._last = progress.status

    def arrived(self, count: int, total: int | None) -> None:
        """Show how much of the video is there."""
        text = f"video, {count / _MEGABYTE:.1f} MB"
        self._bar.update(
            self._task, description=text, completed=count, total=total or count
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
