"""Two contracts side by side."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from specs import (
    Comparison,
    NullSchema,
    ObjectSchema,
    Registry,
    compare_contracts,
    comparison_as_html,
    comparison_as_json,
    describe_type,
    show_fact,
    vendored_folder,
)
from specs.comparison.words import TITLES
from tests.specs.conftest import make_document

HOSTILE = "<script>alert(1)</script>\x1b[31m{{ 7 * 7 }}"


@pytest.fixture
def compare(load: Callable[..., Registry]) -> Callable[..., Comparison]:
    """Return what compares two made-up models by their parameters."""

    def run(left: dict[str, Any], right: dict[str, Any]) -> Comparison:
        registry = load(make_document(left), make_document(right, models=("acme/two",)))
        return compare_contracts(*registry.contracts)

    return run


@pytest.fixture(scope="module")
def vendored() -> Comparison:
    registry = Registry.load(vendored_folder())
    return compare_contracts(
        registry.contract("aimlapi:alibaba/wan2.2-vace-fun-a14b-inpainting"),
        registry.contract("fal:fal-ai/wan-22-vace-fun-a14b/inpainting"),
    )


def test_a_model_at_two_providers_has_parameters_of_each_alone(
    vendored: Comparison,
) -> None:
    assert [it.right for it in vendored.of("right")] == [
        "seed",
        "sampler",
        "mask_image_url",
        "first_frame_url",
        "last_frame_url",
        "transparency_mode",
        "return_frames_zip",
    ]
    assert vendored.of("left") == ()
    assert vendored.names == ("aimlapi", "fal")


def test_a_model_at_two_providers_has_a_parameter_under_two_names(
    vendored: Comparison,
) -> None:
    (pair,) = vendored.of("renamed")

    assert (pair.left, pair.right) == ("image_list", "ref_image_urls")


def test_a_model_at_two_providers_has_other_ranges_defaults_and_prices(
    vendored: Comparison,
) -> None:
    differing = {it.left: it.facts for it in vendored.of("differs")}

    assert differing["resolution"]["default"] == ("480p", "auto")
    assert differing["shift"] == {"minimum": (None, 1), "maximum": (None, 15)}
    assert differing["acceleration"]["values"] == (
        ["none", "regular"],
        ["none", "low", "regular"],
    )
    assert vendored.prices.facts["resolution 720p"] == (None, 0.1)
    assert "currency" not in vendored.prices.facts


DIFFERENCES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"type": "integer"}, {"type": "number"}, {"type": ("integer", "number")}),
    (
        {"type": "number", "minimum": 0.5, "exclusiveMinimum": True},
        {"type": "number", "minimum": 0.5},
        {"minimum, excluded": (0.5, None), "minimum": (None, 0.5)},
    ),
    ({"type": "number", "multipleOf": 2}, {"type": "number"}, {"step": (2, None)}),
    (
        {"type": "string", "maxLength": 5, "minLength": 1},
        {"type": "string", "pattern": "a"},
        {"shortest": (1, None), "longest": (5, None), "pattern": (None, "a")},
    ),
    (
        {
            "type": "array",
            "items": {},
            "minItems": 1,
            "maxItems": 4,
            "uniqueItems": True,
        },
        {"type": "array", "items": {}},
        {"fewest": (1, None), "most": (4, None), "unique": (True, None)},
    ),
    (
        {"anyOf": [{"type": "integer", "maximum": 9}, {"type": "boolean"}]},
        {"anyOf": [{"type": "integer", "maximum": 8}, {"type": "boolean"}]},
        {"maximum": (9, 8)},
    ),
    (
        {"type": "boolean", "enum": [True]},
        {"type": "boolean"},
        {"values": ([True], None)},
    ),
    ({"type": "number", "default": 1}, {"type": "number", "default": 1.0}, {}),
]


@pytest.mark.parametrize(("left", "right", "expected"), DIFFERENCES)
def test_facts_that_differ_are_told(
    compare: Callable[..., Comparison],
    left: dict[str, Any],
    right: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    (pair,) = compare({"it": left}, {"it": right}).pairs

    assert pair.facts == expected
    assert pair.kind == ("differs" if expected else "same")


def test_a_type_is_told_in_words() -> None:
    kinds = (NullSchema(pointer=""), ObjectSchema(pointer="", properties={}))

    assert [describe_type(it) for it in kinds] == ["null", "object"]


def test_names_of_other_types_are_not_one_parameter(
    compare: Callable[..., Comparison],
) -> None:
    found = compare({"seed": {"type": "integer"}}, {"seeds": {"type": "string"}})

    assert [it.kind for it in found.pairs] == ["left", "right"]
    assert found.names == ("acme:acme/one", "acme:acme/two")


def test_json_holds_every_pair(vendored: Comparison) -> None:
    value = json.loads(comparison_as_json(vendored))

    assert value["left"] == vendored.left.id
    assert len(value["parameters"]) == len(vendored.pairs)
    assert {
        "kind": "renamed",
        "left": "image_list",
        "right": "ref_image_urls",
    }.items() <= (
        next(it for it in value["parameters"] if it["kind"] == "renamed")
    ).items()
    assert value["prices"]["resolution 480p"] == {"left": None, "right": 0.05}


def test_the_page_shows_every_kind_and_needs_nothing_else(vendored: Comparison) -> None:
    page = comparison_as_html(vendored)

    assert all(f"{TITLES[it.kind]} (" in page for it in vendored.pairs)
    assert "<code>image_list → ref_image_urls</code>" in page
    assert "prefers-color-scheme" in page or "color-scheme: light dark" in page
    assert not re.search(r"<script|<link|<img|src=|https?://[^<]*\.(?:js|css)", page)


def test_text_of_a_document_is_never_markup_in_the_page(
    compare: Callable[..., Comparison],
) -> None:
    found = compare(
        {HOSTILE: {"type": "string", "default": HOSTILE}}, {"b": {"enum": [HOSTILE]}}
    )

    page = comparison_as_html(found)

    assert "<script" not in page
    assert "\x1b" not in page
    assert "{{ 7 * 7 }}" in page


def test_a_page_without_differences_says_so(compare: Callable[..., Comparison]) -> None:
    same = {"it": {"type": "integer"}}

    page = comparison_as_html(compare(same, same))

    assert "The same on both sides (1)" in page
    assert "or not known" in page


def test_a_rename_alone_has_a_row(compare: Callable[..., Comparison]) -> None:
    found = compare(
        {"randomSeed": {"type": "integer"}}, {"random_seed": {"type": "integer"}}
    )

    assert found.of("renamed")[0].facts == {}
    assert "randomSeed → random_seed" in comparison_as_html(found)


def test_a_value_is_shown_on_one_line() -> None:
    assert show_fact(["a\nb", 1, True]) == "a b, 1, true"
    assert show_fact(None) == ""
