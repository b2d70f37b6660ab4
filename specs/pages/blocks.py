"""A page, taken apart: blocks of code, and lines of prose.

Markdown and HTML come to one form. The tags of HTML that matter are told as Markdown
would tell them: headings, items of a list, cells of a table, code.
"""

import html
import re
from bisect import bisect_left
from dataclasses import dataclass, field

from specs.pages.unfenced import find_unfenced

_FENCE = re.compile(r"^([\s>*+-]{0,40})(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.-]{0,40})((?:\s[^<>]{0,2000})?)/?>")
_CLASS = re.compile(r"\b(?:language|lang|source|brush)[-:=\"' ]+([\w+#]+)")
_ATTRIBUTE = re.compile(
    r"([\w:-]{1,40})(?:=(?:\"([^\"]*)\"|'([^']*)'|\{([^{}]*)\}|(\S+)))?"
)
_FIELD = re.compile(r"\w*(?:field|param|parameter|property)", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype|html|body|head)\b",
    re.IGNORECASE,
)
_OPENING = {
    **{f"h{it}": "#" * it + " " for it in range(1, 7)},
    "li": "- ",
    "dt": "- ",
    "tr": "| ",
}
_INLINE = {
    "code": "`",
    "tt": "`",
    "kbd": "`",
    "b": "**",
    "strong": "**",
    "em": "",
    "i": "",
    "span": "",
    "a": "",
}
_CELLS = frozenset({"td", "th"})
_BLOCKS = frozenset(
    [
        "html",
        "head",
        "body",
        "title",
        "main",
        "header",
        "footer",
        "nav",
        "aside",
        "p",
        "div",
        "br",
        "hr",
        "dd",
        "table",
        "thead",
        "tbody",
        "ul",
        "ol",
        "dl",
        "section",
        "article",
        "summary",
        "details",
        "figure",
        "blockquote",
        "button",
        "pre",
    ]
)
_SILENT = frozenset({"script", "style", "template", "noscript"})
_KNOWN = {*_OPENING, *_INLINE, *_CELLS, *_BLOCKS, *_SILENT}

