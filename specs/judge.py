"""Whether a request or an answer keeps what its document promises.

The verdict is openapi-core's, on the document as vendored; nothing here interprets a
schema. openapi-core knows web frameworks, not plain values, so `Request` and `Answer`
are the small adaptor it needs, written once for the mock and the contract tests.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequestBodyError,
    ParameterValidationError,
    SecurityValidationError,
)
from openapi_core.validation.response.exceptions import MissingData
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from pydantic_core import Url

from specs.model import Contract, Operation, Role
from specs.pointers import Json

_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
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


class Judge:
    """openapi-core for the operations of one contract, its validators built once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._documents: dict[Role, OpenAPI] = {}

    def check_request(self, request: Request) -> Iterator[Breach]:
        """Yield each rule that *request* breaks; nothing when it is valid."""
        judge = self._judge(request.operation).request_validator
        for error in judge.iter_errors(_AdaptedRequest(request)):
            yield from _breaches(error, "body")

    def check_answer(self, request: Request, answer: Answer) -> Iterator[Breach]:
        """Yield each rule that *answer* breaks.

        A status code that the document does not declare is one breach with the rule
        `responses`; the body is then not looked at.
        """
        judge = self._judge(request.operation).response_validator
        errors = judge.iter_errors(_AdaptedRequest(request), _AdaptedAnswer(answer))
        for error in errors:
            yield from _breaches(error, "answer")

    def _judge(self, operation: Operation) -> OpenAPI:
        if operation.role not in self._documents:
            self._documents[operation.role] = _open(operation)
        return self._documents[operation.role]


def _open(operation: Operation) -> OpenAPI:
    """Return openapi-core for *operation* alone, at whatever address it is served."""
    raw = dict(operation.document.raw)
    item = {
        key: it for key, it in raw["paths"][operation.path].items() if key != "servers"
    }
    method = operation.method.lower()
    item[method] = {key: it for key, it in item[method].items() if key != "servers"}
    # openapi-core refuses a host the document does not list, and a mock has its own.
    raw |= {"servers": [{"url": "/"}], "paths": {operation.path: item}}
    options: dict[str, Any] = {
        "spec_validator_cls": None,  # its complaints are faults: see specs.faults
        "extra_format_validators": {"uri": _is_uri},
        "extra_media_type_deserializers": {"application/json": _read_json},
    }
    return OpenAPI.from_dict(raw, config=Config(**options))


def _is_uri(value: Any) -> bool:
    """Say whether *value* is an absolute URL to a browser, and so to the services.

    jsonschema leaves `uri` unchecked unless an optional package is installed.
    """
    if isinstance(value, str):
        try:
            Url(value)
        except ValueError:
            return False
    return True


def _read_json(content: bytes, **_: str) -> Any:
    return json.loads(content, parse_constant=_refuse_constant)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


class _AdaptedRequest:
    """A `Request` as the protocol of openapi-core wants it."""

    host_url = ""

    def __init__(self, request: Request) -> None:
        # The template matches itself, so an id may hold any character.
        self.path = request.operation.path
        self.method = request.operation.method.lower()
        self.body = request.body
        self.content_type = request.content_type.lower()
        self.parameters = RequestParameters(
            query=request.query, header=request.headers, path=dict(request.path)
        )


class _AdaptedAnswer:
    """An `Answer` as the protocol of openapi-core wants it."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.content_type = answer.content_type.lower()
        self.headers = answer.headers
        self.data = answer.body


def _breaches(error: Exception, location: str) -> Iterator[Breach]:
    """Yield what *error* says: a breach per schema violation, or one for the whole."""
    path: tuple[str | int, ...] = ()
    if isinstance(error, ParameterValidationError):
        location, path = error.location, (error.name,)
    cause = error.__cause__
    if isinstance(cause, InvalidSchemaValue):
        found = (_violation(it, location, path) for it in cause.schema_errors)
        # A null that is not allowed breaks the type twice: as a null, and as a value.
        yield from {(it.path, it.rule): it for it in found}.values()
        return
    yield Breach(
        location="header" if isinstance(error, SecurityValidationError) else location,
        path=path,
        rule=_rule(error, cause),
        limit=None,
        value=None,
        message=_one_line(str(error)),
    )


def _violation(violation: Any, location: str, path: tuple[str | int, ...]) -> Breach:
    """Return what *violation*, a ValidationError of jsonschema, says."""
    path = (*path, *violation.absolute_path)
    if violation.validator == "required":
        # jsonschema names the missing member in its message only.
        names = [str(it) for it in violation.validator_value]
        path = (
            *path,
            next(it for it in names if violation.message.startswith(repr(it))),
        )
    return Breach(
        location=location,
        path=path,
        rule=str(violation.validator),
        limit=violation.validator_value,
        value=violation.instance,
        message=_one_line(violation.message),
    )


def _rule(error: Exception, cause: BaseException | None) -> str:
    if isinstance(error, ResponseNotFound):
        return "responses"
    if isinstance(error, SecurityValidationError):
        return "security"
    if isinstance(error, MediaTypeNotFound) or isinstance(cause, MediaTypeNotFound):
        return "content"
    if isinstance(error, ParameterValidationError):
        return "required" if cause is None else "type"
    if isinstance(error, MissingRequestBodyError | MissingData):
        return "required"
    return "json"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…"
