"""Documents that nobody wrote, changed in one fact: exactly that is found.

What an edit is worth stands here by hand; nothing is looked up in the table of rules.
"""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from specs.changes import compare

Json = dict[str, Any]

NAMES = ("prompt", "width", "seed", "tone", "images", "keep_audio", "mask", "camera")
"""Names that are not alike, so that none is taken for another one renamed."""
WORTH = {
    "narrower": ("breaking", "compatible"),
    "wider": ("compatible", "breaking"),
    "other": ("risky", "risky"),
    "words": ("cosmetic", "cosmetic"),
    "either": ("breaking", "breaking"),
    "mild": ("compatible", "compatible"),
}
"""What a kind of edit is worth in a request, and in an answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of edit of a schema: when it can be made, how, and what it is."""

    change: str
    worth: str
    fits: Callable[[Json], bool]
    make: Callable[[Json], Any]


def moves(keyword: str, low: bool, of: tuple[str, ...], name: str) -> list[Kind]:
    """Return the edits of one bound."""

    def step(by: int) -> Callable[[Json], Any]:
        return lambda it: it.update({keyword: it[keyword] + by})

    tight, wide = f"{name}-tightened", f"{name}-widened"
    inward = 1 if low else -1
    return [
        Kind(tight, "narrower", lambda it: keyword in it, step(inward)),
        Kind(wide, "wider", lambda it: keyword in it, step(-inward)),
        Kind(wide, "wider", lambda it: keyword in it, lambda it: it.pop(keyword)),
        Kind(
            tight,
            "narrower",
            lambda it: keyword not in it and it.get("type") in of,
            lambda it: it.update({keyword: 7}),
        ),
    ]


NUMBERS, TEXT, LIST = ("integer", "number"), ("string",), ("array",)

KINDS = [
    *moves("minimum", True, NUMBERS, "minimum"),
    *moves("maximum", False, NUMBERS, "maximum"),
    *moves("minLength", True, TEXT, "min-length"),
    *moves("maxLength", False, TEXT, "max-length"),
    *moves("minItems", True, LIST, "min-items"),
    *moves("maxItems", False, LIST, "max-items"),
    Kind(
        "multiple-of-tightened",
        "narrower",
        lambda it: it["type"] in NUMBERS and "multipleOf" not in it,
        lambda it: it.update(multipleOf=2),
    ),
    Kind(
        "multiple-of-tightened",
        "narrower",
        lambda it: "multipleOf" in it,
        lambda it: it.update(multipleOf=2 * it["multipleOf"]),
    ),
    Kind(
        "multiple-of-widened",
        "wider",
        lambda it: "multipleOf" in it,
        lambda it: it.pop("multipleOf"),
    ),
    Kind(
        "unique-items-added",
        "narrower",
        lambda it: it["type"] == "array" and not it.get("uniqueItems"),
        lambda it: it.update(uniqueItems=True),
    ),
    Kind(
        "unique-items-removed",
        "wider",
        lambda it: it.get("uniqueItems") is True,
        lambda it: it.pop("uniqueItems"),
    ),
    Kind(
        "enum-value-removed",
        "narrower",
        lambda it: len(it.get("enum", ())) > 1,
        lambda it: it["enum"].pop(),
    ),
    Kind(
        "enum-value-added",
        "wider",
        lambda it: "enum" in it,
        lambda it: it["enum"].append("one more"),
    ),
    Kind("enum-dropped", "wider", lambda it: "enum" in it, lambda it: it.pop("enum")),
    Kind(
        "enum-added",
        "narrower",
        lambda it: it["type"] == "string" and "enum" not in it,
        lambda it: it.update(enum=["only"]),
    ),
    Kind(
        "pattern-added",
        "narrower",
        lambda it: it["type"] == "string" and "pattern" not in it,
        lambda it: it.update(pattern="^a"),
    ),
    Kind(
        "pattern-removed",
        "wider",
        lambda it: "pattern" in it,
        lambda it: it.pop("pattern"),
    ),
    Kind(
        "pattern-changed",
        "either",
        lambda it: "pattern" in it,
        lambda it: it.update(pattern="^other$"),
    ),
    Kind(
        "nullable-added",
        "wider",
        lambda it: not it.get("nullable"),
        lambda it: it.update(nullable=True),
    ),
    Kind(
        "nullable-removed",
        "narrower",
        lambda it: it.get("nullable") is True,
        lambda it: it.pop("nullable"),
    ),
    Kind(
        "default-changed",
        "other",
        lambda it: "default" in it,
        lambda it: it.update(default="another"),
    ),
    Kind(
        "default-removed",
        "other",
        lambda it: "default" in it,
        lambda it: it.pop("default"),
    ),
    Kind(
        "default-added",
        "other",
        lambda it: "default" not in it,
        lambda it: it.update(default=3),
    ),
    Kind(
        "deprecated",
        "other",
        lambda it: not it.get("deprecated"),
        lambda it: it.update(deprecated=True),
    ),
    Kind(
        "undeprecated",
        "mild",
        lambda it: it.get("deprecated") is True,
        lambda it: it.pop("deprecated"),
    ),
    Kind(
        "type-changed",
        "either",
        lambda it: set(it) == {"type"} and it["type"] != "boolean",
        lambda it: it.update(type="boolean"),
    ),
    Kind(
        "description-changed",
        "words",
        lambda it: True,
        lambda it: it.update(description="Otherwise."),
    ),
]

