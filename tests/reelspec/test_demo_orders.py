"""What the demo asks for is what a document allows."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reelspec.demo_orders import make_orders
from specs import Registry, vendored_folder
from tests.reelspec.test_specs_add_command import write_model


@pytest.mark.parametrize(
    ("schema", "asked"),
    [
        ({"type": "string"}, "A paper boat on a river."),
        ({"type": "string", "maxLength": 7}, "A paper"),
        ({"type": "string", "enum": ["b", "a"]}, "b"),
        ({"type": "string", "default": "d"}, "d"),
        ({"type": "string", "format": "uri"}, "https://example.com/input.mp4"),
        ({"type": "integer", "maximum": 0}, 0),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, 2),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, 0),
        ({"type": "number", "minimum": 1.5, "multipleOf": 0.5}, 1.5),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [False] * 2),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, 1),
        ({}, None),
        (
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}},
            },
            {"a": False},
        ),
    ],
)
def test_required_member_gets_a_value(
    tmp_path: Path, schema: dict[str, Any], asked: Any
) -> None:
    assert arguments(tmp_path, {"it": schema})["it"] == asked


@pytest.mark.parametrize(
    ("name", "schema", "asked"),
    [
        ("resolution", {"type": "string", "enum": ["auto", "480p"]}, "480p"),
        ("num_frames", {"type": "integer"}, 33),
        ("num_frames", {"type": "integer", "maximum": 17}, 17),
        ("frames_per_second", {"type": "integer", "enum": [24]}, 24),
    ],
)
def test_member_that_shapes_the_video_is_asked_for(
    tmp_path: Path, name: str, schema: dict[str, Any], asked: Any
) -> None:
    assert arguments(tmp_path, {name: schema})[name] == asked


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("resolution", {"type": "string"}),
        ("num_frames", {"type": "string"}),
        ("other", {"type": "string"}),
    ],
)
def test_other_member_is_left_out(
    tmp_path: Path, name: str, schema: dict[str, Any]
) -> None:
    assert name not in arguments(tmp_path, {name: schema})


def arguments(home: Path, properties: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked of a model whose body has *properties* too, each required."""
    raw = json.loads(write_model(home, **properties).read_text("utf-8"))
    submit = raw["paths"]["/v2/video/generations"]["post"]
    schema = submit["requestBody"]["content"]["application/json"]["schema"]
    schema["required"] += [it for it in properties if it == "it"]
    folder = home / "aimlapi"
    folder.mkdir()
    (folder / "new.json").write_text(json.dumps(raw), "utf-8")
    for name in ("provider.toml", "universal-video-fetch.json"):
        shutil.copy(vendored_folder() / "aimlapi" / name, folder)
    contracts = {it.id: it for it in Registry.load(home).contracts}
    (order,) = make_orders(contracts, dict.fromkeys(contracts, "new"))
    return dict(order.arguments)
