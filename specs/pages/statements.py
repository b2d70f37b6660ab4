"""What words say of a value: a default, a range, a list of values, that it must be sent."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_NUMBER = r"[`\"']?(-?\d{1,15}(?:\.\d{1,15})?)[`\"']?"
_QUOTED = r"`[^`\n]{1,1500}`|\"[^\"\n]{1,1500}\"|'[^'\n]{1,1500}'"
_WORD = r"[\w][\w:.+/-]{0,60}"
_DEFAULT = re.compile(
    r"\bdefaults?(?: value)?(?: (?:of|for) `\w{1,60}`)?(?:"
    rf"(?: is| to| of|=)?\s*[:=]?\s*(?P<sure>{_QUOTED}|-?\d{{1,15}}(?:\.\d{{1,15}})?(?![\w:])|true\b|false\b)"
    rf"|\s*[:=]\s*(?P<word>{_WORD})(?=\s*(?:[,;)|]|\.?$|\.\s)))",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\b(?:range|between|values? from|must be from|allowed from)\b[^\w`\"'.;-]{0,6}(?:is |of |from |between )?"
    rf"[\[(]?{_NUMBER}\s*(?:to|and|through|-|–|—|,|\.\.\.?)\s*{_NUMBER}",
    re.IGNORECASE,
)
_LOW = re.compile(
    rf"\b(?:minimum|min\.?)(?: value)?\s*(?:is|of|[:=])?\s*{_NUMBER}|\bmust be at least {_NUMBER}|(?:>=|≥)\s*{_NUMBER}",
    re.IGNORECASE,
)
_HIGH = re.compile(
    rf"\b(?:maximum|max\.?)(?: value)?\s*(?:is|of|[:=])?\s*{_NUMBER}|\bmust be at most {_NUMBER}|(?:<=|≤)\s*{_NUMBER}",
    re.IGNORECASE,
)
_VALUES = re.compile(
    r"\b(?:options?|(?:possible|allowed|valid|available|supported|accepted) (?:enum )?(?:values?|options?)|enum|choices)\b"
    r"\s*(?:(?P<how>are|is|:|=)\s*){1,2}(?P<list>.{1,1500})"
    r"|\bone of(?P<colon>:?)\s*(?P<few>.{1,1500})",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\s*`([^`\n,]{1,80}(?:,[^`\n,]{1,80}){1,40})`")
"""Several values between one pair of marks."""

_ITEM = re.compile(
    rf"\s*(?:or\s+|and\s+)?(?P<item>{_QUOTED}|{_WORD})\s*(?P<more>,|/|\||\bor\b|\band\b)?",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:etc|such as|for example|e\.g|include|including|and more)\b|…|\.\.\.",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\(([^()]{0,200})\)")
_REQUIRED = re.compile(
    r"(?:^|[,;|/])[\s_*`]*(required|optional)[\s_*`!]*(?:$|[,;|/])", re.IGNORECASE
)
_COLUMN = re.compile(
    r"\b(required|optional)\??: *[*_`]*(yes|no|true|false|required|optional|✓|✔|✅|✗|❌)",
    re.IGNORECASE,
)
_YES = frozenset({"yes", "true", "✓", "✔", "✅"})

Kind = Literal["default", "range", "enum", "required"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact that words state: of a range (low, high), each None where not stated."""

    kind: Kind
    value: object
    words: str


def find_statements(text: str) -> Iterator[Statement]:
    """Yield what *text*, one line about one parameter, states."""
    plain = text.replace("**", "").replace("__", "")
    for found in _DEFAULT.finditer(plain):
        value = _value(found["sure"] or found["word"])
        yield Statement("default", value, found[0])
    yield from _ranges(plain)
    for found in _VALUES.finditer(plain):
        group = "few" if found["few"] else "list"
        colon = found["colon"] or found["how"]
        listed = _listed(found[group], is_after_colon=colon in (":", "="))
        if listed and not _OPEN.search(found[group][:200]):
            start = found[0][: found.start(group) - found.start()]
            yield Statement("enum", listed, f"{start}{', '.join(listed)}")


def find_required(head: str) -> Iterator[Statement]:
    """Yield what the *head* of an entry says of whether a parameter must be sent."""
    for found in _COLUMN.finditer(head):
        title, cell = found[1].casefold(), found[2].casefold()
        must = cell == "required" or (
            cell != "optional" and (cell in _YES) == (title == "required")
        )
        yield Statement("required", must, found[0])
        return
    for brackets in _IN_BRACKETS.findall(head[:300]):
        for found in _REQUIRED.finditer(brackets):
            yield Statement("required", found[1].casefold() == "required", brackets)


def _ranges(text: str) -> Iterator[Statement]:
    found = _RANGE.search(text)
    if found:
        yield Statement("range", (Decimal(found[1]), Decimal(found[2])), found[0])
        return
    for pattern, is_low in ((_LOW, True), (_HIGH, False)):
        for one in pattern.finditer(text):
            number = Decimal(next(filter(None, one.groups())))
            ends = (number, None) if is_low else (None, number)
            yield Statement("range", ends, one[0])


def _listed(text: str, *, is_after_colon: bool) -> list[str]:
    """Return the values that *text* begins with; none where they are not clear."""
    if whole := _WHOLE.match(text):
        return [it.strip(" `'\"") for it in whole[1].split(",")]
    values: list[str] = []
    position = 0
    quoted = 0
    while found := _ITEM.match(text, position):
        item = found["item"]
        quoted += item[0] in "`\"'"
        values.append(_inner(item))
        position = found.end()
        if not found["more"]:
            break
    if quoted == len(values) or (
        is_after_colon and not quoted and _ends(text, position)
    ):
        return values if len(values) > 1 else []
    return []


def _ends(text: str, position: int) -> bool:
    return re.match(r"\s*(?:[.;)|\]]|$)", text[position:]) is not None


def _inner(text: str) -> str:
    """Return *text* without the quotation around it."""
    while len(text) > 1 and text[0] == text[-1] and text[0] in "`\"'":
        text = text[1:-1]
    return text


def _value(text: str) -> object:
    """Return what *text* writes: a number, true, false, or words."""
    inner = _inner(text)
    if inner != text.strip("`"):
        return inner  # what is quoted is text
    try:
        value = json.loads(inner.casefold() if inner in ("True", "False") else inner)
    except (ValueError, RecursionError):
        return inner
    return value if isinstance(value, int | float) else inner
