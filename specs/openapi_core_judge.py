"""openapi-core as the judge of one operation.

It knows web frameworks, not plain values; the small adaptor that it needs is written
here once, for the mock and the contract tests.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.media_types.exceptions import (
    MediaTypeDeserializeError,
)
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequestBodyError,
    ParameterValidationError,
    SecurityValidationError,
)
from openapi_core.validation.response.exceptions import MissingData
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from specs.exchange import Answer, Breach, Request
from specs.formats import is_uri
from specs.jsontext import read_json
from specs.messages import one_line
from specs.model import Operation
from specs.operations import is_json
from specs.pointers import Json
from specs.references import follow
from specs.sealed import sealed_path

_LONGEST_MESSAGE = 300

_REMEMBERED = 256
_MOST_BYTES = 4096
"""How many verdicts are kept, and on answers of which length at most."""


class OperationJudge:
    """openapi-core for one operation, at whatever address it is served."""

    def __init__(self, operation: Operation) -> None:
        raw, method = operation.document.raw, operation.method.lower()
        node = raw["paths"][operation.path][method]
        answers = node.get("responses", {}).values()
        self._body_types = _json_types(operation, [node.get("requestBody", {})])
        self._answer_types = _json_types(operation, answers)
        readers = dict.fromkeys({*self._body_types, *self._answer_types}, _read_body)
        options: dict[str, Any] = {
            "spec_validator_cls": None,  # its complaints are faults: see specs.faults
            "extra_format_validators": {"uri": is_uri},
            "extra_media_type_deserializers": readers,
        }
        self._core = OpenAPI(sealed_path(_alone(operation)), config=Config(**options))
        self._adapted = self._adapt(Request(operation=operation))
        # A job that has not moved is answered as it was before, byte for byte.
        self._known_verdict = lru_cache(_REMEMBERED)(self._verdict)

    def check_request(self, request: Request) -> Iterator[Breach]:
        """Yield each rule that *request* breaks."""
        for error in self._core.request_validator.iter_errors(self._adapt(request)):
            yield from _breaches(error, "body")

    def check_answer(self, answer: Answer) -> Iterator[Breach]:
        """Yield each rule that *answer* breaks."""
        judge = self._verdict
        if len(answer.body) <= _MOST_BYTES:
            judge = self._known_verdict
        facts = (answer.status, answer.content_type, answer.body)
        yield from judge(*facts, tuple(answer.headers.items()))

    def _verdict(
        self,
        status: int,
        content_type: str,
        body: bytes,
        headers: tuple[tuple[str, str], ...],
    ) -> tuple[Breach, ...]:
        answer = Answer(
            status=status, content_type=content_type, body=body, headers=dict(headers)
        )
        errors = self._core.response_validator.iter_errors(
            self._adapted, self._adapt_answer(answer)
        )
        return tuple(it for error in errors for it in _breaches(error, "answer"))

    def _adapt(self, request: Request) -> "_AdaptedRequest":
        """Return *request* as the protocol of openapi-core wants it."""
        # Of other media types nothing was read, so even declared ones count as unknown.
        media_type = self._body_types.get(_base(request.content_type), "")
        return _AdaptedRequest(request, media_type)

    def _adapt_answer(self, answer: Answer) -> "_AdaptedAnswer":
        """Return *answer* as the protocol of openapi-core wants it."""
        media_type = _base(answer.content_type)
        return _AdaptedAnswer(answer, self._answer_types.get(media_type, media_type))


def _alone(operation: Operation) -> dict[str, Any]:
    """Return the document of *operation* with nothing else to be found in it."""
    raw, method = operation.document.raw, operation.method.lower()
    item = {**raw["paths"][operation.path]}
    node = {**item[method]}
    # openapi-core refuses a host the document does not list, and a mock has its own.
    for it in (item, node):
        it.pop("servers", None)
    for it in (item, node):
        # It warns of each deprecated parameter, each time; only the reader of a
        # generated client has any use for that.
        it["parameters"] = [
            {
                **follow(raw, child, "", name=operation.document.name)[0],
                "deprecated": False,
            }
            for child in it.get("parameters", ())
        ]
    item[method] = node
    return {**raw, "servers": [{"url": "/"}], "paths": {operation.path: item}}


def _json_types(operation: Operation, holders: Iterable[Any]) -> dict[str, str]:
    """Return the JSON media types that *holders* declare: as sent, as declared."""
    document = operation.document
    found = [follow(document.raw, it, "", name=document.name)[0] for it in holders]
    declared = [key for it in found for key in it.get("content", {}) if is_json(key)]
    return {_base(it): it for it in declared}


def _base(content_type: str) -> str:
    # openapi-core does not survive every parameter that a caller can think of.
    return content_type.partition(";")[0].strip().lower()


def _read_body(content: bytes, **_: str) -> Json:
    return read_json(content)


class _Headers(dict[str, str]):
    """Headers by name, whatever its case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): it for name, it in headers.items()})

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())


class _AdaptedRequest:
    """A `Request` as the protocol of openapi-core wants it."""

    host_url = ""

    def __init__(self, request: Request, content_type: str) -> None:
        # The template matches itself, so an id may hold any character.
        self.path = request.operation.path
        self.method = request.operation.method.lower()
        self.body = request.body
        self.content_type = content_type
        self.parameters = RequestParameters(
            query=request.query,
            header=_Headers(request.headers),
            path=dict(request.path),
        )


class _AdaptedAnswer:
    """An `Answer` as the protocol of openapi-core wants it."""

    def __init__(self, answer: Answer, content_type: str) -> None:
        self.status_code = answer.status
        self.content_type = content_type
        self.headers = _Headers(answer.headers)
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
    cast = cause if isinstance(cause, CastError) else None
    yield Breach(
        location="header" if isinstance(error, SecurityValidationError) else location,
        path=path,
        rule=_rule(error, cause),
        limit=cast.type if cast else None,
        value=cast.value if cast else None,
        message=one_line(_message(error, cause), longest=_LONGEST_MESSAGE),
    )


def _message(error: Exception, cause: BaseException | None) -> str:
    if isinstance(cause, MediaTypeDeserializeError):
        # Its own text decodes the body, which may be what is wrong with it.
        return f"is not JSON: {cause.__context__}"
    if isinstance(cause, MediaTypeNotFound):
        return f"is of another media type than {cause.availableMimetypes}"
    return str(cause or error)


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
        message=one_line(violation.message, longest=_LONGEST_MESSAGE),
    )


def _rule(error: Exception, cause: BaseException | None) -> str:
    if isinstance(error, ResponseNotFound):
        return "responses"
    if isinstance(error, SecurityValidationError):
        return "security"
    if isinstance(cause, MediaTypeNotFound):
        return "content"
    if isinstance(error, ParameterValidationError):
        return "required" if cause is None else "type"
    if isinstance(error, MissingRequestBodyError | MissingData):
        return "required"
    return "json"
