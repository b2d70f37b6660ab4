"""YAML as far as it writes JSON, read from bytes that may be hostile.

By its older rules `no` is false and `2026-01-02` a date, and a line of aliases writes a
gigabyte. Here a value is one that JSON has, a key is its text, and nothing stands in
two places.
"""

import json
import re
from typing import TYPE_CHECKING, Any, Final

from specs.jsontext import read_json
from specs.pointers import Json

if TYPE_CHECKING:
    import yaml

_TAGS: Final = frozenset(f"tag:yaml.org,2002:{it}" for it in ("str", "seq", "map"))
"""What a node is when it does not say so itself."""

_NULL: Final = frozenset({"", "~", "null"})
_SCALAR: Final = re.compile(
    r"true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII
)
"""How a plain scalar is written that is no text (YAML 1.2, 10.2)."""


def read_yaml(content: bytes) -> Json:
    """Return the value that *content*, in UTF-8, writes; raise ValueError if none."""
    import yaml  # noqa: PLC0415 - most folders have none

    try:
        node = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.BaseLoader)
        text = json.dumps(_read(node, set()))
    except yaml.YAMLError as exc:
        raise ValueError(str(exc)) from exc
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return read_json(text.encode())


def _read(node: "yaml.Node | None", seen: set[int]) -> Any:
    """Return the value of *node*; *seen* are the nodes that were read before it."""
    import yaml  # noqa: PLC0415 - as above

    if node is None:
        raise ValueError("is empty")
    if id(node) in seen:
        raise ValueError(f"{_line(node)}: aliases are not followed")
    seen.add(id(node))
    if node.tag not in _TAGS:
        raise ValueError(f"{_line(node)}: the tag {node.tag!r:.80} is not read")
    if isinstance(node, yaml.MappingNode):
        return _read_mapping(node, seen)
    if isinstance(node, yaml.SequenceNode):
        return [_read(it, seen) for it in node.value]
    assert isinstance(node, yaml.ScalarNode)  # there is no fourth kind
    return node.value if node.style else _read_plain(node.value)


def _read_mapping(node: "yaml.MappingNode", seen: set[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key.value, str):
            raise ValueError(f"{_line(key)}: a key is no text")
        if key.value in found:
            raise ValueError(f"{_line(key)}: the key {key.value!r:.80} stands twice")
        found[key.value] = _read(value, seen)
    return found


def _read_plain(text: str) -> Json:
    if text in _NULL:
        return None
    return read_json(text.encode()) if _SCALAR.fullmatch(text) else text


def _line(node: "yaml.Node") -> str:
    return f"line {node.start_mark.line + 1}"
