"""Covering arrays cover, whatever the factors, and the same way each time."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.combinations import covering_rows, pairwise_rows

FACTORS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2),
    st.integers(1, 5).map(lambda size: list(range(size))),
    max_size=6,
)
DRAWN = settings(max_examples=100, deadline=None, derandomize=True, database=None)


@DRAWN
@given(FACTORS)
def test_each_two_levels_stand_together_in_some_row(
    factors: dict[str, list[int]],
) -> None:
    rows = pairwise_rows(factors)

    for one, two in combinations(factors, 2):
        met = {(row[one], row[two]) for row in rows}
        assert met == set(product(factors[one], factors[two]))


@DRAWN
@given(FACTORS)
def test_each_level_stands_in_one_of_as_many_rows_as_the_longest_factor_has(
    factors: dict[str, list[int]],
) -> None:
    rows = covering_rows(factors, cost=lambda row: sum(row.values()))

    assert len(rows) == max(map(len, factors.values()), default=0)
    for name, levels in factors.items():
        assert {row[name] for row in rows} == set(levels)


def test_pairs_take_few_rows_when_there_are_many_factors() -> None:
    factors = {f"f{it}": [0, 1, 2] for it in range(30)}

    rows = pairwise_rows(factors)

    assert len(rows) < 30  # all combinations would be 3 to the power of 30


def test_rows_are_lined_up_so_that_they_cost_little() -> None:
    factors = {"price": [1, 10, 10], "size": [100, 1, 2, 3], "other": [0]}

    rows = covering_rows(factors, cost=lambda row: row["price"] * row["size"])

    assert sum(it["price"] * it["size"] for it in rows) <= 100 + 10 + 20 + 3


def test_no_factor_takes_no_row() -> None:
    assert pairwise_rows({}) == []
    assert covering_rows({}) == []
