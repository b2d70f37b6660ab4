"""Known faults of the documents, each with a reason: accepted, or treated at load.

`waivers.toml` stands beside the documents and holds two kinds of entry:

- `[[waiver]]` accepts faults of one rule (`specs.faults` lists the rules);
- `[[treatment]]` changes a document as it is loaded, visibly and with a reason:
  `set` puts `value` at `pointer`, `drop` removes what is there, `coerce` turns a
  default, or the values of an enum, of the wrong JSON type into the right one.

`documents` and a waiver's `pointer` are shell-style patterns, and so is each token of
a treatment's pointer but the last, which names a member of an object. An entry that nothing needs any more is an error,
so the file never outlives the faults.
"""

import copy
import json
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from specs.dialect import fold_types
from specs.errors import WaiverError
from specs.facts import Facts, MemberError, Pointer, first_problem
from specs.jsontext import read_json
from specs.pointers import Json, split_pointer

FILE = "waivers.toml"

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


class _Entry(Facts, frozen=True, kw_only=True, omit_defaults=True):
    documents: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]

    def is_for(self, document: str) -> bool:
        """Say whether this entry is about the document of that name."""
        return fnmatchcase(document, self.documents)


class Waiver(_Entry, frozen=True, kw_only=True):
    """Faults of one *rule* that are known and accepted."""

    rule: str
    pointer: str = "*"

    def covers(self, document: str, rule: str, pointer: str) -> bool:
        """Say whether this waiver accepts the fault of *rule* at that place."""
        return (
            self.rule == rule
            and self.is_for(document)
            and fnmatchcase(pointer, self.pointer)
        )


class Treatment(_Entry, frozen=True, kw_only=True):
    """A change made to each of *documents* when it is loaded."""

    pointer: Pointer
    action: Literal["set", "drop", "coerce"]
    value: Any = msgspec.UNSET

    def __post_init__(self) -> None:
        if not split_pointer(self.pointer):
            raise ValueError(
                "pointer is empty, but a document is not treated as a whole"
            )
        has_value = self.value is not msgspec.UNSET
        if (self.action == "set") != has_value:
            raise ValueError("action 'set' takes a value, the others take none")
        try:
            json.dumps(self.value if has_value else None, allow_nan=False)
        except (TypeError, ValueError) as exc:  # TOML has dates and nan, JSON has not
            raise MemberError("value", f"is not JSON: {exc}") from exc


class Waivers(Facts, frozen=True, kw_only=True):
    """The whole file; empty where a folder has none."""

    waiver: tuple[Waiver, ...] = ()
    treatment: tuple[Treatment, ...] = ()


def read_waivers(folder: Path) -> Waivers:
    """Read the `waivers.toml` of *folder*; raise WaiverError where it is malformed."""
    path = folder / FILE
    if not path.exists():
        return Waivers()
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise WaiverError(FILE, f"cannot be read: {exc}", fix="mend the file") from exc
    try:
        return msgspec.convert(facts, Waivers)
    except msgspec.ValidationError as exc:
        where, problem = first_problem(facts, Waivers)
        raise WaiverError(f"{FILE}#{where}", problem, fix="mend the entry") from exc


def treat(
    name: str, raw: dict[str, Any], treatments: Iterable[Treatment]
) -> tuple[dict[str, Any], list[Treatment]]:
    """Return *raw* with the treatments of the document *name*, and those that it needed.

    Raises WaiverError where a treatment's place is not in the document, or a value
    cannot be coerced.
    """
    own = [it for it in treatments if it.is_for(name)]
    if not own:
        return raw, []
    treated = copy.deepcopy(raw)
    return treated, [it for it in own if _apply(name, treated, it)]


def _apply(name: str, raw: dict[str, Any], treatment: Treatment) -> bool:
    """Carry *treatment* out in place; say whether that changed anything."""
    *parents, last = split_pointer(treatment.pointer)
    where = f"{name}#{treatment.pointer}"
    places: list[Any] = [raw]
    for token in parents:
        places = [it for place in places for it in _children(place, token)]
    schemas = [it for it in places if isinstance(it, dict)]
    if not schemas:
        raise WaiverError(
            where,
            "there is nothing to treat at this place",
            fix=f"mend or remove the treatment in {FILE}",
        )
    changed = [_treat_member(it, last, treatment, where) for it in schemas]
    return any(changed)


def _children(place: Any, pattern: str) -> list[Any]:
    """Return the members of *place*, an object or a list, whose key *pattern* matches."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(place, dict):
        items = place.items()
    elif isinstance(place, list):
        items = enumerate(place)
    return [child for key, child in items if fnmatchcase(str(key), pattern)]


def _treat_member(
    parent: dict[str, Any], key: str, treatment: Treatment, where: str
) -> bool:
    before = _state(parent, key)
    if treatment.action == "set":
        parent[key] = copy.deepcopy(treatment.value)
    elif treatment.action == "drop":
        parent.pop(key, None)
    elif key in parent:
        parent[key] = _coerced_member(key, parent, where)
    return _state(parent, key) != before


def _state(parent: Mapping[str, Any], key: str) -> tuple[bool, str]:
    # To Python 1, 1.0 and true are equal; their texts differ.
    return key in parent, json.dumps(parent.get(key), sort_keys=True)


def _coerced_member(key: str, schema: Mapping[str, Any], where: str) -> Json:
    """Return what *schema* has at *key*, as its type; of an enum, each value but null."""
    value: Json = schema[key]
    if key != "enum" or not isinstance(value, list):
        return _coerced(value, schema, where)
    return [None if it is None else _coerced(it, schema, where) for it in value]


def _coerced(value: Json, schema: Mapping[str, Any], where: str) -> Json:
    """Return the one value of the declared type that is written like *value*."""
    types = [it for it in fold_types(schema, where) if it != "null"]
    kind = types[0] if len(types) == 1 else ""
    result = value
    if kind == "string" and isinstance(value, bool | int | float):
        result = json.dumps(value)
    elif kind != "string" and isinstance(value, str):
        result = _scalar(value)
    if kind == "integer" and isinstance(result, float) and result.is_integer():
        result = int(result)
    if type(result) in _PYTHON_TYPES.get(kind, ()):
        return result
    raise WaiverError(
        where,
        f"{value!r:.80} cannot be coerced to type={schema.get('type')!r:.80}",
        fix="use action 'set' or 'drop'",
    )


def _scalar(text: str) -> Json:
    """Return what *text* writes as JSON, `True` being true; *text* if nothing."""
    try:
        return read_json(text.lower().encode())
    except ValueError:
        return text


def refuse_unneeded(idle: Iterable[Waiver | Treatment]) -> None:
    """Raise WaiverError for the first of *idle*, the entries that nothing needs."""
    for entry in idle:
        what = entry.rule if isinstance(entry, Waiver) else entry.action
        raise WaiverError(
            f"{FILE} ({entry.documents}, {what})",
            "no document needs this entry any more",
            fix="remove it",
        )
