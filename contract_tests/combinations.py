"""Few combinations that meet many values: covering arrays, without chance.

A factor is something to choose, its levels are the choices. An array covers its
factors when each level stands in some row, and it covers pairs when each two levels
of any two factors stand together in some row. Both are built greedily, in a fixed
order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, permutations
from types import MappingProxyType
from typing import TypeVar

Level = TypeVar("Level")
Row = dict[str, Level]

_PASSES = 4  # what one factor is best at depends on those after it


def covering_rows(
    factors: Mapping[str, Sequence[Level]],
    *,
    cost: Callable[[Row[Level]], float] = lambda _: 0.0,
    weight: Callable[[str, Level], int] = lambda _name, _level: 1,
    first: Mapping[str, Level] = MappingProxyType({}),
    dearest: Mapping[str, Level] = MappingProxyType({}),
    least: int = 0,
) -> list[Row[Level]]:
    """Return the fewest rows, but *least*, in which each level of each factor stands.

    A factor with fewer levels than there are rows repeats some. Of the ways to line
    the factors up, one is taken for which the sum of *cost* over the rows is small, if
    not the smallest; where nothing depends on it, one in which many two levels of
    much *weight* meet.
    The *first* row has the levels that are wished for, and so has the *dearest*, but for
    what makes it so; all of them are levels of their factors.
    """
    levels = {
        name: _led_by(first[name], it) if name in first else it
        for name, it in factors.items()
    }
    count = max(least, *map(len, levels.values())) if levels else 0
    free = {name: [*range(name in first, count)] for name in levels}
    columns = {
        name: [
            it[(row + shift * (name not in first)) % len(it)] for row in range(count)
        ]
        for shift, (name, it) in enumerate(levels.items())
    }
    dear = [it for it in levels if _matters(columns, it, levels[it], cost)]
    for name in dear * _PASSES:
        total = partial(_total, columns, name, cost)
        ways = [columns[name], *_fillings(levels[name], count)]
        columns[name] = min(
            [_lined_up(it, free[name], total) for it in ways], key=total
        )
    others = [it for it in levels if it not in dear]
    top = max(range(count), key=lambda it: (cost(_rows(columns)[it]), it), default=0)
    for name in filter(dearest.__contains__, others if top else ()):
        places = [it for it in free[name] if columns[name][it] == dearest[name]]
        if places:
            columns[name] = _swapped(columns[name], places[-1], top)
            free[name].remove(top)
    for name in others * _PASSES:
        columns[name] = _mixed(columns, name, free[name], weight)
    return _rows(columns)


def pairwise_rows(factors: Mapping[str, Sequence[Level]]) -> list[Row[Level]]:
    """Return rows in which each two levels of any two factors stand together."""
    sizes = {name: len(levels) for name, levels in factors.items()}
    pairs = _Pairs(sizes)
    rows: list[dict[str, int]] = []
    while pairs.are_open:
        rows.append(pairs.take_row())
    return [{name: factors[name][it] for name, it in row.items()} for row in rows]


class _Pairs:
    """The pairs of levels that no row holds yet, by each of the two."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = sizes
        self._open = {
            (name, it): {
                (other, i): None
                for other, others in sizes.items()
                if other != name
                for i in range(others)
            }
            for name, size in sizes.items()
            for it in range(size)
        }

    @property
    def are_open(self) -> bool:
        """Whether there are any."""
        return any(self._open.values())

    def take_row(self) -> dict[str, int]:
        """Return a row that holds an open pair, and as many others as it can."""
        first = max(self._open, key=self._left)
        row = dict([first, next(iter(self._open[first]))])
        for name, size in self._sizes.items():
            if name not in row:
                choices = [(name, level) for level in range(size)]
                row[name] = max(choices, key=partial(self._gain, row))[1]
        for one, two in permutations(row.items(), 2):
            self._open[one].pop(two, None)
        return {it: row[it] for it in self._sizes}

    def _gain(self, row: Mapping[str, int], choice: tuple[str, int]) -> tuple[int, int]:
        """Return how many open pairs *choice* closes in *row*; then, how many it has."""
        met = len(self._open[choice].keys() & row.items())
        return met, self._left(choice)

    def _left(self, choice: tuple[str, int]) -> int:
        return len(self._open[choice])


def _fillings(levels: Sequence[Level], count: int) -> Iterator[list[Level]]:
    """Yield columns of *count* rows with every level, and one of them again and again."""
    for it in levels:
        yield [*levels, *[it] * (count - len(levels))]


def _matters(
    columns: Mapping[str, list[Level]],
    name: str,
    levels: Sequence[Level],
    cost: Callable[[Row[Level]], float],
) -> bool:
    """Say whether the level of the factor *name* changes what some row costs."""
    return any(
        len({cost({**row, name: level}) for level in levels}) > 1
        for row in _rows(columns)
    )


def _led_by(first: Level, levels: Sequence[Level]) -> list[Level]:
    return [first, *(it for it in levels if it != first)]


def _lined_up(
    column: list[Level], free: Sequence[int], total: Callable[[list[Level]], float]
) -> list[Level]:
    """Return *column* in another order, in which no two levels would better change places."""
    for one, two in combinations(free, 2):
        column = min(column, _swapped(column, one, two), key=total)
    return column


def _mixed(
    columns: Mapping[str, list[Level]],
    name: str,
    free: Sequence[int],
    weight: Callable[[str, Level], int],
) -> list[Level]:
    """Return the column *name* in an order in which its levels meet more of the others."""
    others = [
        [(repr(it), weight(key, it)) for it in column]
        for key, column in columns.items()
        if key != name
    ]

    def missed(column: list[Level]) -> int:
        own = [(repr(it), weight(name, it)) for it in column]
        met = (pair for it in others for pair in {*zip(own, it, strict=True)})
        return -sum(one * two for (_, one), (_, two) in met)

    return _lined_up(columns[name], free, missed)


def _swapped(column: list[Level], one: int, two: int) -> list[Level]:
    found = [*column]
    found[one], found[two] = column[two], column[one]
    return found


def _total(
    columns: Mapping[str, list[Level]],
    name: str,
    cost: Callable[[Row[Level]], float],
    column: list[Level],
) -> float:
    return sum(map(cost, _rows({**columns, name: column})))


def _rows(columns: Mapping[str, list[Level]]) -> list[Row[Level]]:
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]
