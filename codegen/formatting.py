"""Formatting of generated Python, by ruff, in one run for all files."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.errors import FormatError
from codegen.vet import parse

_SETTINGS = ("--isolated", "--no-cache", "--quiet", "--target-version=py311")
_FIX = ("--fix", "--select=I,F401", "--config=lint.isort.combine-as-imports=true")


def format_all(files: Mapping[str, str]) -> dict[str, str]:
    """Return *files*, paths to Python texts, formatted; raise FormatError if one cannot be.

    Unused imports go, the rest are sorted.
    """
    for path, text in files.items():
        parse(text, where=path)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _run("check", *_FIX, str(root))
        _run("format", "--line-length=88", str(root))
        return {path: (root / path).read_text(encoding="utf-8") for path in files}


def _run(*arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", arguments[0], *_SETTINGS, *arguments[1:]]
    # Our own interpreter runs a tool this distribution depends on; no shell is involved.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as the comment above says
    if done.returncode != 0:
        raise FormatError(
            "ruff",
            f"cannot format the generated code: {(done.stdout + done.stderr)[-400:]}",
            fix="report the document",
        )
