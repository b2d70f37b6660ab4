"""Few combinations that meet many values: covering arrays, without chance.

A factor is something to choose, its levels are the choices. An array covers its
factors when each level stands in some row, and it covers pairs when each two levels
of any two factors stand together in some row. Both are built greedily, in a fixed
order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, permutations
from typing import TypeVar

Level = TypeVar("Level")
Row = dict[str, Level]

_PASSES = 2  # what one factor is best at depends on those after it


def covering_rows(
    factors: Mapping[str, Sequence[Level]],
    *,
    cost: Callable[[Row[Level]], float] = lambda _: 0.0,
) -> list[Row[Level]]:
    """Return the fewest rows in which each level of each factor stands.

    A factor with fewer levels than there are rows repeats some. Of the ways to line
    the factors up, one is taken for which the sum of *cost* over the rows is small, if not the smallest.
    """
    count = max(map(len, factors.values()), default=0)
    columns = {
        name: [levels[(row + shift) % len(levels)] for row in range(count)]
        for shift, (name, levels) in enumerate(factors.items())
    }
    for name, levels in [*factors.items()] * _PASSES:
        if _matters(columns, name, levels, cost):
            total = partial(_total, columns, name, cost)
            ways = [columns[name], *_fillings(levels, count)]
            columns[name] = min([_lined_up(it, total) for it in ways], key=total)
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


def _lined_up(
    column: list[Level], total: Callable[[list[Level]], float]
) -> list[Level]:
    """Return *column* in another order, in which no two levels would better change places."""
    for one, two in combinations(range(len(column)), 2):
        swapped = [*column]
        swapped[one], swapped[two] = column[two], column[one]
        column = min(column, swapped, key=total)
    return column


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
