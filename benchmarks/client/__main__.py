"""Measures the generated client beside its peers, in turn, on this machine.

`make bench-client` runs it with the Python of an environment of its own, which has the
peers of requirements.lock. The table goes to `benchmarks/client.md`.
"""

import ast
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
RESULT = HERE.parent / "client.md"
GENERATED = HERE.parents[1] / "generated" / "reel_clients"
ROUNDS = 15

IMPORTS = {
    "httpx and pydantic": "import httpx; from pydantic import BaseModel, TypeAdapter",
    "reel_clients.aimlapi": "import reel_clients.aimlapi",
    "reel_clients.aimlapi, Client()": (
        "from reel_clients.aimlapi import Client; Client(api_key='k')"
    ),
    "fal_client": "import fal_client",
    "openai": "import openai",
}


def python(*arguments: str) -> str:
    """Run the Python of this environment; return what it prints."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own programs
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


@contextmanager
def service() -> Iterator[str]:
    """Run the service that answers at once; yield its port."""
    command = [sys.executable, str(HERE / "service.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - as above
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def measure_imports() -> dict[str, tuple[float, float]]:
    """Return the milliseconds of each import, and of CPU, less those of Python itself."""
    programs = {"": "pass", **IMPORTS}
    taken: dict[str, list[float]] = {it: [] for it in programs}
    used: dict[str, list[float]] = {it: [] for it in programs}
    for _ in range(ROUNDS):
        for name, code in programs.items():
            start, before = time.perf_counter(), _children()
            python("-c", code)
            used[name].append(_children() - before)
            taken[name].append(time.perf_counter() - start)
    bare = median(taken.pop("")), median(used.pop(""))
    return {
        it: ((median(taken[it]) - bare[0]) * 1000, (median(used[it]) - bare[1]) * 1000)
        for it in taken
    }


def _children() -> float:
    """Return the seconds of CPU that all processes of ours that ended have had."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def count_lines() -> dict[str, tuple[int, int]]:
    """Return the lines of each part, and those of them that are code."""
    parts: dict[str, list[Path]] = {"the clients": [], "the runtime": [], "`reel`": []}
    for path in GENERATED.rglob("*.py"):
        is_ours = "_runtime" not in path.parts
        name = "the clients" if is_ours else "the runtime"
        parts["`reel`" if "command" in path.parts else name].append(path)
    counted: dict[str, tuple[int, int]] = {}
    for name, paths in parts.items():
        texts = [it.read_text("utf-8") for it in paths]
        lines = sum(it.count("\n") for it in texts)
        counted[name] = lines, sum(map(_code_lines, texts))
    return counted


def _code_lines(text: str) -> int:
    """Return the lines that hold code: no blank ones, comments and docstrings."""
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(text.splitlines(), start=1)
    return sum(
        number not in told and bool(it.strip()) and not it.lstrip().startswith("#")
        for number, it in lines
    )


def tables(
    imports: dict[str, tuple[float, float]], calls: Any, jobs: Any
) -> Iterator[str]:
    """Yield the lines of the tables."""
    yield "| import | ms | of httpx and pydantic | ms of CPU | of httpx and pydantic |"
    yield "|---|---:|---:|---:|---:|"
    must = imports["httpx and pydantic"]
    for name, (wall, cpu) in imports.items():
        shares = f"{wall / must[0]:.2f} | {cpu:.0f} | {cpu / must[1]:.2f}"
        yield f"| {name} | {wall:.0f} | {shares} |"
    yield ""
    yield "| one POST, answered at once | µs | of httpx | µs of CPU | of httpx |"
    yield "|---|---:|---:|---:|---:|"
    raw = calls["httpx with .json()"]
    for name, it in calls.items():
        wall, cpu = it["wall"], it["cpu"]
        shares = f"{wall / raw['wall']:.2f} | {cpu * 1e6:.0f} | {cpu / raw['cpu']:.2f}"
        yield f"| {name} | {wall * 1e6:.0f} | {shares} |"
    yield ""
    yield "| 1,000 jobs at once | with a video | s | s of CPU | MB before | MB at most |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, it in jobs.items():
        memory = f"{it['before']:.0f} | {it['after']:.0f}"
        yield f"| {name} | {it['done']} | {it['seconds']:.1f} | {it['cpu']:.1f} | {memory} |"
    yield from ("", "| part | lines | of code |", "|---|---:|---:|")
    for name, (lines, code) in count_lines().items():
        yield f"| {name} | {lines:,} | {code:,} |"


def main() -> None:
    """Measure everything once, and put the tables into the page."""
    imports = measure_imports()
    with service() as port:
        calls = json.loads(python(str(HERE / "calls.py"), port))
        jobs = {
            "threads, `Client.wait_all`": _jobs(port, "blocking"),
            "asyncio, `AsyncClient.wait_all`": _jobs(port, "asyncio"),
        }
    text = "\n".join(tables(imports, calls, jobs))
    print(text)
    page = RESULT.read_text("utf-8")
    marked = re.compile("(<!-- table -->\n).*?(?=<!-- end -->)", re.S)
    RESULT.write_text(marked.sub(lambda it: f"{it[1]}{text}\n", page), "utf-8")


def _jobs(port: str, colour: str) -> Any:
    return json.loads(python(str(HERE / "jobs.py"), port, colour))


main()
