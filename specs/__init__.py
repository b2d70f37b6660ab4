"""The vendored documents, and the only code that reads them.

`Registry.load(folder)` reads every provider's facts and documents into `Contract`s;
`find_faults` says what is wrong with the documents, and `Judge` says whether a
request or an answer keeps what a document promises. `compare_sources` says what
changed between documents.
"""

from specs.changes import (
    OUTPUTS as CHANGE_OUTPUTS,
)
from specs.changes import (
    ChangeReport,
    Finding,
    Severity,
    compare_sources,
    find_source,
)
from specs.changes import (
    list_rules as list_change_rules,
)
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
from specs.exchange import Answer, Breach, Request
from specs.faults import Fault, find_faults, refuse_faults
from specs.formats import is_uri
from specs.jsontext import is_same
from specs.judge import Judge
from specs.lifecycle import Event, IllegalEventError, Lifecycle, Outcome
from specs.lock import read_lock
from specs.messages import one_line
from specs.model import Contract, Document, Location, Operation, Parameter, Role
from specs.pointers import Json, join_pointer, look_up, split_pointer
from specs.provider import Messages, Prices, Provider, Queue, Uploads, Webhooks
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
    "CHANGE_OUTPUTS",
    "UNSET",
    "Answer",
    "AnySchema",
    "ArraySchema",
    "BooleanSchema",
    "Bound",
    "Breach",
    "ChangeReport",
    "Contract",
    "DefaultError",
    "Document",
    "DocumentError",
    "DuplicateModelError",
    "EmptyRangeError",
    "Event",
    "Fault",
    "Finding",
    "IllegalEventError",
    "Json",
    "Judge",
    "Lifecycle",
    "LifecycleError",
    "Location",
    "LockError",
    "Messages",
    "NullSchema",
    "NumberSchema",
    "ObjectSchema",
    "Operation",
    "Outcome",
    "Parameter",
    "Prices",
    "Property",
    "Provider",
    "ProviderError",
    "Queue",
    "RecursiveReferenceError",
    "Registry",
    "RemoteReferenceError",
    "Request",
    "Role",
    "Schema",
    "Severity",
    "SpecError",
    "StringSchema",
    "UnionSchema",
    "UnknownModelError",
    "UnresolvedReferenceError",
    "Unset",
    "UnsupportedSchemaError",
    "UnwaivedFaultError",
    "Uploads",
    "WaiverError",
    "Webhooks",
    "compare_sources",
    "find_faults",
    "find_source",
    "is_same",
    "is_uri",
    "join_pointer",
    "list_change_rules",
    "look_up",
    "one_line",
    "read_lock",
    "refuse_faults",
    "split_pointer",
    "vendored_folder",
]
