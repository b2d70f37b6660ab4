from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from specs import (
    DocumentError,
    Fault,
    Registry,
    UnwaivedFaultError,
    find_faults,
    refuse_faults,
    vendored_folder,
)

Load = Callable[..., Registry]
Make = Callable[..., dict[str, Any]]

MAKE, LOOK = "/paths/~1make/post", "/paths/~1jobs/get"


@pytest.fixture
def load_with(load: Load, document: Make) -> Callable[..., Registry]:
    """Return what loads a document with some members more at one place."""

    def load_with(place: tuple[str, ...], more: dict[str, Any]) -> Registry:
        broken = document()
        holder = broken
        for token in place:
            holder = holder[token]
        holder |= more
        return load(broken)

    return load_with


def faults(registry: Registry) -> list[tuple[str, str, str]]:
    return [(it.rule, it.pointer, it.problem) for it in find_faults(registry)]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_sound_document_has_no_faults(load: Load, document: Make, version: str) -> None:
    assert find_faults(load(document(version=version))) == []


NO_SECURITY = "declares no security, yet the service asks for a key"


@pytest.mark.parametrize(
    ("everywhere", "own", "found"),
    [
        pytest.param(None, None, [MAKE, LOOK], id="nowhere"),
        pytest.param(None, [{"key": []}], [LOOK], id="one-operation"),
        pytest.param([{"key": []}], None, [], id="everywhere"),
        pytest.param([{"key": []}], [], [MAKE], id="lifted-by-the-operation"),
        pytest.param([{"key": []}], [{"key": []}, {}], [MAKE], id="optional"),
        pytest.param([{"key": []}], [{}], [MAKE], id="none-is-enough"),
    ],
)
def test_operation_without_security_is_found(
    load: Load, document: Make, everywhere: Any, own: Any, found: list[str]
) -> None:
    open_ = document()
    del open_["security"]
    if everywhere is not None:
        open_["security"] = everywhere
    if own is not None:
        open_["paths"]["/make"]["post"]["security"] = own

    assert sorted(faults(load(open_))) == [
        ("no-security", it, NO_SECURITY) for it in sorted(found)
    ]


def test_operation_without_an_id_is_found(load: Load, document: Make) -> None:
    nameless = document()
    del nameless["paths"]["/make"]["post"]["operationId"]

    assert faults(load(nameless)) == [("no-operation-id", MAKE, "has no operationId")]


def test_operation_id_of_two_documents_is_found(load: Load, document: Make) -> None:
    two = document(models=("acme/two",))
    two["paths"]["/jobs"]["get"]["operationId"] = "look2"
    two["paths"]["/make"]["post"]["operationId"] = "make"

    found = find_faults(load(document(), two))

    assert [(it.document, it.rule, it.problem) for it in found] == [
        (
            f"acme/{name}.json",
            "shared-operation-id",
            "shares operationId='make' with others",
        )
        for name in ("one", "two")
    ]


def test_operation_is_counted_once_when_several_models_share_it(
    load: Load, document: Make
) -> None:
    assert find_faults(load(document(models=("acme/one", "acme/two")))) == []


@pytest.mark.parametrize(
    ("status", "found"),
    [("4XX", False), ("default", False), ("418", False), ("201", True), ("500", True)],
)
def test_operation_without_a_refusal_is_found(
    load: Load, document: Make, status: str, found: bool
) -> None:
    mild = document()
    answers = mild["paths"]["/make"]["post"]["responses"]
    answers[status] = answers.pop("400")

    problem = f"declares {sorted(['200', status])} only, and no refusal"
    assert faults(load(mild)) == ([("no-refusal", MAKE, problem)] if found else [])


