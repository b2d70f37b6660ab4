"""Addresses in the words of a page: OpenAPI documents that it links, and calls that it names."""

import difflib
import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from specs.pages.blocks import Line
from specs.pages.found import Findings
from specs.pages.routes import Directory, Route, is_near, read_address

_URL = re.compile(r"https?://[^\s<>\"'`)\]}|]{4,1000}")
_LOCAL = re.compile(r"\]\((?!\w+:)([^()\s#]{1,300}\.(?:json|ya?ml))\)")
_CALL = re.compile(
    r"\b(GET|POST|PUT|PATCH|DELETE)\b[\s`*:]{1,6}((?:https?://[^\s`/<>]{1,200})?/[\w./{}:$<>~-]{1,300})"
)
_PLACE = re.compile(r"\$\{\w+\}|\$\w+|<[\w-]+>|(?<=/):\w+|\{\w*\}")
_TAGGED = re.compile(r"\bpath=\"(/[^\"\s]{1,300})\"\s+method=\"(\w{3,7})\"")
_OPENAPI = re.compile(r"openapi|swagger", re.IGNORECASE)
_CUT = re.compile(r"[=…{$]$|\.\.\.|…|[{$]")
"""An address that a reader is to complete."""

_SUFFIXES = (".json", ".yaml", ".yml")


def check_documents(
    text: str, page: str, sources: Iterable[str], found: Findings
) -> None:
    """Add each link in *text*, of the file *page*, to an OpenAPI document that is not known.

    *sources* are the addresses of the vendored ones. An address is only doubted where it
    is of the same place as one of them; nothing is fetched.
    """
    known = {_plain(it) for it in sources}
    homes = {_home(it) for it in known}
    for number, url in _matches(_URL, text, 0):
        plain = _plain(url)
        is_document = _parts(plain)[1].endswith(_SUFFIXES)
        if (
            is_document
            and not _CUT.search(plain)
            and _home(plain) in homes
            and plain not in known
        ):
            near = difflib.get_close_matches(plain, known, n=1, cutoff=0)
            found.add(
                "unknown-document",
                number,
                f"links {plain}",
                f"not vendored; the nearest source is {near[0]}",
            )
    for number, target in _matches(_LOCAL, text, 1):
        if _OPENAPI.search(target) and not (Path(page).parent / target).exists():
            found.add(
                "unknown-document", number, f"links {target}", "there is no such file"
            )


def check_endpoints(
    lines: Iterable[Line], routes: list[Route], directory: Directory, found: Findings
) -> None:
    """Add each call that *lines* name and that none of *routes* is, though one nearly is."""
    for line in lines:
        named = [(it[1], it[2]) for it in _CALL.finditer(line.text)]
        named += [(it[2], it[1]) for it in _TAGGED.finditer(line.text)]
        for method, url in named:
            address = read_address(_PLACE.sub("{}", url).rstrip(".:"))
            here = directory.find(address)
            if any(it.operation.method == method.upper() for it in here):
                continue
            near = is_near(address, routes)
            hosted = near and (not address.host or address.host in near.hosts)
            meant = here[0] if here else near
            if meant and (here or hosted):
                found.add(
                    "wrong-endpoint",
                    line.number,
                    f"{method.upper()} {url}",
                    f"it is {meant.words}",
                    meant.operation.pointer,
                )


def _finds(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    number, position = 1, 0
    for it in pattern.finditer(text):
        number += text.count("\n", position, it.start())
        position = it.start()
        yield number, it


def _matches(
    pattern: re.Pattern[str], text: str, group: int
) -> Iterator[tuple[int, str]]:
    yield from ((number, it[group]) for number, it in _finds(pattern, text))


def _plain(url: str) -> str:
    return html.unescape(url).rstrip(".,;:").partition("#")[0]


def _parts(url: str) -> tuple[str, str]:
    """Return the host and the path of *url*, empty where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.netloc, parts.path


def _home(url: str) -> tuple[str, ...]:
    host, path = _parts(url)
    return (host, *path.split("/")[1:3])
