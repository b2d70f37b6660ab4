"""Documents of the field either read or are refused by name.

They are no part of this checkout, so these claims run only where a folder `shared`
beside it holds them.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from specs import (
    DefaultError,
    ProviderError,
    Registry,
    SpecError,
    vendored_folder,
)

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FILES = sorted([*CORPUS.glob("video/*.json"), *CORPUS.glob("history/**/*.json")])
EVERY_FILE = pytest.mark.parametrize(
    "path", FILES, ids=[it.relative_to(CORPUS).as_posix() for it in FILES]
)
pytestmark = pytest.mark.skipif(
    not FILES, reason="the corpus of documents is not beside this checkout"
)

TREATMENT = """
[[treatment]]
documents = "aimlapi/it.json"
pointer = "{pointer}/default"
action = "coerce"
reason = "An integer is given as text."
"""


@pytest.fixture
def beside_the_fetch(tmp_path: Path) -> Callable[..., Path]:
    """Return what vendors one more document of aimlapi."""

    def vendor(path: Path) -> Path:
        folder = tmp_path / "aimlapi"
        folder.mkdir()
        for name in ("provider.toml", "universal-video-fetch.json"):
            shutil.copy(vendored_folder() / "aimlapi" / name, folder)
        shutil.copy(path, folder / "it.json")
        return tmp_path

    return vendor


@EVERY_FILE
def test_document_reads_or_is_refused_with_a_pointer(
    beside_the_fetch: Callable[..., Path], path: Path
) -> None:
    refusal = refused(beside_the_fetch(path))

    if refusal is not None:
        assert refusal.pointer.startswith("aimlapi/it.json#/")
        assert str(refusal).startswith("aimlapi/it.json#/")
        assert "; " in str(refusal)


def refused(folder: Path) -> SpecError | None:
    """Return why *folder* does not load; None where it does."""
    try:
        Registry.load(folder)
    except SpecError as refusal:
        return refusal
    return None


@EVERY_FILE
def test_document_reads_when_its_defaults_are_coerced_where_a_refusal_says(
    beside_the_fetch: Callable[..., Path], path: Path
) -> None:
    folder = beside_the_fetch(path)
    coerced = 0
    while isinstance(refusal := refused(folder), DefaultError):
        coerced += 1
        pointer = refusal.pointer.partition("#")[2]
        with (folder / "waivers.toml").open("a") as file:
            file.write(TREATMENT.format(pointer=pointer))

    assert coerced <= 2
    # What still does not read speaks another protocol altogether.
    assert refusal is None or (coerced == 0 and isinstance(refusal, ProviderError))
