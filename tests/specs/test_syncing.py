"""Vendored documents, held against sources that change their minds."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from specs import (
    Arrival,
    FetchLimits,
    OfflineError,
    Registry,
    Standing,
    compare_facts,
    facts_of,
    land,
    look_upstream,
    plan_arrivals,
    plan_update,
    read_lock,
)
from tests.specs.upstream import Upstream

Make = Callable[..., dict[str, Any]]
TODAY = date(2026, 1, 2)
LOCAL = FetchLimits(loopback=True)
RANGE = {"type": "integer", "minimum": 1, "maximum": 9}


@pytest.fixture
def folder(
    vendor: Callable[..., Path],
    lock: Callable[[Path], None],
    document: Make,
    upstream: Upstream,
) -> Path:
    """Return a folder with one document, which upstream publishes as it is."""
    found = vendor()
    lock(found)
    content = json.dumps(document({"it": RANGE})).encode()
    upstream.pages["/one.json"] = content
    arrival = Arrival(
        name="acme/one.json", content=content, source=f"{upstream.url}/one.json"
    )
    land(found, plan_arrivals(found, [arrival], today=TODAY).files)
    return found


def publish(upstream: Upstream, raw: Any) -> None:
    upstream.pages["/one.json"] = json.dumps(raw).encode()


def look(folder: Path) -> list[Standing]:
    return look_upstream(folder, limits=LOCAL)


def moved(folder: Path) -> dict[str, tuple[str, ...]]:
    update = plan_update(folder, look(folder), today=TODAY)
    return dict(update.moved) if update else {}


def test_source_that_stands_still_has_not_moved(folder: Path) -> None:
    (standing,) = look(folder)

    assert standing.state == "same"
    assert moved(folder) == {}


def test_source_is_asked_with_the_etag_it_gave(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    publish(upstream, document({"it": RANGE | {"maximum": 5}}))
    update = plan_update(folder, look(folder), today=TODAY)
    assert update is not None
    land(folder, update.plan.files)

    (standing,) = look(folder)

    assert standing.state == "same"
    path, etag = upstream.asked[-1]
    assert path == "/one.json"
    assert etag == read_lock(folder)["acme/one.json"]["etag"] != ""


def test_moved_source_is_told_by_its_facts(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    publish(upstream, document({"it": RANGE | {"maximum": 5}, "new": {"type": "null"}}))

    assert moved(folder) == {
        "acme/one.json": (
            "- acme/one submit /body/it maximum: 9",
            "+ acme/one submit /body/it maximum: 5",
            "+ acme/one submit /body/new kind: null",
            "+ acme/one submit /body/new nullable: True",
            "+ acme/one submit /body/new required: False",
        )
    }


def test_source_of_which_only_prose_changed_has_moved_without_a_fact(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    publish(upstream, document({"it": RANGE | {"description": "How many."}}))

    assert moved(folder) == {"acme/one.json": ()}


def test_transcribed_document_has_moved_only_when_facts_differ(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    path = folder / "specs.lock"
    path.write_text(path.read_text().replace('"verbatim"', '"transcribed"'))
    publish(upstream, document({"it": RANGE | {"description": "How many."}}))
    assert moved(folder) == {}

    publish(upstream, document({"it": RANGE | {"maximum": 5}}))

    assert len(moved(folder)["acme/one.json"]) == 2


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            b"<html>Welcome to our wireless network</html>",
            "no OpenAPI document: is not",
        ),
        (b'{"swagger": "2.0"}', "is not an OpenAPI 3.0 or 3.1 document"),
    ],
)
def test_page_in_place_of_the_document_is_refused(
    folder: Path, upstream: Upstream, page: bytes, said: str
) -> None:
    upstream.pages["/one.json"] = page

    (standing,) = look(folder)

    assert standing.state == "refused"
    assert said in str(standing.error)


def test_source_that_is_gone_is_refused(folder: Path, upstream: Upstream) -> None:
    del upstream.pages["/one.json"]

    (standing,) = look(folder)

    assert standing.state == "refused"


def test_source_that_nobody_answers_is_offline(folder: Path) -> None:
    path = folder / "specs.lock"
    text = path.read_text()
    source = read_lock(folder)["acme/one.json"]["source"]
    path.write_text(text.replace(source, "http://127.0.0.1:1/one.json"))

    (standing,) = look(folder)

    assert standing.state == "offline"
    assert isinstance(standing.error, OfflineError)


def test_document_without_an_address_is_left_alone(folder: Path) -> None:
    path = folder / "specs.lock"
    source = read_lock(folder)["acme/one.json"]["source"]
    path.write_text(path.read_text().replace(source, "file:one.json"))

    (standing,) = look(folder)

    assert standing.state == "local"
    assert moved(folder) == {}


def test_facts_tell_every_kind_of_change(
    load: Callable[..., Registry], document: Make
) -> None:
    before = document(
        {
            "list": {"type": "array", "items": {"type": "string"}},
            "map": {"type": "object", "additionalProperties": {"type": "string"}},
            "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "range": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        }
    )
    after = document(
        {
            "list": {"type": "array", "items": {"type": "integer"}},
            "map": {"type": "object", "additionalProperties": False},
            "either": {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
            "range": {"type": "number", "minimum": 0},
        }
    )
    after["paths"]["/make"]["post"]["responses"]["201"] = {"description": "Made."}
    names = ["acme/one.json"]

    lines = compare_facts(facts_of(load(before), names), facts_of(load(after), names))

    assert lines == [
        "+ acme/one submit /201 answers: nothing",
        "- acme/one submit /body/either/1 kind: number",
        "+ acme/one submit /body/either/1 kind: boolean",
        "- acme/one submit /body/either/1 type: integer",
        "- acme/one submit /body/list/* kind: string",
        "+ acme/one submit /body/list/* kind: number",
        "+ acme/one submit /body/list/* type: integer",
        "+ acme/one submit /body/map additional: False",
        "- acme/one submit /body/map/* kind: string",
        "- acme/one submit /body/range minimum: exclusive 0",
        "+ acme/one submit /body/range minimum: 0",
    ]
