"""The snippets of the README, run as a reader would run them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server import Server, Timing, build_app
from specs import Registry, vendored_folder

ROOT = Path(__file__).resolve().parents[1]
SNIPPETS = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S
)


@pytest.mark.parametrize("index", range(len(SNIPPETS)))
def test_a_snippet_of_the_readme_runs(index: int, tmp_path: Path) -> None:
    timing = Timing(queued=0.1, generating=0.1)
    app = build_app(Registry.load(vendored_folder()), timing=timing)
    with Server(app) as server:
        source = SNIPPETS[index].replace("http://127.0.0.1:8000", server.base_url)
        done = subprocess.run(
            [sys.executable, "-c", source],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert ("nothing was sent" in done.stdout) == ("9999" in source)
    assert (tmp_path / "out.mp4").exists() == ("out.mp4" in source)


def test_the_readme_names_only_commands_there_are() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    targets = set(re.findall(r"`make (\w+)`", text))
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert targets == {"demo", "test", "install"}
    assert all(re.search(rf"^{it}:", makefile, re.M) for it in targets)
