"""Where in the text of a JSON document a pointer leads to."""

import json
import re

from specs.pointers import split_pointer

_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


def line_of(text: str, pointer: str) -> int:
    """Return the line, from 1, of what *pointer* names in *text*.

    Where it names nothing, that of the nearest thing around it which is there. *text*
    is JSON that was read before.
    """
    position = _skip(text, 0)
    for token in split_pointer(pointer):
        found = _enter(text, position, token)
        if found is None:
            break
        position = found
    return text.count("\n", 0, position) + 1


def _enter(text: str, position: int, token: str) -> int | None:
    """Return where the member *token* of the value at *position* begins."""
    closing = {"{": "}", "[": "]"}.get(text[position])
    if closing is None:
        return None
    named = closing == "}"
    index = 0
    position = _skip(text, position + 1)
    while text[position] != closing:
        name: object = str(index)
        start = position
        if named:
            name, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)  # past the colon
            start = position
        if name == token:
            return start
        _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
        index += 1
    return None


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    assert found is not None  # no space is a match too
    return found.end()
