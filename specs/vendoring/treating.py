"""What to write into `waivers.toml` for a document with known faults.

A table of remedies: each knows one kind of fault by the error that loading raises, and
proposes the mildest treatment that mends it. What no remedy knows stays an error. The
reason of a proposal names the rule and the value, so that a person can judge it.
"""

import glob
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Literal

from specs.errors import (
    DefaultError,
    ProviderError,
    SpecError,
    UnsupportedSchemaError,
    VendoringError,
)
from specs.faults import Fault
from specs.jsontext import read_json
from specs.loader import parse_document
from specs.messages import one_line
from specs.pointers import Json, join_pointer, look_up, split_pointer
from specs.provider import Provider, read_provider
from specs.registry import Registry
from specs.vendoring.records import waivers_with
from specs.waivers import FILE, Treatment, Waiver, treat

MOST_TREATMENTS = 100
"""Of one document; real ones need two at most."""

_LONGEST_REASON = 300
_SUCCESS: Final = ("200", "201", "202", "2XX", "2xx")


def load_treated(folder: Path, names: list[str]) -> tuple[Registry, list[Treatment]]:
    """Load *folder*; treat faults of the documents *names* until they can be read.

    The treatments are added to the `waivers.toml` of *folder*, which is a copy to try
    things in, and returned. Raises the SpecError of the first fault without a remedy.
    """
    proposed: list[Treatment] = []
    while True:
        try:
            return Registry.load(folder), proposed
        except SpecError as exc:
            found = _remedy(folder, names, exc)
            if found is None or found in proposed or len(proposed) >= MOST_TREATMENTS:
                raise
            proposed.append(found)
            append_entries(folder, [found])


def append_entries(folder: Path, entries: Iterable[Waiver | Treatment]) -> None:
    """Add *entries* to the `waivers.toml` of *folder*.

    Raises VendoringError where one of them cannot be written.
    """
    entries, path = list(entries), folder / FILE
    if not entries:
        return
    text = path.read_text("utf-8") if path.exists() else ""
    for it in entries:
        try:
            text = waivers_with(text, [it])
            text.encode()
        except (TypeError, ValueError) as exc:  # half a character, or a null
            raise VendoringError(
                f"{it.documents}#{it.pointer}",
                f"TOML cannot write what {FILE} would say of it, {it.reason}",
                fix="mend the document",
            ) from exc
    path.write_text(text, "utf-8")


def lost_treatments(
    name: str, content: bytes, treatments: Iterable[Treatment]
) -> list[Treatment]:
    """Return those of *treatments* that are for *name* alone and find no place in it."""
    raw, kept, lost = (
        parse_document(content, name=name),
        list[Treatment](),
        list[Treatment](),
    )
    for it in treatments:
        if it.documents != glob.escape(name):
            continue
        try:
            treat(name, raw, [*kept, it])
        except SpecError:
            lost.append(it)
        else:
            kept.append(it)
    return lost


def propose_waivers(faults: list[Fault]) -> list[Waiver]:
    """Return a waiver for each of *faults* that has none."""
    return [
        Waiver(
            documents=glob.escape(it.document),
            rule=it.rule,
            pointer=glob.escape(it.pointer),
            reason=_reason(it.rule, it.problem),
        )
        for it in faults
        if it.reason is None
    ]


def _reason(rule: str, problem: str) -> str:
    return one_line(
        f"{rule}: {problem} (proposed by `reelspec specs`, not yet reviewed)",
        longest=_LONGEST_REASON,
    )


def _remedy(folder: Path, names: list[str], error: SpecError) -> Treatment | None:
    name, _, pointer = error.pointer.partition("#")
    if name not in names:
        return None
    raw = read_json((folder / name).read_bytes())
    for kind, remedy in _REMEDIES:
        if type(error) is kind:
            found = remedy(folder, name, raw, pointer, error)
            if found is not None:
                return found
    return None


Remedy = Callable[[Path, str, Any, str, SpecError], Treatment | None]


def _treat_default(
    _: Path, name: str, raw: Any, pointer: str, error: SpecError
) -> Treatment | None:
    """Read a default of the wrong type as the right one, or drop what is refused."""
    where = join_pointer(pointer, "default")
    found = _treatment(name, where, "coerce", "default-of-another-type", error)
    if _helps(name, raw, found):
        return found
    return _treatment(name, where, "drop", "default-refused", error)


def _drop_flag(
    _: Path, name: str, raw: Any, pointer: str, error: SpecError
) -> Treatment | None:
    """Drop a `required` that is a flag, as parameters have it and schemas do not."""
    if not pointer.endswith("/required") or not isinstance(_at(raw, pointer), bool):
        return None
    return _treatment(name, pointer, "drop", "required-as-flag", error)


