"""Real pages of documentation, where they are at hand, and what is wrong with them.

Each finding was verified by hand against the page and the vendored document.
"""

from pathlib import Path

import pytest

from specs import Registry, check_pages
from tests.specs.pages.pages import told

SEEDS = Path(__file__).resolve().parents[4] / "shared" / "seeds"

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the sample pages are not beside this checkout"
)

OLD = [
    ("impossible-status", "the status 'active'"),
    ("impossible-status", "the status 'waiting'"),
]
NAIVE = ("failure-as-success", "the program never asks for 'error'")

FOUND = {
    "000": [
        *((134, *it) for it in (*OLD, NAIVE)),
        (163, "missing-field", "video_url is left out"),
        (166, "unknown-field", "image_url is sent"),
        *((253, *it) for it in (*OLD, NAIVE)),
    ],
    "001": [
        *((115, *it) for it in (*OLD, NAIVE)),
        (144, "missing-field", "video_url is left out"),
        (147, "unknown-field", "image_url is sent"),
        *((234, *it) for it in (*OLD, NAIVE)),
        (290, "impossible-status", "the status 'complete'"),
        (
            293,
            "unknown-document",
            "links https://raw.githubusercontent.com/aimlapi/api-docs/refs/heads/main/docs/"
            "api-references/video-models/OpenAi/sora-2-t2v-pair.json",
        ),
    ],
    "002": [
        (91, "unknown-field", "image_url is sent"),
        (141, *NAIVE),
        (175, "unknown-field", "image_url is sent"),
        *((263, *it) for it in (*OLD, NAIVE)),
    ],
    "003": [(42, "impossible-status", "the status 'complete'")],
    "004": [
        (46, "prose-range", "num_frames: between 81 to 241"),
        (133, "prose-enum", "acceleration: Options are none, regular"),
        (267, "bad-answer", "seed is left out"),
    ],
}


@pytest.mark.parametrize("name", FOUND)
def test_a_real_page_has_these_faults_and_no_others(
    name: str, registry: Registry
) -> None:
    (page,) = SEEDS.glob(f"{name}_*.txt")

    assert told(check_pages([page], registry).findings) == FOUND[name]
