"""Findings as code hosts show them: workflow commands of GitHub Actions, and SARIF.

What found them does not matter here: a mark has a rule, words, and lines of files.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote

from specs.messages import one_line

Level = Literal["error", "warning", "note", "none"]
"""How much a mark matters, as SARIF calls it."""

_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}
"""What each level is shown as beside the lines; the last is not worth a mark there."""

_LONGEST_PATH = 400
_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRule:
    """The rule that a mark breaks; *properties* are what else is known of it."""

    id: str
    level: Level
    meaning: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, and the *pointer* of what stands there, if that has one."""

    file: str
    line: int
    pointer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One finding, and every place that it is about."""

    rule: MarkRule
    message: str
    spots: tuple[Spot, ...]


def as_commands(marks: Iterable[Mark]) -> str:
    """Return a workflow command for each place of each mark, from notes upward."""
    return "\n".join(
        _command(it, spot)
        for it in marks
        if it.rule.level in _COMMANDS
        for spot in it.spots
    )


def _command(mark: Mark, spot: Spot) -> str:
    place = f"file={_property(spot.file)},line={spot.line}"
    title = _property(mark.rule.id)
    command = _COMMANDS[mark.rule.level]
    return f"::{command} {place},title={title}::{_data(mark.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    line = _data(one_line(text, longest=_LONGEST_PATH))
    return line.replace(":", "%3A").replace(",", "%2C")


def as_sarif(marks: Iterable[Mark]) -> str:
    """Return *marks* as a SARIF 2.1.0 log of one run."""
    marks = list(marks)
    rules = list({it.rule.id: it.rule for it in marks}.values())
    used = [it.id for it in rules]
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "reelspec", "rules": [_rule(it) for it in rules]}
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(it, used.index(it.rule.id)) for it in marks],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=True)


def _rule(rule: MarkRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.meaning},
        "defaultConfiguration": {"level": rule.level},
        **({"properties": dict(rule.properties)} if rule.properties else {}),
    }


def _result(mark: Mark, index: int) -> dict[str, Any]:
    return {
        "ruleId": mark.rule.id,
        "ruleIndex": index,
        "level": mark.rule.level,
        # Braces would be taken for placeholders, and brackets for links.
        "message": {"text": _plain(mark.message)},
        "locations": [_location(it) for it in mark.spots],
    }


def _location(spot: Spot) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(spot.file, errors="replace")},
            "region": {"startLine": spot.line},
        }
    }
    if spot.pointer is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": spot.pointer or "/"}]
    return location


def _plain(text: str) -> str:
    """Return *text* as a SARIF message that is no markup (3.11.5 and 3.11.6)."""
    for character in "\\[]":
        text = text.replace(character, f"\\{character}")
    return text.replace("{", "{{").replace("}", "}}")
