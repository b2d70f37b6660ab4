"""A document on its way into a folder: what to call it, and whose it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import (
    DocumentError,
    FetchLimits,
    SourceError,
    VendoringError,
    arrive,
    vendored_folder,
)
from tests.specs.upstream import Upstream

Make = Callable[..., dict[str, Any]]
LOCAL = FetchLimits(loopback=True)


@pytest.fixture
def file(tmp_path: Path, document: Make) -> Path:
    """Return a file with a document at a host of the built-in aimlapi."""
    path = tmp_path / "my-model.json"
    raw = document() | {"servers": [{"url": "https://api.aimlapi.com/v2"}, 5]}
    path.write_text(json.dumps(raw))
    return path


def test_file_is_read_and_its_provider_recognised_by_its_host(
    tmp_path: Path, file: Path
) -> None:
    found = arrive(tmp_path, str(file))

    assert (found.name, found.source) == ("aimlapi/my-model.json", "file:my-model.json")
    assert found.content == file.read_bytes()


def test_provider_of_the_folder_is_known(
    vendor: Callable[..., Path], file: Path
) -> None:
    assert arrive(vendor(), str(file), provider="acme").name == "acme/my-model.json"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/models/wan.json", "wan.json"),
        ("/models/wan", "wan.json"),
        ("/openapi.json?endpoint_id=fal-ai/wan/pose", "fal-ai-wan-pose.json"),
    ],
)
def test_url_is_fetched_and_names_the_document(
    tmp_path: Path, file: Path, upstream: Upstream, address: str, name: str
) -> None:
    upstream.pages[address] = file.read_bytes()

    found = arrive(tmp_path, f"{upstream.url}{address}", limits=LOCAL)

    assert found.name == f"aimlapi/{name}"
    assert found.source == f"{upstream.url}{address}"
    assert found.etag


def test_url_that_answers_nothing_is_refused(
    tmp_path: Path, upstream: Upstream
) -> None:
    with pytest.raises(SourceError, match="answers 404"):
        arrive(tmp_path, f"{upstream.url}/gone.json", limits=LOCAL)


def test_document_is_called_as_it_is_told(tmp_path: Path, file: Path) -> None:
    found = arrive(tmp_path, str(file), file_name="other.json")

    assert found.name == "aimlapi/other.json"


@pytest.mark.parametrize(
    "name", ["../evil.json", ".json", "a b.json", "provider.toml", "x" * 200 + ".json"]
)
def test_name_that_is_none_is_refused(tmp_path: Path, file: Path, name: str) -> None:
    with pytest.raises(VendoringError, match="is no name for a document"):
        arrive(tmp_path, str(file), file_name=name)


def test_mistyped_provider_is_answered_with_the_near_one(
    tmp_path: Path, file: Path
) -> None:
    with pytest.raises(VendoringError, match="did you mean aimlapi"):
        arrive(tmp_path, str(file), provider="aimlpai")
    with pytest.raises(VendoringError, match="did you mean aimlapi, fal"):
        arrive(tmp_path, str(file), provider="zzz")


def test_provider_is_asked_for_when_no_host_tells(
    tmp_path: Path, document: Make
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document()))

    with pytest.raises(
        VendoringError, match=r"is at no host.*--provider: aimlapi, fal"
    ):
        arrive(tmp_path, str(path))


def test_page_that_is_no_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("<html>Please sign in</html>")

    with pytest.raises(DocumentError, match="is not JSON"):
        arrive(tmp_path, str(path))


def test_vendored_document_is_recognised_as_it_was_vendored() -> None:
    folder = vendored_folder()
    path = next(folder.glob("fal/*.json"))

    assert arrive(folder, str(path)).name == f"fal/{path.name}"
