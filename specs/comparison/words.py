"""A comparison in words, for a table and for a page."""

import json
from typing import Final

from specs.comparison.pairs import Kind
from specs.messages import one_line
from specs.pointers import Json

TITLES: Final[dict[Kind, str]] = {
    "left": "Only the left has",
    "right": "Only the right has",
    "renamed": "Called otherwise",
    "differs": "Differs",
    "same": "The same on both sides",
}
"""What each kind of pair is called, in the order to show them."""

_LONGEST = 300


def show(value: Json) -> str:
    """Return *value* on one printable line; nothing where a side does not say."""
    if value is None:
        return ""
    if isinstance(value, list):
        return one_line(", ".join(map(show, value)), longest=_LONGEST)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return one_line(text, longest=_LONGEST)
