from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.ir import Argument, Facts
from codegen.sentences import describe, facts_of, paragraphs, sentence, with_arguments
from specs import (
    ArraySchema,
    BooleanSchema,
    Bound,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
)

AT = "a.json#/x"


def number(low: Bound | None, high: Bound | None = None) -> NumberSchema:
    return NumberSchema(pointer=AT, type="number", minimum=low, maximum=high)


def bound(value: str, *, exclusive: bool = False) -> Bound:
    return Bound(Decimal(value), exclusive=exclusive)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (BooleanSchema(pointer=AT), ""),
        (BooleanSchema(pointer=AT, title="Title"), "Title."),
        (
            BooleanSchema(pointer=AT, description="Why? ", default=True),
            "Why? Default: True.",
        ),
        (BooleanSchema(pointer=AT, deprecated=True), "Deprecated."),
        (
            StringSchema(pointer=AT, enum=("480p", "it's"), default="480p"),
            """One of '480p', "it's". Default: '480p'.""",
        ),
        (number(bound("1"), bound("2.5")), "From 1 to 2.5."),
        (number(bound("0", exclusive=True), bound("1")), "Above 0 and at most 1."),
        (number(bound("0"), bound("1", exclusive=True)), "At least 0 and below 1."),
        (number(bound("1")), "At least 1."),
        (number(None, bound("1")), "At most 1."),
        (
            NumberSchema(pointer=AT, type="integer", multiple_of=Decimal(8)),
            "A multiple of 8.",
        ),
        (
            StringSchema(
                pointer=AT, min_length=1, max_length=9, pattern="^a", format="uri"
            ),
            "Length: 1 to 9. Matches ^a. Format: uri.",
        ),
        (StringSchema(pointer=AT, min_length=1), "Length: at least 1."),
        (
            ArraySchema(
                pointer=AT,
                items=StringSchema(pointer=AT, format="uri"),
                max_items=3,
                unique_items=True,
            ),
            "Items: 0 to 3. No item twice. Each item: Format: uri.",
        ),
        (ArraySchema(pointer=AT, items=BooleanSchema(pointer=AT)), ""),
    ],
)
def test_a_schema_is_described_with_all_its_rules(schema: Schema, told: str) -> None:
    assert describe(schema) == told


@given(st.text(st.characters(exclude_categories=())))
def test_a_sentence_is_one_printable_line_for_any_text(text: str) -> None:
    assert sentence(text).isprintable()


@pytest.mark.parametrize(("text", "made"), [("a\n b", "a b."), ("a!", "a!"), (" ", "")])
def test_a_sentence_ends_once(text: str, made: str) -> None:
    assert sentence(text) == made


def test_paragraphs_stand_apart_and_are_wrapped() -> None:
    assert paragraphs("Do it.", "", "word " * 30) == (
        "Do it.\n\n" + ("word " * 15).strip() + "\n" + ("word " * 15).strip() + "\n"
    )


def test_a_long_default_is_cut() -> None:
    schema = StringSchema(pointer=AT, default="word " * 40)

    assert describe(schema) == f"Default: 'word {'word ' * 13}[...]."


def test_arguments_are_explained_each_on_a_line() -> None:
    argument = Argument(
        name="a", wire_name="a", type="str", required=True, doc="word " * 20
    )
    lines = with_arguments("Do it.", [argument]).split("\n")

    assert lines[:3] == ["Do it.", "", "Args:"]
    assert lines[3:] == [f"    a: {'word ' * 20}", ""]


def test_a_text_cannot_forge_a_section() -> None:
    schema = BooleanSchema(pointer=AT, description="x\n\nReturns:\n    evil: y")

    assert describe(schema) == "x Returns: evil: y."


def test_there_is_no_section_without_arguments() -> None:
    assert with_arguments("Do it.", []) == "Do it."


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (number(None), "number"),
        (StringSchema(pointer=AT), "string"),
        (BooleanSchema(pointer=AT), "boolean"),
        (ArraySchema(pointer=AT, items=StringSchema(pointer=AT)), "list of string"),
        (ObjectSchema(pointer=AT, properties={}), "object"),
        (NullSchema(pointer=AT), "any"),
    ],
)
def test_the_facts_of_a_schema_name_its_kind(schema: Schema, kind: str) -> None:
    assert facts_of(schema).kind == kind


def test_the_facts_of_a_schema_stand_apart() -> None:
    schema = StringSchema(
        pointer=AT,
        description="Which",
        enum=("a", "b"),
        default="a\u202e",
        deprecated=True,
    )

    assert facts_of(schema) == Facts(
        kind="string",
        about="Which. Deprecated.",
        allowed="One of 'a', 'b'.",
        default='"a"',
    )
