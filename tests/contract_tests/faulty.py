"""The reference service with one fault each."""

from typing import Any

from specs import Contract, Operation, Outcome
from tests.contract_tests.reference import Reply, Scope, Service, Work


class AnswersEverythingWith500(Service):
    def answer(self, scope: Scope, body: bytes) -> Reply:
        return 500, {"detail": "a bug"}


class AnswersAPollWith500(Service):
    def poll(self, work: Work) -> Reply:
        return 500, {"detail": "a bug"}


class RefusesAnUndeclaredMember(Service):
    def submit(
        self, contract: Contract, value: Any, body: bytes, headers: Any
    ) -> Reply:
        if strangers := value.keys() - contract.body.properties.keys():
            return self.refuse(contract, 400, strangers.pop(), "is unknown")
        return super().submit(contract, value, body, headers)


class TakesMoreThanTheMaximum(Service):
    def minds(self, rule: str) -> bool:
        return rule != "maximum"


class RefusesWith418(Service):
    def refuse(self, contract: Contract, status: int, field: str, text: str) -> Reply:
        status = 418 if field else status
        return super().refuse(contract, status, field, text)


class RefusesWithoutAName(Service):
    def refuse(self, contract: Contract, status: int, field: str, text: str) -> Reply:
        return super().refuse(contract, status, field and "value", "is not right")


class PollsWithoutAKey(Service):
    def admits(self, contract: Contract, operation: Operation, headers: Any) -> bool:
        return operation.role == "poll" or super().admits(contract, operation, headers)


class FindsAnyJob(Service):
    def find(self, id_: str) -> Work | None:
        return super().find(id_) or next(iter(self.work.values()))


class CutsIdsShort(Service):
    """Finds a job under an id that begins like its own, however it goes on."""

    def find(self, id_: str) -> Work | None:
        return next(iter(self.work.values())) if len(id_) > 999 else super().find(id_)


class GivesNoId(Service):
    def describe(self, work: Work) -> dict[str, Any]:
        return super().describe(work) | {work.contract.provider.job.id[1:]: ""}


class GivesTheSameIdTwice(Service):
    def new_id(self, contract: Contract) -> str:
        return "always-this-one"


class GoesBackToTheStart(Service):
    def state(self, work: Work) -> str:
        back = work.polls % 4 == 3
        return work.contract.lifecycle.initial if back else super().state(work)


class InventsAState(Service):
    def state(self, work: Work) -> str:
        return "thinking"


class TellsOfAnotherJob(Service):
    def poll(self, work: Work) -> Reply:
        return 200, self.describe(next(iter(self.work.values())))


class MovesTheVideo(Service):
    def video(self, work: Work) -> str | None:
        work.polls += 1
        return f"https://videos.test/{work.polls}.mp4"


class NeverFinishes(Service):
    def state(self, work: Work) -> str:
        return work.contract.lifecycle.initial


class ShowsTheVideoTooSoon(Service):
    def ended(self, work: Work) -> Outcome | None:
        return Outcome.SUCCESS


class FinishesWithoutAVideo(Service):
    def video(self, work: Work) -> str | None:
        return None


class FailsWithoutAReason(Service):
    def reason(self) -> Any:
        return None


class CompletesWhatMustFail(Service):
    def submit(
        self, contract: Contract, value: Any, body: bytes, headers: Any
    ) -> Reply:
        kept = {name: it for name, it in headers.items() if name != "x-fail"}
        return super().submit(contract, value, body, kept)


class RefusesToCancel(Service):
    def cancel(self, work: Work) -> Reply:
        return 400, {"status": "ALREADY_COMPLETED"}


class CancelsWhatHasFinished(Service):
    def cancel(self, work: Work) -> Reply:
        return 202, {"status": "CANCELLATION_REQUESTED"}


class AnswersASubmitWith201(Service):
    def submit(
        self, contract: Contract, value: Any, body: bytes, headers: Any
    ) -> Reply:
        status, answer = super().submit(contract, value, body, headers)
        return (201 if status == 200 else status), answer


class ForgetsAJobOnceItHasFinished(Service):
    def poll(self, work: Work) -> Reply:
        if self.ended(work):
            status = work.contract.provider.errors.unknown_job
            return self.refuse(work.contract, status, "", "no such job")
        return super().poll(work)


class FinishesWithABrokenAddress(Service):
    def video(self, work: Work) -> str | None:
        return "http://[videos.test/"


class FinishesWithAnEmptyVideo(Service):
    def video(self, work: Work) -> str | None:
        return "data:video/mp4;base64,"


class SendsTheVideoItself(Service):
    """Answers as fal does when a request says `sync_mode`: no fault."""

    def video(self, work: Work) -> str | None:
        return "data:video/mp4;base64,AAAA"


class RefusesInHtml(Service):
    def refuse(self, contract: Contract, status: int, field: str, text: str) -> Reply:
        return status, b"<html>no</html>"


class RefusesWhatIsRightAtFirst(Service):
    """Takes a valid body that it refused before: no case fails twice."""

    def submit(
        self, contract: Contract, value: Any, body: bytes, headers: Any
    ) -> Reply:
        status, answer = super().submit(contract, value, body, headers)
        known = self.__dict__.setdefault("known", set())
        if status != 200 or body in known:
            return status, answer
        known.add(body)
        return self.refuse(contract, 400, "", "come again")


class RefusesInAShapeOfItsOwn(Service):
    def refuse(self, contract: Contract, status: int, field: str, text: str) -> Reply:
        return status, {"oops": f"{field}: {text}"}
