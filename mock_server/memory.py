"""What is known of things that come again and again, so that it is not found out anew."""

import math
from collections.abc import Hashable
from typing import TypeVar

Known = TypeVar("Known", bound=Hashable)
Fact = TypeVar("Fact")


class Memory(dict[Known, Fact]):
    """A dictionary that is emptied before it holds more than *most*, or *room* bytes.

    What still matters is soon known again; what a stranger had it remember is not.
    """

    def __init__(self, most: int, *, room: float = math.inf) -> None:
        super().__init__()
        self._most = most
        self._room = room
        self._held = 0

    def __setitem__(self, known: Known, fact: Fact) -> None:
        """Remember *fact* of what is *known*."""
        self.keep(known, fact, size=0)

    def keep(self, known: Known, fact: Fact, *, size: int) -> None:
        """Remember *fact* of what is *known*, *size* bytes of the room."""
        if len(self) >= self._most or self._held + size > self._room:
            self.clear()
        self._held += size
        super().__setitem__(known, fact)

    def clear(self) -> None:
        """Forget everything."""
        self._held = 0
        super().clear()
