"""Every vendored contract of a folder, read and held against the facts beside it."""

import difflib
import re
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
from specs.operations import (
    METHODS,
    fill,
    find_paths,
    has_operation,
    read_operation,
)
from specs.overlays import Action, read_overlays
from specs.pointers import split_pointer
from specs.provider import OperationFacts, Provider, read_provider
from specs.schemas import ObjectSchema, Schema
from specs.waivers import Treatment, Waivers, read_waivers

_MODEL = re.compile(r"[A-Za-z0-9][\w.:+-]*(?:/[A-Za-z0-9][\w.:+-]*)*", re.ASCII)
"""A model goes into paths and into names; no segment of it may be `..` or empty."""


def vendored_folder() -> Path:
    """Return the folder of the documents that this distribution vendors."""
    return Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The providers, documents and contracts of one folder; immutable once loaded.

    Contracts are in order of provider, then model. `treated` are the treatments of
    `waivers` that a document needed, `overlaid` the actions of `overlays` that changed
    one, by its name.
    """

    folder: Path
    providers: tuple[Provider, ...]
    documents: tuple[Document, ...]
    contracts: tuple[Contract, ...]
    waivers: Waivers
    treated: tuple[Treatment, ...]
    overlays: tuple[Action, ...]
    overlaid: Mapping[str, tuple[Action, ...]]

    @classmethod
    def load(cls, folder: Path) -> "Registry":
        """Read every provider below *folder*; raise SpecError at the first fault."""
        waivers = read_waivers(folder)
        providers: list[Provider] = []
        documents: list[Document] = []
        contracts: list[Contract] = []
        treated: list[Treatment] = []
        overlays: list[Action] = []
        overlaid: dict[str, tuple[Action, ...]] = {}
        for facts in sorted(folder.glob("*/provider.toml")):
            place = facts.parent.name
            provider = read_provider(facts, name=f"{place}/provider.toml")
            actions = read_overlays(facts.parent)
            own: dict[str, Document] = {}
            for path in sorted(facts.parent.glob("*.json")):
                name = f"{place}/{path.name}"
                own[path.name], needed, changes = read_document(
                    path, name=name, treatments=waivers.treatment, actions=actions
                )
                treated += needed
                overlaid[name] = tuple(changes)
            providers.append(provider)
            overlays += actions
            documents.extend(own.values())
            promised = _contracts(provider, own)
            _check_neutral(provider, promised)
            contracts.extend(promised)
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
            overlays=tuple(overlays),
            overlaid=overlaid,
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
    roles = _roles(provider)
    shared = {it.document for it in roles.values() if it.document}
    for name in sorted(shared - set(documents)):
        raise ProviderError(
            f"{provider.name}/provider.toml#/operations",
            f"names the document {name!r:.80}, which is not there",
            fix="vendor it beside provider.toml",
        )
    home = roles["submit"].document
    for name in [home] if home else sorted(set(documents) - shared):
        for contract in _read(provider, documents[name], documents):
            if contract.model in found:
                raise DuplicateModelError(
                    contract.submit.pointer,
                    f"claims the model {contract.model!r:.120}, which "
                    f"{found[contract.model].submit.pointer} claims too",
                    fix="keep one of the two",
                )
            _check(contract)
            found[contract.model] = contract
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
        raise _no_submit(document, facts["submit"])
    for path, named in paths:
        submit = read_operation(
            document, path, facts["submit"], role="submit", model=named
        )
        for model in [named] if named else _models(provider, submit):
            if not _MODEL.fullmatch(model):
                raise ProviderError(
                    submit.pointer,
                    f"names the model {model!r:.120}, which is no id to build a path with",
                    fix="treat the name in waivers.toml",
                )
            others: dict[Role, Operation] = {
                role: _other(model, facts[role], role, documents, submit)
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


def _no_submit(document: Document, facts: OperationFacts) -> ProviderError:
    calls = [
        f"{method.upper()} {path}"
        for path, item in document.raw["paths"].items()
        if isinstance(item, dict)
        for method in item
        if method.upper() in METHODS
    ]
    declared = f"only {', '.join(calls)}" if calls else "no operation at all"
    return ProviderError(
        f"{document.name}#/paths",
        f"declares no {facts.method} {facts.path} to submit with, and so no model: it "
        f"has {declared}",
        fix="vendor the document that submits, name this one in operations.*.document, "
        "or mend operations.submit",
    )


def _other(
    model: str,
    facts: OperationFacts,
    role: Role,
    documents: Mapping[str, Document],
    submit: Operation,
) -> Operation:
    """Read what plays *role*: from the document of *submit*, or the one for all."""
    home, path = submit.document, fill(facts.path, model)
    if facts.document:
        own = [it for it, _ in find_paths(home, facts)]
        if own:
            path = submit.path if submit.path in own else own[0]
        else:
            home = documents[facts.document]
    if not has_operation(home, path, facts):
        raise ProviderError(
            f"{home.name}#/paths",
            f"declares no {facts.method} {path} to {role} with",
            fix=f"mend operations.{role} in provider.toml",
        )
    return read_operation(home, path, facts, role=role, model=model)


def _models(provider: Provider, submit: Operation) -> list[str]:
    """Return the models that the enum of the body's selector lists."""
    name = provider.model.name
    body = submit.body
    selector = body.properties.get(name) if isinstance(body, ObjectSchema) else None
    listed = selector.schema.enum if selector else None
    models = [it for it in listed or () if isinstance(it, str)]
    if not models or len(models) < len(listed or ()):
        raise ProviderError(
            submit.pointer,
            f"has no body member {name!r} whose enum names the model",
            fix="mend [model] in provider.toml, or vendor a document of one model",
        )
    return models


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
        for status in _require(operation, provider.job.status, "status"):
            _check_states(provider, status)
    _require(contract.outcome, provider.job.video, "video")
    if Outcome.FAILURE in provider.lifecycle.terminal.values():
        _require(contract.poll, provider.job.error, "error")


