"""Whether a request or an answer keeps what its document promises.

The verdict is openapi-core's, on the document as vendored; nothing here interprets a
schema. It is asked through `specs.openapi_core_judge`, which is imported when the
first contract is judged.
"""

from collections.abc import Iterator

from specs.exchange import Answer, Breach, Request
from specs.model import Contract


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
        return self._judges[request.operation.role].check_answer(answer)
