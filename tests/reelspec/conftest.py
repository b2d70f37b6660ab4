"""Programs that the tests run, where the machine has them."""

import os
import shutil
from pathlib import Path

import pytest

NODE_MODULES = Path(__file__).resolve().parents[1] / "node" / "node_modules"


def require(program: str) -> str:
    """Return the path of *program*; skip where a user's machine has none."""
    found = shutil.which(program)
    if found is None and os.environ.get("CI") != "true":
        pytest.skip(f"{program} is not installed")
    assert found is not None
    return found


@pytest.fixture
def curl() -> str:
    """Return the path of curl."""
    return require("curl")


@pytest.fixture
def node() -> str:
    """Return the path of Node."""
    return require("node")


@pytest.fixture
def fal_for_node(node: str) -> str:
    """Return the path of Node, where fal's client for it is installed."""
    is_there = (NODE_MODULES / "@fal-ai" / "client").is_dir()
    if not is_there and os.environ.get("CI") != "true":
        pytest.skip("fal's client for Node is not installed: npm ci in tests/node")
    assert is_there
    return node
