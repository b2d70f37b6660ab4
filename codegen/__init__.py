"""Typed clients from contracts.

`generate` returns the text of every file, `write` brings a folder up to date, `compare`
says what that would take, and `diff` shows it to people.
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
from codegen.write import Changes, compare, diff, write

__all__ = [
    "Changes",
    "CodegenError",
    "FormatError",
    "UnnameableError",
    "UnsafeOutputError",
    "UnsupportedShapeError",
    "WriteError",
    "compare",
    "diff",
    "generate",
    "resource_names",
    "write",
]
