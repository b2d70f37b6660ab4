"""What one or several schemas say together, in one form for every spelling of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from specs.bounds import whole_bound
from specs.dialect import JSON_TYPES, KEYWORDS, TYPES, fold_bound
from specs.errors import SpecError
from specs.jsontext import is_among
from specs.pointers import join_pointer
from specs.schemas import Bound

SIZES: Final = {
    "minLength": 0,
    "maxLength": None,
    "minItems": 0,
    "maxItems": None,
    "minProperties": 0,
    "maxProperties": None,
}
"""Keywords whose value is a count, and the count that says nothing."""

UNREADABLE: Final = "schema"
"""What a schema that is no object, `false` among them, says: itself."""

_FOLDED: Final[Mapping[str, type | tuple[type, ...]]] = {
    "type": (str, list),
    "nullable": bool,
    "enum": list,
    "const": object,
    "multipleOf": (int, float),
    "minimum": (int, float),
    "maximum": (int, float),
    "exclusiveMinimum": (int, float),
    "exclusiveMaximum": (int, float),
    "properties": Mapping,
    "required": list,
    "items": (Mapping, bool),
    "additionalProperties": (Mapping, bool),
}
"""Keywords that are folded into something else, where they have this shape."""

_FLAGS = ("uniqueItems", "deprecated", "readOnly", "writeOnly")


@dataclass(frozen=True, slots=True)
class Part:
    """A raw schema, and where it stands."""

    raw: Any
    pointer: str


Parts = tuple[Part, ...]
"""Schemas that a value must all satisfy; more than one where `allOf` brings them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What schemas say together.

    `types` is None where any will do, and never names null. `said` holds every other
    keyword, folded where it could be; `places` where each keyword and each property
    (as `properties/NAME`) was declared. `additional` is what may stand beside the
    named properties.
    """

    pointer: str
    types: frozenset[str] | None
    nullable: bool
    enum: tuple[Any, ...] | None
    said: Mapping[str, Any]
    places: Mapping[str, str]
    properties: Mapping[str, Parts]
    required: frozenset[str]
    items: Parts
    additional: Parts | bool
    options: tuple[Parts, ...]

    def place(self, keyword: str) -> str:
        """Return where *keyword* was declared, or where the schema stands."""
        return self.places.get(keyword, self.pointer)


def join(
    pointer: str,
    parts: Sequence[Part],
    options: tuple[Parts, ...],
    *,
    nullable: bool,
    exclusive: bool,
) -> Facts:
    """Return what *parts* say together, the last one's words for people.

    *options* are the alternatives beside them, of which *exclusive* ones admit no two;
    *nullable* says that a null is one of them.
    """
    joint = _Joint()
    for part in parts:
        joint.add(part)
    if exclusive:
        joint.said["oneOf"] = True
    for name in joint.required - set(joint.properties):
        joint.properties[name] = (Part({}, joint.places["required"]),)
    types, enum = joint.types or joint.inferred, joint.enum
    null = nullable or (
        not options or joint.flagged if types is None else "null" in types
    )
    if enum is not None:
        null = joint.flagged or nullable or (null and is_among(None, enum))
    if types is not None and "integer" in types and "number" not in types:
        _round(joint.said)
    return Facts(
        pointer=pointer,
        types=None if types is None else types - {"null"},
        nullable=null,
        enum=None if enum is None else tuple(it for it in enum if it is not None),
        said=joint.said,
        places=joint.places,
        properties=joint.properties,
        required=frozenset(joint.required),
        items=joint.items,
        additional=joint.additional,
        options=options,
    )


@dataclass(slots=True)
class _Joint:
    """Schemas being joined, one after the other."""

    types: frozenset[str] | None = None
    inferred: frozenset[str] | None = None  # of parts that declare none
    enum: tuple[Any, ...] | None = None
    flagged: bool = False
    said: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Parts] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: Parts = ()
    additional: Parts | bool = True

    def add(self, part: Part) -> None:
        """Let *part* hold as well."""
        raw = part.raw
        if not isinstance(raw, Mapping):
            if raw is not True:
                self.said[UNREADABLE] = raw
            return
        for keyword in raw:
            self.places[keyword] = join_pointer(part.pointer, keyword)
        self._add_values(raw)
        for key, value in _said(raw).items():
            known = self.said.get(key)
            self.said[key] = value if known is None else _tighter(key, known, value)
        for name, child in _shaped(raw, "properties", {}).items():
            place = join_pointer(part.pointer, "properties", name)
            self.places[f"properties/{name}"] = place
            self.properties[name] = (
                *self.properties.get(name, ()),
                Part(child, place),
            )
        self.required |= {it for it in _shaped(raw, "required", []) if _is_text(it)}
        if (own := _shaped(raw, "items", None)) is not None:
            self.items = (*self.items, Part(own, self.places["items"]))
        self._add_additional(part)

    def _add_values(self, raw: Mapping[Any, Any]) -> None:
        self.flagged |= raw.get("nullable") is True
        # What is only inferred narrows nothing: a bound of numbers admits every text.
        if declared := _types(raw):
            self.types = _common_types(self.types, declared)
        elif inferred := _inferred(raw):
            null = {"null"} if raw.get("nullable") is True else set()
            self.inferred = _common_types(self.inferred, frozenset(inferred | null))
        listed = _enum(raw)
        if self.enum is None or listed is None:
            self.enum = listed if self.enum is None else self.enum
        else:
            self.enum = tuple(it for it in self.enum if is_among(it, listed))

    def _add_additional(self, part: Part) -> None:
        own = _shaped(part.raw, "additionalProperties", True)
        if own is False:
            self.additional = False
        elif own is not True and own and self.additional is not False:
            known = () if self.additional is True else self.additional
            place = join_pointer(part.pointer, "additionalProperties")
            self.additional = (*known, Part(own, place))


def _shaped(raw: Mapping[Any, Any], keyword: str, default: Any) -> Any:
    """Return the value of *keyword*, or *default* where it is not of its shape."""
    value = raw.get(keyword, default)
    return value if isinstance(value, _FOLDED[keyword]) else default


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _types(raw: Mapping[Any, Any]) -> frozenset[str]:
    declared = raw.get("type", [])
    told = declared if isinstance(declared, list) else [declared]
    types = {it for it in told if isinstance(it, str) and it in TYPES}
    if types and raw.get("nullable") is True:
        types.add("null")
    return frozenset(types)


def _inferred(raw: Mapping[Any, Any]) -> set[str]:
    """Return the type that the keywords or the listed values of *raw* leave."""
    told = {kind for kind, words in KEYWORDS.items() if any(it in raw for it in words)}
    if len(told) == 1:
        return told
    listed = {JSON_TYPES[type(it)] for it in _enum(raw) or ()}
    return listed if len(listed - {"null"}) == 1 else set()


def _common_types(one: frozenset[str] | None, other: frozenset[str]) -> frozenset[str]:
    if one is None:
        return other
    both = set(one & other)
    if {"integer", "number"} & one and {"integer", "number"} & other:
        both |= {"integer"} & (one | other)
    return frozenset(both) or one | other  # nothing is both: keep what is written


def _enum(raw: Mapping[Any, Any]) -> tuple[Any, ...] | None:
    if "const" in raw:
        return (raw["const"],)
    return tuple(raw["enum"]) if isinstance(raw.get("enum"), list) else None


def _said(raw: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the keywords of *raw* that say something by themselves."""
    said = {
        key: it
        for key, it in raw.items()
        if key not in _FOLDED or not isinstance(it, _FOLDED[key])
    }
    for keyword, silent in SIZES.items():
        if keyword in said and said[keyword] == silent:
            del said[keyword]
    for keyword in _FLAGS:
        if said.get(keyword) is False:
            del said[keyword]
    if "pattern" in said:
        said["pattern"] = (said["pattern"],)
    _say_bound(said, raw, "minimum")
    _say_bound(said, raw, "maximum")
    if (step := _shaped(raw, "multipleOf", None)) is not None:
        said["multipleOf"] = Decimal(repr(step)) if step > 0 else step
    return said


