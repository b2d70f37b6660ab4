"""The life of a job as two `provider.toml` have it, compared.

OpenAPI has no word for it: a document's status enum says which states there are, the
facts beside it say how they follow.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from specs.changes.found import Change, Findings, Place
from specs.errors import ProviderError
from specs.pointers import join_pointer
from specs.schemas import UNSET

_HERE = "/lifecycle"


def compare_facts(old: bytes, new: bytes) -> tuple[Change, ...]:
    """Return how the life of a job, its address and its key differ."""
    before, after = _read(old), _read(new)
    findings = Findings()
    if before.get("base_url") != after.get("base_url"):
        findings.add(
            "server-changed",
            Place("", "server"),
            "/base_url",
            before=before.get("base_url", UNSET),
            after=after.get("base_url", UNSET),
        )
    for name in ("header", "scheme"):
        was, is_ = _table(before, "auth").get(name), _table(after, "auth").get(name)
        if was != is_:
            findings.add(
                "security-scheme-changed",
                Place("", "security"),
                f"/auth/{name}",
                before=was,
                after=is_,
            )
    _compare_lifecycles(
        _table(before, "lifecycle"), _table(after, "lifecycle"), findings
    )
    return tuple(findings)


def _read(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ProviderError(
            "provider.toml", f"cannot be read as TOML: {exc}", fix="mend the file"
        ) from exc


def _table(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = facts.get(name)
    return found if isinstance(found, Mapping) else {}


def _compare_lifecycles(
    old: Mapping[str, Any], new: Mapping[str, Any], findings: Findings
) -> None:
    if old.get("initial") != new.get("initial"):
        findings.add(
            "lifecycle-initial-changed",
            Place(),
            f"{_HERE}/initial",
            before=old.get("initial"),
            after=new.get("initial"),
        )
    was, is_ = _table(old, "transitions"), _table(new, "transitions")
    for state in dict.fromkeys((*was, *is_)):
        pointer = join_pointer(f"{_HERE}/transitions", state)
        if state not in is_:
            findings.add(
                "lifecycle-state-removed", Place(), pointer, gone=True, before=state
            )
        elif state not in was:
            findings.add("lifecycle-state-added", Place(), pointer, after=state)
        else:
            _compare_ways(state, (_table(was, state), _table(is_, state)), findings)
    ends, others = _table(old, "terminal"), _table(new, "terminal")
    for state in ends.keys() & others.keys():
        if ends[state] != others[state]:
            findings.add(
                "lifecycle-outcome-changed",
                Place(path=(state,)),
                join_pointer(f"{_HERE}/terminal", state),
                before=ends[state],
                after=others[state],
            )


def _compare_ways(
    state: str, sides: tuple[Mapping[str, Any], Mapping[str, Any]], findings: Findings
) -> None:
    old, new = ({f"{event} to {it}" for event, it in side.items()} for side in sides)
    pointer = join_pointer(f"{_HERE}/transitions", state)
    place = Place(path=(state,))
    for it in sorted(old - new):
        findings.add("lifecycle-transition-removed", place, pointer, before=it)
    for it in sorted(new - old):
        findings.add("lifecycle-transition-added", place, pointer, after=it)