MEMBERS = {
    "removed": (
        "request-parameter-removed",
        "breaking",
        "response-field-removed",
        "breaking",
    ),
    "added": (
        "request-parameter-added",
        "compatible",
        "response-field-added",
        "compatible",
    ),
    "required": (
        "request-parameter-required",
        "breaking",
        "response-field-required",
        "compatible",
    ),
    "optional": (
        "request-parameter-optional",
        "compatible",
        "response-field-optional",
        "breaking",
    ),
    "renamed": (
        "request-parameter-renamed",
        "breaking",
        "response-field-renamed",
        "breaking",
    ),
}
"""Edits of a member as such: rule and severity in a request, and in an answer."""


def some(keyword: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.one_of(st.just({}), values.map(lambda it: {keyword: it}))


def merged(kind: str, *parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    about = (
        some("description", st.sampled_from(["It.", "That."])),
        some("nullable", st.just(True)),
        some("deprecated", st.just(True)),
        some("default", st.sampled_from([1, "a", None, True])),
    )
    return st.tuples(*parts, *about).map(
        lambda found: {
            "type": kind,
            **{key: it for part in found for key, it in part.items()},
        }
    )


small, large = st.integers(1, 10), st.integers(20, 30)
numbers = st.sampled_from(NUMBERS).flatmap(
    lambda kind: merged(
        kind,
        some("minimum", small),
        some("maximum", large),
        some("multipleOf", st.integers(1, 3)),
    )
)
texts = merged(
    "string",
    some("minLength", small),
    some("maxLength", large),
    some("pattern", st.just("^[a-z]+$")),
    some("format", st.just("uri")),
    some("enum", st.lists(st.sampled_from("abcd"), min_size=1, unique=True)),
)
scalars = st.one_of(numbers, texts, merged("boolean"))
lists = st.tuples(
    merged(
        "array",
        some("minItems", small),
        some("maxItems", large),
        some("uniqueItems", st.just(True)),
    ),
    scalars,
).map(lambda it: {**it[0], "items": it[1]})
schemas = st.one_of(scalars, lists)


@st.composite
def objects(draw: st.DrawFn, depth: int = 1) -> Json:
    """Draw an object; some of its members are objects themselves."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    inner = st.one_of(schemas, objects(depth - 1)) if depth else schemas
    found: Json = {"type": "object", "properties": {it: draw(inner) for it in names}}
    required = draw(st.lists(st.sampled_from(names), unique=True))
    return {**found, "required": required} if required else found


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """Draw a document of one call; some schemas stand among the components."""
    components: Json = {}

    def placed(schema: Json) -> Json:
        for name, it in schema.get("properties", {}).items():
            schema["properties"][name] = placed(it)
        if not draw(st.booleans()):
            return schema
        name = f"Part{len(components)}"
        components[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    sent, answered = placed(draw(objects())), placed(draw(objects()))
    return {
        "openapi": "3.0.3",
        "info": {"title": "Films", "version": "1"},
        "paths": {
            "/make": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": sent}}},
                    "responses": {
                        "200": {
                            "description": "Made.",
                            "content": {"application/json": {"schema": answered}},
                        }
                    },
                }
            }
        },
        "components": {"schemas": components},
    }


def followed(document: Json, schema: Json) -> Json:
    """Return what *schema* of *document* refers to, or itself."""
    if "$ref" in schema:
        found: Json = document["components"]["schemas"][
            schema["$ref"].rpartition("/")[2]
        ]
        return found
    return schema


def side(document: Json, *, sent: bool) -> Json:
    call = document["paths"]["/make"]["post"]
    holder = call["requestBody"] if sent else call["responses"]["200"]
    return followed(document, holder["content"]["application/json"]["schema"])


def nodes(document: Json, schema: Json) -> tuple[list[Json], list[Json]]:
    """Return every object, and every other schema, from *schema* on."""
    schema = followed(document, schema)
    if schema["type"] != "object":
        items = nodes(document, schema["items"])[1] if "items" in schema else []
        return [], [schema, *items]
    found, others = [schema], []
    for it in schema["properties"].values():
        inner = nodes(document, it)
        found += inner[0]
        others += inner[1]
    return found, others


def edit_value(draw: st.DrawFn, values: list[Json], *, sent: bool) -> tuple[str, str]:
    """Change one of *values*; return the rule and the severity that it deserves."""
    pairs = [(it, kind) for it in values for kind in KINDS if kind.fits(it)]
    value, kind = draw(st.sampled_from(pairs))
    kind.make(value)
    direction = "request" if sent else "response"
    return f"{direction}-{kind.change}", WORTH[kind.worth][0 if sent else 1]


def edit_member(draw: st.DrawFn, objects: list[Json], *, sent: bool) -> tuple[str, str]:
    """Change which members one of *objects* has, or must have."""
    holder = draw(st.sampled_from(objects))
    properties, required = holder["properties"], holder.get("required", [])
    name = draw(st.sampled_from(sorted(properties)))
    changes = [
        "removed",
        "added",
        "renamed",
        "optional" if name in required else "required",
    ]
    change = draw(st.sampled_from(changes))
    must = name in required
    if change in ("removed", "renamed"):
        schema = properties.pop(name)
        holder["required"] = [it for it in required if it != name]
        if change == "renamed":
            properties[name.upper()] = schema
            holder["required"] += [name.upper()] if must else []
    elif change == "added":
        properties["zebra"] = {"type": "string"}
    elif must:
        holder["required"] = [it for it in required if it != name]
    else:
        holder["required"] = [*required, name]
    rule = MEMBERS[change]
    return (rule[0], rule[1]) if sent else (rule[2], rule[3])


@st.composite
def edits(draw: st.DrawFn) -> tuple[Json, Json, tuple[str, str]]:
    """Draw a document, the same with one edit, and what that deserves."""
    before = draw(documents())
    after = copy.deepcopy(before)
    sent = draw(st.booleans())
    objects, values = nodes(after, side(after, sent=sent))
    of_value = draw(st.booleans())
    if values and of_value:
        return before, after, edit_value(draw, values, sent=sent)
    return before, after, edit_member(draw, objects, sent=sent)


def inlined(document: Json, value: Any) -> Any:
    """Return *value* with every reference replaced by what it names."""
    if isinstance(value, list):
        return [inlined(document, it) for it in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return inlined(document, copy.deepcopy(followed(document, value)))
    return {key: inlined(document, it) for key, it in value.items()}


def reworded(document: Json, seed: int) -> Json:
    """Return *document* in other words: reordered, inlined, and split by allOf."""
    chance = random.Random(seed)
    whole = copy.deepcopy(document)
    if chance.random() < 0.5:
        whole["paths"] = inlined(whole, whole["paths"])
    said: Json = _reworded(whole, chance)
    return said


def _reworded(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        return [_reworded(it, chance) for it in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    chance.shuffle(keys)
    said = {key: _reworded(value[key], chance) for key in keys}
    for keyword in ("enum", "required"):
        if isinstance(said.get(keyword), list):
            chance.shuffle(said[keyword])
    if (
        said.get("type") in ("integer", "number", "string", "boolean")
        and chance.random() < 0.5
    ):
        return _split(said, chance)
    return said


def _split(schema: Json, chance: random.Random) -> Json:
    """Return *schema* as two of which both hold; null goes with the type it is added to."""
    first = {key: it for key, it in schema.items() if key in ("type", "nullable")}
    second: Json = {}
    for key, it in schema.items():
        if key not in first:
            (first if chance.random() < 0.5 else second)[key] = it
    return {"allOf": [first, second] if second else [first]}


seeds = st.integers(0, 2**32)
# To shrink two documents takes minutes; a failing pair is small enough to read.
UNSHRUNK = settings(deadline=None, phases=[Phase.explicit, Phase.generate])


@UNSHRUNK
@given(edits())
def test_a_random_edit_is_found_as_what_it_is(
    made: tuple[Json, Json, tuple[str, str]],
) -> None:
    before, after, expected = made

    found = compare(before, after)

    assert [(it.rule.id, it.rule.severity.value) for it in found] == [expected]


@UNSHRUNK
@given(documents(), seeds)
def test_nothing_is_found_when_a_random_document_says_the_same(
    document: Json, seed: int
) -> None:
    assert compare(document, reworded(document, seed)) == ()


@UNSHRUNK
@given(edits(), seeds)
def test_a_random_edit_is_found_in_other_words_too(
    made: tuple[Json, Json, tuple[str, str]], seed: int
) -> None:
    before, after, expected = made

    found = compare(before, reworded(after, seed))

    assert [(it.rule.id, it.rule.severity.value) for it in found] == [expected]