def _say_bound(
    said: dict[str, Any], raw: Mapping[Any, Any], side: Literal["minimum", "maximum"]
) -> None:
    try:
        bound = fold_bound(raw, side, "")
    except SpecError:  # one that is no number is kept as it is written
        written = (side, f"exclusive{side.capitalize()}")
        said.update({it: raw[it] for it in written if it in raw})
        return
    if bound is not None:
        said[side] = bound


def _tighter(keyword: str, one: Any, other: Any) -> Any:
    """Return what two schemas say together of *keyword*; words: what the last one says."""
    match one, other:
        case Bound(), Bound() if keyword == "minimum":
            return max(one, other, key=lambda it: (it.value, it.exclusive))
        case Bound(), Bound():
            return min(one, other, key=lambda it: (it.value, not it.exclusive))
        case Decimal(), Decimal():
            return one * (Fraction(one) / Fraction(other)).denominator
        case tuple(), tuple():
            return tuple(sorted({*one, *other}, key=repr))
        case int() | float(), int() | float() if keyword in SIZES:
            return max(one, other) if keyword.startswith("min") else min(one, other)
    return other


def _round(said: dict[str, Any]) -> None:
    """Say of whole numbers what the bounds and the steps leave of them."""
    if isinstance(low := said.get("minimum"), Bound):
        said["minimum"] = whole_bound(low, up=True)
    if isinstance(high := said.get("maximum"), Bound):
        said["maximum"] = whole_bound(high, up=False)
    if isinstance(step := said.get("multipleOf"), Decimal):
        said["multipleOf"] = Decimal(Fraction(step).numerator)
        if said["multipleOf"] == 1:
            del said["multipleOf"]
