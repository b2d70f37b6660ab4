"""The door of the mock, and what a start pays for by entering it."""

import subprocess
import sys

import pytest

import mock_server

SELDOM = {
    "importlib.metadata",
    "mock_server.interception.interception",
    "mock_server.recording.app",
    "mock_server.stores.redis",
    "pydantic",
    "pydantic_core",
    "specs.marks",
    "zipfile",
}
"""What takes long to import, and no start needs."""


def test_every_name_of_the_door_leads_somewhere() -> None:
    assert [it for it in mock_server.__all__ if not hasattr(mock_server, it)] == []


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'mock_server' has no attribute 'no'"):
        _ = mock_server.no


def test_app_is_built_without_what_few_runs_need() -> None:
    script = (
        "import sys, mock_server, reelspec.mock_command, specs\n"
        "mock_server.build_app(specs.Registry.load(specs.vendored_folder()))\n"
        f"print(sorted({SELDOM!r} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
