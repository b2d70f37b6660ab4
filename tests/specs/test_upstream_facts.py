"""The vendored documents state the facts of the ones they were taken from.

Annotations are ours; everything else must be upstream's: names, types, enums, ranges,
defaults, what is required, formats, and the order of it all. The originals are no part
of this checkout, so the claims about them run only where a folder `shared` beside it
holds them.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from specs import Json, look_up, vendored_folder

SHARED = Path(__file__).resolve().parents[3] / "shared"
needs_originals = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the original documents are not beside this checkout"
)

AIMLAPI = sorted(it.name for it in (vendored_folder() / "aimlapi").glob("*.json"))
VERBATIM = ["universal-video-fetch.json", "wan2.2-vace-fun-a14b-reframe.json"]
TRANSCRIBED = [it for it in AIMLAPI if it not in VERBATIM]
FAL = "fal/wan-22-vace-fun-a14b-inpainting.json"

ANNOTATIONS = {"description", "example", "examples"}
# The provider's page prints the document of a submit without its components.
KNOWN_DIFFERENCES = {
    "wan2.2-vace-fun-a14b-reframe.json": [
        'missing /components/securitySchemes/access-token/scheme: "bearer"',
        "missing /components/securitySchemes/access-token/bearerFormat: "
        '"<YOUR_AIMLAPI_KEY>"',
        'missing /components/securitySchemes/access-token/type: "http"',
    ]
}
SECTIONS = ("openapi", "info", "servers", "security", "paths", "components")


def vendored(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((vendored_folder() / name).read_bytes())
    return document


def original(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (SHARED / "upstream" / "aimlapi" / name).read_bytes()
    )
    return document


def page(number: str) -> str:
    (found,) = (SHARED / "seeds").glob(f"{number}_*.txt")
    return found.read_bytes().decode()


def without_annotations(value: Json, *, names: bool = False) -> Json:
    """Return *value* less its annotations; the keys of `properties` are *names*."""
    if isinstance(value, list):
        return [without_annotations(it) for it in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_annotations(it, names=key == "properties" and not names)
        for key, it in value.items()
        if names or not (key in ANNOTATIONS or key.startswith("x-"))
    }


def leaves(value: Json, pointer: str = "") -> Iterator[str]:
    """Yield `pointer: value` for everything that *value* says, in its order."""
    if value and isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, it in items:
            yield from leaves(it, f"{pointer}/{str(key).replace('/', '~1')}")
    else:
        yield f"{pointer}: {json.dumps(value)}"  # 5, 5.0, "5" and true all differ


def facts(document: dict[str, Any]) -> list[str]:
    """Return what *document* promises; the order of its sections promises nothing."""
    plain = without_annotations(document)
    assert isinstance(plain, dict)
    assert set(plain) <= set(SECTIONS)
    return list(leaves({it: plain[it] for it in SECTIONS if it in plain}))


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return where *ours* departs from *theirs*; empty when every fact agrees."""
    mine, others = facts(ours), facts(theirs)
    found = [f"missing {it}" for it in others if it not in mine]
    found += [f"added {it}" for it in mine if it not in others]
    common = [it for it in mine if it in others]
    expected = [it for it in others if it in mine]
    found += [
        f"moved {it}" for it, other in zip(common, expected, strict=True) if it != other
    ]
    return found


@needs_originals
@pytest.mark.parametrize("name", AIMLAPI)
def test_document_states_every_upstream_fact(name: str) -> None:
    found = differences(vendored(f"aimlapi/{name}"), original(name))

    assert found == KNOWN_DIFFERENCES.get(name, [])


@needs_originals
def test_every_upstream_document_is_vendored() -> None:
    upstream = (SHARED / "upstream" / "aimlapi").glob("*.json")

    assert sorted(it.name for it in upstream) == AIMLAPI


@needs_originals
@pytest.mark.parametrize("name", VERBATIM)
def test_verbatim_document_is_printed_on_the_page(name: str) -> None:
    document = (vendored_folder() / "aimlapi" / name).read_bytes().decode()

    assert f"```json\n{document}```" in page("002")


def descriptions(value: Json) -> set[str]:
    """Return every description anywhere in *value*."""
    if isinstance(value, list):
        return set().union(*map(descriptions, value))
    if not isinstance(value, dict):
        return set()
    own = value.get("description")
    found = {own} if isinstance(own, str) else set()
    return found.union(*map(descriptions, value.values()))


@needs_originals
@pytest.mark.parametrize("name", TRANSCRIBED)
def test_transcribed_document_has_descriptions_of_its_own(name: str) -> None:
    ours = descriptions(vendored(f"aimlapi/{name}"))

    assert not ours & descriptions(original(name))


PROPERTIES = (
    "/paths/~1v2~1video~1generations/post/requestBody/content/application~1json"
    "/schema/properties"
)


def _raise_a_bound(document: dict[str, Any]) -> None:
    look_up(document, PROPERTIES)["num_frames"]["maximum"] = 242


def _turn_a_default_into_text(document: dict[str, Any]) -> None:
    look_up(document, PROPERTIES)["num_frames"]["default"] = "81"


def _drop_a_property(document: dict[str, Any]) -> None:
    del look_up(document, PROPERTIES)["image_list"]


