"""Facts that a team knows and a document lacks: OpenAPI Overlay 1.0, applied at load.

The files are in `overlays/` beside the documents of a provider, as JSON or YAML. Each
is for the document that it `extends`, or for all of the provider. An action that
changes no document any more is an error, as a waiver is that nothing needs.
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from specs.errors import OverlayError
from specs.facts import Facts, MemberError, first_problem
from specs.jsontext import is_among, is_same, read_json
from specs.pointers import Json
from specs.yamltext import read_yaml

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathNode

FOLDER = "overlays"
_READERS: Final[Mapping[str, Callable[[bytes], Json]]] = {
    ".json": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change: what *target*, a JSONPath, selects is updated, or removed.

    `place` is where the action stands; `document` the one it is for, None for all of
    the provider.
    """

    place: str
    title: str
    document: str | None
    target: str
    update: Json
    remove: bool
    description: str

    @property
    def wording(self) -> str:
        """Say what it does, as its author does where they did."""
        said = f"{'remove' if self.remove else 'update'} {self.target}"
        return f"{self.title}: {self.description or said}"


class _Info(Facts, frozen=True, kw_only=True):
    title: str
    version: str


class _Action(Facts, frozen=True, kw_only=True):
    target: str
    description: str = ""
    update: Any = msgspec.UNSET
    remove: bool = False

    def __post_init__(self) -> None:
        import jsonpath_rfc9535  # noqa: PLC0415 - most folders have no overlay

        if not self.remove and self.update is msgspec.UNSET:
            raise ValueError("an action needs either update or remove: true")
        try:
            jsonpath_rfc9535.compile(self.target)
        except jsonpath_rfc9535.JSONPathError as exc:
            raise MemberError("target", f"is no JSONPath: {exc}") from exc


class _File(Facts, frozen=True, kw_only=True):
    overlay: Annotated[str, msgspec.Meta(pattern=r"^1\.0\.[0-9]+\Z")]
    info: _Info
    extends: str | None = None
    actions: Annotated[tuple[_Action, ...], msgspec.Meta(min_length=1)]


def read_overlays(home: Path) -> tuple[Action, ...]:
    """Return the actions for the documents in *home*, in the order of their files.

    Raises OverlayError where a file is malformed, or extends a document that is not
    there.
    """
    return tuple(
        action
        for path in sorted((home / FOLDER).glob("*"))
        if path.suffix in _READERS
        for action in _read_file(path, f"{home.name}/{FOLDER}/{path.name}")
    )


def _read_file(path: Path, name: str) -> list[Action]:
    try:
        facts = _own_members(_READERS[path.suffix](path.read_bytes()))
    except (OSError, ValueError) as exc:
        raise OverlayError(name, f"cannot be read: {exc}", fix="mend the file") from exc
    try:
        found = msgspec.convert(facts, _File)
    except msgspec.ValidationError as exc:
        where, problem = first_problem(facts, _File)
        raise OverlayError(f"{name}#{where}", problem, fix="mend the file") from exc
    return [
        Action(
            place=f"{name}#/actions/{index}",
            title=found.info.title,
            document=_extended(path, name, found.extends),
            target=it.target,
            update=None if it.remove else it.update,
            remove=it.remove,
            description=it.description,
        )
        for index, it in enumerate(found.actions)
    ]


def _own_members(file: Json) -> Json:
    """Return *file* without the members that are anybody's: those beginning with x-."""
    own = _without_extensions(file)
    if isinstance(own, dict):
        if "info" in own:
            own["info"] = _without_extensions(own["info"])
        if isinstance(actions := own.get("actions"), list):
            own["actions"] = [_without_extensions(it) for it in actions]
    return own


def _without_extensions(part: Json) -> Json:
    if not isinstance(part, dict):
        return part
    return {name: it for name, it in part.items() if not name.startswith("x-")}


def _extended(path: Path, name: str, extends: str | None) -> str | None:
    """Return the name of the document that *extends*, written beside *path*, means."""
    if extends is None:
        return None
    document = PurePosixPath(extends).name
    home = path.parent.parent
    if extends != f"../{document}" or not (home / document).is_file():
        raise OverlayError(
            f"{name}#/extends",
            f"{extends!r:.200} is no document of the provider",
            fix="write it as ../NAME.json, or leave extends out to mean all",
        )
    return f"{home.name}/{document}"


