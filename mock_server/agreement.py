"""What the servers of one store hold in common, whichever of them was told of it.

The rules that choose scenarios and the time of a manual clock are one note on the
store's board. A bell that the workers of one mock share rings when one of them changes
it, so that the next request of any other goes by it; servers that share nothing but
the store look at the board now and then, and where that may take its time a thread does.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from threading import Thread
from time import monotonic, monotonic_ns, sleep
from typing import Protocol
from weakref import ReferenceType, ref

import orjson

from mock_server.clock import ManualClock, step
from mock_server.errors import UnknownScenarioError
from mock_server.rules import Rules
from mock_server.stores.board import Board

_NOTE = "settings"
_EACH = 0.5  # seconds from one look at the board to the next, while no bell rings
_LOG = logging.getLogger(__name__)


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
        self.is_closed = False
        self.look()
        if board.remote:
            Thread(target=keep_looking, args=(ref(self),), daemon=True).start()

    def close(self) -> None:
        """Have nobody look any more, as is due before the board is closed."""
        self.is_closed = True

    @property
    def settings(self) -> Settings:
        """What holds."""
        # Who rings has just been answered by the board, so that it may be asked here.
        if self._bell.value != self._heard or (
            not self._board.remote and monotonic() >= self._until
        ):
            self.look()
        return self._settings

    def agree(self, change: Callable[[Settings], Settings]) -> Settings:
        """Have what *change* makes of the settings hold for everybody; return it."""
        settings = _change(self._board, change)
        self._bell.value = monotonic_ns()
        self.look()
        return settings

    def set_rules(self, rules: Rules) -> None:
        """Have *rules* hold for everybody."""
        self.agree(lambda settings: replace(settings, rules=rules))

    async def count_poll(self, key: str) -> int:
        """Return the how many-th poll of a job this is, whichever server had the others."""
        return await self._board.apart(lambda: self._board.count(key))

    def reset(self) -> None:
        """Count anew, and owe nobody anything; the settings stay."""
        self._board.clear()

    def look(self) -> None:
        """Read from the board what holds."""
        # First of all: what changes while the board is read is seen the next time.
        self._heard = self._bell.value
        self._until = monotonic() + _EACH
        self._settings = _decode(self._board.read(_NOTE))


def put_rules(board: Board, rules: Rules) -> None:
    """Have *rules* hold for every server that will go by *board*, before any does."""
    _change(board, lambda settings: replace(settings, rules=rules))


def keep_looking(whose: "ReferenceType[Agreement]") -> None:
    """Look again and again, for as long as somebody goes by what is seen."""
    failing = False
    while (agreement := whose()) is not None and not agreement.is_closed:
        try:
            agreement.look()
            failing = False
        except Exception as exc:  # the next look may do better
            if not (failing or agreement.is_closed):
                _LOG.warning(
                    "settings: the store does not say what holds: %s", str(exc)
                )
            failing = True
        del agreement
        sleep(_EACH)


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


def _change(board: Board, change: Callable[[Settings], Settings]) -> Settings:
    return _decode(board.change(_NOTE, lambda it: _encode(change(_decode(it)))))


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
