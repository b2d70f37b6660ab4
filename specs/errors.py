"""What can be wrong with a vendored document, or with the facts beside it.

SpecError
├── DocumentError             the file is not JSON, not OpenAPI, or past a limit
├── UnresolvedReferenceError  a $ref points nowhere
├── RemoteReferenceError      a $ref leaves the document: a file or a network address
├── RecursiveReferenceError   a $ref leads back to itself
├── UnsupportedSchemaError    a keyword this project does not honour
├── EmptyRangeError           the bounds or the listed values leave nothing valid
├── DefaultError              a default its own schema refuses
├── ProviderError             provider.toml contradicts itself or the documents
├── LifecycleError            the states differ from the documents' status enum
├── DuplicateModelError       two documents claim one model
├── UnknownModelError         nobody vendors the model that was asked for
├── WaiverError               a waiver is malformed or no longer needed
├── LockError                 a document differs from what specs.lock records
├── UnwaivedFaultError        a known kind of fault that no waiver covers
├── OverlayError              an overlay is malformed, or changes nothing any more
├── VendoringError            a document cannot be taken into the folder
└── SourceError               a source answers, but not with the document
    └── OfflineError          a source cannot be reached
"""

from specs.messages import one_line

_LONGEST_POINTER = 300
_LONGEST_PROBLEM = 500


class SpecError(Exception):
    """A document, or a fact written beside it, cannot be honoured.

    The message is one printable line: `where: what is wrong, with the value; what to
    do`. The attributes are as they were given, document text included.
    """

    def __init__(self, pointer: str, problem: str, *, fix: str) -> None:
        where = one_line(pointer, longest=_LONGEST_POINTER)
        what = one_line(problem, longest=_LONGEST_PROBLEM)
        super().__init__(f"{where}: {what}; {one_line(fix, longest=_LONGEST_PROBLEM)}")
        self.pointer = pointer
        self.problem = problem
        self.fix = fix


class DocumentError(SpecError):
    """The file is not JSON, not OpenAPI 3.0 or 3.1, or past a limit."""


class UnresolvedReferenceError(SpecError):
    """A `$ref` points nowhere."""


class RemoteReferenceError(SpecError):
    """A `$ref` leaves the document, for a file or a network address."""


class RecursiveReferenceError(SpecError):
    """A `$ref` leads back to itself."""


class UnsupportedSchemaError(SpecError):
    """A schema uses a keyword or a shape that this project does not honour."""


class EmptyRangeError(SpecError):
    """The bounds of a value, or the values a schema lists, leave nothing valid."""


class DefaultError(SpecError):
    """A default is refused by the schema that declares it."""


class ProviderError(SpecError):
    """`provider.toml` contradicts itself or the documents beside it."""


class LifecycleError(ProviderError):
    """The lifecycle's states are not exactly the documents' status enum."""


class DuplicateModelError(SpecError):
    """Two documents of one provider claim the same model."""


class UnknownModelError(SpecError):
    """No vendored document describes the model that was asked for."""


class WaiverError(SpecError):
    """A waiver is malformed, or nothing in the documents needs it any more."""


class LockError(SpecError):
    """A document is missing from `specs.lock`, or differs from what it records."""


class UnwaivedFaultError(SpecError):
    """A document has a fault of a known kind that no waiver covers."""


class OverlayError(SpecError):
    """An overlay is malformed, or one of its actions changes nothing any more."""


class VendoringError(SpecError):
    """A document cannot be taken into the folder as it was asked for."""


class SourceError(SpecError):
    """A source answers, but not with the document that was vendored from it."""


class OfflineError(SourceError):
    """A source cannot be reached, or not in time."""
