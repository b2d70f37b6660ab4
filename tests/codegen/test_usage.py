"""What a changed document breaks in programs that use the generated clients."""

import json
from pathlib import Path

import pytest

from benchmarks.diff.edits import DROP, Edit
from codegen import Uses, find_uses
from specs import Registry, compare_sources, find_source, vendored_folder

NAME = "wan2_2_vace_fun_a14b_inpainting"
DOCUMENT = vendored_folder() / "aimlapi" / "wan2.2-vace-fun-a14b-inpainting.json"
IN = "/paths/~1v2~1video~1generations/post/requestBody/content/application~1json/schema"
OUT = "/paths/~1v2~1video~1generations/post/responses/200/content/application~1json/schema"

PROGRAM = f"""
from reel_clients.aimlapi import Client
from reel_clients import fal

def main(client: Client, frames: int, **options: object) -> None:
    job = client.{NAME}.submit(prompt="a", video_url="u", num_frames=20, resolution="720p")
    print(job.wait().video.url, job.id)
    model = client.{NAME}
    done = model.submit(prompt="b", video_url="v", num_frames=frames, sync_mode=True).wait()
    again = done
    print(again.video.url, done["video"], other.video.url)
    client.{NAME}.submit(**options)
    client.wan2_2_vace_fun_a14b_pose.submit(prompt="a", video_url="u", sync_mode=True)
    thing.submit(sync_mode=True)
    submit(sync_mode=True)

async def later(client):
    job = await client.{NAME}.submit(
        prompt="a", video_url="u", num_frames=-1, resolution="580p",
        image_list=["a", "b"],
    )
    client.x = (await job.wait()).video
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load(vendored_folder())


def touched(folder: Path, registry: Registry, changes: dict[str, object]) -> Uses:
    """Return what *changes* of the vendored document break in the program."""
    raw = json.loads(DOCUMENT.read_text("utf-8"))
    new = folder / "new.json"
    new.write_text(json.dumps(Edit("", "", "", changes).apply(raw)))
    source = folder / "app.py"
    source.write_text(PROGRAM)
    report = compare_sources(
        find_source(str(DOCUMENT), folder=registry.folder),
        find_source(str(new), folder=registry.folder),
    )
    return find_uses(report, registry, [source])


EDITS: dict[str, tuple[dict[str, object], list[tuple[int, str]]]] = {
    "removed": ({f"{IN}/properties/sync_mode": DROP}, [(9, "sync_mode")]),
    "minimum": (
        {f"{IN}/properties/num_frames/minimum": 50},
        [(6, "num_frames"), (9, "num_frames"), (19, "num_frames")],
    ),
    "minimum-kept": (
        {f"{IN}/properties/num_frames/minimum": 18},
        [(9, "num_frames"), (19, "num_frames")],
    ),
    "maximum": ({f"{IN}/properties/num_frames/maximum": 30}, [(9, "num_frames")]),
    "enum": (
        {f"{IN}/properties/resolution/enum": ["480p", "720p"]},
        [(19, "resolution")],
    ),
    "type": (
        {f"{IN}/properties/num_frames/type": "string"},
        [(6, "num_frames"), (9, "num_frames"), (19, "num_frames")],
    ),
    "required": (
        {
            f"{IN}/required": [
                "model",
                "prompt",
                "video_url",
                "num_frames",
                "resolution",
            ]
        },
        [(9, "resolution")],
    ),
    "added": (
        {
            f"{IN}/properties/new-one": {"type": "string"},
            f"{IN}/required": ["model", "prompt", "video_url", "new-one"],
        },
        [(6, "new_one"), (9, "new_one"), (18, "new_one")],
    ),
    "unnameable": (
        {
            f"{IN}/properties/視": {"type": "string"},
            f"{IN}/required": ["model", "prompt", "video_url", "視"],
        },
        [(6, "視"), (9, "視"), (18, "視")],
    ),
    "items": ({f"{IN}/properties/image_list/items/maxLength": 5}, [(20, "image_list")]),
    "field": (
        {f"{OUT}/properties/video": DROP},
        [(7, "video"), (11, "video"), (22, "video")],
    ),
    "inner-field": (
        {f"{OUT}/properties/video/properties/url/type": "integer"},
        [(7, "video.url"), (11, "video.url")],
    ),
    "answer": ({f"{OUT}/type": "array"}, [(6, ""), (9, ""), (12, ""), (18, "")]),
    "address": (
        {"/servers/0/url": "https://films.test"},
        [(6, ""), (9, ""), (12, ""), (18, "")],
    ),
    "compatible": ({f"{IN}/properties/num_frames/minimum": 1}, []),
}


@pytest.mark.parametrize(("changes", "expected"), EDITS.values(), ids=EDITS)
def test_a_breaking_change_is_traced_to_the_lines_that_it_touches(
    tmp_path: Path,
    registry: Registry,
    changes: dict[str, object],
    expected: list[tuple[int, str]],
) -> None:
    found = touched(tmp_path, registry, changes).found

    assert [(it.line, it.argument) for it in found] == expected
    assert all(it.call == f"{NAME}.submit" for it in found)


def test_a_shared_document_touches_every_model_that_polls_by_it(
    tmp_path: Path, registry: Registry
) -> None:
    poll = vendored_folder() / "aimlapi" / "universal-video-fetch.json"
    new = tmp_path / "aimlapi" / "universal-video-fetch.json"
    new.parent.mkdir()
    new.write_text(
        poll.read_text("utf-8").replace("https://api.aimlapi.com", "https://a.test")
    )
    source = tmp_path / "app.py"
    source.write_text(PROGRAM)
    report = compare_sources(
        find_source(str(poll), folder=registry.folder),
        find_source(str(new), folder=registry.folder),
    )

    found = find_uses(report, registry, [source]).found

    assert [it.line for it in found] == [6, 9, 12, 13, 18]


def test_a_folder_is_walked_without_what_is_not_the_caller_s(
    tmp_path: Path, registry: Registry
) -> None:
    for name in (
        "src/a.py",
        "src/.venv/b.py",
        "src/node_modules/c.py",
        "src/d.txt",
        "src/e/f.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def (")
    (tmp_path / "src" / "large.py").write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    report = compare_sources(
        find_source(str(DOCUMENT), folder=registry.folder),
        find_source(str(DOCUMENT), folder=registry.folder),
    )

    uses = find_uses(report, registry, [tmp_path / "src"])

    assert uses.found == ()
    assert [it.removeprefix(f"{tmp_path.as_posix()}/src/") for it in uses.unread] == [
        "a.py",
        "e/f.py",
        "large.py",
    ]