@pytest.mark.parametrize(
    ("place", "value", "pointer", "problem"),
    [
        pytest.param(
            (), {"x": 1}, "", "'x' does not match any of the regexes", id="root"
        ),
        pytest.param(
            ("paths", "/make", "post", "responses", "200"),
            {"description": None},
            "/paths/~1make/post/responses/200",
            "None is not of type 'string'",
            id="answer",
        ),
        pytest.param(
            ("paths", "/make", "post"),
            {"tags": 5},
            "/paths/~1make/post/tags",
            "5 is not of type 'array'",
            id="operation",
        ),
        pytest.param(
            ("components", "securitySchemes", "key"),
            {"type": "\x1b[31mkey"},
            "/components/securitySchemes/key",
            "",
            id="scheme",
        ),
    ],
)
def test_document_that_breaks_openapi_is_found(
    load_with: Callable[..., Registry],
    place: tuple[str, ...],
    value: dict[str, Any],
    pointer: str,
    problem: str,
) -> None:
    found = find_faults(load_with(place, value))

    assert {it.rule for it in found} == {"invalid-openapi"}
    assert {it.pointer for it in found} == {pointer}
    assert any(problem in it.problem for it in found)
    assert all(it.problem.isprintable() and len(it.problem) <= 201 for it in found)


WAIVER = """
[[waiver]]
documents = "acme/*.json"
rule = "no-operation-id"
pointer = "/paths/*/post"
reason = "The provider names no operation."
"""


def test_fault_carries_the_reason_of_its_waiver(
    load: Load, document: Make, lock: Callable[[Path], None]
) -> None:
    nameless = document()
    del nameless["paths"]["/make"]["post"]["operationId"]
    registry = load(nameless, waivers=WAIVER)
    lock(registry.folder)

    assert refuse_faults(registry) == [
        Fault(
            "acme/one.json",
            "no-operation-id",
            MAKE,
            "has no operationId",
            "The provider names no operation.",
        )
    ]


@pytest.mark.parametrize(
    "waivers",
    [
        pytest.param("", id="none"),
        pytest.param(WAIVER.replace("acme/*.json", "fal/*.json"), id="other-document"),
        pytest.param(WAIVER.replace("no-operation-id", "no-refusal"), id="other-rule"),
        pytest.param(WAIVER.replace("/post", "/get"), id="other-place"),
    ],
)
def test_fault_is_refused_when_no_waiver_covers_it(
    load: Load, document: Make, lock: Callable[[Path], None], waivers: str
) -> None:
    nameless = document()
    del nameless["paths"]["/make"]["post"]["operationId"]
    registry = load(nameless, waivers=waivers)
    lock(registry.folder)

    with pytest.raises(UnwaivedFaultError) as caught:
        refuse_faults(registry)

    assert str(caught.value) == (
        f"acme/one.json#{MAKE}: has no operationId (rule no-operation-id); mend the "
        "document, or waive the rule in waivers.toml with a reason"
    )


def test_every_fault_of_the_vendored_documents_is_waived_with_a_reason() -> None:
    found = refuse_faults(Registry.load(vendored_folder()))

    assert all(it.reason for it in found)
    assert {it.rule for it in found} == {
        "invalid-openapi",
        "no-operation-id",
        "no-refusal",
        "no-security",
        "shared-operation-id",
    }


def test_validators_open_nothing_that_a_discriminator_names(
    load: Load, document: Make, bait: tuple[str, list[str]]
) -> None:
    """It maps what a value says, here a default, to an address."""
    address, asked = bait
    other = document()
    schema = {
        "oneOf": [{"type": "object"}],
        "discriminator": {"propertyName": "a", "mapping": {"b": f"{address}/b"}},
        "default": {"a": "b"},
    }
    other["paths"]["/other"] = {
        "get": {
            "operationId": "other",
            "parameters": [{"name": "p", "in": "query", "schema": schema}],
            "responses": {"200": {"description": "Done."}},
        }
    }

    assert [it.rule for it in find_faults(load(other))] == ["invalid-openapi"]
    assert asked == []


def test_path_that_nothing_reaches_is_complained_of_when_the_validator_stumbles_over_it(
    load_with: Callable[..., Registry],
) -> None:
    registry = load_with(("paths",), {"/other": [{}]})

    ((rule, pointer, _),) = faults(registry)
    assert (rule, pointer) == ("invalid-openapi", "/paths/~1other")


def test_document_is_refused_when_the_validator_falls_without_a_word(
    load: Load, document: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = load(document())
    monkeypatch.setattr(OpenAPIV30SpecValidator, "iter_errors", lambda _: 1 / 0)

    with pytest.raises(DocumentError, match=r"one\.json: cannot be judged"):
        find_faults(registry)
