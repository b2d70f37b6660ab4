"""What one round of the loop brings, handled together.

A processor that reads thirty requests and then answers thirty has the code of each at
hand; one that does both thirty times fetches all of it thirty times. And each write of
an answer may wake the client, which takes longer than much of an answer does: one that
is awake already, since it reads the answer before, need not be woken.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Whose = TypeVar("Whose")
What = TypeVar("What")


class Round(Generic[Whose, What]):
    """Has *handle* called for each that was put, when all that is ready to run has run."""

    def __init__(self, handle: Callable[[Whose, What], None]) -> None:
        self._handle = handle
        self._waiting: list[tuple[Whose, What]] = []

    def put(self, whose: Whose, what: What) -> None:
        """Have *what* handled, in the order in which all of a round was put."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._handle_all)
        self._waiting.append((whose, what))

    def _handle_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        handle = self._handle
        for whose, what in waiting:
            handle(whose, what)
