"""The vendored documents, and the only code that reads them.

`Registry.load(folder)` reads every provider's facts and documents into `Contract`s;
`find_faults` says what is wrong with the documents, and `Judge` says whether a
request or an answer keeps what a document promises.
"""

from specs.errors import (
    DefaultError,
    DocumentError,
    DuplicateModelError,
    EmptyRangeError,
    LifecycleError,
    LockError,
    ProviderError,
    RecursiveReferenceError,
    RemoteReferenceError,
    SpecError,
    UnknownModelError,
    UnresolvedReferenceError,
    UnsupportedSchemaError,
    UnwaivedFaultError,
    WaiverError,
)
from specs.faults import Fault, find_faults, read_lock, refuse_faults
from specs.judge import Answer, Breach, Judge, Request
from specs.lifecycle import Event, IllegalEventError, Lifecycle, Outcome
from specs.model import Contract, Document, Operation, Parameter
from specs.pointers import Json, join_pointer, look_up, split_pointer
from specs.provider import Provider
from specs.registry import Registry, vendored_folder
from specs.schemas import (
    UNSET,
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Bound,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Schema,
    StringSchema,
    UnionSchema,
    Unset,
)

__all__ = [
    "UNSET",
    "Answer",
    "AnySchema",
    "ArraySchema",
    "BooleanSchema",
    "Bound",
    "Breach",
    "Contract",
    "DefaultError",
    "Document",
    "DocumentError",
    "DuplicateModelError",
    "EmptyRangeError",
    "Event",
    "Fault",
    "IllegalEventError",
    "Json",
    "Judge",
    "Lifecycle",
    "LifecycleError",
    "LockError",
    "NullSchema",
    "NumberSchema",
    "ObjectSchema",
    "Operation",
    "Outcome",
    "Parameter",
    "Property",
    "Provider",
    "ProviderError",
    "RecursiveReferenceError",
    "Registry",
    "RemoteReferenceError",
    "Request",
    "Schema",
    "SpecError",
    "StringSchema",
    "UnionSchema",
    "UnknownModelError",
    "UnresolvedReferenceError",
    "Unset",
    "UnsupportedSchemaError",
    "UnwaivedFaultError",
    "WaiverError",
    "find_faults",
    "join_pointer",
    "look_up",
    "read_lock",
    "refuse_faults",
    "split_pointer",
    "vendored_folder",
]
