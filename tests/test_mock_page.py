"""The page of the mock server, held against the mock server."""

import re
import shlex
import subprocess
from pathlib import Path

import click
import httpx
import pytest

from mock_server import SCENARIOS, ManualClock, Server, build_app
from reelspec.mock_command import command
from specs import Registry, vendored_folder

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "mock.md").read_text("utf-8")
CALLS = re.findall(r"^\$ (curl .*127\.0\.0\.1:8000/__mock__.*)$", PAGE, re.M)
COMMANDS = re.findall(r"^\$ reelspec mock(.*)$", PAGE, re.M)


def test_the_page_lists_every_scenario_and_what_chaos_draws_from() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \|(?: (yes) )?[ ]?\|$", PAGE, re.M)

    assert {name: mixed == "yes" for name, mixed in rows} == {
        it.name: it.mixed for it in SCENARIOS.values()
    }


def test_the_page_names_every_address_of_the_control_api() -> None:
    app = build_app(Registry.load(vendored_folder()))
    with Server(app) as server:
        document = httpx.get(f"{server.base_url}/__mock__/openapi.json").json()

    named = {
        re.sub(r"\{\w+\}", "{}", it) for it in re.findall(r"/__mock__/[^\s`?]+", PAGE)
    }
    wanted = {re.sub(r"\{\w+\}", "{}", it) for it in document["paths"]}
    assert wanted - {"/__mock__/media/{}"} <= named


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_the_page_is_answered(call: str, curl: str) -> None:
    app = build_app(Registry.load(vendored_folder()), clock=ManualClock())
    with Server(app) as server:
        _, *arguments = shlex.split(call.replace("127.0.0.1:8000", server.base_url))
        done = subprocess.run(
            [curl, *arguments, "-s", "--fail-with-body"],
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_command_of_the_page_is_understood(arguments: str) -> None:
    plain = arguments.partition(" >")[0].partition(" &")[0]

    command.make_context("mock", shlex.split(plain))


def test_the_page_names_only_options_that_there_are() -> None:
    options = {
        name
        for it in command.params
        if isinstance(it, click.Option)
        for name in it.opts
    }
    sections = PAGE.partition("## Scenarios")[2]

    named = set(re.findall(r"`(--[a-z-]+)", sections))
    assert named <= options
