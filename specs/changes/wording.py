"""Changes in words, on one line each; text from documents made harmless."""

import json

from specs.changes.found import Place
from specs.changes.report import Finding
from specs.messages import one_line
from specs.schemas import Unset

_LONGEST_VALUE = 80
_LONGEST_NAME = 120

_NAMED = ("parameter", "required parameter", "field", "type", "option", "server")
"""How changes begin whose values are names, not JSON of the document."""


def subject(place: Place) -> str:
    """Return what *place* is about: a parameter, a field, or the call."""
    if place.path:
        return one_line(".".join(place.path), longest=_LONGEST_NAME)
    return one_line(place.location or place.operation, longest=_LONGEST_NAME) or (
        "the document"
    )


def whereabouts(place: Place) -> str:
    """Return the call of *place* and the part of it."""
    words = [place.operation, place.location]
    return one_line(" ".join(it for it in words if it), longest=2 * _LONGEST_NAME)


def describe(finding: Finding) -> str:
    """Return *finding* in one line: what, how it changed, and the values."""
    places = finding.occurrences[0].places
    subjects = list(dict.fromkeys(subject(it) for it in places))
    more = f" and {len(subjects) - 3} more" if len(subjects) > 3 else ""
    return f"{', '.join(subjects[:3])}{more}: {finding.rule.words}{_values(finding)}"


def _values(finding: Finding) -> str:
    named = finding.rule.words.startswith(_NAMED)
    before, after = (
        it if isinstance(it, Unset) else name(it) if named else show(it)
        for it in (finding.before, finding.after)
    )
    if isinstance(before, Unset):
        return "" if isinstance(after, Unset) else f" (now {after})"
    return f" (was {before})" if isinstance(after, Unset) else f" ({before} → {after})"


def name(value: object) -> str:
    """Return *value*, the name of a type or a member, on one line."""
    return one_line(str(value), longest=_LONGEST_VALUE)


def show(value: object) -> str:
    """Return *value* as JSON on one line, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return one_line(text, longest=_LONGEST_VALUE)
