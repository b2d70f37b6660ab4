"""Pages of our own, held to the vendored contracts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from specs import PageFinding, Registry, check_pages, vendored_folder

Check = Callable[..., list[PageFinding]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load(vendored_folder())


@pytest.fixture
def check(tmp_path: Path, registry: Registry) -> Check:
    """Return what says what is wrong with the text of a page."""

    def run(text: str | bytes, name: str = "page.md") -> list[PageFinding]:
        page = tmp_path / name
        page.write_bytes(text.encode() if isinstance(text, str) else text)
        return list(check_pages([page], registry).findings)

    return run
