"""A fixture for a program's own tests: a mock of the services, and clients of it.

    def test_my_program(reel_mock):
        video = reel_mock.client("fal").wan_22_vace_fun_a14b_inpainting.submit(…)

Clients that the program opens itself, without a key or an address, reach the mock too.
The mock is the command `reelspec mock`; it is started once for all tests, and its jobs
are done at the first look.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from tempfile import TemporaryFile
from typing import IO, Any

import pytest

_KEY = "reel:mock"
_OPTIONS = (
    "mock",
    "--port=0",
    "--store=memory",
    "--queued=0",
    "--generating=0",
    "--json",
)
_CLIENTS = "reel_clients"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelMock:
    """A mock at *base_url*."""

    base_url: str
    opened: ExitStack = field(default_factory=ExitStack, repr=False)

    def client(self, provider: str, **options: Any) -> Any:
        """Return a client of *provider*, which is closed when the test ends."""
        return self.opened.enter_context(self._open(provider, "Client", options))

    def async_client(self, provider: str, **options: Any) -> Any:
        """Return a client of *provider* for asyncio, to be used with `async with`."""
        return self._open(provider, "AsyncClient", options)

    def _open(self, provider: str, kind: str, options: dict[str, Any]) -> Any:
        made = getattr(import_module(f"{_CLIENTS}.{provider}"), kind)
        return made(**{"api_key": _KEY, "base_url": self.base_url, **options})


@pytest.fixture(scope="session")
def reel_mock_address() -> Iterator[str]:
    """Start the mock for all tests of this run, and return its address."""
    with serving(*find_command(), *_OPTIONS) as address:
        yield address


@pytest.fixture
def reel_mock(
    reel_mock_address: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReelMock]:
    """A mock of the services, and clients of it; also for those that a program opens."""
    monkeypatch.setenv("REEL_BASE_URL", reel_mock_address)
    for it in iter_modules(import_module(_CLIENTS).__path__):
        if it.ispkg and not it.name.startswith("_"):
            service = import_module(f"{_CLIENTS}.{it.name}.service").SERVICE
            monkeypatch.setenv(service.environment[0], _KEY)
    mock = ReelMock(base_url=reel_mock_address)
    with mock.opened:
        yield mock


@contextmanager
def serving(*command: str) -> Generator[str]:
    """Run *command*, which announces its address as JSON, and end it at the end."""
    with TemporaryFile("w+") as errors:
        process = subprocess.Popen(  # noqa: S603 - a command of ours, and no shell
            command, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        with process:
            try:
                yield _read_address(process, errors)
            finally:
                process.terminate()


def find_command() -> list[str]:
    """Return what runs reelspec; end the test where it is not installed."""
    if find_spec("reelspec"):
        return [sys.executable, "-m", "reelspec"]
    found = shutil.which("reelspec")
    if not found:
        pytest.fail("reel_mock needs the command reelspec; pip install reelspec[mock]")
    return [found]


def _read_address(process: subprocess.Popen[str], errors: IO[str]) -> str:
    assert process.stdout is not None, "it was asked for"
    text = ""
    for line in process.stdout:
        text += line
        if line.rstrip() == "}":
            address: str = json.loads(text)["base_url"]
            return address
    process.wait()
    errors.seek(0)
    pytest.fail(f"the mock did not start: {errors.read()[-400:]}")
