"""A document on its way into a folder: from where, for which provider, by what name."""

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from specs.errors import SourceError, VendoringError
from specs.loader import LARGEST_BYTES, parse_document
from specs.provider import Provider, read_provider
from specs.registry import vendored_folder
from specs.vendoring.fetching import Fetched, FetchLimits, fetch_all, is_url
from specs.vendoring.planning import Arrival

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,150}\.json", re.ASCII)


def arrive(
    folder: Path,
    source: str,
    *,
    provider: str | None = None,
    file_name: str | None = None,
    limits: FetchLimits | None = None,
) -> Arrival:
    """Return the document at *source*, a URL or a file, on its way into *folder*.

    The provider is recognised by its hosts where none is named. Raises SourceError,
    OSError for a file, DocumentError, or VendoringError where it is not clear what
    to call the document or whose it is.
    """
    read = _fetch if is_url(source) else _read
    content, etag = read(source, limits or FetchLimits())
    raw = parse_document(content, name=source)
    file_name = file_name or _file_name(source)
    if not _FILE_NAME.fullmatch(file_name):
        raise VendoringError(
            source,
            f"{file_name!r:.80} is no name for a document",
            fix="name it with --as, such as my-model.json",
        )
    place = provider or _recognise(folder, source, raw)
    return Arrival(
        name=f"{_provider_named(folder, place)}/{file_name}",
        content=content,
        source=source if is_url(source) else f"file:{Path(source).name}",
        etag=etag,
    )


def _fetch(source: str, limits: FetchLimits) -> tuple[bytes, str]:
    return _content(fetch_all({source: ""}, limits=limits)[source])


def _content(found: Fetched | SourceError) -> tuple[bytes, str]:
    if isinstance(found, SourceError):
        raise found
    assert found.content is not None  # no ETag was sent that could match
    return found.content, found.etag


def _read(source: str, _: FetchLimits) -> tuple[bytes, str]:
    with Path(source).open("rb") as file:
        return file.read(LARGEST_BYTES + 1), ""


def _file_name(source: str) -> str:
    """Return what the document at *source* is called, by its query if it has one."""
    if not is_url(source):
        return Path(source).name
    parts = urlsplit(source)
    values = [value for _, value in parse_qsl(parts.query)]
    last = values[-1].replace("/", "-") if values else parts.path.rpartition("/")[2]
    return f"{unquote(last).removesuffix('.json')}.json"


def _provider_named(folder: Path, name: str) -> str:
    known = _providers(folder)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=3) or sorted(known)
    raise VendoringError(
        f"provider {name!r:.60}",
        "is known neither to the folder nor to reelspec",
        fix=f"did you mean {', '.join(near)}? Else write its provider.toml first",
    )


def _recognise(folder: Path, source: str, raw: Mapping[str, Any]) -> str:
    hosts = {*_hosts(source, raw)}
    known = _providers(folder)
    found = [name for name, it in known.items() if hosts & {*it.hosts}]
    if len(found) == 1:
        return found[0]
    raise VendoringError(
        source,
        f"is at {', '.join(sorted(hosts)) or 'no host'}, which tells no provider",
        fix=f"name it with --provider: {', '.join(sorted(known))}",
    )


def _hosts(source: str, raw: Mapping[str, Any]) -> Iterator[str]:
    servers = raw.get("servers")
    urls = [
        it.get("url")
        for it in (servers if isinstance(servers, list) else ())
        if isinstance(it, dict)
    ]
    for url in [*urls, source]:
        found = re.match(r"https?://([A-Za-z0-9.-]+)", str(url))
        if found:
            yield found[1].lower()


def _providers(folder: Path) -> dict[str, Provider]:
    """Return the providers of this distribution and of *folder*, which come first."""
    found: dict[str, Provider] = {}
    for place in (vendored_folder(), folder):
        for facts in sorted(place.glob("*/provider.toml")):
            name = facts.parent.name
            found[name] = read_provider(facts, name=f"{name}/provider.toml")
    return found
