"""Typed clients from contracts.

`generate` returns the text of every file, `write` brings a folder up to date, `compare`
says what that would take, and `diff` shows it to people. `find_uses` finds what a changed
document breaks in programs that use the clients.
"""

from codegen.errors import (
    CodegenError,
    FormatError,
    UnnameableError,
    UnsafeOutputError,
    UnsupportedShapeError,
    WriteError,
)
from codegen.generate import generate, resource_names
from codegen.usage import Use, Uses, find_uses
from codegen.write import Changes, compare, diff, write

__all__ = [
    "Changes",
    "CodegenError",
    "FormatError",
    "UnnameableError",
    "UnsafeOutputError",
    "UnsupportedShapeError",
    "Use",
    "Uses",
    "WriteError",
    "compare",
    "diff",
    "find_uses",
    "generate",
    "resource_names",
    "write",
]
