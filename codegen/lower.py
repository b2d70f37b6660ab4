"""Contracts as the things to generate: every name, type and import is decided here."""

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from codegen.errors import UnsupportedShapeError
from codegen.ir import (
    Argument,
    CallFacts,
    Distribution,
    ModelsModule,
    PriceFacts,
    ProviderPackage,
    Resource,
)
from codegen.json_schema import name_classes, write_schemas
from codegen.names import class_name, identifier, name_models, unique
from codegen.neutral import lower_neutral
from codegen.python_types import python_type
from codegen.sentences import describe, facts_of, paragraphs, sentence, with_arguments
from specs import (
    Contract,
    NumberSchema,
    ObjectSchema,
    Operation,
    Parameter,
    Provider,
    Registry,
)

_INPUT = "Input"
_CLIENT_NAMES = frozenset(
    {
        *("close", "estimate", "generate", "provider", "resume", "wait_all"),
        "constructor",  # that of a class of JavaScript's, where names are the same
    }
)
_SUBMIT_NAMES = frozenset(
    {"self", "validate", "extra_body", "extra_headers", "webhook_url"}
)
_RESOURCE_NAMES = frozenset(
    {
        *keyword.kwlist,
        "Annotated",
        "Any",
        "AsyncCancellableJob",
        "AsyncJob",
        "Awaited",
        "Blocking",
        "Call",
        "CancellableJob",
        "Coroutine",
        "Count",
        "Field",
        "Interval",
        "Job",
        "JobProtocol",
        "Len",
        "Literal",
        "Mapping",
        "Media",
        "MultipleOf",
        "OneOf",
        "Price",
        "Resource",
        "SERVICE",
        "TypeAlias",
        "UNSET",
        "Unique",
        "Validate",
    }
)


def lower(registry: Registry) -> Distribution:
    """Return everything to generate for the contracts of *registry*."""
    providers = [it for it in registry.providers if registry.of(it.name)]
    packages = [_lower_provider(it, registry.of(it.name)) for it in providers]
    return Distribution(
        providers=tuple(packages), neutral=lower_neutral(providers, packages)
    )


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
        inputs = _lower_models(contract.body, contract, name, is_input=True)
        body, parts = inputs.schemas[_INPUT], dict(inputs.schemas)
        del parts[_INPUT]  # the signature of submit says what it would
        if parts:
            modules[name] = replace(inputs, schemas=parts)
        resources.append(
            _lower_resource(contract, name, body, name if parts else "", output)
        )
        if output not in modules:
            answer = _answer(contract.outcome)
            modules[output] = _lower_models(answer, contract, output, is_input=False)
    return ProviderPackage(
        name=provider.name,
        title=provider.title,
        environment=provider.auth.environment,
        service=_lower_service(provider),
        uploads=_lower_uploads(provider),
        webhooks=_lower_webhooks(provider),
        resources=tuple(resources),
        models=tuple(modules[it] for it in sorted(modules)),
    )


def _lower_service(provider: Provider) -> dict[str, Any]:
    lifecycle, job, prices = provider.lifecycle, provider.job, provider.prices
    facts: dict[str, Any] = {
        "name": provider.name,
        "title": provider.title,
        "base_url": provider.base_url,
        "header": provider.auth.header,
        "scheme": provider.auth.scheme,
        "environment": provider.auth.environment,
        "id": job.id,
        "status": job.status,
        "video": job.video,
        "error": job.error,
        "cost": job.cost,
        "credits": prices.credits_per_unit if prices else None,
        "currency": prices.currency if prices else None,
        "pending": lifecycle.pending,
        "terminal": {state: it.value for state, it in lifecycle.terminal.items()},
        "interval": provider.polling.interval,
        "deadline": provider.polling.deadline,
    }
    return {name: it for name, it in facts.items() if it is not None}


def _lower_uploads(provider: Provider) -> dict[str, Any]:
    media = provider.media
    return {"url": media.upload, "most_bytes": media.most_bytes} if media else {}