def overlay(
    name: str, raw: dict[str, Any], actions: Iterable[Action]
) -> tuple[dict[str, Any], list[Action]]:
    """Return *raw* with the *actions* for the document *name*, and those that changed it.

    Raises OverlayError where what an action selects cannot be changed in its way.
    """
    own = [it for it in actions if it.document in (None, name)]
    if not own:
        return raw, []
    changed = copy.deepcopy(raw)
    return changed, [it for it in own if _apply(name, changed, it)]


def _apply(name: str, raw: dict[str, Any], action: Action) -> bool:
    """Carry *action* out in place; say whether that changed anything."""
    import jsonpath_rfc9535  # noqa: PLC0415 - as above

    try:
        nodes = list(jsonpath_rfc9535.find(action.target, raw))
    except (jsonpath_rfc9535.JSONPathError, RecursionError) as exc:
        raise _refusal(action, name, f"cannot be followed: {exc}") from exc
    if action.remove:
        return _remove(nodes, action, name)
    changes = [_update(it, action, name) for it in nodes]
    return any(changes)


def _remove(nodes: "list[JSONPathNode]", action: Action, name: str) -> bool:
    """Remove *nodes*, all of them found before any is gone."""
    lists: dict[int, tuple[list[Json], set[int | str]]] = {}
    for node in nodes:
        if node.parent is None:
            raise _refusal(action, name, "is the whole document, which has to stay")
        holder: Any = node.parent.value
        key = node.location[-1]
        if isinstance(holder, dict):
            holder.pop(key, None)  # a target may select it twice
        else:
            lists.setdefault(id(holder), (holder, set()))[1].add(key)
    for items, gone in lists.values():
        items[:] = [it for index, it in enumerate(items) if index not in gone]
    return bool(nodes)


def _update(node: "JSONPathNode", action: Action, name: str) -> bool:
    target: Any = node.value
    if isinstance(target, list):
        return _append(target, [action.update])
    if isinstance(target, dict) and isinstance(action.update, dict):
        return _merge(target, action.update, lambda what: _refusal(action, name, what))
    kind = "an object" if isinstance(target, dict) else "neither object nor list"
    raise _refusal(action, name, f"is {kind}, and cannot be updated with that")


def _merge(
    target: dict[str, Any],
    update: Mapping[str, Any],
    refuse: Callable[[str], OverlayError],
) -> bool:
    """Merge *update* into *target*; say whether that changed anything."""
    changed = False
    for key, value in update.items():
        old = target.get(key)
        if key not in target:
            target[key] = copy.deepcopy(value)
            changed = True
        elif isinstance(old, dict) and isinstance(value, dict):
            changed |= _merge(old, value, refuse)
        elif isinstance(old, list) and isinstance(value, list):
            changed |= _append(old, value)
        elif isinstance(old, dict | list) or isinstance(value, dict | list):
            raise refuse(f"has a {key!r:.80} of another kind: remove it first")
        elif not is_same(old, value):
            target[key] = value
            changed = True
    return changed


def _append(items: list[Json], new: Iterable[Json]) -> bool:
    """Append those of *new* that *items* lack; say whether there were any.

    An entry is a fact: one that upstream has come to state makes the action idle.
    """
    lacking = [it for it in new if not is_among(it, items)]
    items += copy.deepcopy(lacking)
    return bool(lacking)


def _refusal(action: Action, document: str, problem: str) -> OverlayError:
    return OverlayError(
        action.place,
        f"target={action.target!r:.200} {problem} (in {document})",
        fix="mend the action",
    )


def refuse_idle(actions: Iterable[Action]) -> None:
    """Raise OverlayError for the first of *actions*, which change no document."""
    for it in actions:
        raise OverlayError(
            it.place,
            f"target={it.target!r:.200} changes nothing any more",
            fix="remove the action: the documents say so themselves",
        )
