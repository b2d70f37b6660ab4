from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs import join_pointer, look_up, split_pointer


@given(st.lists(st.text()))
def test_pointer_splits_into_the_tokens_it_was_joined_from(tokens: list[str]) -> None:
    assert split_pointer(join_pointer("", *tokens)) == tuple(tokens)


@given(st.lists(st.text(), min_size=1))
def test_pointer_leads_to_what_was_nested_under_its_tokens(tokens: list[str]) -> None:
    raw: Any = 7
    for token in reversed(tokens):
        raw = {token: raw, f"{token}~": 0}

    assert look_up(raw, join_pointer("", *tokens)) == 7


@given(st.lists(st.integers(), min_size=1), st.data())
def test_pointer_leads_to_an_item_of_a_list(
    items: list[int], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(items) - 1))

    assert look_up({"it": items}, join_pointer("", "it", index)) == items[index]


def test_empty_pointer_names_the_whole() -> None:
    assert look_up({"a": 1}, "") == {"a": 1}


@pytest.mark.parametrize(
    "pointer",
    [
        pytest.param("/b", id="no-such-member"),
        pytest.param("/a/2", id="past-the-end"),
        pytest.param("/a/-1", id="from-the-end"),
        pytest.param("/a/00", id="leading-zero"),
        pytest.param("/a/١", id="digit-of-another-script"),
        pytest.param(f"/a/{'9' * 5000}", id="absurd-index"),
        pytest.param("/a/x", id="name-in-a-list"),
        pytest.param("/a/0/x", id="member-of-text"),
        pytest.param("/a/0/0", id="character-of-text"),
    ],
)
def test_look_up_raises_when_the_pointer_names_nothing(pointer: str) -> None:
    with pytest.raises(LookupError):
        look_up({"a": ["one", "two"]}, pointer)


def test_split_raises_when_the_pointer_does_not_start_with_a_slash() -> None:
    with pytest.raises(ValueError, match="not a JSON pointer: 'a/b'"):
        split_pointer("a/b")