def _check_neutral(provider: Provider, contracts: list[Contract]) -> None:
    """Hold the names of [neutral] against the members of the models that are vendored."""
    known = {it.model: {p.name for p in it.parameters} for it in contracts}
    for name, it in provider.neutral.items():
        members = known.get(it.model)
        if members is not None and (strays := sorted({*it.names.values()} - members)):
            raise ProviderError(
                f"{provider.name}/provider.toml#/neutral/{name}/names",
                f"names the members {strays}, which {it.model} does not declare",
                fix="mend the table",
            )


def _check_states(provider: Provider, status: Schema) -> None:
    declared = sorted(str(it) for it in status.enum or ())
    states = sorted(provider.lifecycle.states)
    if declared != states:
        raise LifecycleError(
            status.pointer,
            f"declares the states {declared}, but the lifecycle of {provider.name} has "
            f"{states}",
            fix=f"make [lifecycle] in {provider.name}/provider.toml cover them exactly",
        )


def _require(operation: Operation, pointer: str, fact: str) -> list[Schema]:
    """Return the schemas at *pointer* in the success answers; raise where there is none."""
    found = [_below(it, pointer) for it in _success_answers(operation)]
    schemas = [it for it in found if it is not None]
    if not schemas:
        raise ProviderError(
            operation.pointer,
            f"answers nothing at {pointer!r}, where job.{fact} should stand",
            fix=f"mend job.{fact} in provider.toml",
        )
    return schemas


def _below(schema: Schema | None, pointer: str) -> Schema | None:
    for token in split_pointer(pointer):
        member = (
            schema.properties.get(token) if isinstance(schema, ObjectSchema) else None
        )
        schema = member.schema if member else None
    return schema


def _success_answers(operation: Operation) -> list[Schema]:
    return [
        schema
        for status, schema in operation.answers.items()
        if status.startswith("2") and schema is not None
    ]
