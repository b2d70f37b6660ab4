"""The real history of a document, told as it happened.

It is no part of this checkout, so these claims run only where a folder `shared` beside
it holds it.
"""

import time
from pathlib import Path

import pytest

from specs.changes import Severity, compare, compare_sources, find_source
from specs.jsontext import read_json

HISTORY = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "history"
INPAINTING = HISTORY / "wan2.2-vace-fun-a14b-inpainting"
pytestmark = pytest.mark.skipif(
    not HISTORY.is_dir(), reason="the history of documents is not beside this checkout"
)


def told(before: str, after: str, severity: Severity) -> list[tuple[str, str, str]]:
    """Return rule, place and values of the changes of that severity."""
    old, new = (
        read_json((INPAINTING / f"{it}.json").read_bytes()) for it in (before, after)
    )
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    return sorted(
        (it.rule.id, ".".join(it.places[0].path), it.values)
        for it in compare(old, new)
        if it.rule.severity is severity
    )


def test_what_broke_in_december_is_told_exactly() -> None:
    found = told("2025-11-20", "2025-12-19", Severity.BREAKING)

    assert [it[:2] for it in found] == [
        ("request-enum-value-removed", "resolution"),
        ("request-enum-value-removed", "resolution"),
        ("request-enum-value-removed", "resolution"),
        ("request-parameter-removed", "image_url"),
        ("request-parameter-removed", "last_image_url"),
        ("request-parameter-removed", "mask_image_url"),
        ("request-parameter-removed", "seed"),
        ("response-field-removed", "duration"),
        ("response-field-removed", "video.duration"),
        ("response-field-renamed", "meta.usage.tokens_used"),
    ]
    assert {it[2] for it in found[:3]} == {
        '[["240p"], ""]',
        '[["360p"], ""]',
        '[["auto"], ""]',
    }


def test_the_default_that_changed_in_december_is_risky() -> None:
    assert told("2025-11-20", "2025-12-19", Severity.RISKY) == [
        ("request-default-changed", "resolution", '[["auto"], ["480p"]]')
    ]


def test_what_widened_in_december_is_compatible() -> None:
    found = told("2025-11-20", "2025-12-19", Severity.COMPATIBLE)

    assert ("request-minimum-widened", "num_frames", "[[81], [17]]") in found
    assert (
        "response-type-narrowed",
        "error",
        '[["anything"], ["object or null"]]',
    ) in (found)


def test_an_answer_that_gained_a_schema_is_told_with_its_status() -> None:
    assert told("2025-10-08", "2025-11-12", Severity.BREAKING) == [
        ("response-success-changed", "", '[["201"], ["200"]]')
    ]
    assert [it[0] for it in told("2025-10-08", "2025-11-12", Severity.COMPATIBLE)] == [
        "response-schema-added"
    ]


def test_documents_of_two_megabytes_take_well_under_a_second() -> None:
    paths = (str(INPAINTING / f"{it}.json") for it in ("2025-11-12", "2025-11-20"))
    began = time.process_time()

    compare_sources(*(find_source(it, folder=HISTORY) for it in paths))

    assert time.process_time() - began < 0.8


@pytest.mark.parametrize(
    "path",
    sorted(HISTORY.parent.rglob("*.json")),
    ids=lambda it: it.relative_to(HISTORY.parent).as_posix(),
)
def test_every_document_of_the_field_is_read_and_equals_itself(path: Path) -> None:
    raw = read_json(path.read_bytes())
    assert isinstance(raw, dict)

    assert compare(raw, raw) == ()
