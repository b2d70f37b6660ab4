from dataclasses import replace
from typing import Any

import pytest

from codegen.ir import Argument, Distribution
from codegen.lower import lower
from codegen.neutral import lower_neutral
from specs import Registry, vendored_folder

Types = dict[str, tuple[str, bool]]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load(vendored_folder())


@pytest.fixture(scope="module")
def distribution(registry: Registry) -> Distribution:
    return lower(registry)


def arguments(types: Types) -> tuple[Argument, ...]:
    return tuple(
        Argument(name=name, wire_name=name, type=type_, required=required, doc="It.")
        for name, (type_, required) in types.items()
    )


def merged(
    registry: Registry, distribution: Distribution, first: Types, second: Types
) -> dict[str, Any]:
    """Return the arguments of what two providers with arguments of *types* can do."""
    packages = []
    for package, types in zip(distribution.providers, (first, second), strict=True):
        resources = tuple(
            replace(it, arguments=arguments(types)) for it in package.resources
        )
        packages.append(replace(package, resources=resources))
    (operation,) = lower_neutral(registry.providers, packages)
    return {it.name: it for it in operation.arguments}


def test_what_one_provider_alone_can_do_is_not_neutral(
    registry: Registry, distribution: Distribution
) -> None:
    assert lower_neutral(registry.providers, distribution.providers[:1]) == ()


def test_an_operation_is_what_the_facts_of_the_providers_say(
    distribution: Distribution,
) -> None:
    (operation,) = distribution.neutral

    assert operation.name == "inpaint"
    assert operation.ways["fal"] == {
        "attribute": "wan_22_vace_fun_a14b_inpainting",
        "names": {"reference_images": "ref_image_urls"},
    }


def test_an_argument_takes_what_any_of_the_providers_does(
    registry: Registry, distribution: Distribution
) -> None:
    found = merged(
        registry,
        distribution,
        {"a": ("int", True), "b": ("str", True), "c": ("_input.Size", False)},
        {"a": ("int", True), "b": ("bool", False), "c": ("str", False)},
    )

    assert {name: (it.type, it.required) for name, it in found.items()} == {
        "a": ("int", True),
        "b": ("str | bool", False),
        "c": ("Any", False),
    }


def test_an_argument_of_one_provider_alone_says_so_and_is_never_needed(
    registry: Registry, distribution: Distribution
) -> None:
    found = merged(registry, distribution, {}, {"seed": ("int", True)})

    assert (found["seed"].required, found["seed"].doc) == (False, "It. Only at fal.")
