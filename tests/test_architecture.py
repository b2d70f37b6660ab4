"""Who may import whom: the edges of the house, walked on the sources themselves."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ALLOWED = {
    "specs": set(),
    "codegen": {"specs"},
    "mock_server": {"specs"},
    "contract_tests": {"specs"},
    "reelspec": {"specs", "codegen", "mock_server", "contract_tests", "reel_clients"},
    "reel_clients": set(),
}
"""Each folder, and the siblings it may import."""

STANDS_ALONE = {
    "annotated_types",  # comes with pydantic
    "httpcore",  # comes with httpx, which opens its sockets by it
    "httpx",
    "pydantic",
    "pydantic_core",  # comes with pydantic, as the next one does
    "typing_extensions",
}
"""What the generated distribution may import beside the standard library."""

EXTRAS = {"click", "cryptography", "rich"}
"""What it may import where it is used, since a program may do without."""

PLUGIN = "pytest_plugin.py"
"""Its one module that only pytest imports, and so may import pytest."""

COMMAND = "_runtime/command/"
"""The command `reel`, which is an extra as a whole; its door imports it when it is run."""


def folder_of(name: str) -> Path:
    return ROOT / "generated" / name if name == "reel_clients" else ROOT / name


def imports(path: Path, *, at_once: bool = False) -> Iterator[str]:
    """Yield the full name of each module that *path* imports, or imports *at_once*."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (it.name for it in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield package
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def siblings(name: str) -> set[str]:
    """Return the folders of the house that *name* imports, itself left out."""
    tops = {
        it.partition(".")[0]
        for path in folder_of(name).rglob("*.py")
        for it in imports(path)
    }
    return (tops & set(ALLOWED)) - {name}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_folder_imports_only_the_siblings_it_may(name: str) -> None:
    assert siblings(name) <= ALLOWED[name]


def test_the_folders_import_each_other_without_a_cycle() -> None:
    order = TopologicalSorter({it: siblings(it) for it in ALLOWED}).static_order()

    assert set(order) == set(ALLOWED)


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_folder_uses_only_the_door_of_another(name: str) -> None:
    beside = [
        f"{path.relative_to(ROOT)}: {it}"
        for path in folder_of(name).rglob("*.py")
        for it in imports(path)
        if it.partition(".")[0] in set(ALLOWED) - {name} and "." in it
    ]

    assert not beside


def test_the_generated_distribution_stands_alone() -> None:
    tops = {
        it.partition(".")[0]
        for path in folder_of("reel_clients").rglob("*.py")
        for it in imports(path)
    }

    foreign = tops - set(sys.stdlib_module_names) - {"generated", "reel_clients"}
    assert foreign <= STANDS_ALONE | EXTRAS | {"pytest"}


def test_the_generated_distribution_imports_pytest_in_its_plugin_alone() -> None:
    users = {
        path.name
        for path in folder_of("reel_clients").rglob("*.py")
        if "pytest" in imports(path)
    }

    assert users == {PLUGIN}


def test_the_generated_distribution_pays_for_an_extra_only_where_it_is_used() -> None:
    early = {
        it.partition(".")[0]
        for path in folder_of("reel_clients").rglob("*.py")
        if COMMAND not in path.as_posix() or path.name == "__init__.py"
        for it in imports(path, at_once=True)
    }

    assert not early & EXTRAS


def test_httpx_is_imported_by_one_module_of_the_runtime() -> None:
    users = [
        path.name
        for path in (ROOT / "codegen" / "runtime").rglob("*.py")
        if any(it.partition(".")[0] in {"httpcore", "httpx"} for it in imports(path))
    ]

    assert users == ["transport.py"]
