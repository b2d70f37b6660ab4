"""Addresses and keys: the servers and the security of two documents, compared."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from specs.changes.calls import Call
from specs.changes.folding import Folder
from specs.changes.found import Findings, Place
from specs.pointers import join_pointer
from specs.schemas import UNSET

_Ways = dict[frozenset[str], dict[str, list[str]]]
"""The ways in, each with what its keys must be allowed to do."""

_ABOUT = frozenset({"description", "bearerFormat"})


class AccessComparer:
    """Compares how the calls of two documents are addressed and who may make them."""

    def __init__(
        self,
        old: tuple[Mapping[str, Any], Folder],
        new: tuple[Mapping[str, Any], Folder],
        findings: Findings,
    ) -> None:
        self._old, self._new = old[0], new[0]
        self._old_schemes = _schemes(*old)
        self._new_schemes = _schemes(*new)
        self._renamed = self._find_renamed()
        self._named: set[str] = set()
        self._findings = findings

    def compare_servers(self, old: Call, new: Call) -> None:
        """Compare the addresses that a call may be sent to."""
        before, was = _servers(self._old, old)
        after, is_ = _servers(self._new, new)
        gone = [it for it in before if it not in after]
        come = [it for it in after if it not in before]
        place = Place(old.label, "server")
        for one, other in zip_longest(gone, come):
            if one is None:
                self._findings.add("server-added", place, is_, after=other)
            elif other is None:
                self._findings.add("server-removed", place, was, gone=True, before=one)
            else:
                self._findings.add(
                    "server-changed", place, is_, before=one, after=other
                )

    def compare_security(self, old: Call, new: Call) -> None:
        """Compare the ways in that a call accepts."""
        before, was = self._ways(self._old, old, self._renamed)
        after, is_ = self._ways(self._new, new, {})
        place = Place(old.label, "security")
        open_before, open_after = frozenset() in before, frozenset() in after
        if open_before != open_after:
            change = "security-removed" if open_after else "security-added"
            gone = open_after and not is_
            self._findings.add(
                change,
                place,
                was if gone else is_ or new.pointer,
                gone=gone,
                before=_written(before),
                after=_written(after),
            )
            return
        lost = [it for it in before if it not in after]
        come = [it for it in after if it not in before]
        for one, other in zip_longest(lost, come):
            rule = (
                "security-option-added"
                if one is None
                else "security-option-removed"
                if other is None
                else "security-changed"
            )
            self._findings.add(
                rule,
                place,
                is_ or new.pointer,
                before=UNSET if one is None else _named(one),
                after=UNSET if other is None else _named(other),
            )
        for names in before.keys() & after.keys():
            self._compare_scopes(before[names], after[names], place, is_)

    def compare_schemes(self) -> None:
        """Compare the schemes of both documents, those that no call names included."""
        for name, (before, place) in self._old_schemes.items():
            known = self._new_schemes.get(name)
            if known is not None:
                self._compare_scheme(before, *known)
            elif name not in self._renamed and name not in self._named:
                self._findings.add(
                    "security-scheme-removed",
                    Place(),
                    place,
                    gone=True,
                    before=_scheme(before),
                )
        known_names = {*self._old_schemes, *self._renamed.values(), *self._named}
        for name, (after, place) in self._new_schemes.items():
            if name not in known_names:
                self._findings.add(
                    "security-scheme-added", Place(), place, after=_scheme(after)
                )

    def _compare_scheme(
        self, before: Mapping[str, Any], after: Mapping[str, Any], pointer: str
    ) -> None:
        if _essence(before) != _essence(after):
            self._findings.add(
                "security-scheme-changed",
                Place(),
                pointer,
                before=_scheme(before),
                after=_scheme(after),
            )
        elif before != after:
            self._findings.add("document-description-changed", Place(), pointer)

    def _compare_scopes(
        self,
        before: dict[str, list[str]],
        after: dict[str, list[str]],
        place: Place,
        pointer: str,
    ) -> None:
        for name, scopes in before.items():
            for it in after[name]:
                if it not in scopes:
                    self._findings.add("security-scope-added", place, pointer, after=it)
            for it in scopes:
                if it not in after[name]:
                    self._findings.add(
                        "security-scope-removed", place, pointer, before=it
                    )

    def _ways(
        self, raw: Mapping[str, Any], call: Call, names: Mapping[str, str]
    ) -> tuple[_Ways, str]:
        """Return the ways in of *call*, schemes called as in *names*, and where they stand."""
        holder, pointer = (
            (call.node, call.pointer) if "security" in call.node else (raw, "")
        )
        listed = holder.get("security")
        ways: _Ways = {}
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, Mapping):
                self._named |= set(entry)
                way = {
                    names.get(it, it): [str(scope) for scope in scopes or ()]
                    for it, scopes in entry.items()
                    if isinstance(scopes, list)
                }
                ways[frozenset(way)] = way
        place = join_pointer(pointer, "security") if "security" in holder else ""
        return ways or {frozenset(): {}}, place

    def _find_renamed(self) -> dict[str, str]:
        """Return which old scheme goes by which new name, all else being the same."""
        renamed: dict[str, str] = {}
        for name, (before, _) in self._old_schemes.items():
            for other, (after, _) in self._new_schemes.items():
                taken = other in self._old_schemes or other in renamed.values()
                if name in self._new_schemes or name in renamed or taken:
                    continue
                if _essence(before) == _essence(after):
                    renamed[name] = other
        return renamed


def _schemes(
    raw: Mapping[str, Any], folder: Folder
) -> dict[str, tuple[Mapping[str, Any], str]]:
    components = raw.get("components")
    listed = components.get("securitySchemes") if isinstance(components, dict) else None
    found: dict[str, tuple[Mapping[str, Any], str]] = {}
    for name, child in (listed if isinstance(listed, dict) else {}).items():
        part = folder.follow(child, join_pointer("/components/securitySchemes", name))
        if isinstance(part.raw, Mapping):
            found[name] = (part.raw, part.pointer)
    return found


def _essence(scheme: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: it.casefold() if key == "scheme" and isinstance(it, str) else it
        for key, it in scheme.items()
        if key not in _ABOUT and not key.startswith("x-")
    }


def _scheme(scheme: Mapping[str, Any]) -> str:
    words = [str(scheme[it]) for it in ("type", "scheme", "in", "name") if it in scheme]
    return " ".join(words)


def _servers(raw: Mapping[str, Any], call: Call) -> tuple[list[str], str]:
    """Return the addresses that *call* may be sent to, and where they are listed."""
    for holder, pointer in (
        (call.node, call.pointer),
        (call.item, call.item_pointer),
        (raw, ""),
    ):
        listed = holder.get("servers")
        if isinstance(listed, list) and listed:
            found = [_address(it) for it in listed if isinstance(it, Mapping)]
            return found, join_pointer(pointer, "servers")
    return [], "/servers"


def _address(server: Mapping[str, Any]) -> str:
    address = str(server.get("url", ""))
    variables = server.get("variables")
    for name, it in (variables if isinstance(variables, dict) else {}).items():
        if isinstance(it, Mapping):
            address = address.replace(f"{{{name}}}", str(it.get("default", "")))
    return address.rstrip("/")


def _named(names: frozenset[str]) -> str:
    return " and ".join(sorted(names)) or "no key"


def _written(ways: _Ways) -> str:
    return " or ".join(sorted(_named(it) for it in ways))