def _swap_two_choices(document: dict[str, Any]) -> None:
    look_up(document, PROPERTIES)["acceleration"]["enum"].reverse()


def _move_a_property_to_the_end(document: dict[str, Any]) -> None:
    properties = look_up(document, PROPERTIES)
    properties["preprocess"] = properties.pop("preprocess")


def _require_one_more(document: dict[str, Any]) -> None:
    look_up(document, PROPERTIES.removesuffix("/properties"))["required"].append("seed")


@pytest.mark.parametrize(
    ("change", "report"),
    [
        pytest.param(
            _raise_a_bound, f"added {PROPERTIES}/num_frames/maximum: 242", id="bound"
        ),
        pytest.param(
            _turn_a_default_into_text,
            f'added {PROPERTIES}/num_frames/default: "81"',
            id="default",
        ),
        pytest.param(
            _drop_a_property,
            f'missing {PROPERTIES}/image_list/type: "array"',
            id="property",
        ),
        pytest.param(
            _swap_two_choices,
            f'added {PROPERTIES}/acceleration/enum/0: "regular"',
            id="enum-order",
        ),
        pytest.param(
            _move_a_property_to_the_end,
            f'moved {PROPERTIES}/preprocess/type: "boolean"',
            id="property-order",
        ),
        pytest.param(
            _require_one_more,
            f'added {PROPERTIES.removesuffix("/properties")}/required/3: "seed"',
            id="required",
        ),
    ],
)
def test_comparison_reports_a_difference_when_one_fact_changes(
    change: Callable[[dict[str, Any]], None], report: str
) -> None:
    document = vendored("aimlapi/wan2.2-vace-fun-a14b-inpainting.json")
    changed = copy.deepcopy(document)
    change(changed)

    assert report in differences(changed, document)


def test_comparison_reports_nothing_when_only_a_description_changes() -> None:
    document = vendored("aimlapi/wan2.2-vace-fun-a14b-inpainting.json")
    changed = copy.deepcopy(document)
    look_up(changed, PROPERTIES)["num_frames"]["description"] = "Another."

    assert differences(changed, document) == []


def test_property_named_like_an_annotation_is_a_fact() -> None:
    schema: Json = {"properties": {"description": {"type": "string"}}}

    assert without_annotations(schema) == schema


Member = dict[str, Any]
"""A member of an object as fal's page states it: its name, schema, and if required."""

TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "float": {"type": "number"},
    "list<string>": {"type": "array", "items": {"type": "string"}},
    "VideoFile": {"$ref": "#/components/schemas/VideoFile"},
    "File": {"$ref": "#/components/schemas/File"},
}


def printed_members(section: str) -> list[Member]:
    """Read the bullet list of the *section* of that name on the model's page."""
    text = page("004").split(f"### {section}\n")[1].split("\n**")[0]
    bullet = r"^- \*\*`(\w+)`\*\* \(`([^`]+)`, _(required|optional)_\):\n((?:  .*\n)+)"
    return [
        {
            "name": name,
            "required": need == "required",
            "schema": printed_schema(kind, notes),
        }
        for name, kind, need, notes in re.findall(bullet, text, re.MULTILINE)
    ]


def printed_schema(kind: str, notes: str) -> dict[str, Any]:
    """Return the schema of a bullet of that *kind*, with the facts its *notes* list."""
    schema = dict(TYPES["string" if kind.endswith("Enum") else kind])
    listed = dict(re.findall(r"^  - (Default|Range|Options): (.+)$", notes, re.M))
    if "Default" in listed:
        schema["default"] = json.loads(listed["Default"].strip("`"))
    if "Options" in listed:
        quoted = re.findall(r"`([^`]+)`", listed["Options"])
        schema["enum"] = [json.loads(it) for it in quoted]
    if "Range" in listed:
        low, high = re.findall(r"`([^`]+)`", listed["Range"])
        schema |= {"minimum": json.loads(low), "maximum": json.loads(high)}
    return schema


def declared_members(component: str) -> list[Member]:
    """Return the members of a *component* of fal's document, in its order."""
    schema = look_up(vendored(FAL), f"/components/schemas/{component}")
    return [
        {
            "name": name,
            "required": name in schema["required"],
            "schema": without_annotations(it),
        }
        for name, it in schema["properties"].items()
    ]


def as_json(members: list[Member]) -> list[str]:
    """Return *members* as text, in which 5, 5.0 and true differ."""
    return [json.dumps(it, sort_keys=True) for it in members]


@needs_originals
@pytest.mark.parametrize(
    ("section", "component", "count"),
    [
        pytest.param("Input Schema", "Wan22VaceFunA14bInpaintingInput", 33, id="input"),
        pytest.param(
            "Output Schema", "Wan22VaceFunA14bInpaintingOutput", 4, id="output"
        ),
    ],
)
def test_fal_document_carries_every_parameter_of_the_page(
    section: str, component: str, count: int
) -> None:
    printed = printed_members(section)

    assert len(printed) == count  # a page that is read as empty proves nothing
    assert as_json(declared_members(component)) == as_json(printed)


def test_fal_document_orders_its_properties_as_it_lists_them() -> None:
    schemas = vendored(FAL)["components"]["schemas"].values()

    assert all(it["x-fal-order-properties"] == list(it["properties"]) for it in schemas)
