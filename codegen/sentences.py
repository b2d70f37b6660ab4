"""What a document says of a value, as text for a docstring.

Everything here is plain text on the way to the `docstring` filter; white space of the
document is folded, so that its text cannot forge a section of its own.
"""

import json
import textwrap
from collections.abc import Iterable, Iterator

from codegen.ir import Argument, Facts
from specs import (
    UNSET,
    ArraySchema,
    BooleanSchema,
    Bound,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
)

_WIDTH = 76  # an 88-column line, less the indentation of a method's docstring


def describe(schema: Schema) -> str:
    """Return what a caller should know of *schema*, on one line."""
    parts = [_about(schema), _allowed(schema)]
    if schema.default is not UNSET:
        # A default of forty words is the service's affair.
        parts.append(f"Default: {textwrap.shorten(repr(schema.default), 80)}.")
    if schema.deprecated:
        parts.append("Deprecated.")
    return " ".join(it for it in parts if it)


def facts_of(schema: Schema) -> Facts:
    """Return what describe() tells of *schema*, part by part, the default as JSON."""
    known = schema.default is not UNSET
    default = json.dumps(schema.default, ensure_ascii=False) if known else ""
    about = " ".join((_about(schema), "Deprecated." if schema.deprecated else ""))
    return Facts(
        kind=_kind(schema),
        about=about.strip(),
        allowed=_allowed(schema),
        default="".join(it for it in default if it.isprintable()),
    )


def _about(schema: Schema) -> str:
    return sentence(schema.description or schema.title)


def _allowed(schema: Schema) -> str:
    parts = [sentence(it) for it in _rules(schema)]
    if schema.enum is not None:
        parts.insert(0, sentence(f"One of {', '.join(map(repr, schema.enum))}"))
    return " ".join(it for it in parts if it)


def _kind(schema: Schema) -> str:
    match schema:
        case NumberSchema():
            return schema.type
        case StringSchema():
            return "string"
        case BooleanSchema():
            return "boolean"
        case ArraySchema():
            return f"list of {_kind(schema.items)}"
        case ObjectSchema():
            return "object"
        case _:
            return "any"


def sentence(text: str) -> str:
    """Return *text* on one line, with a full stop unless it ends in one or is empty.

    What cannot be printed goes: half characters, and marks that reorder what is read.
    """
    line = "".join(it for it in " ".join(text.split()) if it.isprintable())
    return line if not line or line[-1] in ".!?…" else f"{line}."


def paragraphs(*texts: str) -> str:
    """Return *texts* as the paragraphs of a docstring, each wrapped; skip empty ones."""
    told = ["\n".join(_wrap(it)) for it in texts if it]
    return "\n\n".join(told) + ("\n" if len(told) > 1 else "")


def with_arguments(text: str, arguments: Iterable[Argument]) -> str:
    """Return *text* with a section that explains each of *arguments*, on one line.

    An editor wraps a line, and what changes in a document is then a line in a diff.
    """
    lines = [f"    {each.name}: {each.doc}" for each in arguments]
    return "\n".join((text.rstrip(), "", "Args:", *lines, "")) if lines else text


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _rules(schema: Schema) -> Iterator[str]:
    match schema:
        case NumberSchema():
            yield _range(schema.minimum, schema.maximum)
            if schema.multiple_of is not None:
                yield f"A multiple of {schema.multiple_of}"
        case StringSchema():
            yield _sizes(schema.min_length, schema.max_length, "Length")
            yield f"Matches {schema.pattern}" if schema.pattern else ""
            yield f"Format: {schema.format}" if schema.format else ""
        case ArraySchema():
            yield _sizes(schema.min_items, schema.max_items, "Items")
            yield "No item twice" if schema.unique_items else ""
            inner = ", ".join(it for it in _rules(schema.items) if it)
            yield f"Each item: {inner}" if inner else ""
        case _:
            return


def _range(low: Bound | None, high: Bound | None) -> str:
    if low and high and not (low.exclusive or high.exclusive):
        return f"From {low.value} to {high.value}"
    lower = f"{'above' if low.exclusive else 'at least'} {low.value}" if low else ""
    upper = f"{'below' if high.exclusive else 'at most'} {high.value}" if high else ""
    text = " and ".join(it for it in (lower, upper) if it)
    return text[:1].upper() + text[1:]


def _sizes(low: int, high: int | None, what: str) -> str:
    if high is None:
        return f"{what}: at least {low}" if low else ""
    return f"{what}: {low} to {high}"
