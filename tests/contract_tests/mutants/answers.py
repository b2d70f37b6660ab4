"""Faults of answering: a member missing, of the wrong type, or none of its business."""

from collections.abc import Mapping
from typing import Any

from specs import Contract
from tests.contract_tests.mutants.catalogue import AIMLAPI, FAL, killed_by
from tests.contract_tests.mutants.reference import Reply, Service, Work

DOCUMENT = "the_answer_keeps_the_document"


@killed_by("a_new_job_has_an_id", AIMLAPI, FAL)
class GivesNoId(Service):
    """The answer to a submit has no id"""

    def greet(self, work: Work) -> dict[str, Any]:
        told = super().greet(work)
        del told[work.contract.provider.job.id[1:]]
        return told


@killed_by("a_new_job_has_an_id", FAL)
class GivesANumberForAnId(Service):
    """The id is a number"""

    def greet(self, work: Work) -> dict[str, Any]:
        return super().greet(work) | {work.contract.provider.job.id[1:]: work.number}


@killed_by("a_state_only_moves_forward", AIMLAPI, FAL)
class GivesNoStateAtFirst(Service):
    """The answer to a submit has no state"""

    def greet(self, work: Work) -> dict[str, Any]:
        told = super().greet(work)
        del told["status"]
        return told


@killed_by("the_polled_id_is_the_submitted_id", AIMLAPI, FAL)
class PollsWithoutAnId(Service):
    """The answer to a poll has no id"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        del told[work.contract.provider.job.id[1:]]
        return status, told


@killed_by(DOCUMENT, FAL)
class TellsThePlaceAsText(Service):
    """The place in the queue is a text"""

    def position(self, work: Work) -> Any:
        return str(super().position(work))


@killed_by(DOCUMENT, AIMLAPI)
class TellsTheCostAsText(Service):
    """The cost is a text at the submit"""

    def greet(self, work: Work) -> dict[str, Any]:
        return super().greet(work) | {"meta": {"usage": {"credits_used": "many"}}}


@killed_by(DOCUMENT, AIMLAPI)
class WrapsTheUsageInAList(Service):
    """The member that holds the usage is a list"""

    def greet(self, work: Work) -> dict[str, Any]:
        return super().greet(work) | {"meta": []}


@killed_by(DOCUMENT, FAL)
class GivesAResultWithoutAPrompt(Service):
    """The result lacks the prompt"""

    def output(self, work: Work) -> dict[str, Any]:
        told = super().output(work)
        del told["prompt"]
        return told


@killed_by(DOCUMENT, FAL)
class GivesASeedAsText(Service):
    """The seed of the result is a text"""

    def output(self, work: Work) -> dict[str, Any]:
        return super().output(work) | {"seed": "one"}


@killed_by(DOCUMENT, FAL)
class MeasuresTheVideoInWords(Service):
    """The width of the video is a text"""

    def output(self, work: Work) -> dict[str, Any]:
        return super().output(work) | {
            "video": {"url": self.video(work), "width": "wide"}
        }


@killed_by(DOCUMENT, AIMLAPI, FAL)
class AnswersASubmitWith201(Service):
    """A submit is answered with 201, which no document declares"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        return 201, super().submit(contract, value, headers)[1]


@killed_by(DOCUMENT, AIMLAPI)
class AnswersAsText(Service):
    """The answers are called plain text"""

    def content_type(self, value: Any) -> bytes:
        return b"text/plain"


@killed_by(DOCUMENT, FAL)
class CancelsInAWordOfItsOwn(Service):
    """The answer to a cancel says something that no document knows"""

    def cancel(self, work: Work) -> Reply:
        status, told = super().cancel(work)
        return status, {"status": "GONE"} if status == 202 else told


@killed_by("a_new_job_has_an_id", AIMLAPI)
class AnswersInBrokenJson(Service):
    """The answer to a submit breaks off"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        super().submit(contract, value, headers)
        return 200, b'{"id": "cut'


@killed_by("a_valid_request_is_accepted", AIMLAPI)
class RedirectsASubmit(Service):
    """A submit is redirected, to itself"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        return 302, {}


@killed_by("no_server_error", AIMLAPI, FAL)
class AnswersEverythingWith500(Service):
    """Every request is answered with 500"""

    def answer(self, scope: Any, body: bytes) -> Reply:
        return 500, {"detail": "a bug"}


@killed_by("no_server_error", AIMLAPI)
class AnswersAPollWith500(Service):
    """Every poll is answered with 500"""

    def poll(self, work: Work) -> Reply:
        return 500, {"detail": "a bug"}
