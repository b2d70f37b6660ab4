"""Every vendored contract of a folder, read and held against the facts beside it."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from specs.errors import (
    DuplicateModelError,
    LifecycleError,
    ProviderError,
    UnknownModelError,
)
from specs.lifecycle import Outcome
from specs.loader import read_document
from specs.model import Contract, Document, Operation, Role
from specs.operations import find_paths, read_operation
from specs.pointers import split_pointer
from specs.provider import OperationFacts, Provider, read_provider
from specs.schemas import ObjectSchema, Schema
from specs.waivers import Treatment, Waivers, read_waivers


def vendored_folder() -> Path:
    """Return the folder of the documents that this distribution vendors."""
    return Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The providers, documents and contracts of one folder; immutable once loaded.

    Contracts are in order of provider, then model. `treated` are the treatments of
    `waivers` that a document needed.
    """

    folder: Path
    providers: tuple[Provider, ...]
    documents: tuple[Document, ...]
    contracts: tuple[Contract, ...]
    waivers: Waivers
    treated: tuple[Treatment, ...]

    @classmethod
    def load(cls, folder: Path) -> "Registry":
        """Read every provider below *folder*; raise SpecError at the first fault."""
        waivers = read_waivers(folder)
        providers: list[Provider] = []
        documents: list[Document] = []
        contracts: list[Contract] = []
        treated: list[Treatment] = []
        for facts in sorted(folder.glob("*/provider.toml")):
            place = facts.parent.name
            provider = read_provider(facts, name=f"{place}/provider.toml")
            own: dict[str, Document] = {}
            for path in sorted(facts.parent.glob("*.json")):
                own[path.name], needed = read_document(
                    path, name=f"{place}/{path.name}", treatments=waivers.treatment
                )
                treated += needed
            providers.append(provider)
            documents.extend(own.values())
            contracts.extend(_contracts(provider, own))
        if not providers:
            raise ProviderError(
                str(folder),
                "has no folder with a provider.toml",
                fix="name a specs folder",
            )
        return cls(
            folder=folder,
            providers=tuple(providers),
            documents=tuple(documents),
            contracts=tuple(contracts),
            waivers=waivers,
            treated=tuple(treated),
        )

    def contract(self, id_or_model: str, *, provider: str | None = None) -> Contract:
        """Return the contract called `provider:model`, or by its model alone.

        Raises UnknownModelError, which lists near names, and for a model that
        several providers have and none was named.
        """
        candidates = self.of(provider) if provider else self.contracts
        found = [it for it in candidates if id_or_model in (it.id, it.model)]
        if len(found) == 1:
            return found[0]
        names = [it.id for it in found or candidates]
        near = difflib.get_close_matches(id_or_model, names, n=3, cutoff=0.4)
        problem = "is the model of several providers" if found else "is not vendored"
        fix = f"did you mean {', '.join(near or names[:5])}?" if names else "vendor it"
        raise UnknownModelError(repr(id_or_model), problem, fix=fix)

    def of(self, provider: str) -> tuple[Contract, ...]:
        """Return the contracts of the provider of that name; none if it is unknown."""
        return tuple(it for it in self.contracts if it.provider.name == provider)


def _contracts(provider: Provider, documents: Mapping[str, Document]) -> list[Contract]:
    """Return the contracts of *provider*, by model; check them against its facts."""
    found: dict[str, Contract] = {}
    shared = {it.document for it in _roles(provider).values() if it.document}
    for name in sorted(shared - set(documents)):
        raise ProviderError(
            f"{provider.name}/provider.toml#/operations",
            f"names the document {name!r}, which is not there",
            fix="vendor it beside provider.toml",
        )
    for document in documents.values():
        if document.name.partition("/")[2] in shared:
            continue
        for contract in _read(provider, document, documents):
            if contract.model in found:
                raise DuplicateModelError(
                    contract.submit.pointer,
                    f"claims the model {contract.model!r:.120}, which "
                    f"{found[contract.model].submit.document.name} claims too",
                    fix="keep one of the two documents",
                )
            found[contract.model] = contract
            _check(contract)
    return [found[it] for it in sorted(found)]


