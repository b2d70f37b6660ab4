"""Known kinds of fault in the documents, found and held against the waivers.

Reading a document (`specs.registry`) refuses what cannot be worked with. What is
found here can be lived with, once somebody has said so in `waivers.toml`: it is
listed, never patched and never passed over in silence.

The rules:

- `invalid-openapi`        openapi-spec-validator complains about the document
- `no-security`            an operation declares no security
- `no-operation-id`        an operation has no operationId
- `shared-operation-id`    two operations of a provider have one operationId
- `no-refusal`             an operation declares neither a 4xx nor a default answer
- `other-server`           an operation names a host that is none of the provider's
- `other-version`          a keyword is spelled as the other version of OpenAPI has it
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specs.errors import DocumentError, UnwaivedFaultError
from specs.lock import refuse_unlocked
from specs.messages import one_line
from specs.model import Operation
from specs.overlays import Action, refuse_idle
from specs.pointers import join_pointer
from specs.registry import Registry
from specs.waivers import FILE, Treatment, Waiver, Waivers, refuse_unneeded

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from openapi_spec_validator.validation.validators import SpecValidator

_LONGEST_PROBLEM = 200


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a document, by the rule it breaks; *reason* is its waiver's."""

    document: str
    rule: str
    pointer: str
    problem: str
    reason: str | None = None


def find_faults(registry: Registry) -> list[Fault]:
    """Return every fault of the registry's documents, each with its waiver's reason."""
    found = {
        *_operation_faults(registry),
        *_server_faults(registry),
        *_spelling_faults(registry),
        *_document_faults(registry),
    }
    return waive(registry.waivers, sorted(found))


def waive(waivers: Waivers, faults: Iterable[Fault]) -> list[Fault]:
    """Return *faults*, each with the reason that *waivers* give for it, if any."""
    return [
        Fault(it.document, it.rule, it.pointer, it.problem, _reason(waivers, it))
        for it in faults
    ]


def refuse_faults(registry: Registry) -> list[Fault]:
    """Return the waived faults; raise where one is not waived, or a waiver is idle.

    Raises UnwaivedFaultError, WaiverError, OverlayError, or LockError where a document differs
    from what `specs.lock` records.
    """
    refuse_unlocked(registry)
    faults = find_faults(registry)
    refuse_unwaived(faults)
    refuse_unneeded(unneeded(registry, faults))
    refuse_idle(idle_actions(registry))
    return faults


def refuse_unwaived(faults: Iterable[Fault]) -> None:
    """Raise UnwaivedFaultError for the first of *faults* that no waiver covers."""
    for fault in faults:
        if fault.reason is None:
            raise UnwaivedFaultError(
                f"{fault.document}#{fault.pointer}",
                f"{fault.problem} (rule {fault.rule})",
                fix=f"mend the document, or waive the rule in {FILE} with a reason",
            )


def unneeded(registry: Registry, faults: Iterable[Fault]) -> list[Waiver | Treatment]:
    """Return the waivers that cover none of *faults*, and the idle treatments."""
    found = list(faults)
    idle: list[Waiver | Treatment] = [
        waiver
        for waiver in registry.waivers.waiver
        if not any(waiver.covers(it.document, it.rule, it.pointer) for it in found)
    ]
    return idle + [
        it for it in registry.waivers.treatment if it not in registry.treated
    ]


def idle_actions(registry: Registry) -> list[Action]:
    """Return the actions of overlays that change no document of *registry*."""
    used = {it.place for actions in registry.overlaid.values() for it in actions}
    return [it for it in registry.overlays if it.place not in used]


def _reason(waivers: Waivers, fault: Fault) -> str | None:
    for waiver in waivers.waiver:
        if waiver.covers(fault.document, fault.rule, fault.pointer):
            return waiver.reason
    return None


def _operations(registry: Registry) -> list[Operation]:
    """Return each operation once, though several contracts may share it."""
    found = {
        it.pointer: it for contract in registry.contracts for it in contract.operations
    }
    return list(found.values())


def _operation_faults(registry: Registry) -> Iterator[Fault]:
    operations = _operations(registry)
    uses = Counter(
        (_folder(it), it.operation_id) for it in operations if it.operation_id
    )
    for operation in operations:
        document, pointer = operation.pointer.split("#", 1)
        for rule, problem in _problems(operation, uses):
            yield Fault(document, rule, pointer, problem)


