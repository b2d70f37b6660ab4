"""What a user installs: the wheels, built and run away from this checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def unpack_wheel(source: Path, target: Path) -> list[str]:
    """Build the wheel of *source*, unpack it into *target*, return its files."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
        return archive.namelist()


def run_from(folder: Path, *arguments: str) -> str:
    """Run Python with *folder* before anything else that is installed."""
    # What is unpacked there is a copy: to measure it too would count it twice.
    environment = {k: v for k, v in os.environ.items() if "COVERAGE" not in k}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_wheel_of_reelspec_carries_its_documents_and_lists_them(
    tmp_path: Path,
) -> None:
    unpack_wheel(ROOT, tmp_path)

    where = run_from(tmp_path, "-c", "import specs; print(specs.__file__)")
    rows = json.loads(run_from(tmp_path, "-m", "reelspec", "specs", "list", "--json"))

    assert Path(where.strip()).is_relative_to(tmp_path)
    assert len(rows) == 6


def test_the_wheel_of_reelspec_generates_the_same_clients(tmp_path: Path) -> None:
    unpack_wheel(ROOT, tmp_path)
    clients = str(ROOT / "generated")

    out = run_from(tmp_path, "-m", "reelspec", "generate", "--check", "--out", clients)

    assert "fresh" in out


def test_the_wheel_of_the_clients_stands_alone(tmp_path: Path) -> None:
    names = unpack_wheel(ROOT / "generated", tmp_path)

    code = "from reel_clients import aimlapi, fal; print(aimlapi.__file__)"
    where = run_from(tmp_path, "-c", code)

    assert Path(where.strip()).is_relative_to(tmp_path)
    assert "reel_clients/py.typed" in names


@pytest.mark.parametrize("name", ["aimlapi", "fal"])
def test_importing_a_client_imports_nothing_of_reelspec(name: str) -> None:
    code = (
        f"import sys, reel_clients.{name}; "
        "print(sorted({it.partition('.')[0] for it in sys.modules}))"
    )

    loaded = run_from(ROOT / "generated", "-c", code)

    assert "'httpx'" in loaded
    assert not {"'specs'", "'codegen'", "'jinja2'", "'starlette'"} & set(
        loaded.strip("[]\n").split(", ")
    )
