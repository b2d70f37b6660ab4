"""The programs that tests run are skipped by who has none, and never in CI."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import conftest

TESTS = Path(conftest.__file__).parent
FIXTURES = ["curl", "chromium", "node", "node_with_packages", "redis_url"]


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", "error"), ("", "skipped")], ids=["in CI", "elsewhere"]
)
def test_a_test_without_its_program_ends_so_when_run(
    tmp_path: Path, ci: str, outcome: str
) -> None:
    tests = [f"def test_{it}({it}): pass\n" for it in FIXTURES]
    (tmp_path / "test_it.py").write_text("".join(tests), "utf-8")
    (tmp_path / "bin").mkdir()
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-rA"]
    places = ["-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)]

    done = subprocess.run(
        [*command, *places],
        cwd=TESTS.parent,
        env=os.environ | {"PATH": str(tmp_path / "bin"), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout.splitlines()[-1]
    assert f" {len(FIXTURES)} {outcome}" in said.replace("errors", "error"), done.stdout
    assert "passed" not in said


def test_only_the_fixtures_look_for_programs() -> None:
    looking = [
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if re.search(r"\bwhich\b[(,)]", path.read_text("utf-8"))
    ]

    assert looking == ["conftest.py"]
