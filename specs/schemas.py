"""The values a document admits, in one form for OpenAPI 3.0 and 3.1.

The two versions spell an exclusive bound, a null and a tuple of types differently;
`specs.dialect` folds the spellings before anything here is built, so nothing
downstream asks which version it reads. Numbers of a bound stay `Decimal`: 0.1 must
compare as it was written.

Schema
├── NumberSchema    an integer or a number, with bounds
├── StringSchema    text, with lengths, pattern and format
├── BooleanSchema
├── NullSchema      null and nothing else
├── ArraySchema     a list, with sizes
├── ObjectSchema    named properties
├── UnionSchema     one of several schemas (anyOf, oneOf, a list of types)
└── AnySchema       no type is declared: any JSON value
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, Literal

from specs.pointers import Json


class Unset(Enum):
    """The type of UNSET, which means: the document does not say."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""Not declared; distinct from None, which is a declared null."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range; an *exclusive* bound is not itself a valid value."""

    value: Decimal
    exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What every schema says of itself, whatever its type.

    `pointer` is qualified with the document's name. `enum` holds the allowed
    values in the document's order, without a null (that is `nullable`); None where
    the document lists none. `default` is UNSET where the document gives none, and
    otherwise a value this very schema accepts.
    """

    pointer: str
    title: str = ""
    description: str = ""
    nullable: bool = False
    deprecated: bool = False
    default: Json | Unset = UNSET
    enum: tuple[Json, ...] | None = None
    examples: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSchema(Schema):
    """A number, or an integer, whose bounds are then whole and inclusive."""

    type: Literal["integer", "number"]
    minimum: Bound | None = None
    maximum: Bound | None = None
    multiple_of: Decimal | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StringSchema(Schema):
    """Text; lengths count characters, *pattern* is searched, not anchored."""

    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanSchema(Schema):
    """True or false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NullSchema(Schema):
    """Null and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnySchema(Schema):
    """Any JSON value: the document declares no type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArraySchema(Schema):
    """A list of *items*."""

    items: Schema
    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A named member of an object."""

    name: str
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSchema(Schema):
    """An object; `additional` says what may stand beside the named properties.

    True admits anything, False nothing, a schema what that schema admits.
    """

    properties: Mapping[str, Property]
    additional: bool | Schema = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionSchema(Schema):
    """A value that one of *options* admits, or exactly one where *exclusive*."""

    options: tuple[Schema, ...]
    exclusive: bool = False
