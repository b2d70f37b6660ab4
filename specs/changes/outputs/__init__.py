"""A report of changes as text, for a pull request, for machines and for code hosts."""

from collections.abc import Callable, Mapping
from typing import Final

from specs.changes.outputs.listing import list_rules
from specs.changes.outputs.machine import as_json
from specs.changes.outputs.markdown import as_markdown
from specs.changes.outputs.marked import as_annotations, as_sarif
from specs.changes.outputs.text import as_text
from specs.changes.report import ChangeReport

OUTPUTS: Final[Mapping[str, Callable[[ChangeReport], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
    "github": as_annotations,
    "sarif": as_sarif,
}
"""Every form a report can take; none ends with a line break."""

__all__ = ["OUTPUTS", "list_rules"]
