"""A report for a pull request, in which no text of a document is ever markup."""

from collections.abc import Iterable, Iterator

from specs.changes.outputs.text import summary
from specs.changes.report import ChangeReport, Finding
from specs.changes.rules import Severity
from specs.changes.wording import describe, whereabouts
from specs.messages import one_line

_LONGEST_PATH = 300
_OPEN = (Severity.BREAKING, Severity.RISKY)
"""What a reviewer should see without unfolding anything."""

_LARGEST = 60_000
"""Code hosts refuse comments of more than 65,536 characters."""


def as_markdown(report: ChangeReport) -> str:
    """Return *report* as Markdown: a table for each severity, the mild ones folded."""
    lines = [f"**{summary(report)}**"]
    for severity in Severity:
        rows = [_row(it) for it in report.findings if it.rule.severity is severity]
        if rows:
            lines += ["", *_section(severity, rows)]
    return _cut(lines)


def _section(severity: Severity, rows: list[str]) -> Iterator[str]:
    title = f"{severity.value.capitalize()} ({len(rows)}): {severity.meaning}"
    folded = severity not in _OPEN
    yield f"<details><summary>{title}</summary>" if folded else f"### {title}"
    yield ""
    yield "| what | where | rule |"
    yield "|---|---|---|"
    yield from rows
    if folded:
        yield ""
        yield "</details>"


def _row(finding: Finding) -> str:
    occurrences = finding.occurrences
    documents = list(dict.fromkeys(it.document for it in occurrences))
    calls = [whereabouts(place) for it in occurrences for place in it.places]
    where = [*dict.fromkeys(filter(None, calls)), *documents]
    cells = (escape(describe(finding)), _codes(where), _code(finding.rule.id))
    return f"| {' | '.join(cells)} |"


def _codes(texts: Iterable[str]) -> str:
    return "<br>".join(_code(it) for it in texts)


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def escape(text: str) -> str:
    """Return *text*, on one line, with every character that Markdown could read encoded.

    An entity is never markup, neither in a table's cell nor in HTML; that holds for a
    mention (`@name`) and a reference (`#1`) as well.
    """
    line = one_line(text, longest=_LONGEST_PATH)
    return "".join(
        it if it.isalnum() or it in " .,;()→…-" else f"&#{ord(it)};" for it in line
    )


def _cut(lines: list[str]) -> str:
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > _LARGEST:
            left = len(lines) - len(kept)
            return "\n".join([*kept, "", f"… and {left} lines more."])
        kept.append(line)
    return "\n".join(kept)
