"""Known kinds of fault in the documents, found and held against the waivers.

Reading a document (`specs.registry`) refuses what cannot be worked with. What is
found here can be lived with, once somebody has said so in `waivers.toml`: it is
listed, never patched and never passed over in silence.

The rules:

- `invalid-openapi`        openapi-spec-validator complains about the document
- `no-security`            an operation declares no security
- `no-operation-id`        an operation has no operationId
- `shared-operation-id`    two documents of a provider use one operationId
- `no-refusal`             an operation declares no 4xx answer
"""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import ValidationError
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from specs.errors import LockError, UnwaivedFaultError
from specs.model import Operation
from specs.pointers import join_pointer
from specs.registry import Registry
from specs.waivers import FILE, refuse_unneeded

LOCK = "specs.lock"
_LONGEST_PROBLEM = 200
_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


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
    found = sorted({*_operation_faults(registry), *_document_faults(registry)})
    return [
        Fault(it.document, it.rule, it.pointer, it.problem, _reason(registry, it))
        for it in found
    ]


def refuse_faults(registry: Registry) -> list[Fault]:
    """Return the waived faults; raise where one is not waived, or a waiver is idle.

    Raises UnwaivedFaultError, WaiverError, or LockError where a document differs
    from what `specs.lock` records.
    """
    refuse_unlocked(registry)
    faults = find_faults(registry)
    for fault in faults:
        if fault.reason is None:
            raise UnwaivedFaultError(
                f"{fault.document}#{fault.pointer}",
                f"{fault.problem} (rule {fault.rule})",
                fix=f"mend the document, or waive the rule in {FILE} with a reason",
            )
    waivers = registry.waivers
    needed = [
        waiver
        for waiver in waivers.waiver
        if any(waiver.covers(it.document, it.rule, it.pointer) for it in faults)
    ]
    refuse_unneeded((*waivers.waiver, *waivers.treatment), (*needed, *registry.treated))
    return faults


def _reason(registry: Registry, fault: Fault) -> str | None:
    for waiver in registry.waivers.waiver:
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
    if not (declared.get("security") or raw.get("security")):
        yield "no-security", "declares no security, yet the service asks for a key"
    identity = operation.operation_id
    if identity is None:
        yield "no-operation-id", "has no operationId"
    elif uses[_folder(operation), identity] > 1:
        yield "shared-operation-id", f"shares operationId={identity!r:.60} with others"
    if not any(it.startswith("4") or it == "default" for it in operation.answers):
        yield "no-refusal", f"declares {sorted(operation.answers)} only, and no refusal"


def _folder(operation: Operation) -> str:
    return operation.document.name.split("/", maxsplit=1)[0]


def _document_faults(registry: Registry) -> Iterator[Fault]:
    for document in registry.documents:
        kind = _VALIDATORS[document.version]
        raw: Any = document.raw
        for complaint in kind(raw).iter_errors():
            path = [str(it) for it in complaint.absolute_path]
            problem = " ".join(_innermost(complaint).message.split())[:_LONGEST_PROBLEM]
            pointer = join_pointer("", *path) if path else ""
            yield Fault(document.name, "invalid-openapi", pointer, problem)


def _innermost(complaint: ValidationError) -> ValidationError:
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


def read_lock(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what `specs.lock` of *folder* records, by document.

    Raises LockError where the file is missing or malformed.
    """
    try:
        entries = tomllib.loads((folder / LOCK).read_text("utf-8"))["document"]
        return {it["file"]: it for it in entries}
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise LockError(
            LOCK, f"cannot be read: {exc!r:.120}", fix="restore it beside the documents"
        ) from exc


def refuse_unlocked(registry: Registry) -> None:
    """Raise LockError where documents and `specs.lock` are not the same set and bytes."""
    lock = read_lock(registry.folder)
    names = {it.name for it in registry.documents}
    for name in sorted(names ^ set(lock)):
        problem = "is not recorded" if name in names else "is recorded, but not there"
        raise LockError(f"{LOCK}#{name}", problem, fix="vendor and lock together")
    for name in sorted(names):
        digest = hashlib.sha256((registry.folder / name).read_bytes()).hexdigest()
        if digest != lock[name].get("sha256"):
            raise LockError(
                f"{LOCK}#{name}",
                f"records sha256={lock[name].get('sha256')!s:.16}…, but the file has {digest}",
                fix="vendored documents are not edited; if the change is meant, lock it",
            )
