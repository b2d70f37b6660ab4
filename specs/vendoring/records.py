"""`specs.lock` and `waivers.toml`, edited: comments and order stay as they are."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from specs.waivers import Treatment, Waiver

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT

_LOCK_HEAD = (
    "# Where each vendored document comes from, and what its bytes must be.\n\n"
)
_WAIVERS_HEAD = "# What is known to be wrong with the vendored documents, and why.\n\n"


def lock_with(text: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Return *text*, a lock, with *entries* in it, each in place of the one of its file."""
    document = _parse(text or _LOCK_HEAD)
    table = _tables(document, "document")
    known = {it["file"]: it for it in table}
    for entry in entries:
        old = known.get(entry["file"])
        if old is None:
            table.append(_table(entry))
            continue
        for key in [it for it in old if it not in entry]:
            del old[key]
        old.update(entry)
    return document.as_string()


def waivers_with(text: str, entries: Iterable[Waiver | Treatment]) -> str:
    """Return *text*, the waivers, with *entries* after those of their kind."""
    document = _parse(text or _WAIVERS_HEAD)
    for it in entries:
        kind = type(it).__name__.lower()
        _tables(document, kind).append(_table(it.as_table()))
    return document.as_string()


def waivers_without(text: str, entries: Iterable[Waiver | Treatment]) -> str:
    """Return *text*, the waivers, without *entries*."""
    document = _parse(text)
    gone = list(entries)
    for kind in (Waiver, Treatment):
        name = kind.__name__.lower()
        table = _tables(document, name)
        for index in reversed(range(len(table))):
            if msgspec.convert(table[index].unwrap(), kind) in gone:
                del table[index]
        if not table:
            del document[name]
    return document.as_string()


def _parse(text: str) -> "TOMLDocument":
    import tomlkit  # noqa: PLC0415 - only who edits the files needs it

    return tomlkit.parse(text)


def _tables(document: "TOMLDocument", name: str) -> "AoT":
    import tomlkit  # noqa: PLC0415 - as above
    from tomlkit.items import AoT  # noqa: PLC0415 - as above

    found = document.get(name)
    if isinstance(found, AoT) and found:
        return found
    # An empty one would be written as a list, and a list of inline tables is as valid.
    tables = tomlkit.aot()
    for it in found or ():
        tables.append(_table(it.unwrap()))
    document.pop(name, None)
    document.append(name, tables)
    return tables


def _table(entry: Mapping[str, Any]) -> Any:
    import tomlkit  # noqa: PLC0415 - as above

    table = tomlkit.item(dict(entry))
    table.add(tomlkit.nl())
    return table
