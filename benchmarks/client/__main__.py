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
from fnmatch import fnmatchcase
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

FEATURES = {
    "`reel`, an extra": ("_runtime/command/*",),
    "what `submit` takes of each model, and its range": ("*/resources/*",),
    "what the answers are": ("*/models/*", "_runtime/models.py"),
    "the packages, services and clients of the providers": (
        *("__init__.py", "*/__init__.py", "[a-z]*/client.py", "*/service.py"),
    ),
    "one program, either provider": ("neutral.py", "_runtime/neutral.py"),
    "options, keys, addresses, one call for all": (
        *("_runtime/client.py", "_runtime/access.py", "_runtime/protocol.py"),
    ),
    "arguments held against the document": (
        *("_runtime/inputs.py", "_runtime/resource.py"),
    ),
    "jobs: to wait, follow, cancel, take up": (
        *("_runtime/dialogue.py", "_runtime/jobs.py"),
    ),
    "many jobs at once": ("_runtime/crowd.py",),
    "both colours, and deadlines that hold": (
        *("_runtime/exchange.py", "_runtime/transport.py", "_runtime/session.py"),
    ),
    "trying again": ("_runtime/retries.py",),
    "errors, and answers read with distrust": (
        *("errors.py", "_runtime/errors.py", "_runtime/answers.py"),
    ),
    "downloads": ("_runtime/download.py",),
    "files in the place of addresses": ("_runtime/uploads.py",),
    "money": ("_runtime/money.py",),
    "webhooks": ("_runtime/webhooks.py", "*/webhooks.py"),
    "spans of OpenTelemetry": ("_runtime/tracing.py",),
    "the fixture `reel_mock`": ("_runtime/pytest_plugin.py",),
}
"""What the client is made of: each module counts where it is matched first."""

EXTRA = "`reel`, an extra"


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
    """Return the lines of each feature, and those of them that are code."""
    counted = dict.fromkeys(FEATURES, (0, 0))
    for path in GENERATED.rglob("*.py"):
        name = feature_of(path.relative_to(GENERATED).as_posix())
        text = path.read_text("utf-8")
        lines, code = counted[name]
        counted[name] = lines + text.count("\n"), code + _code_lines(text)
    return counted


def feature_of(path: str) -> str:
    """Return the feature that the module at *path* is part of."""
    found = (
        name
        for name, patterns in FEATURES.items()
        if any(fnmatchcase(path, it) for it in patterns)
    )
    return next(found)


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
    yield from ("", "| what of it | lines | of code |", "|---|---:|---:|")
    counted = count_lines()
    for name, (lines, code) in counted.items():
        yield f"| {name} | {lines:,} | {code:,} |"
    ours = [it for name, it in counted.items() if name != EXTRA]
    lines, code = (sum(it) for it in zip(*ours, strict=True))
    yield f"| **clients and runtime, without `reel`** | {lines:,} | {code:,} |"


def main() -> None:
    """Measure everything once, and put the tables into the page."""
    imports = measure_imports()
    with service() as port:
        calls = json.loads(python(str(HERE / "calls.py"), port))
        jobs = {
            "threads, `Client.wait_all`": _jobs(port, "blocking"),
            "threads, httpx alone": _jobs(port, "httpx-blocking"),
            "asyncio, `AsyncClient.wait_all`": _jobs(port, "asyncio"),
            "asyncio, httpx alone": _jobs(port, "httpx-asyncio"),
        }
    text = "\n".join(tables(imports, calls, jobs))
    print(text)
    page = RESULT.read_text("utf-8")
    marked = re.compile("(<!-- table -->\n).*?(?=<!-- end -->)", re.S)
    RESULT.write_text(marked.sub(lambda it: f"{it[1]}{text}\n", page), "utf-8")


def _jobs(port: str, colour: str) -> Any:
    return json.loads(python(str(HERE / "jobs.py"), port, colour))


main()
