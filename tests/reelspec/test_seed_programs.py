"""The programs that the services' own pages print, read where those pages are present."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NODE

PAGES = Path(__file__).resolve().parents[3] / "shared" / "seeds"

pytestmark = [
    pytest.mark.skipif(not PAGES.is_dir(), reason="the pages are not here"),
    pytest.mark.usefixtures("curl", "node_with_packages"),
]

FETCH = """
import re, subprocess, sys, requests
found = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(found.stdout + found.stderr)
urls = re.findall(r"url['\\"]?: ?['\\"](https://[^'\\"]+)", found.stdout)
print("\\nfirst bytes:", requests.get(urls[-1]).content[4:8].decode() if urls else None)
"""
"""Run a program, then download the last video that it has printed."""


def read_program(page: str, language: str) -> str:
    """Return the program in *language* on *page*, which asks more often than printed."""
    (path,) = PAGES.glob(f"{page}_*.txt")
    fence = rf"^```{language}\n(.*?)^```"
    programs = re.findall(fence, path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (program,) = [it for it in programs if "pip install" not in it]
    program = re.sub(r"time\.sleep\(\d+\)", "time.sleep(0.1)", program)
    return re.sub(r"setTimeout\((\w+), \d+\)", r"setTimeout(\1, 100)", program)


def run_program(program: str, language: str, folder: Path) -> str:
    """Return what *program* prints, and the first bytes of the video it gets."""
    command = {"bash": "sh", "python": sys.executable, "javascript": "node"}[language]
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    suffix = "mjs" if "import {" in program else "cjs"
    path = folder / f"program.{suffix}"
    path.write_text(program, "utf-8")
    fetch = [sys.executable, "-c", FETCH, command, str(path)]
    found = subprocess.run(
        [sys.executable, "-m", "reelspec", "run", "--speed", "20", "--", *fetch],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return found.stdout


@pytest.mark.parametrize(
    ("page", "language"),
    [
        pytest.param("000", "python", id="inpainting-python"),
        pytest.param("001", "python", id="pose-python"),
        pytest.param("002", "python", id="reframe-python"),
        pytest.param("002", "javascript", id="reframe-javascript"),
        pytest.param("004", "python", id="fal-python"),
        pytest.param("004", "javascript", id="fal-javascript"),
    ],
)
def test_a_printed_program_gets_its_video(
    tmp_path: Path, page: str, language: str
) -> None:
    printed = run_program(read_program(page, language), language, tmp_path)

    assert printed.endswith("first bytes: ftyp\n"), printed


def test_the_printed_curl_command_gets_its_video(tmp_path: Path) -> None:
    (path,) = PAGES.glob("004_*.txt")
    (command,) = re.findall(
        r"^```bash\n(curl .*?)^```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )

    printed = run_program(command, "bash", tmp_path)

    assert printed.endswith("first bytes: ftyp\n"), printed


@pytest.mark.parametrize("page", ["000", "001"])
def test_a_printed_program_with_a_fault_is_refused_as_the_service_would(
    tmp_path: Path, page: str
) -> None:
    program = read_program(page, "javascript")

    printed = run_program(program, "javascript", tmp_path)

    refusal = re.search(r"^Error: 400 - (\{.*\})$", printed, re.MULTILINE)
    assert refusal is not None, printed
    envelope = json.loads(refusal[1])
    assert [*envelope] == ["message", "path", "requestId", "statusCode", "timestamp"]
    assert envelope["message"] == "Body validation error!\nvideo_url: Required"


@pytest.mark.parametrize("page", ["000", "001"])
def test_a_printed_program_gets_its_video_once_its_fault_is_mended(
    tmp_path: Path, page: str
) -> None:
    program = read_program(page, "javascript").replace("image_url:", "video_url:")

    printed = run_program(program, "javascript", tmp_path)

    assert printed.endswith("first bytes: ftyp\n"), printed
