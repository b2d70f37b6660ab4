"""What is generated, decided to the last name; templates only place it.

Distribution
├── NeutralOperation       a method of reel_clients.open()
└── ProviderPackage        reel_clients.<name>
    ├── Resource           one model: a class with `submit`, in two colours
    │   └── Argument       one keyword of `submit`
    └── ModelsModule       Pydantic models of one body or answer
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a document says of a value; each is plain text on one line, or empty."""

    kind: str
    about: str
    allowed: str
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A keyword argument: *type* is Python, *doc* is plain text on one line.

    *facts* are the parts of *doc*, for whoever shows them apart.
    """

    name: str
    wire_name: str
    type: str
    required: bool
    is_media: bool = False
    doc: str
    facts: Facts | None = None


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
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFacts:
    """The literals of a `Price`, and those of each `Count` in it by its name there."""

    facts: Mapping[str, Any]
    counts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One model: the class that submits its jobs, in the colours of *job*.

    *input* is the JSON Schema of the body, of which *input_module* has the parts.
    *calls* are the operations by role, *facts* the other literals of a `JobProtocol`,
    *input_module* is empty where no argument is an object
    with a class of its own.
    """

    name: str
    class_name: str
    model: str
    doc: str
    submit_doc: str
    arguments: tuple[Argument, ...]
    input: Mapping[str, Any]
    input_module: str
    output_module: str
    job: str
    calls: Mapping[str, CallFacts]
    facts: Mapping[str, Any]
    price: PriceFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPackage:
    """The clients of one provider.

    *service*, *uploads* and *webhooks* are the literals of the values that they name;
    the last two may be empty.
    """

    name: str
    title: str
    environment: tuple[str, ...]
    service: Mapping[str, Any]
    uploads: Mapping[str, Any]
    webhooks: Mapping[str, Any]
    resources: tuple[Resource, ...]
    models: tuple[ModelsModule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutralOperation:
    """What several providers can do; *ways* are the literals of a `Way`, by provider."""

    name: str
    doc: str
    arguments: tuple[Argument, ...]
    ways: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Everything that is generated."""

    providers: tuple[ProviderPackage, ...]
    neutral: tuple[NeutralOperation, ...]
