"""What changed between two documents, and whom it breaks.

`compare` finds the changes of two raw documents, `compare_sources` those of files,
folders and revisions, told once however many documents they were made to; `OUTPUTS`
says them in words and for machines. What each is worth is in `specs.changes.rules`.
"""

from specs.changes.documents import compare
from specs.changes.found import Change, Place
from specs.changes.outputs import OUTPUTS, list_rules
from specs.changes.outputs.markdown import escape
from specs.changes.report import ChangeReport, Finding, Occurrence, compare_sources
from specs.changes.rules import RULES, Rule, Severity
from specs.changes.sources import Source, find_source
from specs.changes.wording import describe

__all__ = [
    "OUTPUTS",
    "RULES",
    "Change",
    "ChangeReport",
    "Finding",
    "Occurrence",
    "Place",
    "Rule",
    "Severity",
    "Source",
    "compare",
    "compare_sources",
    "describe",
    "escape",
    "find_source",
    "list_rules",
]
