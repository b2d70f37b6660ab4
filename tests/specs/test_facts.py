"""Facts are read strictly, and what is wrong with them is said where it stands."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs import SpecError, look_up
from specs.facts import Facts, MemberError, Pointer, first_problem
from specs.provider import Amount, HostName, Name, Seconds


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Facts, frozen=True, kw_only=True):
    width: int = 1
    kind: Literal["a", "b"] = "a"
    text: str = ""

    def __post_init__(self) -> None:
        if self.text == "odd":
            raise MemberError("text", "is odd")
        if self.text == "even":
            raise ValueError("text and width differ")


class Outer(Facts, frozen=True, kw_only=True):
    title: str
    place: Pointer | None = None
    location: str = msgspec.field(name="in", default="")
    inner: Inner | None = None
    rows: Annotated[tuple[Inner, ...], msgspec.Meta(min_length=1)] = (Inner(),)
    named: dict[str, Inner] = msgspec.field(default_factory=dict)
    nested: Mapping[str, Mapping[Colour, int]] = {}
    day: date | None = None
    price: Amount = 0.0
    wait: Seconds = 1.0
    anything: Any = None


def problem_of(text: str) -> tuple[str, str]:
    facts = tomllib.loads(f'title = "x"\n{text}')
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(facts, Outer)
    return first_problem(facts, Outer)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("colour = 1", "/colour", "is not known here: 1"),
        ("innner = 1", "/innner", "known here (did you mean 'inner'?): 1"),
        ("location = 'x'", "/location", "is not known here: 'x'"),
        ("inner = 5", "/inner", "Expected `object | null`, got `int`: 5"),
        ("inner = {widht = 2}", "/inner/widht", "(did you mean 'width'?): 2"),
        ("inner.width = 2.5", "/inner/width", "Expected `int`, got `float`: 2.5"),
        ("inner.width = true", "/inner/width", "Expected `int`, got `bool`: True"),
        ("inner.width = '2'", "/inner/width", "Expected `int`, got `str`: '2'"),
        ("inner.kind = 'c'", "/inner/kind", "Expected one of 'a', 'b': 'c'"),
        ("inner.kind.c = 1", "/inner/kind", "Expected one of 'a', 'b'"),
        ("inner.text = 'odd'", "/inner/text", "is odd: 'odd'"),
        ("inner.text = 'even'", "/inner", "text and width differ"),
        ("rows = []", "/rows", "Expected `array` of length >= 1: []"),
        ("rows = 'x'", "/rows", "Expected `array`, got `str`: 'x'"),
        ("rows = [{}, {width = ''}]", "/rows/1/width", "Expected `int`, got `str`: ''"),
        ("named.k = {text = 'odd'}", "/named/k/text", "is odd: 'odd'"),
        ("named.k.width = nan", "/named/k/width", "Expected `int`, got `float`: nan"),
        ("nested.x.red = ''", "/nested/x/red", "Expected `int`, got `str`: ''"),
        ("nested.x.green = 1", "/nested/x/green", "of 'red', 'blue': 'green'"),
        ("day = 2026-01-02T03:04:05", "/day", "got `datetime`: datetime.datetime(2026"),
        ("day = 'soon'", "/day", "Invalid RFC3339 encoded date: 'soon'"),
        ("place = 'x'", "/place", "(a JSON pointer): 'x'"),
        ('place = "\\n"', "/place", "(a JSON pointer): '\\n'"),
        ("price = -0.1", "/price", "Expected `float` >= 0.0: -0.1"),
        ("price = inf", "/price", "Expected `float` <= 1.79"),
        ("price = -inf", "/price", "Expected `float` >= 0.0: -inf"),
        ("price = nan", "/price", "Expected `float` >= 0.0: nan"),
        ("price = true", "/price", "Expected `float`, got `bool`: True"),
        ("wait = 0", "/wait", "Expected `float` > 0.0: 0"),
        ("wait = inf", "/wait", "Expected `float` <= 1.79"),
        ("wait = nan", "/wait", "Expected `float` > 0.0: nan"),
    ],
)
def test_problem_names_its_place_what_is_wrong_and_the_value(
    text: str, place: str, problem: str
) -> None:
    found = problem_of(text)

    assert found[0] == place
    assert problem in found[1]


def test_problem_names_what_is_missing() -> None:
    assert first_problem({}, Outer) == ("/title", "is missing")


def test_problem_is_the_whole_when_that_is_no_table() -> None:
    assert first_problem([], Outer) == ("", "Expected `object`, got `array`: []")


@given(
    st.text(st.characters(codec=None)),
    st.sampled_from(
        ["a.b", "`", "` - at `$.inner", "[...]", "a/b~c", "\x1b[31m\n", ""]
    ),
)
def test_place_leads_to_the_value_whatever_the_keys(key: str, hostile: str) -> None:
    facts = {
        "title": "",
        "named": {"": {}, hostile: {}, f"{hostile}{key}x": {"width": "w"}},
    }

    place, problem = first_problem(facts, Outer)

    assert look_up(facts, place) == "w"
    assert str(SpecError(place, problem, fix="mend it")).isprintable()


@given(st.sampled_from(["a.b", "x` - at `$.inner", "[...]", "a/b~c", "\x1b[31m\n"]))
def test_place_of_an_unknown_key_is_that_key_whatever_it_is(key: str) -> None:
    facts = {"title": "", "inner": {key: "mine"}}

    place, problem = first_problem(facts, Outer)

    assert look_up(facts, place) == "mine"
    assert problem == "is not known here: 'mine'"


def test_long_value_is_cut() -> None:
    assert len(first_problem({"title": ["x" * 9_000]}, Outer)[1]) < 150


@pytest.mark.parametrize("kind", [Name, HostName])
@pytest.mark.parametrize("text", ["a\n", "\na", "a b"])
def test_pattern_is_of_the_whole_text(kind: Any, text: str) -> None:
    assert msgspec.convert("a", kind) == "a"
    with pytest.raises(msgspec.ValidationError, match="matching regex"):
        msgspec.convert(text, kind)


def test_whole_number_is_a_number() -> None:
    found = msgspec.convert({"title": "", "wait": 3}, Outer).wait

    assert (found, type(found)) == (3.0, float)


def test_defaults_are_not_shared() -> None:
    first, second = (Outer(title=it) for it in "ab")
    first.named["k"] = Inner()

    assert second.named == {}


def test_table_has_the_keys_that_were_written() -> None:
    table = Outer(title="x", location="body", day=date(2026, 1, 2)).as_table()

    assert (table["in"], table["day"]) == ("body", "2026-01-02")
    assert json.loads(json.dumps(table))["rows"] == [Inner().as_table()]
