"""What every folder's tests share: how much is drawn, and the programs that are run.

Whoever has not got a program skips its tests. CI has to have all of them.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

# The same cases everywhere, and none that fails because its machine was busy.
settings.load_profile("ci")

NODE = Path(__file__).parent / "node"
"""The folder of what Node runs, and of the packages for it."""


def lack(reason: str) -> NoReturn:
    """Skip what asks for something that is not here, or fail it in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def require(*names: str) -> str:
    """Return the path of a program, the first of its *names* that is installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or lack(f"{names[0]} is not installed")


@pytest.fixture(scope="session")
def curl() -> str:
    """Return the path of curl."""
    return require("curl")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a browser."""
    return require("chromium", "google-chrome")


@pytest.fixture(scope="session")
def node() -> str:
    """Return the path of Node."""
    return require("node")


@pytest.fixture(scope="session")
def node_with_packages(node: str) -> str:
    """Return the path of Node, where what `tests/node` names is installed there."""
    if not (NODE / "node_modules").is_dir():
        lack("the packages for Node are not installed: npm ci in tests/node")
    return node


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a Redis that keeps nothing; return its address."""
    program = require("redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    process = subprocess.Popen(
        [program, *options, str(folder)], stdout=subprocess.DEVNULL
    )
    with process:
        _wait_until_open(port)
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("redis-server does not start")