def _problems(
    operation: Operation, uses: Counter[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    raw = operation.document.raw
    declared = raw["paths"][operation.path][operation.method.lower()]
    # An empty list lifts what the document asks for, an empty entry makes it optional.
    security = declared.get("security", raw.get("security"))
    if not (isinstance(security, list) and security and all(security)):
        yield "no-security", "declares no security, yet the service asks for a key"
    identity = operation.operation_id
    if identity is None:
        yield "no-operation-id", "has no operationId"
    elif uses[_folder(operation), identity] > 1:
        yield "shared-operation-id", f"shares operationId={identity!r:.60} with others"
    if not any(it.startswith("4") or it == "default" for it in operation.answers):
        yield "no-refusal", f"declares {sorted(operation.answers)} only, and no refusal"


def _server_faults(registry: Registry) -> Iterator[Fault]:
    """Yield each server of an operation that is at none of its provider's hosts."""
    for contract in registry.contracts:
        for operation in contract.operations:
            raw = operation.document.raw
            item = raw["paths"][operation.path]
            pointer = join_pointer("/paths", operation.path)
            call = join_pointer(pointer, operation.method.lower())
            for holder, place in (
                (item[operation.method.lower()], call),
                (item, pointer),
                (raw, ""),
            ):
                for index, host in _hosts(holder):
                    if host not in contract.provider.hosts:
                        yield Fault(
                            operation.document.name,
                            "other-server",
                            join_pointer(place, "servers", index),
                            f"names the host {host!r:.80}, which is not among hosts in "
                            "provider.toml",
                        )


def _hosts(holder: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    servers = holder.get("servers")
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        url = server.get("url") if isinstance(server, Mapping) else None
        found = re.match(r"https?://([^/:]+)", url) if isinstance(url, str) else None
        if found:  # a path alone is at the host of the document itself
            yield index, found[1].lower()


def _spelling_faults(registry: Registry) -> Iterator[Fault]:
    for document in registry.documents:
        for pointer in document.respelled:
            keyword = pointer.rpartition("/")[2]
            yield Fault(
                document.name,
                "other-version",
                pointer,
                f"{keyword!r:.40} is not spelled as OpenAPI {document.version} has it",
            )


def _folder(operation: Operation) -> str:
    return operation.document.name.split("/", maxsplit=1)[0]


def _document_faults(registry: Registry) -> Iterator[Fault]:
    # Who only serves the documents need not wait for what judges them.
    from jsonschema.validators import validator_for  # noqa: PLC0415 - as said
    from openapi_spec_validator import (  # noqa: PLC0415 - as said
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
    )
    from openapi_spec_validator.schemas import (  # noqa: PLC0415 - as said
        schema_v30,
        schema_v31,
    )

    from specs.sealed import sealed_path  # noqa: PLC0415 - as said

    validators = {
        "3.0": (OpenAPIV30SpecValidator, schema_v30),
        "3.1": (OpenAPIV31SpecValidator, schema_v31),
    }
    for document in registry.documents:
        kind, schema = validators[document.version]
        validator = kind(sealed_path(document.raw))
        # Left to itself it takes whichever engine happens to be installed, and they
        # word and place what they find differently.
        validator.schema_validator = validator_for(schema)(dict(schema))
        for complaint in _complaints(validator, document.name):
            problem = one_line(_innermost(complaint).message, longest=_LONGEST_PROBLEM)
            pointer = join_pointer("", *map(str, complaint.absolute_path))
            yield Fault(document.name, "invalid-openapi", pointer, problem)


def _complaints(validator: "SpecValidator", name: str) -> list["ValidationError"]:
    """Return what *validator* complains of in the document *name*.

    It first holds the document to a schema and then walks it, whatever it found: what
    it stumbles over there is what it has complained of.
    """
    found = list["ValidationError"]()
    try:
        for complaint in validator.iter_errors():
            found.append(complaint)
    except Exception as exc:
        if not found:
            raise DocumentError(
                name,
                f"cannot be judged: openapi-spec-validator fails with {exc!r:.200}",
                fix="mend the document",
            ) from exc
    return found


def _innermost(complaint: "ValidationError") -> "ValidationError":
    """Return what *complaint* is about.

    A node may be an object or a reference to one, so the outer complaint only says
    that it is neither, with all of its content. The deepest inner one that does not
    ask for a reference names the member at fault.
    """
    inner = [
        it for it in complaint.context or () if not it.message.startswith("'$ref'")
    ]
    if not inner:
        return complaint
    return _innermost(max(inner, key=lambda it: len(it.absolute_path)))
