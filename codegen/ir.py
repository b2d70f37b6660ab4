"""What is generated, decided to the last name; templates only place it.

Distribution
└── ProviderPackage        reel_clients.<name>
    ├── Resource           one model: a class with `submit`, in two colours
    │   └── Argument       one keyword of `submit`
    └── ModelsModule       Pydantic models of one body or answer
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A keyword argument: *type* is Python, *doc* is plain text on one line."""

    name: str
    wire_name: str
    type: str
    required: bool
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsModule:
    """Models of one body or answer.

    *schemas* maps the name of each class to its JSON Schema, which refers to others
    by name; the first one is that of the whole body or answer.
    """

    name: str
    doc: str
    schemas: Mapping[str, Mapping[str, Any]]
    is_input: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """The literals of a `Call`."""

    method: str
    path: str
    id_name: str
    id_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolFacts:
    """The literals of a `JobProtocol`."""

    provider: str
    model: str
    calls: Mapping[str, CallFacts]
    fixed: Mapping[str, str]
    pointers: Mapping[str, str]
    pending: tuple[str, ...]
    terminal: Mapping[str, str]
    interval: float
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One model: the class that submits its jobs, in the colours of *job*."""

    name: str
    class_name: str
    model: str
    doc: str
    submit_doc: str
    arguments: tuple[Argument, ...]
    input_module: str
    output_module: str
    job: str
    protocol: ProtocolFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPackage:
    """The clients of one provider."""

    name: str
    title: str
    base_url: str
    header: str
    scheme: str
    environment: tuple[str, ...]
    resources: tuple[Resource, ...]
    models: tuple[ModelsModule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Everything that is generated."""

    providers: tuple[ProviderPackage, ...]
