"""What keeps a contract from becoming a client.

CodegenError
├── UnnameableError        nothing is left of a name once Python has had its way
├── UnsupportedShapeError  a schema whose promise no generated type can keep
├── UnsafeOutputError      generated text holds more than types and data
├── FormatError            generated text does not parse, or cannot be formatted
└── WriteError             the folder of the output is not ours to write, or not writable
"""


class CodegenError(Exception):
    """A client cannot be generated.

    The message is one line: `where: what is wrong, with the value; what to do`.
    """

    def __init__(self, where: str, problem: str, *, fix: str) -> None:
        super().__init__(" ".join(f"{where}: {problem}; {fix}".split()))
        self.where = where


class UnnameableError(CodegenError):
    """Nothing is left of a name once all that Python does not allow is gone."""


class UnsupportedShapeError(CodegenError):
    """A schema promises what no generated type can keep."""


class UnsafeOutputError(CodegenError):
    """Generated models hold something other than types and data."""


class FormatError(CodegenError):
    """Generated text does not parse, or the formatter refuses it."""


class WriteError(CodegenError):
    """The output folder cannot be written, or holds files that are not ours."""
