"""What one model promises: the contract, and the operations it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from specs.lifecycle import Lifecycle
from specs.provider import Provider
from specs.schemas import ObjectSchema, Property, Schema

Location = Literal["body", "path", "query", "header", "cookie"]
Role = Literal["submit", "poll", "result", "cancel"]


@dataclass(frozen=True, slots=True)
class Document:
    """One vendored OpenAPI file, parsed and treated, but not yet interpreted.

    `name` is its path below the specs folder, with forward slashes. `raw` is the
    document with every treatment of `waivers.toml` applied and without the components
    that no operation reaches; nobody may change it. `respelled` are the pointers of
    the keywords of the other version, which `raw` has in the spelling of its own.
    """

    name: str
    version: Literal["3.0", "3.1"]
    raw: Mapping[str, Any] = field(repr=False)
    respelled: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Property):
    """A property of a request, and where in the request it travels."""

    location: Location


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One call of a contract.

    `path` is the template as the document writes it, `wire_path` the one to send,
    `aliases` others that the service is known to answer on; their `{app}` and
    `{model}` are filled in, other names are path parameters. `body` is None where
    the operation takes none. `answers` maps a declared status code, as the document
    writes it (`"200"`, `"2XX"`, `"default"`), to its JSON schema, or to None where
    it declares no JSON. `id` names the parameter that carries the job's id.
    """

    role: Role
    document: Document
    method: str
    path: str
    wire_path: str
    aliases: tuple[str, ...] = ()
    pointer: str
    operation_id: str | None
    summary: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Schema | None = None
    answers: Mapping[str, Schema | None]
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contract:
    """Everything one model of one provider promises.

    A contract equals itself alone, so that what follows from it can be remembered.
    """

    provider: Provider
    model: str
    submit: Operation
    poll: Operation
    result: Operation | None = None
    cancel: Operation | None = None

    @property
    def id(self) -> str:
        """The contract's name across providers: `provider:model`."""
        return f"{self.provider.name}:{self.model}"

    @property
    def lifecycle(self) -> Lifecycle:
        """The transition table of this contract's jobs."""
        return self.provider.lifecycle

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations there are: submit, poll, then result and cancel if declared."""
        found = (self.submit, self.poll, self.result, self.cancel)
        return tuple(it for it in found if it is not None)

    @property
    def outcome(self) -> Operation:
        """The operation whose answer carries the video."""
        return self.result or self.poll

    @property
    def body(self) -> ObjectSchema:
        """The schema of the submit body; the registry admits only objects."""
        assert isinstance(self.submit.body, ObjectSchema)
        return self.submit.body

    @property
    def fixed(self) -> dict[str, str]:
        """The body members that name the model, and so are not the caller's choice."""
        selector = self.provider.model
        return {selector.name: self.model} if selector.location == "body" else {}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What a caller may choose in the submit body, in the document's order."""
        return tuple(
            Parameter(
                name=it.name, required=it.required, schema=it.schema, location="body"
            )
            for it in self.body.properties.values()
            if it.name not in self.fixed
        )
