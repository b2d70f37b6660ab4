import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import (
    DefaultError,
    Registry,
    Schema,
    UnsupportedSchemaError,
    WaiverError,
    look_up,
    refuse_faults,
)

Load = Callable[..., Registry]
Read = Callable[..., Schema]
Make = Callable[..., dict[str, Any]]

IT = "/paths/*/post/requestBody/content/*/schema/properties/it"


def treatment(action: str, pointer: str = f"{IT}/default", value: str = "") -> str:
    """Return a treatment of every document, as waivers.toml writes it."""
    given = f"value = {value}\n" if value else ""
    return (
        f'[[treatment]]\ndocuments = "acme/*.json"\npointer = {json.dumps(pointer)}\n'
        f'action = "{action}"\nreason = "A test."\n{given}'
    )


@pytest.mark.parametrize(
    ("schema", "written", "meant"),
    [
        pytest.param({"type": "integer"}, "10", 10, id="integer"),
        pytest.param({"type": "integer"}, "-10", -10, id="negative-integer"),
        pytest.param({"type": "integer"}, 10.0, 10, id="integer-from-float"),
        pytest.param({"type": "integer"}, "10.0", 10, id="integer-from-float-text"),
        pytest.param({"type": "integer", "nullable": True}, "10", 10, id="nullable"),
        pytest.param({"type": ["integer", "null"]}, "10", 10, id="integer-or-null"),
        pytest.param({"enum": [5, 10]}, "10", 10, id="enum-without-a-type"),
        pytest.param({"type": "number"}, "0.50", 0.5, id="number"),
        pytest.param({"type": "number"}, "1E3", 1000.0, id="number-with-exponent"),
        pytest.param({"type": "boolean"}, "true", True, id="boolean"),
        pytest.param({"type": "boolean"}, "False", False, id="boolean-of-python"),
        pytest.param({"type": "string"}, 5, "5", id="text-from-integer"),
        pytest.param({"type": "string"}, 0.5, "0.5", id="text-from-number"),
        pytest.param({"type": "string"}, True, "true", id="text-from-boolean"),
        pytest.param(
            {"type": "string", "enum": ["5", "10"]}, 5, "5", id="enum-of-texts"
        ),
        pytest.param({"type": "string"}, "5", "5", id="already-right"),
    ],
)
def test_default_is_coerced_to_the_declared_type(
    read: Read, schema: dict[str, Any], written: Any, meant: Any
) -> None:
    found = read({**schema, "default": written}, waivers=treatment("coerce")).default

    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        pytest.param({"type": "integer"}, "ten", id="word"),
        pytest.param({"type": "integer"}, "10.5", id="fraction"),
        pytest.param({"type": "integer"}, "1_0", id="underscore"),
        pytest.param({"type": "integer"}, "١٠", id="digits-of-another-script"),
        pytest.param({"type": "integer"}, "true", id="boolean-text-for-integer"),
        pytest.param({"type": "integer"}, True, id="boolean-for-integer"),
        pytest.param({"type": "integer"}, None, id="null"),
        pytest.param({"type": "integer"}, "\ud800", id="lone-surrogate"),
        pytest.param({"type": "number"}, "nan", id="nan"),
        pytest.param({"type": "number"}, "inf", id="infinity"),
        pytest.param({"type": "number"}, [1], id="list"),
        pytest.param({"type": "boolean"}, "yes", id="yes"),
        pytest.param({"type": "boolean"}, 1, id="number-for-boolean"),
        pytest.param({"type": "string"}, ["a"], id="list-for-text"),
        pytest.param({"type": "string"}, None, id="null-for-text"),
        pytest.param({"type": "array"}, "[]", id="text-for-list"),
        pytest.param({"type": ["integer", "string"]}, 1.5, id="several-types"),
        pytest.param({}, "1", id="no-type"),
    ],
)
def test_default_is_refused_when_it_cannot_be_coerced(
    read: Read, schema: dict[str, Any], written: Any
) -> None:
    with pytest.raises(WaiverError) as caught:
        read({**schema, "default": written}, waivers=treatment("coerce"))

    assert str(caught.value).startswith(f"acme/one.json#{IT}/default: ")
    assert "cannot be coerced to type=" in str(caught.value)
    assert str(caught.value).endswith("; use action 'set' or 'drop'")


