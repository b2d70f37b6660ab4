"""Texts, by the format a document declares: valid ones and broken ones.

A format that is not listed is a remark to the reader, as JSON Schema has it, and
admits any text.
"""

import base64
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from hypothesis import strategies as st

from specs import StringSchema

LONG = 2_000
"""How long a text may be drawn or planned where the document sets no limit."""

LONGEST = 100_000
"""The longest text that is ever built: a limit above it is taken on trust."""

_ODD = ("", "~", " ", "\n", "0", "a", "A", "猫")

TEXT = st.characters(codec="utf-8")
# UTF-16 and code points count the same here, so a length means one thing to all.
COUNTABLE = st.characters(codec="utf-8", max_codepoint=0xFFFF)

TELLING = (
    "a cat, walking",
    "猫が歩く 🎬 Straße",
    "\u202eright to left\u202c e\u0301 \u200b",
    'quote " backslash \\ brace {{ }} tag </script>',
    "two\nlines\tand a tab",
    " edges ",
)
"""Texts that careless code mangles or refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One string format: how to draw it, telling valid texts and broken ones."""

    valid: st.SearchStrategy[str]
    telling: tuple[str, ...]
    broken: tuple[str, ...]


_NAMES = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)


def url(length: int) -> str:
    """Return a URL of *length* characters, or the shortest one that is longer."""
    return "https://example.com/".ljust(length, "a")


def fit(length: int) -> str:
    """Return a plain text of *length* characters."""
    return (
        ("a cat, walking. " * (length // 16 + 1))[:length].rstrip().ljust(length, ".")
    )


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


_URLS = st.builds(
    "{}://{}.example.com{}/{}.mp4{}".format,
    st.sampled_from(["https", "http", "HTTPS"]),
    _NAMES,
    st.sampled_from(["", ":443", ":8080"]),
    st.lists(_NAMES | st.just("%E7%8C%AB") | st.just("a b".replace(" ", "%20"))).map(
        "/".join
    ),
    st.sampled_from(["", "?q=1&q=2", "#t=10", "?u=https://example.org/%3F"]),
)

FORMATS: dict[str, Format] = {
    "uri": Format(
        valid=_URLS,
        telling=(
            url(0) + "a.mp4",
            "https://example.com",  # no path: some libraries add one
            "https://example.com/%E7%8C%AB.mp4?sig=a%2Bb%3D#t=1",
            url(LONG),
        ),
        broken=("not a url", "", "example.com/a.mp4", "/a.mp4"),
    ),
    "date-time": Format(
        valid=st.datetimes(timezones=st.just(UTC)).map(
            lambda it: f"{it.replace(tzinfo=None).isoformat()}Z"
        ),
        telling=("2026-02-28T23:59:59Z", "2024-02-29T00:00:00.5+05:30"),
        broken=("2026-02-30T00:00:00Z", "yesterday", "2026-02-28 23:59:59"),
    ),
    "date": Format(
        valid=st.dates().map(str),
        telling=("2024-02-29",),
        broken=("2023-02-29", "yesterday"),
    ),
    "time": Format(  # as openapi-core reads it: RFC 3339 would want an offset
        valid=st.times().map(lambda it: f"{it:%H:%M:%S}"),
        telling=("23:59:59",),
        broken=("25:00:00", "noon"),
    ),
    "uuid": Format(
        valid=st.uuids().map(str),
        telling=("00000000-0000-4000-8000-000000000000",),
        broken=("0000", "zzzzzzzz-0000-4000-8000-000000000000"),
    ),
    "email": Format(
        valid=_NAMES.map("{}@example.com".format),
        telling=("a.b+c@example.com",),
        broken=("example.com",),
    ),
    "ipv4": Format(
        valid=st.ip_addresses(v=4).map(str),
        telling=("127.0.0.1",),
        broken=("256.0.0.1", "::1"),
    ),
    "ipv6": Format(
        valid=st.ip_addresses(v=6).map(str),
        telling=("::1",),
        broken=("127.0.0.1", "::zz"),
    ),
    "byte": Format(
        valid=st.binary(max_size=60).map(_encoded),
        telling=(_encoded(b"a cat"), ""),
        broken=("a===", "~~~~"),
    ),
}


def has_length(schema: StringSchema, length: int) -> bool:
    """Say whether a text of *length* can be built that keeps all else of *schema*."""
    if schema.pattern is not None or length > LONGEST:
        return False
    if schema.format == "uri":
        return length >= len(url(0))
    return schema.format not in FORMATS


def mismatches(schema: StringSchema) -> tuple[str, ...]:
    """Return texts of the right length that break the pattern or format of *schema*."""
    low, high = schema.min_length, schema.max_length
    return tuple(
        it
        for it in dict.fromkeys(_mismatches(schema))
        if low <= len(it) and (high is None or len(it) <= high)
    )


def _mismatches(schema: StringSchema) -> Iterator[str]:
    if schema.pattern is not None:
        pattern, least = re.compile(schema.pattern), min(schema.min_length, LONGEST)
        sizes = (1, least, least + 1)
        yield from (
            it * size for size in sizes for it in _ODD if not pattern.search(it * size)
        )
    elif schema.format in FORMATS:
        yield from FORMATS[schema.format].broken
