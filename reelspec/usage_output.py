"""What a changed document means for the caller's own code, in the words of each format."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from codegen import Use, Uses
from specs import (
    Mark,
    MarkRule,
    Spot,
    as_commands,
    as_sarif,
    describe_change,
    escape_markdown,
    one_line,
)

_LONGEST = 300


def _words(use: Use) -> str:
    text = f"{use.call}({use.argument}): {describe_change(use.finding)} ({use.finding.rule.id})"
    return one_line(text, longest=_LONGEST)


def _text(printed: str, uses: Uses) -> str:
    count = len(uses.found)
    lines = [f"{_file(it)}:{it.line}: {_words(it)}" for it in uses.found]
    whole = f"{count} place{'' if count == 1 else 's'} of the code touched"
    return "\n".join([printed, "", *lines, whole])


def _file(use: Use) -> str:
    return one_line(use.file, longest=_LONGEST)


def _markdown(printed: str, uses: Uses) -> str:
    rows = [
        f"| <code>{escape_markdown(it.file)}:{it.line}</code> | {escape_markdown(_words(it))} |"
        for it in uses.found
    ]
    heading = ["", f"### Your code ({len(uses.found)})", ""]
    table = (
        ["| where | what |", "|---|---|", *rows] if rows else ["Nothing is touched."]
    )
    return "\n".join([printed, *heading, *table])


def _json(printed: str, uses: Uses) -> str:
    value = json.loads(printed)
    value["usage"] = [
        {
            "file": it.file,
            "line": it.line,
            "call": it.call,
            "argument": it.argument,
            "rule": it.finding.rule.id,
            "message": describe_change(it.finding),
        }
        for it in uses.found
    ]
    return json.dumps(value, indent=2, ensure_ascii=True)


def _github(printed: str, uses: Uses) -> str:
    return "\n".join(filter(None, [printed, as_commands(map(_mark, uses.found))]))


def _sarif(printed: str, uses: Uses) -> str:
    value = json.loads(printed)
    value["runs"] += json.loads(as_sarif(map(_mark, uses.found)))["runs"]
    return json.dumps(value, indent=2, ensure_ascii=True)


def _mark(use: Use) -> Mark:
    rule = use.finding.rule
    return Mark(
        rule=MarkRule(id=rule.id, level="error", meaning=rule.meaning),
        message=_words(use),
        spots=(Spot(use.file, use.line),),
    )


WITH_USES: Final[Mapping[str, Callable[[str, Uses], str]]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
"""What adds the uses to a report that is printed in each format."""
