"""A comparison for programs."""

import json
from typing import Any

from specs.comparison.pairs import Comparison, Pair


def as_json(found: Comparison) -> str:
    """Return *found* as indented JSON."""
    value = {
        "left": found.left.id,
        "right": found.right.id,
        "parameters": [{"kind": it.kind, **_pair(it)} for it in found.pairs],
        "prices": _facts(found.prices),
    }
    return json.dumps(value, indent=2, ensure_ascii=True)


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "left": pair.left or None,
        "right": pair.right or None,
        "differs": _facts(pair),
    }


def _facts(pair: Pair) -> dict[str, Any]:
    return {
        name: {"left": left, "right": right}
        for name, (left, right) in pair.facts.items()
    }
