"""JSON pointers (RFC 6901), alone and qualified with the document they point into.

A *qualified* pointer reads `aimlapi/reframe.json#/paths/~1v2/post`: the document's
name below the specs folder, a hash, and the pointer. Every error and every schema
carries one, so that a reader can open the place that is meant.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Json = None | bool | int | float | str | list[Any] | dict[str, Any]
"""Any value that JSON can carry."""

_INDEX = re.compile("0|[1-9][0-9]{0,8}")


def join_pointer(pointer: str, *tokens: str | int) -> str:
    """Return *pointer* with *tokens* appended, each escaped."""
    escaped = (str(it).replace("~", "~0").replace("/", "~1") for it in tokens)
    return "/".join((pointer, *escaped))


@lru_cache(4_096)
def split_pointer(pointer: str) -> tuple[str, ...]:
    """Return the unescaped tokens of *pointer*, which is empty or starts with `/`.

    Raises ValueError for any other text.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return tuple(
        it.replace("~1", "/").replace("~0", "~") for it in pointer[1:].split("/")
    )


def look_up(raw: Any, pointer: str) -> Any:
    """Return what *pointer* names inside *raw*; raise LookupError where it names nothing."""
    value = raw
    for token in split_pointer(pointer):
        if isinstance(value, Mapping):
            value = value[token]
        elif isinstance(value, list) and _INDEX.fullmatch(token):
            value = value[int(token)]
        else:
            raise LookupError(token)
    return value
