"""Contracts as the things to generate: every name, type and import is decided here."""

import keyword
import re
from collections.abc import Iterable, Sequence

from codegen.errors import UnsupportedShapeError
from codegen.ir import (
    Argument,
    CallFacts,
    Distribution,
    ModelsModule,
    ProtocolFacts,
    ProviderPackage,
    Resource,
)
from codegen.json_schema import name_classes, write_schemas
from codegen.names import class_name, identifier, name_models, unique
from codegen.python_types import python_type
from codegen.sentences import describe, paragraphs, sentence, with_arguments
from specs import Contract, ObjectSchema, Operation, Parameter, Provider, Registry

_CLIENT_NAMES = frozenset({"close"})
_RESOURCE_NAMES = frozenset(
    {
        *keyword.kwlist,
        "Any",
        "AsyncCancellableJob",
        "AsyncJob",
        "AsyncSession",
        "Call",
        "CancellableJob",
        "Job",
        "JobProtocol",
        "Literal",
        "PROTOCOL",
        "Session",
        "UNSET",
    }
)


def lower(registry: Registry) -> Distribution:
    """Return everything to generate for the contracts of *registry*."""
    packages = [
        _lower_provider(provider, contracts)
        for provider in registry.providers
        if (contracts := registry.of(provider.name))
    ]
    return Distribution(providers=tuple(packages))


def _lower_provider(
    provider: Provider, contracts: Sequence[Contract]
) -> ProviderPackage:
    names = name_models(
        {it.model: it.submit.pointer for it in contracts}, taken=_CLIENT_NAMES
    )
    outputs = _name_outputs(contracts, names)
    modules: dict[str, ModelsModule] = {}
    resources: list[Resource] = []
    for contract in contracts:
        name, output = names[contract.model], outputs[contract.model]
        resources.append(_lower_resource(contract, name, output))
        modules[name] = _lower_models(contract.body, contract, name, is_input=True)
        if output not in modules:
            answer = _answer(contract.outcome)
            modules[output] = _lower_models(answer, contract, output, is_input=False)
    return ProviderPackage(
        name=provider.name,
        title=provider.title,
        base_url=provider.base_url,
        header=provider.auth.header,
        scheme=provider.auth.scheme,
        environment=provider.auth.environment,
        resources=tuple(resources),
        models=tuple(modules[it] for it in sorted(modules)),
    )


def _name_outputs(
    contracts: Iterable[Contract], names: dict[str, str]
) -> dict[str, str]:
    """Return the module of each model's answer; models that share a document share it."""
    wanted: dict[str, str] = {}
    for it in contracts:
        document = it.outcome.document.name
        stem = document.rpartition("/")[2].removesuffix(".json")
        wanted[_answer(it.outcome).pointer] = (
            f"{names[it.model]}_output"
            if it.outcome.document == it.submit.document
            else identifier(stem, where=document, prefix="model")
        )
    chosen = unique(wanted.values(), taken=set(names.values()))
    modules = dict(zip(wanted, chosen, strict=True))
    return {it.model: modules[_answer(it.outcome).pointer] for it in contracts}


def _lower_models(
    root: ObjectSchema, contract: Contract, name: str, *, is_input: bool
) -> ModelsModule:
    title = "Input" if is_input else "Output"
    classes = name_classes(root, name=title)
    shared = contract.outcome.document != contract.submit.document
    whom = contract.model if is_input or not shared else contract.provider.title
    what = "What a submit takes" if is_input else "What a finished job answers"
    return ModelsModule(
        name=name,
        doc=sentence(f"{what}: {whom}"),
        schemas=write_schemas(root, classes, is_input=is_input),
        is_input=is_input,
    )


def _lower_resource(contract: Contract, name: str, output: str) -> Resource:
    arguments = _lower_arguments(contract)
    words = class_name(name.rstrip("_"))
    summary = sentence(contract.submit.summary)
    submit = paragraphs("Submit a job and return it.", summary)
    return Resource(
        name=name,
        class_name=unique([words], taken=_RESOURCE_NAMES)[0],
        model=contract.model,
        doc=paragraphs(sentence(f"Jobs of the model {contract.model}"), summary),
        submit_doc=with_arguments(submit, arguments),
        arguments=arguments,
        input_module=name,
        output_module=output,
        job="CancellableJob" if contract.cancel else "Job",
        protocol=_lower_protocol(contract),
    )


def _lower_arguments(contract: Contract) -> tuple[Argument, ...]:
    """Return the keywords of `submit`: the required ones first, else as documented."""
    classes = {
        pointer: f"_input.{it}"
        for pointer, it in name_classes(contract.body, name="Input").items()
    }
    parameters = sorted(contract.parameters, key=lambda it: not it.required)
    names = unique(
        (
            identifier(it.name, where=it.schema.pointer, prefix="field")
            for it in parameters
        ),
        taken={"self"},
    )
    return tuple(
        Argument(
            name=name,
            wire_name=it.name,
            type=python_type(it.schema, classes),
            required=it.required,
            doc=describe(it.schema) or "The document does not say.",
        )
        for name, it in zip(names, parameters, strict=True)
    )


def _lower_protocol(contract: Contract) -> ProtocolFacts:
    provider, job = contract.provider, contract.provider.job
    pointers = {
        "id": job.id,
        "status": job.status,
        "video": job.video,
        "error": job.error,
        "cost": job.cost,
    }
    lifecycle = contract.lifecycle
    return ProtocolFacts(
        provider=provider.name,
        model=contract.model,
        calls={it.role: _lower_call(it) for it in contract.operations},
        fixed=contract.fixed,
        pointers={name: it for name, it in pointers.items() if it is not None},
        pending=lifecycle.pending,
        terminal={state: it.value for state, it in lifecycle.terminal.items()},
        interval=provider.polling.interval,
        deadline=provider.polling.deadline,
    )


def _lower_call(operation: Operation) -> CallFacts:
    carrier: Parameter | None = None
    for it in operation.parameters:
        if it.name == operation.id:
            carrier = it
        elif it.required and it.location != "path":
            raise _unsupported(
                operation, f"the {it.location} parameter {it.name!r:.80}"
            )
    location = carrier.location if carrier else ""
    if location not in {"", "path", "query"}:
        raise _unsupported(operation, f"a job's id in the {location}")
    filled = {operation.id} if location == "path" else set[str]()
    if strays := set(re.findall(r"\{(\w+)\}", operation.wire_path)) - filled:
        raise _unsupported(operation, f"the path parameter {sorted(strays)[0]!r}")
    return CallFacts(
        method=operation.method,
        path=operation.wire_path,
        id_name=carrier.name if carrier else "",
        id_in=location,
    )


def _unsupported(operation: Operation, what: str) -> UnsupportedShapeError:
    return UnsupportedShapeError(
        operation.pointer,
        f"requires {what}, which no client can know",
        fix="treat it in waivers.toml (action 'drop')",
    )


def _answer(operation: Operation) -> ObjectSchema:
    """Return the schema of the successful answer of *operation*."""
    for status, schema in operation.answers.items():
        if status.startswith("2") and isinstance(schema, ObjectSchema):
            return schema
    raise UnsupportedShapeError(
        f"{operation.pointer}/responses",
        "declares no successful answer that is a JSON object",
        fix="declare one, or have it treated in waivers.toml",
    )
