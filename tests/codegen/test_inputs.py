import json
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Interval, Len, MultipleOf
from pydantic import Field

from codegen.runtime.errors import InvalidInputError
from codegen.runtime.inputs import UNSET, Media, OneOf, Unique, encode, rules_of
from codegen.runtime.models import Model


class Lora(Model):
    path: str
    scale: float = 1


def submit(
    self: Any,
    *,
    url: str,
    frames: Annotated[int, Interval(ge=17, le=241)] | UNSET = UNSET,
    ratio: Annotated[float, Interval(gt=0, lt=1)] | UNSET = UNSET,
    size: Literal["480p", "720p"] | UNSET = UNSET,
    seed: int | UNSET | None = UNSET,
    names: Annotated[list[Annotated[str, Len(1, 3)]], Len(1, 4)] | UNSET = UNSET,
    sizes: Annotated[list[Any], Unique] | UNSET = UNSET,
    code: Annotated[str, Field(pattern="^(?!x)")] | UNSET = UNSET,
    step: Annotated[int, MultipleOf(8)] | UNSET = UNSET,
    either: Annotated[Annotated[int, Interval(le=5)] | float, OneOf()] | UNSET = UNSET,
    lora: Lora | UNSET = UNSET,
    deep: Any | UNSET = UNSET,
    file: Media | UNSET = UNSET,
    files: list[Media] | UNSET = UNSET,
    validate: str | None = None,
) -> None: ...


RULES = rules_of(submit, url="video-url")


def sent(**values: object) -> Any:
    given = {"video-url": "https://x.y", **values}
    return json.loads(encode(RULES, given, where="acme m"))


def refused(**values: object) -> str:
    with pytest.raises(InvalidInputError) as caught:
        sent(**values)
    return str(caught.value)


def test_a_url_goes_out_as_it_was_written() -> None:
    assert sent() == {"video-url": "https://x.y"}


def test_none_is_null_where_the_document_allows_it() -> None:
    assert sent(seed=None) == {"video-url": "https://x.y", "seed": None}


def test_a_number_goes_out_as_it_was_written() -> None:
    content = encode(RULES, {"video-url": "a", "seed": 5}, where="")

    assert content == b'{"video-url":"a","seed":5}'


def test_a_model_goes_out_by_its_wire_names_without_what_is_unset() -> None:
    assert sent(lora=Lora(path="p"))["lora"] == {"path": "p"}


def test_an_out_of_range_value_is_refused_with_its_range() -> None:
    assert refused(frames=9999) == (
        "acme m: frames: 9999 is refused, input should be less than or equal to 241 "
        "(allowed: at least 17 and at most 241); nothing was sent"
    )


def test_an_exclusive_range_is_told_as_such() -> None:
    assert "(allowed: above 0 and below 1)" in refused(ratio=1)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"size": "1080p"},
            "size: '1080p' is refused, input should be '480p' or '720p'",
        ),
        ({"frames": "81"}, "frames: '81' is refused, input should be a valid integer"),
        ({"frames": True}, "frames: True is refused"),
        ({"frames": None}, "frames: None is refused"),
        ({"names": "abc"}, "names: 'abc' is refused, input should be a valid array"),
        ({"names": ["a", 3]}, "names.1: 3 is refused"),
        ({"lora": {"scale": 1}}, "lora.path: {'scale': 1} is refused, field required"),
        ({"frames": Path("x")}, "cannot be sent, a value of type"),
        ({"ratio": float("nan")}, "ratio: nan cannot be sent"),
        ({"names": {1, 2}}, "names: {1, 2} cannot be sent"),
        ({"deep": "\ud800"}, "is refused"),
        ({"names": ["abcd"]}, "names.0: 'abcd' is refused"),
        ({"names": []}, "names: [] is refused"),
        (
            {"sizes": [1, {"a": 1}, {"a": 1}]},
            "sizes: [1, {'a': 1}, {'a': 1}] is refused",
        ),
        ({"sizes": [1, 2, 1]}, "value error, 1 stands there twice"),
        ({"code": "xa"}, "code: 'xa' is refused"),
        ({"step": 9}, "step: 9 is refused"),
        ({"either": 3}, "value error, 2 alternatives fit, not exactly one"),
        ({"either": "a"}, "value error, 0 alternatives fit, not exactly one"),
        ({"file": 3}, "file: 3 is refused"),
        ({"files": [3]}, "files.0: 3 is refused"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_by_name(
    values: dict[str, object], told: str
) -> None:
    assert told in refused(**values)


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)

    assert "deep: [[...]] cannot be sent" in refused(deep=loop)


def test_each_broken_rule_is_told() -> None:
    with pytest.raises(InvalidInputError) as caught:
        sent(frames=1, size="x")

    assert [it.parameter for it in caught.value.problems] == ["frames", "size"]


def test_a_long_value_is_cut() -> None:
    assert len(refused(size="x" * 100_000)) < 250


@pytest.mark.parametrize("value", [7, 1.5])
def test_exactly_one_alternative_may_fit(value: float) -> None:
    assert sent(either=value)["either"] == value


def test_a_list_without_repetition_passes() -> None:
    assert sent(sizes=[1, "1", [1], None])["sizes"] == [1, "1", [1], None]


def test_addresses_of_files_are_text() -> None:
    assert sent(file="https://x.y", files=["a"])["files"] == ["a"]


def test_nothing_is_held_against_rules_that_are_off() -> None:
    assert encode(None, {"frames": "many"}, where="") == b'{"frames":"many"}'


def test_what_no_document_knows_yet_passes() -> None:
    assert sent(brand_new=1)["brand_new"] == 1


def test_what_is_required_is_missed_by_its_name_on_the_wire() -> None:
    with pytest.raises(
        InvalidInputError, match=r"video-url: \{\} is refused, field requi"
    ):
        encode(RULES, {}, where="acme m")
