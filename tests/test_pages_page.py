"""The page about pages, held against what the command does."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from reelspec.cli import main
from specs import (
    PAGE_OUTPUTS,
    PageLevel,
    Registry,
    check_pages,
    list_page_rules,
    vendored_folder,
)

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "pages.md").read_text("utf-8")

EXAMPLE = """# Posing

```python
requests.post("https://api.aimlapi.com/v2/video/generations", json={
    "model": "alibaba/wan2.2-vace-fun-a14b-pose",
    "prompt": "A dance", "video_url": video,
    "num_frames": 5,
})
```

- `shift` (number): How far to shift. Default: `8`
"""


def test_the_page_lists_every_rule_and_level_as_it_is() -> None:
    assert f"<!-- rules -->\n{list_page_rules()}\n<!-- end of rules -->" in PAGE
    assert all(f"| {it.value} | {it.meaning} |" in PAGE for it in PageLevel)


def test_the_page_names_every_format() -> None:
    assert all(f"`{it}`" in PAGE for it in PAGE_OUTPUTS)


def test_the_page_s_example_is_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(EXAMPLE)

    printed = CliRunner().invoke(main, ["docs", "check", "page.md"]).output

    assert f"$ reelspec docs check page.md\n{printed}```" in PAGE


def test_the_pages_of_this_project_have_no_fault() -> None:
    root = Path(__file__).resolve().parents[1]
    pages = [
        root / "README.md",
        root / "CHANGELOG.md",
        *sorted((root / "docs").glob("*.md")),
    ]
    own = [
        it for it in pages if it.name != "pages.md"
    ]  # its example is faulty on purpose

    assert check_pages(own, Registry.load(vendored_folder())).findings == ()