def test_coerced_default_is_still_held_against_its_schema(read: Read) -> None:
    with pytest.raises(DefaultError, match=r"default=7 is not one of .*\[5, 10\]"):
        read({"enum": [5, 10], "default": "7"}, waivers=treatment("coerce"))


def test_coercion_is_refused_when_the_type_is_none(read: Read) -> None:
    with pytest.raises(UnsupportedSchemaError, match="type='video' is not a JSON type"):
        read({"type": "video", "default": "7"}, waivers=treatment("coerce"))


def test_treatment_sets_what_it_says(load: Load, document: Make) -> None:
    registry = load(
        document({"it": {"type": "integer"}}),
        waivers=treatment("set", f"{IT}/maximum", "7"),
    )

    raw = look_up(registry.documents[0].raw, "/paths/~1make/post/requestBody/content")
    assert raw["application/json"]["schema"]["properties"]["it"]["maximum"] == 7
    assert registry.treated == registry.waivers.treatment


def test_treatment_reaches_into_lists(load: Load, document: Make) -> None:
    registry = load(
        document(),
        waivers=treatment("set", "/paths/~1jobs/get/parameters/*/required", "false"),
    )

    assert not registry.contracts[0].poll.parameters[0].required


def test_treatment_drops_what_stands_at_its_place(read: Read) -> None:
    schema = {"type": "integer", "not": {"const": 3}}

    assert read(schema, waivers=treatment("drop", f"{IT}/not")) == read(
        {"type": "integer"}
    )


def test_treated_document_is_not_shared_with_the_treatment(
    load: Load, document: Make
) -> None:
    registry = load(
        document({"it": {"type": "object"}}),
        waivers=treatment("set", f"{IT}/properties", '{ a = { type = "string" } }'),
    )
    registry.waivers.treatment[0].value["a"]["type"] = "changed"

    assert (
        registry.contracts[0].body.properties["it"].schema
        == Registry.load(registry.folder).contracts[0].body.properties["it"].schema
    )


@pytest.mark.parametrize(
    "waivers",
    [
        pytest.param(treatment("set", f"{IT}/maximum", "7"), id="set"),
        pytest.param(treatment("set", f"{IT}/type", '"integer"'), id="set-text"),
        pytest.param(treatment("drop", f"{IT}/not"), id="drop"),
        pytest.param(treatment("coerce", f"{IT}/default"), id="coerce"),
        pytest.param(treatment("coerce", f"{IT}/example"), id="coerce-nothing"),
    ],
)
def test_treatment_is_not_needed_when_the_document_is_right_already(
    load: Load, document: Make, waivers: str
) -> None:
    schema = {"type": "integer", "maximum": 7, "default": 7}

    assert load(document({"it": schema}), waivers=waivers).treated == ()


@pytest.mark.parametrize(
    ("before", "value"),
    [
        pytest.param(1, "true", id="true-for-one"),
        pytest.param(1.0, "1", id="one-for-one-point-nought"),
        pytest.param(True, "1", id="one-for-true"),
    ],
)
def test_treatment_is_needed_when_only_the_json_type_differs(
    load: Load, document: Make, before: Any, value: str
) -> None:
    registry = load(
        document({"it": {"example": before}}),
        waivers=treatment("set", f"{IT}/example", value),
    )

    assert len(registry.treated) == 1


@pytest.mark.parametrize(
    "pointer",
    [
        pytest.param("/paths/~1no/post/summary", id="no-such-path"),
        pytest.param("/paths/~1make/post/operationId/x", id="member-of-text"),
        pytest.param("/paths/~1make/post/operationId/x/y", id="below-text"),
        pytest.param("/paths/~1jobs/get/parameters/0", id="item-of-a-list"),
    ],
)
def test_treatment_is_refused_when_its_place_is_not_there(
    load: Load, document: Make, pointer: str
) -> None:
    with pytest.raises(WaiverError) as caught:
        load(document(), waivers=treatment("set", pointer, "1"))

    assert str(caught.value) == (
        f"acme/one.json#{pointer}: there is nothing to treat at this place; mend or "
        "remove the treatment in waivers.toml"
    )


