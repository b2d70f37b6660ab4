"""Documents that cannot be honoured: one line, an exit code, and nothing written."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from specs import vendored_folder

NAME = "aimlapi/wan2.2-vace-fun-a14b-pose.json"
PATH = "/v2/video/generations"

Raw = dict[str, Any]


def properties(raw: Raw) -> Raw:
    body = raw["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    found: Raw = body["schema"]["properties"]
    return found


def edit(raw: Raw, **members: object) -> Raw:
    properties(raw)["num_frames"] = members
    return raw


def lose_a_state(raw: Raw) -> Raw:
    answer = raw["paths"][PATH]["post"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    schema["properties"]["status"]["enum"].remove("error")
    return raw


def claim_reframe(raw: Raw) -> Raw:
    properties(raw)["model"]["enum"] = ["alibaba/wan2.2-vace-fun-a14b-reframe"]
    return raw


CASES: dict[str, tuple[Callable[[Raw], object], str]] = {
    "not-json": (lambda _: "{", "is not JSON"),
    "not-openapi": (lambda _: {"swagger": "2.0", "paths": {}}, "openapi=None"),
    "broken-reference": (
        lambda raw: edit(raw, **{"$ref": "#/components/schemas/Gone"}),
        "'#/components/schemas/Gone' points nowhere",
    ),
    "file-reference": (
        lambda raw: edit(raw, **{"$ref": "../secret.json"}),
        "'../secret.json' leaves the document",
    ),
    "remote-reference": (
        lambda raw: edit(raw, **{"$ref": "https://example.com/a.json"}),
        "'https://example.com/a.json' leaves the document",
    ),
    "empty-range": (
        lambda raw: edit(raw, type="integer", minimum=50, maximum=28),
        "minimum=50 and maximum=28",
    ),
    "default-outside-enum": (
        lambda raw: edit(raw, type="string", enum=["480p"], default="auto"),
        "default='auto' is not one of",
    ),
    "default-of-another-type": (
        lambda raw: edit(raw, type="integer", default="81"),
        "default='81'",
    ),
    "state-not-covered": (lose_a_state, "lifecycle"),
    "model-claimed-twice": (claim_reframe, "alibaba/wan2.2-vace-fun-a14b-reframe"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_document_is_refused_in_one_line_and_nothing_is_written(
    case: str, tmp_path: Path
) -> None:
    spoil, said = CASES[case]
    folder = tmp_path / "specs"
    shutil.copytree(vendored_folder(), folder, ignore=shutil.ignore_patterns("*.py*"))
    spoilt = spoil(json.loads((folder / NAME).read_text("utf-8")))
    text = spoilt if isinstance(spoilt, str) else json.dumps(spoilt)
    (folder / NAME).write_text(text, "utf-8")
    arguments = ["--specs", str(folder), "--out", str(tmp_path / "clients")]

    result = CliRunner().invoke(main, ["generate", *arguments])

    assert result.exit_code == Exit.DOCUMENT
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert re.match(r"Error: aimlapi/.+: .+; .+", line)
    assert said in line
    assert not (tmp_path / "clients").exists()