def _roles(provider: Provider) -> dict[Role, OperationFacts]:
    operations = provider.operations
    roles: dict[Role, OperationFacts | None] = {
        "submit": operations.submit,
        "poll": operations.poll,
        "result": operations.result,
        "cancel": operations.cancel,
    }
    return {role: facts for role, facts in roles.items() if facts is not None}


def _read(
    provider: Provider, document: Document, documents: Mapping[str, Document]
) -> Iterator[Contract]:
    """Yield a contract for each model that *document* lets a caller submit."""
    facts = _roles(provider)
    paths = find_paths(document, facts["submit"])
    if not paths:
        raise ProviderError(
            f"{document.name}#/paths",
            f"declares no {facts['submit'].method} {facts['submit'].path} to submit with",
            fix="name the document in operations.*.document, or mend operations.submit",
        )
    for path, named in paths:
        submit = read_operation(
            document, path, facts["submit"], role="submit", model=named
        )
        for model in [named] if named else _models(provider, submit):
            others: dict[Role, Operation] = {
                role: _other(model, facts[role], role, document, documents)
                for role in facts
                if role != "submit"
            }
            yield Contract(
                provider=provider,
                model=model,
                submit=submit,
                poll=others["poll"],
                result=others.get("result"),
                cancel=others.get("cancel"),
            )


def _other(
    model: str,
    facts: OperationFacts,
    role: Role,
    document: Document,
    documents: Mapping[str, Document],
) -> Operation:
    home = documents[facts.document] if facts.document else document
    for path, named in find_paths(home, facts):
        if named in ("", model):
            return read_operation(home, path, facts, role=role, model=model)
    raise ProviderError(
        f"{home.name}#/paths",
        f"declares no {facts.method} {facts.path} to {role} with",
        fix=f"mend operations.{role} in provider.toml",
    )


def _models(provider: Provider, submit: Operation) -> list[str]:
    """Return the models that the enum of the body's selector lists."""
    name = provider.model.name
    body = submit.body
    selector = body.properties.get(name) if isinstance(body, ObjectSchema) else None
    if selector is None or not selector.schema.enum:
        raise ProviderError(
            submit.pointer,
            f"has no body member {name!r} whose enum names the model",
            fix="mend [model] in provider.toml, or vendor a document of one model",
        )
    return [str(it) for it in selector.schema.enum]


def _check(contract: Contract) -> None:
    """Hold the facts of provider.toml against what the documents declare."""
    provider = contract.provider
    if not isinstance(contract.submit.body, ObjectSchema):
        raise ProviderError(
            contract.submit.pointer,
            "takes no JSON object",
            fix="only objects are supported",
        )
    for operation in (contract.submit, contract.poll):
        _require(operation, provider.job.id, "id")
        status = _require(operation, provider.job.status, "status")
        states = set(status.enum or ())
        if states != set(provider.lifecycle.states):
            raise LifecycleError(
                status.pointer,
                f"declares the states {sorted(map(str, states))}, but the lifecycle of "
                f"{provider.name} has {sorted(provider.lifecycle.states)}",
                fix=f"make [lifecycle] in {provider.name}/provider.toml cover them exactly",
            )
    _require(contract.outcome, provider.job.video, "video")
    if Outcome.FAILURE in provider.lifecycle.terminal.values():
        _require(contract.poll, provider.job.error, "error")


def _require(operation: Operation, pointer: str, fact: str) -> Schema:
    """Return the schema at *pointer* in the success answer; raise where it has none."""
    schema: Schema | None = success_answer(operation)
    for token in split_pointer(pointer):
        member = (
            schema.properties.get(token) if isinstance(schema, ObjectSchema) else None
        )
        schema = member.schema if member else None
    if schema is None:
        raise ProviderError(
            operation.pointer,
            f"answers nothing at {pointer!r}, where job.{fact} should stand",
            fix=f"mend job.{fact} in provider.toml",
        )
    return schema


def success_answer(operation: Operation) -> Schema | None:
    """Return the schema of the first success answer that *operation* declares."""
    for status, schema in sorted(operation.answers.items()):
        if status.startswith("2") and schema is not None:
            return schema
    return None