@pytest.mark.parametrize(
    ("waivers", "message"),
    [
        pytest.param("[[waiver", "waivers.toml: cannot be read: ", id="toml"),
        pytest.param(
            "[[waver]]",
            "waivers.toml#/waver: is not known here (did you mean 'waiver'?)",
            id="unknown-table",
        ),
        pytest.param(
            '[[waiver]]\ndocuments = "*"\nreason = "x"',
            "waivers.toml#/waiver/0/rule: is missing",
            id="missing-key",
        ),
        pytest.param(
            '[[waiver]]\ndocuments = "*"\nrule = "x"\nreason = ""',
            "#/waiver/0/reason: Expected `str` of length >= 1: ''",
            id="no-reason",
        ),
        pytest.param(
            '[[waiver]]\ndocuments = 5\nrule = "x"\nreason = "x"',
            "#/waiver/0/documents: Expected `str`, got `int`: 5",
            id="wrong-type",
        ),
        pytest.param(
            '[[waiver]]\ndocuments = "*"\nrule = "x"\nreason = "x"\nwhy = 1',
            "#/waiver/0/why: is not known here: 1",
            id="unknown-key",
        ),
        pytest.param(
            treatment("mend", "/a"),
            "#/treatment/0/action: Expected one of 'set', 'drop', 'coerce': ",
            id="action",
        ),
        pytest.param(
            treatment("set", "/a"),
            "action 'set' takes a value, the others",
            id="no-value",
        ),
        pytest.param(
            treatment("drop", "/a", "1"), "the others take none", id="needless-value"
        ),
        pytest.param(
            treatment("drop", "a"),
            "#/treatment/0/pointer: Expected `str` matching regex '^(/|\\\\Z)' (a JSON pointer): 'a'",
            id="pointer",
        ),
        pytest.param(treatment("drop", ""), "pointer is empty", id="empty-pointer"),
        pytest.param(
            treatment("set", "/a", "2026-01-02"),
            "#/treatment/0/value: is not JSON: Object of",
            id="date",
        ),
        pytest.param(
            treatment("set", "/a", "nan"),
            "#/treatment/0/value: is not JSON: Out of range",
            id="nan",
        ),
    ],
)
def test_waivers_are_refused_when_they_are_malformed(
    load: Load, document: Make, waivers: str, message: str
) -> None:
    with pytest.raises(WaiverError) as caught:
        load(document(), waivers=waivers)

    assert str(caught.value).startswith("waivers.toml")
    assert message in str(caught.value)


def test_waivers_are_refused_when_they_are_not_text(
    vendor: Callable[..., Path], document: Make
) -> None:
    folder = vendor(document())
    (folder / "waivers.toml").write_bytes(b"\xff")

    with pytest.raises(WaiverError, match=r"waivers\.toml: cannot be read: 'utf-8'"):
        Registry.load(folder)


def test_folder_may_have_no_waivers(
    vendor: Callable[..., Path], document: Make
) -> None:
    folder = vendor(document())
    (folder / "waivers.toml").unlink()

    assert Registry.load(folder).waivers.waiver == ()


@pytest.mark.parametrize(
    ("waivers", "message"),
    [
        pytest.param(
            '[[waiver]]\ndocuments = "acme/*"\nrule = "no-refusal"\nreason = "x"',
            "waivers.toml (acme/*, no-refusal): no document needs this entry any more; "
            "remove it",
            id="waiver",
        ),
        pytest.param(
            treatment("drop", f"{IT}/not"),
            "waivers.toml (acme/*.json, drop): no document needs this entry",
            id="treatment",
        ),
        pytest.param(
            treatment("drop", f"{IT}/not").replace("acme/*.json", "other/*.json"),
            "waivers.toml (other/*.json, drop): no document needs this entry",
            id="treatment-of-no-document",
        ),
    ],
)
def test_entry_is_refused_when_nothing_needs_it(
    load: Load, document: Make, lock: Callable[..., None], waivers: str, message: str
) -> None:
    registry = load(document({"it": {"type": "integer"}}), waivers=waivers)
    lock(registry.folder)

    with pytest.raises(WaiverError) as caught:
        refuse_faults(registry)

    assert str(caught.value).startswith(message)


def test_treatment_is_needed_when_one_document_of_several_needs_it(
    load: Load, document: Make
) -> None:
    right, wrong = {"type": "integer"}, {"type": "integer", "default": "1"}

    registry = load(
        document({"it": right}),
        document({"it": wrong}, models=("acme/two",)),
        waivers=treatment("coerce"),
    )

    assert registry.treated == registry.waivers.treatment
