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
    Standing,
    VendoringError,
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


def moved(folder: Path) -> list[str] | None:
    """Return the rules of what moved; None where nothing has."""
    update = plan_update(folder, look(folder), today=TODAY)
    if update is None:
        return None
    assert update.moved == {"acme/one.json"}
    return [it.rule.id for it in update.report.findings]


def test_source_that_stands_still_has_not_moved(folder: Path) -> None:
    (standing,) = look(folder)

    assert standing.state == "same"
    assert moved(folder) is None


def test_document_that_is_not_named_is_not_asked_for(
    folder: Path, upstream: Upstream
) -> None:
    asked = len(upstream.asked)

    (standing,) = look_upstream(folder, ["acme/one.json"], limits=LOCAL)
    with pytest.raises(VendoringError, match=r"did you mean acme/one\.json"):
        look_upstream(folder, ["acme/on.json"], limits=LOCAL)

    assert standing.name == "acme/one.json"
    assert len(upstream.asked) == asked + 1


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


def test_moved_source_is_told_by_what_changed(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    publish(upstream, document({"it": RANGE | {"maximum": 5}, "new": {"type": "null"}}))

    assert moved(folder) == ["request-maximum-tightened", "request-parameter-added"]


def test_source_of_which_only_words_changed_has_moved(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    publish(upstream, document({"it": RANGE | {"description": "How many."}}))

    assert moved(folder) == ["request-description-changed"]


def test_transcribed_document_has_moved_only_when_more_than_words_differ(
    folder: Path, upstream: Upstream, document: Make
) -> None:
    path = folder / "specs.lock"
    path.write_text(path.read_text().replace('"verbatim"', '"transcribed"'))
    publish(upstream, document({"it": RANGE | {"description": "How many."}}))
    assert moved(folder) is None

    publish(upstream, document({"it": RANGE | {"maximum": 5}}))

    assert moved(folder) == ["request-maximum-tightened"]


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
    assert moved(folder) is None
