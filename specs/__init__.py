"""The vendored documents, and the only code that reads them.

`Registry.load(folder)` reads every provider's facts and documents into `Contract`s;
`find_faults` says what is wrong with the documents, and `Judge` says whether a
request or an answer keeps what a document promises. `compare_contracts` shows two
of them side by side, `compare_sources` says what changed between documents,
`check_pages` what pages of documentation get wrong, `plan_arrivals` and `plan_update`
what vendoring a document, or following its source, would change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from specs.errors import (
    DefaultError,
    DocumentError,
    DuplicateModelError,
    EmptyRangeError,
    LifecycleError,
    LockError,
    OfflineError,
    OverlayError,
    ProviderError,
    RecursiveReferenceError,
    RemoteReferenceError,
    SourceError,
    SpecError,
    UnknownModelError,
    UnresolvedReferenceError,
    UnsupportedSchemaError,
    UnwaivedFaultError,
    VendoringError,
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
from specs.overlays import Action as OverlayAction
from specs.pointers import Json, join_pointer, look_up, split_pointer
from specs.provider import (
    Messages,
    Prices,
    Provider,
    Queue,
    Uploads,
    Webhooks,
    read_provider,
)
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
from specs.version import VERSION
from specs.waivers import Treatment, Waiver
from specs.wording import describe_type

if TYPE_CHECKING:
    from specs.changes import (
        OUTPUTS as CHANGE_OUTPUTS,
    )
    from specs.changes import (
        ChangeReport,
        Severity,
        compare_sources,
        find_source,
    )
    from specs.changes import (
        Finding as ChangeFinding,
    )
    from specs.changes import (
        Place as ChangePlace,
    )
    from specs.changes import (
        describe as describe_change,
    )
    from specs.changes import (
        escape as escape_markdown,
    )
    from specs.changes import (
        list_rules as list_change_rules,
    )
    from specs.comparison import TITLES as COMPARISON_TITLES
    from specs.comparison import Comparison, Pair, compare_contracts
    from specs.comparison import as_html as comparison_as_html
    from specs.comparison import as_json as comparison_as_json
    from specs.comparison import show as show_fact
    from specs.landing import finish_landing, land
    from specs.marks import Mark, MarkRule, Spot, as_commands, as_sarif
    from specs.pages import OUTPUTS as PAGE_OUTPUTS
    from specs.pages import Finding as PageFinding
    from specs.pages import Level as PageLevel
    from specs.pages import PageError, PageReport, check_pages
    from specs.pages import list_rules as list_page_rules
    from specs.vendoring import (
        Arrival,
        FetchLimits,
        Standing,
        Update,
        VendoringPlan,
        arrive,
        compare_arrivals,
        look_upstream,
        plan_arrivals,
        plan_update,
    )

# What few programs need, and what costs: imported when it is asked for.
_LATER = {
    "specs.changes": {
        "CHANGE_OUTPUTS": "OUTPUTS",
        "ChangeReport": "ChangeReport",
        "Severity": "Severity",
        "compare_sources": "compare_sources",
        "find_source": "find_source",
        "ChangeFinding": "Finding",
        "ChangePlace": "Place",
        "describe_change": "describe",
        "escape_markdown": "escape",
        "list_change_rules": "list_rules",
    },
    "specs.comparison": {
        "COMPARISON_TITLES": "TITLES",
        "Comparison": "Comparison",
        "Pair": "Pair",
        "compare_contracts": "compare_contracts",
        "comparison_as_html": "as_html",
        "comparison_as_json": "as_json",
        "show_fact": "show",
    },
    "specs.landing": {"finish_landing": "finish_landing", "land": "land"},
    "specs.marks": {
        "Mark": "Mark",
        "MarkRule": "MarkRule",
        "Spot": "Spot",
        "as_commands": "as_commands",
        "as_sarif": "as_sarif",
    },
    "specs.pages": {
        "PAGE_OUTPUTS": "OUTPUTS",
        "PageFinding": "Finding",
        "PageLevel": "Level",
        "PageError": "PageError",
        "PageReport": "PageReport",
        "check_pages": "check_pages",
        "list_page_rules": "list_rules",
    },
    "specs.vendoring": {
        "Arrival": "Arrival",
        "FetchLimits": "FetchLimits",
        "Standing": "Standing",
        "Update": "Update",
        "VendoringPlan": "VendoringPlan",
        "arrive": "arrive",
        "compare_arrivals": "compare_arrivals",
        "look_upstream": "look_upstream",
        "plan_arrivals": "plan_arrivals",
        "plan_update": "plan_update",
    },
}

__all__ = [
    "CHANGE_OUTPUTS",
    "COMPARISON_TITLES",
    "PAGE_OUTPUTS",
    "UNSET",
    "VERSION",
    "Answer",
    "AnySchema",
    "ArraySchema",
    "Arrival",
    "BooleanSchema",
    "Bound",
    "Breach",
    "ChangeFinding",
    "ChangePlace",
    "ChangeReport",
    "Comparison",
    "Contract",
    "DefaultError",
    "Document",
    "DocumentError",
    "DuplicateModelError",
    "EmptyRangeError",
    "Event",
    "Fault",
    "FetchLimits",
    "IllegalEventError",
    "Json",
    "Judge",
    "Lifecycle",
    "LifecycleError",
    "Location",
    "LockError",
    "Mark",
    "MarkRule",
    "Messages",
    "NullSchema",
    "NumberSchema",
    "ObjectSchema",
    "OfflineError",
    "Operation",
    "Outcome",
    "OverlayAction",
    "OverlayError",
    "PageError",
    "PageFinding",
    "PageLevel",
    "PageReport",
    "Pair",
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
    "SourceError",
    "SpecError",
    "Spot",
    "Standing",
    "StringSchema",
    "Treatment",
    "UnionSchema",
    "UnknownModelError",
    "UnresolvedReferenceError",
    "Unset",
    "UnsupportedSchemaError",
    "UnwaivedFaultError",
    "Update",
    "Uploads",
    "VendoringError",
    "VendoringPlan",
    "Waiver",
    "WaiverError",
    "Webhooks",
    "arrive",
    "as_commands",
    "as_sarif",
    "check_pages",
    "compare_arrivals",
    "compare_contracts",
    "compare_sources",
    "comparison_as_html",
    "comparison_as_json",
    "describe_change",
    "describe_type",
    "escape_markdown",
    "find_faults",
    "find_source",
    "finish_landing",
    "is_same",
    "is_uri",
    "join_pointer",
    "land",
    "list_change_rules",
    "list_page_rules",
    "look_up",
    "look_upstream",
    "one_line",
    "plan_arrivals",
    "plan_update",
    "read_lock",
    "read_provider",
    "refuse_faults",
    "show_fact",
    "split_pointer",
    "vendored_folder",
]


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            found = globals()[name] = getattr(import_module(module), names[name])
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
