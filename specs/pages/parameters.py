"""Lists and tables of parameters, and sentences about one: what they state of each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from specs.pages.blocks import Line

_ENTRY = re.compile(
    r"(?P<indent>\s{0,40})(?P<mark>[-*+•]\s+|\d{1,3}[.)]\s+|#{2,6}\s+|\|\s*)?"
    r"(?P<quote>[`*_]{0,6})(?P<name>[A-Za-z][A-Za-z0-9_]{0,60})(?P<end>[`*_]{0,6}[?*]?)"
    r"(?P<rest>\s*[*_`]{0,2}(?:[:(|\[—–-].*|(?:string|integer|number|float|boolean|bool|int|enum|array|list|object)\b.*)?)"
)
_HEADING = re.compile(r"\s*#{1,6}\s|\s*\*\*[^*]{1,80}\*\*:?\s*$")
_ROW = re.compile(r"\s*\|")
_RULE = re.compile(r"[\s|:-]+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_QUOTED = re.compile(r"`([A-Za-z]\w{0,60})`")
_SPLIT = re.compile(r"(?<!\\)\|")
_MOST_LINES = 30
_LONGEST = 4_000

_ANSWER = re.compile(r"respon|output|result|return|answer", re.IGNORECASE)
_BODY = re.compile(r"input|request|param|argument|body|option", re.IGNORECASE)
_LABELS = frozenset(
    [
        "default",
        "range",
        "options",
        "option",
        "examples",
        "example",
        "note",
        "type",
        "required",
        "optional",
        "enum",
        "minimum",
        "maximum",
        "min",
        "max",
        "format",
        "values",
        "parameter",
        "parameters",
        "name",
        "field",
        "property",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a page says of the parameter *name*: its head, then *lines* of words.

    `side` is `answer` or `body` where the heading tells, else empty. Entries of one
    `group` are one list. `is_listed` is False of a mere sentence.
    """

    name: str
    line: int
    head: str
    lines: tuple[Line, ...]
    side: str
    group: int
    is_listed: bool = True


def find_entries(lines: Sequence[Line], known: frozenset[str]) -> Iterator[Entry]:
    """Yield every entry in *lines*; *known* are the names that a sentence may be about."""
    side, group = "", 0
    columns: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        text = line.text[:_LONGEST]
        is_row = _ROW.match(text) is not None
        cells = _cells(text) if is_row else []
        if is_row and not columns:
            columns, group = cells, group + 1
            continue
        columns = columns if is_row else []
        entry = _ENTRY.fullmatch(text)
        if entry and _is_entry(entry, known):
            follow = [] if is_row else _following(lines, index, entry["indent"])
            head = text if is_row else entry["rest"]
            yield Entry(
                name=entry["name"],
                line=line.number,
                head=_labelled(columns, cells) if is_row else head,
                lines=tuple(follow),
                side=side,
                group=group,
            )
            index += len(follow)
            continue
        if _HEADING.match(text):
            group += 1
            side = _side(text) if text.lstrip().startswith("#") else _side(text) or side
        elif not is_row:
            yield from _sentences(line, known, side)


def _side(text: str) -> str:
    if _ANSWER.search(text):
        return "answer"
    return "body" if _BODY.search(text) else ""


def _is_entry(entry: re.Match[str], known: frozenset[str]) -> bool:
    name, rest = entry["name"], entry["rest"].strip()
    if name.casefold() in _LABELS:
        return False
    if entry["mark"] and (entry["quote"] or entry["mark"].startswith("|")):
        return True
    # Unmarked words are an entry only where they name a parameter and go on like one.
    return name in known and bool(
        entry["mark"] or entry["quote"] or rest[:1] in ("(", ":")
    )


def _following(lines: Sequence[Line], index: int, indent: str) -> list[Line]:
    """Return the lines from *index* that go on with an entry behind *indent*."""
    found: list[Line] = []
    for line in lines[index : index + _MOST_LINES]:
        text = line.text[:_LONGEST]
        inner = _ENTRY.fullmatch(text)
        marked = inner and (inner["mark"] or inner["quote"])
        is_next = (
            marked
            and inner is not None
            and inner["name"].casefold() not in _LABELS
            and len(inner["indent"]) <= len(indent)
        )
        if is_next or _HEADING.match(text) or _ROW.match(text):
            break
        found.append(line)
    return found


def _cells(text: str) -> list[str]:
    return [it.strip() for it in _SPLIT.split(text.strip().strip("|"))]


def _labelled(columns: list[str], cells: list[str]) -> str:
    """Return *cells* with the titles of their *columns* before them."""
    pairs = zip(columns[1:], cells[1:], strict=False)
    return "; ".join(f"{title.strip('*_ ')}: {cell}" for title, cell in pairs)


def _sentences(line: Line, known: frozenset[str], side: str) -> Iterator[Entry]:
    """Yield an entry for each sentence of *line* that is about one parameter."""
    for sentence in _SENTENCES.split(line.text[:_LONGEST]):
        names = {it for it in _QUOTED.findall(sentence) if it in known}
        if len(names) == 1:
            part = Line(number=line.number, text=sentence)
            yield Entry(
                name=names.pop(),
                line=line.number,
                head="",
                lines=(part,),
                side=side,
                group=-1,
                is_listed=False,
            )
