"""What a team knows and a document lacks, added when the document is loaded."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from specs import (
    NumberSchema,
    OverlayError,
    Registry,
    find_faults,
    land,
    refuse_faults,
)
from tests.specs.test_plan import arrival, folder, plan

__all__ = ["folder"]  # a fixture

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Registry]

IT = "$.paths['/make'].post..properties.it"
BOUNDS = {"minimum": 1, "maximum": 9}
RANGE = {"target": IT, "update": BOUNDS}


def overlay_file(*actions: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return an overlay of *actions*, as its file has it."""
    return {
        "overlay": "1.0.0",
        "info": {"title": "What we know", "version": "1"},
        "actions": list(actions),
        **members,
    }


@pytest.fixture
def load(vendor: Callable[..., Path], lock: Callable[[Path], None]) -> Write:
    """Return what writes a locked folder of documents and overlays, and loads it."""

    def write(
        *documents: dict[str, Any], overlays: Iterable[Any], name: str = "a.json"
    ) -> Registry:
        home = vendor(*documents)
        lock(home)
        (home / "acme" / "overlays").mkdir(exist_ok=True)
        for index, it in enumerate(overlays):
            text = it if isinstance(it, str) else json.dumps(it)
            (home / "acme" / "overlays" / f"{index}{name}").write_text(text, "utf-8")
        return Registry.load(home)

    return write


def apply(
    load: Write, document: dict[str, Any], *actions: dict[str, Any]
) -> dict[str, Any]:
    """Return *document* as it is once *actions* have been carried out."""
    return dict(load(document, overlays=[overlay_file(*actions)]).documents[0].raw)


def test_range_that_a_team_knows_is_in_the_contract(
    load: Write, document: Make
) -> None:
    registry = load(
        document({"it": {"type": "integer"}}), overlays=[overlay_file(RANGE)]
    )

    schema = registry.contracts[0].body.properties["it"].schema
    assert isinstance(schema, NumberSchema)
    assert schema.minimum is not None
    assert schema.minimum.value == 1
    assert [it.place for it in registry.overlaid["acme/one.json"]] == [
        "acme/overlays/0a.json#/actions/0"
    ]
    assert refuse_faults(registry) == []


def test_security_that_a_team_knows_mends_the_fault(
    load: Write, document: Make
) -> None:
    open_to_all = document()
    del open_to_all["security"]
    text = (
        "overlay: 1.0.0\n"
        "info: {title: The key, version: 1.0.0}\n"
        "x-author: us\n"
        "actions:\n"
        "- target: $\n"
        "  description: The service answers 401 without a key.\n"
        "  update:\n"
        "    security: [{key: []}]\n"
    )

    registry = load(open_to_all, overlays=[text], name="a.yaml")

    assert find_faults(registry) == []
    (action,) = registry.overlays
    assert action.wording == "The key: The service answers 401 without a key."


def test_document_of_another_name_stays_as_it_is_when_an_overlay_extends_one(
    load: Write, document: Make
) -> None:
    documents = [
        document({"it": {"type": "integer"}}, models=(f"acme/{it}",)) for it in "ab"
    ]

    registry = load(*documents, overlays=[overlay_file(RANGE, extends="../two.json")])

    assert {name: len(it) for name, it in registry.overlaid.items()} == {
        "acme/one.json": 0,
        "acme/two.json": 1,
    }


def test_actions_are_carried_out_in_the_order_of_files_and_lines(
    load: Write, document: Make
) -> None:
    info = {"target": "$.info"}
    registry = load(
        document(),
        overlays=[
            overlay_file(
                {**info, "update": {"x-a": 1}}, {**info, "update": {"x-a": 2}}
            ),
            overlay_file({**info, "update": {"x-a": 3}}),
        ],
    )

    assert registry.documents[0].raw["info"]["x-a"] == 3


