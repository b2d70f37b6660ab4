"""Which errors end a command, and with which exit code.

Every expected error is one line on standard error and one of these codes. A traceback
is always a bug of ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from reelspec.codes import Exit
from specs import OfflineError, SpecError


class CommandError(click.ClickException):
    """An expected error: one line for the reader, and the exit code that fits it."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(" ".join(message.split()))
        self.code = code

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # a constant in click
        """What the program ends with."""
        return self.code


@contextmanager
def expected_errors(
    *kinds: type[Exception], code: Exit = Exit.ENVIRONMENT
) -> Iterator[None]:
    """Turn every expected error into a `CommandError`.

    A fault of the documents is expected of every command, and so are a file that
    cannot be used and an extra that is not installed. *kinds* are what else the
    command expects; they end with *code*.
    """
    try:
        yield
    except OfflineError as exc:
        raise CommandError(str(exc), Exit.OFFLINE) from exc
    except SpecError as exc:
        raise CommandError(str(exc), Exit.DOCUMENT) from exc
    except kinds as exc:
        raise CommandError(str(exc), code) from exc
    except OSError as exc:
        where = f"{exc.filename}: " if exc.filename else ""
        raise CommandError(f"{where}{exc.strerror or exc}", Exit.ENVIRONMENT) from exc


@contextmanager
def extra_installed(name: str) -> Iterator[None]:
    """Say which extra to install where an import within fails."""
    try:
        yield
    except ModuleNotFoundError as exc:
        raise CommandError(
            f"{exc.name}: is not installed; install reelspec[{name}]", Exit.ENVIRONMENT
        ) from exc
