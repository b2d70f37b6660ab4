"""What the servers of one store hold in common, whichever of them was told of it.

The rules that choose scenarios and the time of a manual clock are one note on the
store's board. A bell that the workers of one mock share rings when one of them changes
it, so that the next request of any other goes by it; servers that share nothing but
the store look at the board now and then.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from time import monotonic, monotonic_ns
from typing import Protocol

import orjson

from mock_server.clock import ManualClock, step
from mock_server.errors import UnknownScenarioError
from mock_server.rules import Rules
from mock_server.stores.board import Board

_NOTE = "settings"
_EACH = 0.5  # seconds from one look at the board to the next, while no bell rings


class Bell(Protocol):
    """A number that several processes see; whoever changes it rings."""

    value: int


@dataclass(slots=True)
class OwnBell:
    """The bell of a process that is alone."""

    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is agreed on; `time` is that of a manual clock."""

    rules: Rules = field(default_factory=Rules)
    time: float = 0.0


class Agreement:
    """The settings of *board*, as they are at the moment."""

    def __init__(self, board: Board, bell: Bell | None = None) -> None:
        self._board = board
        self._bell = OwnBell() if bell is None else bell
        self._look()

    @property
    def settings(self) -> Settings:
        """What holds."""
        if self._bell.value != self._heard or monotonic() >= self._until:
            self._look()
        return self._settings

    def agree(self, change: Callable[[Settings], Settings]) -> Settings:
        """Have what *change* makes of the settings hold for everybody; return it."""
        note = self._board.change(_NOTE, lambda it: _encode(change(_decode(it))))
        self._bell.value = monotonic_ns()
        return _decode(note)

    def set_rules(self, rules: Rules) -> None:
        """Have *rules* hold for everybody."""
        self.agree(lambda settings: replace(settings, rules=rules))

    def count_poll(self, key: str) -> int:
        """Return the how many-th poll of a job this is, whichever server had the others."""
        return self._board.count(key)

    def reset(self) -> None:
        """Count anew, and owe nobody anything; the settings stay."""
        self._board.clear()

    def _look(self) -> None:
        # First of all: what changes while the board is read is seen the next time.
        self._heard = self._bell.value
        self._until = monotonic() + _EACH
        self._settings = _decode(self._board.read(_NOTE))


class AgreedClock(ManualClock):
    """A clock that stands still until one of the servers is told to move it.

    It starts at *start*, or where it was left if that is later.
    """

    def __init__(self, agreement: Agreement, start: float) -> None:
        super().__init__(start)
        self._agreement = agreement
        agreement.agree(lambda it: replace(it, time=max(it.time, start)))

    def now(self) -> float:
        """Return the time it was last moved to, by whomever."""
        return self._agreement.settings.time

    def advance(self, seconds: float) -> None:
        """Move the time on for everybody; raise ClockError unless it is a step forward."""
        self._agreement.agree(lambda it: replace(it, time=step(it.time, seconds)))


def _encode(settings: Settings) -> bytes:
    return orjson.dumps(asdict(settings))


def _decode(note: bytes | None) -> Settings:
    if note is None:
        return Settings()
    try:
        facts = orjson.loads(note)
        return Settings(rules=Rules(**facts["rules"]), time=facts["time"])
    except (ValueError, LookupError, TypeError, UnknownScenarioError):
        return Settings()  # another version of this program wrote it
