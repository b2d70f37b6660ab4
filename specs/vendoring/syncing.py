"""The vendored documents, held against what their sources publish now."""

import difflib
import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from specs.changes import ChangeReport, Severity
from specs.errors import DocumentError, OfflineError, SourceError, VendoringError
from specs.loader import parse_document
from specs.lock import read_lock
from specs.vendoring.fetching import Fetched, FetchLimits, fetch_all, is_url
from specs.vendoring.planning import (
    Arrival,
    VendoringPlan,
    compare_arrivals,
    plan_arrivals,
)

State = Literal["same", "moved", "local", "refused", "offline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the document *name* stands to its source.

    `moved` has an `arrival`, `refused` and `offline` an `error`; `local` has no
    address to be held against. A transcribed document never has the bytes of its
    source, so it counts as moved until the two have been compared.
    """

    name: str
    source: str
    state: State
    arrival: Arrival | None = None
    transcribed: bool = False
    error: SourceError | None = None


def look_upstream(
    folder: Path,
    names: Collection[str] = (),
    *,
    limits: FetchLimits | None = None,
    on_fetched: Callable[[str], object] = lambda _: None,
) -> list[Standing]:
    """Fetch every locked source of *folder*; return how each document stands to it.

    With *names*, only those documents. Nothing is written. Raises LockError where the
    lock cannot be read, and VendoringError, which lists near names, where one of
    *names* is not in it.
    """
    lock = read_lock(folder)
    for name in names:
        if name not in lock:
            near = difflib.get_close_matches(name, lock, n=3) or sorted(lock)[:5]
            raise VendoringError(
                f"document {name!r:.120}",
                "is not in specs.lock",
                fix=f"did you mean {', '.join(near)}?",
            )
    lock = {name: it for name, it in lock.items() if not names or name in names}
    sources = {
        entry["source"]: entry["etag"]
        for entry in lock.values()
        if is_url(entry["source"])
    }
    found = fetch_all(sources, limits=limits or FetchLimits(), on_fetched=on_fetched)
    return [
        _standing(
            name,
            entry["source"],
            found.get(entry["source"]),
            sha256=entry["sha256"],
            transcribed=entry["origin"] == "transcribed",
        )
        for name, entry in sorted(lock.items())
    ]


def _standing(
    name: str,
    source: str,
    found: Fetched | SourceError | None,
    *,
    sha256: str,
    transcribed: bool,
) -> Standing:
    if found is None:
        return Standing(name=name, source=source, state="local")
    if isinstance(found, SourceError):
        state: State = "offline" if isinstance(found, OfflineError) else "refused"
        return Standing(name=name, source=source, state=state, error=found)
    if found.content is None or hashlib.sha256(found.content).hexdigest() == sha256:
        return Standing(name=name, source=source, state="same")
    try:
        parse_document(found.content, name=name)
    except DocumentError as exc:
        error = SourceError(
            source,
            f"answers with no OpenAPI document: {exc.problem}",
            fix="look at it in a browser: it may ask to sign in",
        )
        return Standing(name=name, source=source, state="refused", error=error)
    arrival = Arrival(name=name, content=found.content, source=source, etag=found.etag)
    return Standing(
        name=name,
        source=source,
        state="moved",
        arrival=arrival,
        transcribed=transcribed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What following the sources takes: *plan*, for the documents that have *moved*.

    `report` says what that changes, which may be words alone.
    """

    plan: VendoringPlan
    moved: frozenset[str]
    report: ChangeReport


def plan_update(
    folder: Path, standings: Iterable[Standing], *, today: date
) -> Update | None:
    """Return what it takes to follow the sources that have moved; None where none has.

    A transcribed document has moved when its source says more than other words. Raises
    SpecError where what a source publishes now cannot be taken in.
    """
    arrivals = [
        it.arrival
        for it in standings
        if it.arrival is not None
        and not (it.transcribed and _is_reworded(folder, it.arrival))
    ]
    if not arrivals:
        return None
    return Update(
        plan=plan_arrivals(folder, arrivals, today=today),
        moved=frozenset(it.name for it in arrivals),
        report=compare_arrivals(folder, arrivals),
    )


def _is_reworded(folder: Path, arrival: Arrival) -> bool:
    found = compare_arrivals(folder, [arrival]).findings
    return all(it.rule.severity is Severity.COSMETIC for it in found)
