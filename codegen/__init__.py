"""Typed clients from contracts.

`generate` returns the text of every file, `write` brings a folder up to date, and
`diff` says how a folder differs.
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
from codegen.write import Changes, diff, write

__all__ = [
    "Changes",
    "CodegenError",
    "FormatError",
    "UnnameableError",
    "UnsafeOutputError",
    "UnsupportedShapeError",
    "WriteError",
    "diff",
    "generate",
    "resource_names",
    "write",
]