def _drop_pattern(
    _: Path, name: str, raw: Any, pointer: str, error: SpecError
) -> Treatment | None:
    if not pointer.endswith("/pattern") or not isinstance(_at(raw, pointer), str):
        return None
    return _treatment(name, pointer, "drop", "pattern-unreadable", error)


def _drop_discriminator(
    _: Path, name: str, raw: Any, pointer: str, error: SpecError
) -> Treatment | None:
    """Drop what only helps to choose among alternatives that are tried anyway."""
    if not pointer.endswith("/discriminator") or not isinstance(
        _at(raw, pointer), dict
    ):
        return None
    return _treatment(name, pointer, "drop", "discriminator", error)


def _coerce_list(
    _: Path, name: str, raw: Any, pointer: str, error: SpecError
) -> Treatment | None:
    """Read listed values of the wrong type as the right one, where all can be."""
    node = _at(raw, pointer)
    listed = node.get("enum") if isinstance(node, dict) else None
    if not isinstance(listed, list) or "enum lists" not in error.problem:
        return None
    where = join_pointer(pointer, "enum")
    found = _treatment(name, where, "coerce", "enum-of-another-type", error)
    return found if _helps(name, raw, found) else None


def _helps(name: str, raw: Any, treatment: Treatment) -> bool:
    """Say whether *treatment* changes anything; a coercion may be impossible."""
    try:
        return bool(treat(name, raw, [treatment])[1])
    except SpecError:
        return False


def _declare_answer(
    folder: Path, name: str, raw: Any, pointer: str, error: SpecError
) -> Treatment | None:
    """Declare what the provider answers where a document declares no JSON at all."""
    # The reader has read both as objects, or there would be another error.
    responses: dict[str, Any] = (_at(raw, pointer) or {}).get("responses", {})
    found = [it for it in _SUCCESS if it in responses]
    if not found or any("content" in responses[it] for it in found):
        return None
    provider = _provider(folder, name)
    polls = split_pointer(pointer)[-1] == provider.operations.poll.method.lower()
    return _treatment(
        name,
        join_pointer(pointer, "responses", found[0], "content"),
        "set",
        "answer-undeclared",
        error,
        value={"application/json": {"schema": _job_schema(provider, whole=polls)}},
    )


def _provider(folder: Path, name: str) -> Provider:
    place = name.partition("/")[0]
    facts = folder / place / "provider.toml"
    return read_provider(facts, name=f"{place}/provider.toml")


def _job_schema(provider: Provider, *, whole: bool) -> dict[str, Any]:
    """Return the schema of a job, made of the facts in provider.toml alone."""
    job, schema = provider.job, dict[str, Any](type="object")
    states = list(provider.lifecycle.states)
    _place(schema, job.id, {"type": "string"}, required=True)
    _place(schema, job.status, {"type": "string", "enum": states}, required=True)
    if whole:
        url = {"type": "string", "format": "uri"}
        _place(schema, job.video, url, required=False)
        _place(schema, job.error, {"type": "object", "nullable": True}, required=False)
    return schema


def _place(
    schema: dict[str, Any], pointer: str, member: dict[str, Any], *, required: bool
) -> None:
    """Put *member* at *pointer*, a pointer into values, of the object *schema*."""
    *outer, last = split_pointer(pointer)
    for token in outer:
        schema = schema.setdefault("properties", {}).setdefault(
            token, {"type": "object"} | ({} if required else {"nullable": True})
        )
    schema.setdefault("properties", {})[last] = member
    if required:
        schema.setdefault("required", []).append(last)


def _treatment(
    name: str,
    pointer: str,
    action: Literal["set", "drop", "coerce"],
    rule: str,
    error: SpecError,
    **value: Json,
) -> Treatment:
    *parents, last = split_pointer(pointer)
    place = join_pointer("", *(glob.escape(it) for it in parents), last)
    return Treatment(
        documents=glob.escape(name),
        pointer=place,
        action=action,
        **value,
        reason=_reason(rule, error.problem),
    )


def _at(raw: Any, pointer: str) -> Any:
    try:
        return look_up(raw, pointer)
    except (LookupError, ValueError):
        return None


_REMEDIES: tuple[tuple[type[SpecError], Remedy], ...] = (
    (DefaultError, _treat_default),
    (UnsupportedSchemaError, _drop_flag),
    (UnsupportedSchemaError, _drop_pattern),
    (UnsupportedSchemaError, _drop_discriminator),
    (UnsupportedSchemaError, _coerce_list),
    (ProviderError, _declare_answer),
)