def _lower_webhooks(provider: Provider) -> dict[str, Any]:
    hooks, queue = provider.webhooks, provider.queue
    if hooks is None or queue is None:
        return {}
    return {
        "url": f"https://{queue.rest_host}/.well-known/jwks.json",
        "base_url": provider.base_url,
        "prefix": hooks.header_prefix,
    }


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
    title = _INPUT if is_input else "Output"
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


def _lower_resource(
    contract: Contract, name: str, body: Mapping[str, Any], inputs: str, output: str
) -> Resource:
    arguments = _lower_arguments(contract)
    words = class_name(name.rstrip("_"))
    summary = sentence(contract.submit.summary)
    submit = paragraphs("Submit a job and return it.", summary)
    hooks = contract.provider.webhooks
    facts: dict[str, Any] = {
        "model": contract.model,
        "fixed": contract.fixed,
        "media": tuple(it.wire_name for it in arguments if it.is_media),
        "wire": {it.name: it.wire_name for it in arguments if it.name != it.wire_name},
        "webhook": hooks.parameter if hooks else "",
    }
    return Resource(
        name=name,
        class_name=unique([words], taken=_RESOURCE_NAMES)[0],
        model=contract.model,
        doc=paragraphs(sentence(f"Jobs of the model {contract.model}"), summary),
        submit_doc=with_arguments(submit, arguments),
        arguments=arguments,
        input=body,
        input_module=inputs,
        output_module=output,
        job="CancellableJob" if contract.cancel else "Job",
        calls={it.role: _lower_call(it) for it in contract.operations},
        facts={name: it for name, it in facts.items() if it},
        price=_lower_price(contract),
    )


def _lower_price(contract: Contract) -> PriceFacts | None:
    """Return the facts of the price, None unless all that it takes is known."""
    prices = contract.provider.prices
    known = {it.name for it in contract.parameters}
    if prices is None or not prices.values or prices.parameter not in known:
        return None
    names = {"frames": prices.frames, "inserted": prices.inserted}
    counts = {role: _lower_count(contract, it) for role, it in names.items() if it}
    if "frames" not in counts or not all(counts.values()):
        return None
    facts = {
        "parameter": prices.parameter,
        "values": prices.values,
        "matching": prices.matching,
        "rate": prices.frames_per_second,
        "source": prices.source,
        "retrieved": str(prices.retrieved),
    }
    return PriceFacts(facts=facts, counts=counts)


def _lower_count(contract: Contract, name: str) -> dict[str, Any]:
    """Return the literals of a `Count`; empty where the document sets no most."""
    found = [it.schema for it in contract.parameters if it.name == name]
    if not found or not isinstance(found[0], NumberSchema) or not found[0].maximum:
        return {}
    usual, most = found[0].default, int(found[0].maximum.value)
    return {
        "name": name,
        "usual": usual if isinstance(usual, int) else most,
        "most": most,
    }


def _lower_arguments(contract: Contract) -> tuple[Argument, ...]:
    """Return the keywords of `submit`: the required ones first, else as documented."""
    classes = {
        pointer: f"_input.{it}"
        for pointer, it in name_classes(contract.body, name=_INPUT).items()
    }
    parameters = sorted(contract.parameters, key=lambda it: not it.required)
    names = unique(
        (
            identifier(it.name, where=it.schema.pointer, prefix="field")
            for it in parameters
        ),
        taken=_SUBMIT_NAMES,
    )
    media = contract.provider.media
    return tuple(
        Argument(
            name=name,
            wire_name=it.name,
            type=python_type(it.schema, classes, media=takes_file),
            required=it.required,
            is_media=takes_file,
            doc=describe(it.schema) or "The document does not say.",
            facts=facts_of(it.schema),
        )
        for name, it in zip(names, parameters, strict=True)
        for takes_file in [
            media is not None and any(fnmatchcase(it.name, at) for at in media.members)
        ]
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
        path=operation.wire_path.replace(f"{{{operation.id}}}", "{id}"),
        query=carrier.name if carrier and location == "query" else "",
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
