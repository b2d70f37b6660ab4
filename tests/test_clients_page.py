"""The pages of the clients: every snippet is run as it stands, led to the mock."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.runtime import errors
from codegen.runtime.command.codes import Exit
from tests.conftest import NODE

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "docs" / "clients.md",
    *sorted((ROOT / "docs" / "clients").glob("*.md")),
]


# The mock's time goes fast; so must the pauses between two looks at a job.
HURRY = """
import asyncio, time

def hurried(sleep):
    return lambda seconds, *more: sleep(min(seconds, 0.02), *more)

time.sleep, asyncio.sleep = hurried(time.sleep), hurried(asyncio.sleep)
"""


def led_to_the_mock(folder: Path, *program: str) -> subprocess.CompletedProcess[str]:
    """Run *program* in *folder* under `reelspec run`, where time goes fast."""
    binaries = str(Path(sys.executable).parent)
    (folder / "sitecustomize.py").write_text(HURRY, "utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "reelspec", "run", "--speed", "200", "--"),
            *("env", f"PYTHONPATH={folder}", *program),
        ],
        cwd=folder,
        env=os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def blocks(page: Path, language: str) -> list[str]:
    found = re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S
    )
    return [str(it) for it in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.stem)
def test_the_program_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("\n".join(blocks(page, "python")), "utf-8")

    done = led_to_the_mock(tmp_path, sys.executable, "program.py")

    assert done.returncode == 0, done.stderr
    fetched = set(re.findall(r'(?:download\(|, )"(\w+\.mp4)"', program.read_text()))
    assert fetched
    assert all((tmp_path / it).read_bytes()[4:8] == b"ftyp" for it in fetched)


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    lines = [
        line.removeprefix("$ ")
        for block in blocks(PAGES[0], "console")
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    script = tmp_path / "commands.sh"
    script.write_text("\n".join(["set -eux", *lines]), "utf-8")

    done = led_to_the_mock(tmp_path, "bash", "commands.sh")

    assert done.returncode == 0, done.stderr
    for name in ("shell.mp4", "door.mp4"):
        assert (tmp_path / name).read_bytes()[4:8] == b"ftyp"


def test_the_page_draws_every_error_there_is() -> None:
    found = re.search(
        r"^```\n(ReelError\n.*?)^```", PAGES[0].read_text("utf-8"), re.M | re.S
    )
    assert found is not None
    tree = found[1]
    drawn = set(re.findall(r"^[│├└─ ]*(\w+)", tree, re.M))
    names = {
        name
        for name, it in vars(errors).items()
        if isinstance(it, type) and issubclass(it, errors.ReelError)
    }

    assert drawn == names


def test_the_page_lists_every_exit_code_with_its_meaning() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", PAGES[0].read_text("utf-8"), re.M)

    assert rows == [(str(it.value), it.meaning) for it in Exit]


def test_the_program_in_typescript_compiles(
    tmp_path: Path, node_with_packages: str
) -> None:
    compiler = NODE / "node_modules" / "typescript" / "bin" / "tsc"
    shutil.copytree(ROOT / "generated" / "typescript", tmp_path, dirs_exist_ok=True)
    (program,) = blocks(PAGES[0], "ts")
    # Node's own types are no dependency of the client, nor of its tests.
    writer = "export function writeFile(path: string, data: Uint8Array): Promise<void>;"
    known = f'declare module "node:fs/promises" {{ {writer} }}'
    (tmp_path / "src" / "node.d.ts").write_text(known, "utf-8")
    (tmp_path / "src" / "page.ts").write_text(
        program.replace("reel-clients/aimlapi", "./aimlapi/index.js"), "utf-8"
    )

    done = subprocess.run(
        [node_with_packages, str(compiler), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
