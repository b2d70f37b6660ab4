"""What is known of things that come again and again, so that it is not found out anew."""

from collections.abc import Hashable
from typing import TypeVar

Known = TypeVar("Known", bound=Hashable)
Fact = TypeVar("Fact")


class Memory(dict[Known, Fact]):
    """A dictionary that is emptied before it holds more than *most*.

    What still matters is soon known again; what a stranger had it remember is not.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, known: Known, fact: Fact) -> None:
        """Remember *fact* of what is *known*."""
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(known, fact)
