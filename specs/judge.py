"""Whether a request or an answer keeps what its document promises.

The verdict is openapi-core's, on the document as vendored; nothing here interprets a
schema. It is asked through `specs.openapi_core_judge`, which is imported when the
first contract is judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from specs.model import Contract, Operation
from specs.pointers import Json


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
        # openapi-core takes longer to import than a mock may take to start.
        from specs.openapi_core_judge import OperationJudge  # noqa: PLC0415 - as said

        self._judges = {it.role: OperationJudge(it) for it in contract.operations}

    def check_request(self, request: Request) -> Iterator[Breach]:
        """Yield each rule that *request* breaks; nothing when it is valid."""
        return self._judges[request.operation.role].check_request(request)

    def check_answer(self, request: Request, answer: Answer) -> Iterator[Breach]:
        """Yield each rule that *answer* breaks.

        A status code that the document does not declare is one breach with the rule
        `responses`; the body is then not looked at.
        """
        return self._judges[request.operation.role].check_answer(request, answer)
