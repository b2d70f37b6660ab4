"""Known faults of the documents, each with a reason: accepted, or treated at load.

`waivers.toml` stands beside the documents and holds two kinds of entry:

- `[[waiver]]` accepts faults of one rule (`specs.faults` lists the rules);
- `[[treatment]]` changes a document as it is loaded, visibly and with a reason:
  `set` puts `value` at `pointer`, `drop` removes what is there, `coerce` turns a
  default of the wrong JSON type into the right one.

`documents` and a waiver's `pointer` are shell-style patterns, and so is each token of
a treatment's pointer but the last. An entry that nothing needs any more is an error,
so the file never outlives the faults.
"""

import copy
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from specs.errors import WaiverError
from specs.pointers import Json, split_pointer

FILE = "waivers.toml"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: str
    reason: str = Field(min_length=1)


class Waiver(_Entry):
    """Faults of one *rule* that are known and accepted."""

    rule: str
    pointer: str = "*"

    def covers(self, document: str, rule: str, pointer: str) -> bool:
        """Say whether this waiver accepts the fault of *rule* at that place."""
        return (
            self.rule == rule
            and fnmatchcase(document, self.documents)
            and fnmatchcase(pointer, self.pointer)
        )


class Treatment(_Entry):
    """A change made to each of *documents* when it is loaded."""

    pointer: str
    action: Literal["set", "drop", "coerce"]
    value: Any = None

    @model_validator(mode="after")
    def _has_a_value_to_set(self) -> Self:
        if (self.action == "set") != ("value" in self.model_fields_set):
            raise ValueError("action 'set' takes a value, the others take none")
        return self


class Waivers(BaseModel):
    """The whole file; empty where a folder has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waiver: tuple[Waiver, ...] = ()
    treatment: tuple[Treatment, ...] = ()


def read_waivers(folder: Path) -> Waivers:
    """Read the `waivers.toml` of *folder*; raise WaiverError where it is malformed."""
    path = folder / FILE
    if not path.exists():
        return Waivers()
    try:
        return Waivers.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = "/".join(str(it) for it in first["loc"])
        raise WaiverError(
            f"{FILE}#/{where}", first["msg"], fix="mend the entry"
        ) from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise WaiverError(FILE, f"cannot be read: {exc}", fix="mend the file") from exc


def treat(
    name: str, raw: dict[str, Any], treatments: Iterable[Treatment]
) -> tuple[dict[str, Any], list[Treatment]]:
    """Return *raw* with the treatments of the document *name*, and those that it needed.

    Raises WaiverError where a treatment's place is not in the document.
    """
    own = [it for it in treatments if fnmatchcase(name, it.documents)]
    if not own:
        return raw, []
    treated = copy.deepcopy(raw)
    return treated, [it for it in own if _apply(name, treated, it)]


def _apply(name: str, raw: dict[str, Any], treatment: Treatment) -> bool:
    """Carry *treatment* out in place; say whether that changed anything."""
    *parents, last = split_pointer(treatment.pointer)
    places = [raw]
    for token in parents:
        places = [
            child
            for place in places
            for key, child in place.items()
            if fnmatchcase(key, token) and isinstance(child, dict)
        ]
    if not places:
        raise WaiverError(
            f"{name}#{treatment.pointer}",
            "there is nothing to treat at this place",
            fix=f"mend or remove the treatment in {FILE}",
        )
    where = f"{name}#{treatment.pointer}"
    changed = [_treat_member(it, last, treatment, where) for it in places]
    return any(changed)


def _treat_member(
    parent: dict[str, Any], key: str, treatment: Treatment, where: str
) -> bool:
    before = parent.get(key)
    if treatment.action == "set":
        parent[key] = copy.deepcopy(treatment.value)
        return bool(before != treatment.value)
    if key not in parent:
        return False
    if treatment.action == "drop":
        del parent[key]
        return True
    parent[key] = _coerced(before, parent, where)
    return type(parent[key]) is not type(before)


def _coerced(value: Json, schema: Mapping[str, Any], where: str) -> Json:
    """Return the one value of the declared type that is written like *value*."""
    candidates: list[Json] = list(schema.get("enum", ()))
    text = str(value)
    for read in {"integer": (int,), "number": (int, float)}.get(
        str(schema.get("type")), ()
    ):
        try:
            candidates.append(read(text))
        except ValueError:
            continue
    if schema.get("type") == "boolean":
        candidates += [it for it in (True, False) if str(it).lower() == text.lower()]
    if schema.get("type") == "string":
        candidates.append(text)
    for candidate in candidates:
        if str(candidate).lower() == text.lower():
            return candidate
    raise WaiverError(
        where,
        f"default={value!r:.80} cannot be coerced to {schema.get('type')!r}",
        fix="use action 'set' or 'drop'",
    )


def refuse_unneeded(
    waivers: Iterable[Waiver | Treatment], needed: Iterable[object]
) -> None:
    """Raise WaiverError for the first entry that nothing needed."""
    used = list(needed)
    for entry in waivers:
        if entry not in used:
            what = entry.rule if isinstance(entry, Waiver) else entry.action
            raise WaiverError(
                f"{FILE} ({entry.documents}, {what})",
                "no document needs this entry any more",
                fix="remove it",
            )
