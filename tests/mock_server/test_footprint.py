"""The memory of the real process: while nobody asks anything, and under bad input."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-m", "reelspec", "mock", "--port", "0", "--json"]
SUBMITS = {
    "/v2/video/generations": "Bearer k",
    "/fal-ai/wan-22-vace-fun-a14b/inpainting": "Key id:secret",
}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[str, int]]:
    """Yield the address of a mock that nobody measures but us, and its process."""
    environment = {it: os.environ[it] for it in os.environ if "COVERAGE" not in it}
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=environment, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        announced = b"".join(iter(process.stdout.readline, b"}\n")) + b"}"
        yield json.loads(announced)["base_url"], process.pid
    finally:
        process.terminate()
        process.communicate(timeout=60)


def resident_bytes(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def hostile(number: int) -> dict[str, Any]:
    """Return a call that is not like the one before it, nor like any other so far."""
    path, key = [*SUBMITS.items()][number % 2]
    bodies = [
        b"[" * 100_000,
        b'{"prompt": "\xff"}',
        b"[" + b"1," * 50_000 + b"1]",
        json.dumps({f"member{number}": "x" * 100_000}).encode(),
        json.dumps({"model": f"vendor/model-{number}", "prompt": [{}]}).encode(),
        b"x" * 100_000,
    ]
    return {
        "method": "POST",
        "url": f"{path}{f'/no/{number}' if number % 5 == 4 else ''}",
        "params": {f"name{number}": "v" * 500},
        "content": bodies[number % len(bodies)],
        "headers": {
            "Authorization": f"{key}{number}" if number % 3 else f"Nonsense {number}",
            "Content-Type": "application/json",
            f"X-Header-{number}": "h" * 1_000,
        },
    }


def test_an_idle_mock_of_every_contract_takes_less_than_80_megabytes(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as (_, pid):
        assert resident_bytes(pid) < 80_000_000


def test_bad_input_does_not_make_the_mock_grow(tmp_path: Path) -> None:
    with running(tmp_path) as (url, pid), httpx.Client(base_url=url) as client:
        before = resident_bytes(pid)
        codes = {client.request(**hostile(it)).status_code for it in range(2_000)}
        grown = resident_bytes(pid) - before

    assert codes == {400, 401, 404, 422}
    # What is known of callers is kept, up to a limit; what they sent, 200 MB, is not.
    assert grown < 50_000_000
