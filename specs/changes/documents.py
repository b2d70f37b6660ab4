"""Two documents, compared: every call, its address, its key, and what it says."""

from collections.abc import Mapping
from typing import Any

from specs.changes.access import AccessComparer
from specs.changes.calls import list_calls, pair_calls
from specs.changes.facts import Part
from specs.changes.folding import Folder
from specs.changes.found import Change, Findings, Place
from specs.changes.nodes import Context, compare_rest, compare_words
from specs.changes.operations import compare_calls
from specs.changes.schemas import SchemaComparer

_READ = frozenset(
    {"openapi", "info", "servers", "paths", "components", "security", "tags"}
)
"""What is compared member by member; components are where a call reaches them."""


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return every change that a caller of *old* meets in *new*, the worst first.

    Both are whole OpenAPI documents, as they are written. Nothing is refused: what
    cannot be understood is compared as it is written.
    """
    findings = Findings()
    before, after = Folder(old), Folder(new)
    context = Context(
        old=before,
        new=after,
        schemas={
            "request": SchemaComparer(before, after, "request"),
            "response": SchemaComparer(before, after, "response"),
        },
        findings=findings,
    )
    found = pair_calls(list_calls(old, before), list_calls(new, after))
    for call in found.gone:
        findings.add(
            "operation-removed",
            Place(call.label),
            call.pointer,
            gone=True,
            before=call.label,
        )
    for call in found.new:
        findings.add(
            "operation-added", Place(call.label), call.pointer, after=call.label
        )
    access = AccessComparer((old, before), (new, after), findings)
    for one, other in found.pairs:
        access.compare_servers(one, other)
        access.compare_security(one, other)
        compare_calls(context, one, other)
    access.compare_schemes()
    _compare_about(context, old, new)
    return tuple(findings)


def _compare_about(
    context: Context, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Compare what the documents say of themselves."""
    for keyword in ("info", "tags", "externalDocs"):
        if old.get(keyword, ()) != new.get(keyword, ()):
            context.findings.add("document-description-changed", Place(), f"/{keyword}")
    whole, other = Part(old, ""), Part(new, "")
    compare_words(context, "document", Place(), (whole, other))
    compare_rest(context, "document-keyword-changed", Place(), (whole, other), _READ)
