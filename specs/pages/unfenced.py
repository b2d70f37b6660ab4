"""Code in plain text, which nothing marks as code."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from specs.pages.javascript import is_javascript
from specs.pages.python import is_python


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_KINDS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...]] = (
    ("json", re.compile(r"[{\[]\s*$|\{\s*\""), _is_json),
    (
        "javascript",
        re.compile(
            r"(?:const|let|var) |import .+ from |(?:async )?function |await |fetch\("
        ),
        is_javascript,
    ),
    (
        "python",
        re.compile(r"(?:import|from) [\w., ]+|[a-z_]\w* = \S|(?:async )?def \w+\("),
        is_python,
    ),
)
"""What each language begins with, and what says that a text is of it."""

_SHELL = re.compile(r"\s*(?:\$ )?curl ")
_MOST_LINES = 400
_MOST_ENDS = 40
_MOST_TRIES = 400
"""Texts that are tried in one page, so that a hostile one stays a short task."""


def find_unfenced(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the language, the text and the first line of each piece of code in *text*."""
    finder = _Finder(text.split("\n"))
    index = 0
    while index < len(finder.lines):
        language, length = finder.find(index)
        if length:
            code = "\n".join(finder.lines[index : index + length])
            yield language, code, index + 1
        index += length or 1


class _Finder:
    """Looks for code in *lines*, as long as it may try."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self._left = _MOST_TRIES

    def find(self, index: int) -> tuple[str, int]:
        """Return the language of the code that begins at *index*, and its lines."""
        line = self.lines[index]
        if _SHELL.match(line):
            return "shell", next(self._ends(index))
        for language, start, is_good in _KINDS:
            if start.match(line):
                length = self._longest(index, is_good)
                if length:
                    return language, length
        return "", 0

    def _longest(self, index: int, is_good: Callable[[str], bool]) -> int:
        """Return how many lines from *index* are code by *is_good*; 0 for none."""
        ends = [it for it, _ in zip(self._ends(index), range(_MOST_ENDS), strict=False)]
        for length in reversed(ends):
            self._left -= 1
            if self._left < 0:
                return 0
            if is_good("\n".join(self.lines[index : index + length])):
                return length
        return 0

    def _ends(self, index: int) -> Iterator[int]:
        """Yield the lengths that code from *index* may have: up to an empty line, or all."""
        some = self.lines[index : index + _MOST_LINES]
        for length in range(1, len(some)):
            if not some[length].strip() or some[length - 1][:1] in ("}", "]"):
                yield length
        yield len(some)
