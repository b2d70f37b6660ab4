"""A request and its answer, taken apart, and what can be wrong with either."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from specs.model import Operation
from specs.pointers import Json


class Breach(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One rule of the document that a request or an answer breaks.

    `location` is where the value travels (`body`, `query`, `path`, `header`,
    `cookie`, `answer`), `path` leads to it from there, `rule` is the JSON Schema
    keyword that refuses it, `limit` what that keyword says and `value` what was
    found. Beside those keywords a rule may be `json` (not JSON), `content` (a media
    type the document does not declare), `responses` (a status code likewise) or
    `security` (no key). `message` is one line.
    """

    location: str
    path: tuple[str | int, ...]
    rule: str
    limit: Json
    value: Json
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, taken apart: parameters by location, and the body as sent."""

    operation: Operation
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of the service: status code, headers and raw body."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