@pytest.mark.parametrize(
    ("before", "update", "after"),
    [
        ({"a": 1}, {"b": {"c": 2}}, {"a": 1, "b": {"c": 2}}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": True}, {"a": True}),
        ([1], 2, [1, 2]),
        ([{"a": 1}], {"b": 2}, [{"a": 1}, {"b": 2}]),
    ],
)
def test_update_is_merged_into_what_the_target_selects(
    load: Write, document: Make, before: Any, update: Any, after: Any
) -> None:
    changed = document() | {"x-it": before}

    found = apply(load, changed, {"target": "$['x-it']", "update": update})

    assert json.dumps(found["x-it"]) == json.dumps(after)


@pytest.mark.parametrize(
    ("target", "after"),
    [
        ("$['x-it'].a", {"b": [1, 2, 3]}),
        ("$['x-it'].b[0,2,0]", {"a": 1, "b": [2]}),
        ("$['x-it'].b[?@ > 1]", {"a": 1, "b": [1]}),
        ("$['x-it']['a','a']", {"b": [1, 2, 3]}),
        ("$['x-it'].*", {}),
    ],
)
def test_what_the_target_selects_is_removed(
    load: Write, document: Make, target: str, after: Any
) -> None:
    changed = document() | {"x-it": {"a": 1, "b": [1, 2, 3]}}

    found = apply(load, changed, {"target": target, "remove": True, "update": {}})

    assert found["x-it"] == after


@pytest.mark.parametrize(
    ("target", "change", "said"),
    [
        ("$", {"remove": True}, "is the whole document"),
        ("$.info.title", {"update": {}}, "is neither object nor list"),
        ("$.info", {"update": "x"}, "is an object, and cannot be updated with that"),
        ("$", {"update": {"info": 1}}, "has a 'info' of another kind"),
        ("$", {"update": {"openapi": {}}}, "has a 'openapi' of another kind"),
    ],
)
def test_action_that_cannot_be_carried_out_is_refused(
    load: Write, document: Make, target: str, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(OverlayError, match=said) as caught:
        apply(load, document(), {"target": target, **change})

    assert caught.value.pointer == "acme/overlays/0a.json#/actions/0"
    assert "(in acme/one.json)" in str(caught.value)


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(RANGE, id="merged"),
        pytest.param({"target": f"{IT}.enum", "update": 5}, id="appended"),
        pytest.param({"target": "$.gone", "remove": True}, id="removed"),
        pytest.param({"target": "$.gone", "update": {}}, id="nowhere"),
    ],
)
def test_action_is_refused_when_the_documents_say_so_themselves(
    load: Write, document: Make, action: dict[str, Any]
) -> None:
    stated = document({"it": {"type": "integer", "enum": [5], **BOUNDS}})
    registry = load(stated, overlays=[overlay_file(action)])

    with pytest.raises(OverlayError, match="changes nothing any more") as caught:
        refuse_faults(registry)

    assert caught.value.pointer == "acme/overlays/0a.json#/actions/0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "0a.json#: Expected `object`, got `array`: []"),
        ("{", "cannot be read: Expecting"),
        ('{"overlay": "1.0.0", "x-author": "us"}', "0a.json#/info: is missing"),
        (overlay_file() | {"actions": {}}, "/actions: Expected `array`, got `object`"),
        (overlay_file(), "/actions: Expected `array` of length >= 1: []"),
        (overlay_file(RANGE, overlay="2.0.0"), "/overlay: Expected `str` matching"),
        (overlay_file(RANGE, info={"title": "x"}), "/info/version: is missing"),
        (overlay_file(RANGE, other=1), "#/other: is not known here: 1"),
        (overlay_file({"target": "$"}), "needs either update or remove"),
        (
            overlay_file({"target": "$["} | {"remove": True}),
            "#/actions/0/target: is no JSONPath: ",
        ),
        (
            overlay_file({**RANGE, "copy": "$"}),
            "#/actions/0/copy: is not known here: '$'",
        ),
        (overlay_file(RANGE, extends="../gone.json"), "is no document of the provider"),
        (overlay_file(RANGE, extends="../../x/one.json"), "is no document of the prov"),
        (overlay_file(RANGE, extends=".."), "is no document of the provider"),
    ],
)
def test_malformed_overlay_is_refused(
    load: Write, document: Make, text: Any, said: str
) -> None:
    with pytest.raises(OverlayError) as caught:
        load(document(), overlays=[text])

    assert str(caught.value).startswith("acme/overlays/0a.json")
    assert said in str(caught.value)


def test_overlay_that_cannot_be_opened_is_refused(load: Write, document: Make) -> None:
    registry = load(document(), overlays=[])
    (registry.folder / "acme" / "overlays" / "a.json").mkdir()

    with pytest.raises(OverlayError, match=r"a\.json: cannot be read"):
        Registry.load(registry.folder)


def test_other_files_beside_overlays_are_left_alone(
    load: Write, document: Make
) -> None:
    registry = load(document(), overlays=["What we know"], name=".md")

    assert registry.overlays == ()


def test_target_that_reaches_too_deep_is_refused(load: Write, document: Make) -> None:
    deep: Any = 1
    for _ in range(110):
        deep = [deep]

    with pytest.raises(OverlayError, match="cannot be followed"):
        apply(load, document() | {"x-it": deep}, {"target": "$..x", "remove": True})


def test_arrival_that_states_what_an_overlay_did_tells_so(
    folder: Path,
    document: Make,
) -> None:
    overlays = folder / "acme" / "overlays"
    land(folder, plan(folder, arrival(document({"it": {"type": "integer"}}))).files)
    overlays.mkdir()
    (overlays / "a.json").write_text(json.dumps(overlay_file(RANGE)))
    (overlays / "nested").mkdir()
    assert refuse_faults(Registry.load(folder)) == []

    found = plan(folder, arrival(document({"it": {"type": "integer", **BOUNDS}})))

    assert [it.place for it in found.idle] == ["acme/overlays/a.json#/actions/0"]
    assert "acme/overlays/a.json" not in found.files
