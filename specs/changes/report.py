"""What changed between two sets of documents; one change made to many is told once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from specs.changes.documents import compare
from specs.changes.found import Change, Place
from specs.changes.lifecycles import compare_facts
from specs.changes.lines import line_of
from specs.changes.rules import RULES, Rule, Severity
from specs.changes.sources import Source
from specs.errors import DocumentError
from specs.pointers import Json
from specs.schemas import Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One document that a change was made to, and where.

    `document` is the path of the new document, or of the old one where there is no new
    one. `pointer` leads into the old one where what it names is `gone`.
    """

    document: str
    pointer: str
    gone: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One change, and every document that it was made to."""

    rule: Rule
    before: Json | Unset
    after: Json | Unset
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """Every change between two sets of documents, the worst first.

    `compared` are the documents that both sides have.
    """

    findings: tuple[Finding, ...]
    compared: tuple[str, ...]
    texts: Mapping[str, str] = field(repr=False)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many changes there are of each severity."""
        found = Counter(it.rule.severity for it in self.findings)
        return {it: found[it] for it in Severity}

    def reaches(self, severity: Severity) -> bool:
        """Say whether a change is as bad as *severity*, or worse."""
        return any(it.rule.severity.rank <= severity.rank for it in self.findings)

    def line(self, occurrence: Occurrence) -> int:
        """Return the line of the document that *occurrence* is about, from 1."""
        text = self.texts.get(occurrence.document, "{}")
        return line_of(text, occurrence.pointer)


def compare_sources(old: Source, new: Source) -> ChangeReport:
    """Return what changed from *old* to *new*, documents paired by their names.

    A single document is compared with a single one whatever they are called. Raises
    DocumentError where one side is a folder and the other is not, or where a document
    is none.
    """
    if old.is_folder != new.is_folder:
        folder, single = (old, new) if old.is_folder else (new, old)
        raise DocumentError(
            single.name,
            f"is one document, but {folder.name} is a folder",
            fix="compare two documents, or two folders",
        )
    pairs = _pairs(old, new)
    found: dict[str, Finding] = {}
    for name, change in _changes(old, new, pairs):
        _add(found, name, change)
    return ChangeReport(
        findings=tuple(sorted(found.values(), key=lambda it: it.rule.severity.rank)),
        compared=tuple(new.paths[it] for _, it in pairs),
        texts={new.paths[it]: new.text(it) for _, it in pairs},
    )


def _pairs(old: Source, new: Source) -> list[tuple[str, str]]:
    if not old.is_folder:
        return [(next(iter(old.paths)), next(iter(new.paths)))]
    return [(it, it) for it in old.paths if it in new.paths]


def _changes(
    old: Source, new: Source, pairs: list[tuple[str, str]]
) -> Iterator[tuple[str, Change]]:
    """Yield each change with the path of its document."""
    paired = {it for it, _ in pairs}, {it for _, it in pairs}
    for name in old.paths.keys() - paired[0]:
        yield (
            old.paths[name],
            Change(
                rule=RULES["document-removed"],
                places=(Place(),),
                pointer="",
                gone=True,
                before=name,
            ),
        )
    for name in new.paths.keys() - paired[1]:
        yield (
            new.paths[name],
            Change(
                rule=RULES["document-added"], places=(Place(),), pointer="", after=name
            ),
        )
    for name, other in pairs:
        for change in compare(old.read(name), new.read(other)):
            yield new.paths[other], change
    for name in sorted(old.facts.keys() & new.facts.keys()):
        for change in compare_facts(old.facts[name], new.facts[name]):
            yield f"{new.name}/{name}", change


def _add(found: dict[str, Finding], document: str, change: Change) -> None:
    """Add *change*, to a finding that says the same of another document if there is one.

    The calls of two documents may have different paths, and their schemas different
    places; the same parameter is the same one all the same.
    """
    occurrence = Occurrence(
        document=document,
        pointer=change.pointer,
        gone=change.gone,
        places=change.places,
    )
    where = sorted({(it.location, it.path) for it in change.places})
    key = f"{change.rule.id} {where} {change.values}"
    known = found.get(key)
    if known and any(it.document == document for it in known.occurrences):
        # Two calls of one document changed alike, each in its own place.
        key = f"{key} {document} {change.pointer} {change.gone}"
        known = found.get(key)
    before = known.occurrences if known else ()
    found[key] = Finding(
        rule=change.rule,
        before=change.before,
        after=change.after,
        occurrences=(*before, occurrence),
    )