LARGEST_PAGE = 4 * 1024 * 1024
"""Bytes of a page; what is larger is no page that a person reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of prose, as Markdown would write it, and its number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Code in a page, and the *line* that its text begins at."""

    language: str
    text: str
    line: int

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines, as if they were prose."""
        rows = enumerate(self.text.split("\n"), start=self.line)
        return tuple(Line(number=number, text=it) for number, it in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page says, code and prose apart; `text` is all of it."""

    name: str
    text: str
    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    _words: tuple[Line, ...] = field(init=False, repr=False)
    _titles: tuple[Line, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        words = tuple(it for it in self.lines if it.text.strip())
        titles = tuple(it for it in words if it.text.lstrip().startswith("#"))
        object.__setattr__(self, "_words", words)
        object.__setattr__(self, "_titles", titles)

    def heading(self, line: int) -> str:
        """Return the nearest words above *line* that may say what stands there."""
        words = _above(self._words, line)
        title = _above(self._titles, line)
        return f"{title} {words}".casefold()


def _above(lines: tuple[Line, ...], number: int) -> str:
    index = bisect_left(lines, number, key=lambda it: it.number)
    return lines[index - 1].text if index else ""


def read_page(content: bytes, *, name: str) -> Page:
    """Take the page called *name* apart; what is no text in UTF-8 is replaced."""
    text = content.decode("utf-8-sig", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_html = _HTML.match(text[:2_000]) is not None
    blocks, prose = ([], text) if is_html else _fenced(text)
    markup = _Markup(prose, drops=is_html)
    markup.read()
    lines = tuple(Line(number=number, text=it) for number, it in markup.lines)
    found = [*blocks, *markup.blocks]
    if not found:
        found = [
            Block(language=kind, text=it, line=line)
            for kind, it, line in find_unfenced(text)
        ]
    found.sort(key=lambda it: it.line)
    return Page(name=name, text=text, blocks=tuple(found), lines=lines)


def _fenced(text: str) -> tuple[list[Block], str]:
    """Return the fenced blocks of *text*, and *text* with their lines empty."""
    blocks: list[Block] = []
    prose: list[str] = []
    code: list[str] = []
    fence: re.Match[str] | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        found = _FENCE.match(line)
        prose.append(line if fence is None and not found else "")
        if fence is None:
            fence, code = found, []
        elif not found or found[3] or not found[2].startswith(fence[2]):
            code.append(_shifted(line, fence[1]))
        else:
            blocks.append(_block(fence, code, number))
            fence = None
    if fence is not None:  # never closed: it goes on to the end
        blocks.append(_block(fence, code, len(lines) + 1))
    return blocks, "\n".join(prose)


def _block(fence: re.Match[str], code: list[str], end: int) -> Block:
    text = "\n".join(code)
    return Block(language=fence[3].casefold(), text=text, line=end - len(code))


def _shifted(line: str, prefix: str) -> str:
    """Return *line* of a block whose fence stands behind *prefix*."""
    for character in prefix:
        if not line.startswith((character, " ")):
            break
        line = line[1:]
    return line


class _Markup:
    """The tags in a text, taken for what they show; it never fails."""

    def __init__(self, text: str, *, drops: bool) -> None:
        self._text = text
        self._drops = drops
        self._number = 1
        self._line = 1
        self._in_table = False
        self._parts: list[str] = []
        self._code: list[str] | None = None
        self._code_line = 1
        self._language = ""
        self.lines: list[tuple[int, str]] = []
        self.blocks: list[Block] = []

    def read(self) -> None:
        """Read it all."""
        position = 0
        text = self._text
        last = text.rfind("-->")
        while (start := text.find("<", position)) >= 0:
            self._add(text[position:start])
            position = start
            if start < last and text.startswith("<!--", start):
                end = text.index("-->", start)
                self._number += text.count("\n", start, end)
                position = end + len("-->")
            elif (tag := _TAG.match(text, start)) and self._tag(tag):
                self._number += tag[0].count("\n")
                position = tag.end()
                if self._drops and tag[2].lower() in _SILENT and not tag[1]:
                    end = text.find(f"</{tag[2]}", position)
                    end = len(text) if end < 0 else end
                    self._number += text.count("\n", position, end)
                    position = end
            else:
                self._add("<")
                position += 1
        self._add(text[position:])
        self._break()

    def _add(self, text: str) -> None:
        """Add *text* that is shown as it is."""
        if self._code is not None:
            self._code.append(text)
            self._number += text.count("\n")
            return
        first, *others = [text] if self._in_table else text.split("\n")
        self._show(first)
        for it in others:
            self._break()
            self._number += 1
            self._show(it)

    def _show(self, text: str) -> None:
        if not any(it.strip() for it in self._parts):
            self._line = self._number
        self._parts.append(text.replace("\n", " "))
        self._number += text.count("\n")

    def _break(self) -> None:
        line = html.unescape("".join(self._parts))
        if line.strip() or not self._in_table:
            self.lines.append((self._line, line))
        self._parts = []
        self._line = self._number

    def _tag(self, tag: re.Match[str]) -> bool:
        """Take *tag* for what it shows; say whether it is one."""
        closes, name, attributes = tag[1], tag[2].lower(), tag[3]
        if found := _CLASS.search(attributes):
            self._language = found[1].casefold()
        if self._code is not None:
            return self._inside_code(closes, name)
        if name == "pre" and not closes:
            self._break()
            self._code, self._code_line = [], self._number + tag[0].count("\n")
            return True
        return self._outside(closes, name, attributes)

    def _outside(self, closes: str, name: str, attributes: str) -> bool:
        if name in _OPENING:
            self._break()
            self._show("" if closes else _OPENING[name])
        elif name in _CELLS:
            self._show(" | " if closes else "")
        elif name in _INLINE:
            self._show(_INLINE[name])
        elif name == "table":
            self._break()
            self._in_table = not closes
        elif name in _BLOCKS or name in _SILENT:
            if not self._in_table:  # there a cell stays in its row
                self._break()
        elif _FIELD.fullmatch(name):
            self._break()
            self._show("" if closes else _entry(attributes))
        else:
            return False
        return True

    def _inside_code(self, closes: str, name: str) -> bool:
        assert self._code is not None  # or the tag would stand in prose
        if name == "pre" and closes:
            text = html.unescape("".join(self._code))
            self.blocks.append(
                Block(language=self._language, text=text, line=self._code_line)
            )
            self._code, self._language = None, ""
        elif name == "br":
            self._code.append("\n")
        return name in _KNOWN


def _entry(attributes: str) -> str:
    """Return what a tag that declares a parameter says, as an item of a list."""
    found = {
        name.casefold(): "".join(values)
        for name, *values in _ATTRIBUTE.findall(attributes)
    }
    name = next((found[it] for it in ("body", "name", "query") if found.get(it)), "")
    if not name:
        return ""
    facts = [found.get("type", "")]
    facts += ["required"] if "required" in found else []
    facts += [f"default: `{found['default']}`"] if found.get("default") else []
    return f"- `{name}` ({', '.join(filter(None, facts))}) "
