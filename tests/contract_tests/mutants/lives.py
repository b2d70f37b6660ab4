"""Faults of a job's life: its id, its states, and what asking does to it."""

from collections.abc import Mapping
from typing import Any

from specs import Contract
from tests.contract_tests.mutants.catalogue import AIMLAPI, FAL, killed_by
from tests.contract_tests.mutants.reference import END, START, Reply, Service, Work

FORWARD = "a_state_only_moves_forward"
FINAL = "a_finished_job_never_changes"


@killed_by("ids_never_repeat", AIMLAPI, FAL)
class GivesTheSameIdAgain(Service):
    """Two jobs share an id: every tenth has that of the one before"""

    def new_id(self, contract: Contract) -> str:
        mine = [it.id for it in self.work.values() if it.contract is contract]
        if len(mine) % 10 == 9:
            return mine[-1]
        return super().new_id(contract)


@killed_by("a_repeated_submit_makes_a_new_job", AIMLAPI, FAL)
class RemembersABody(Service):
    """The same body sent again is answered with the job it made before"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        for it in self.work.values():
            if it.body == value and it.contract is contract and "x-fail" not in headers:
                return 200, self.greet(it)
        return super().submit(contract, value, headers)


@killed_by("a_valid_request_is_accepted", AIMLAPI)
class RefusesTheTenthJob(Service):
    """Every tenth submit is refused"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        status, told = super().submit(contract, value, headers)
        if len(self.work) % 10:
            return status, told
        return self.refuse(contract, contract.provider.errors.refused, {"": "enough"})


@killed_by(FORWARD, AIMLAPI, FAL)
class InventsAState(Service):
    """A job is in a state that no document knows"""

    def state(self, work: Work) -> str:
        return "thinking" if self.now - work.submitted < START else super().state(work)


@killed_by(FORWARD, FAL)
class WritesAStateInLowerCase(Service):
    """The last state is written in lower case"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        told["status"] = told["status"].replace("COMPLETED", "completed")
        return status, told


@killed_by(FORWARD, AIMLAPI, FAL)
class GoesBackToTheStart(Service):
    """A job goes back to its first state, a moment after it has left it"""

    def state(self, work: Work) -> str:
        back = START + 1 < self.now - work.submitted < END
        return work.contract.lifecycle.initial if back else super().state(work)


@killed_by(FORWARD, AIMLAPI)
class ComesBackToLife(Service):
    """A completed job is generating again, some minutes later"""

    def state(self, work: Work) -> str:
        again = self.now - work.submitted > 300
        return "generating" if again else super().state(work)


@killed_by(FORWARD, FAL)
class GoesBackAfterManyPolls(Service):
    """The tenth poll of a job finds it in the queue again"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        if work.polls > 10 and self.now - work.submitted > START:
            told["status"] = work.contract.lifecycle.initial
        return status, told


@killed_by("no_server_error", AIMLAPI)
class BreaksAfterManyPolls(Service):
    """The tenth poll of a job, and each that follows, is answered with 500"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        return (500, {"detail": "too many"}) if work.polls > 9 else (status, told)


@killed_by(FORWARD, FAL)
class MixesTheStatesOfTwoJobs(Service):
    """A job is told in the state of the one submitted last, if there are two"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        last = [it for it in self.work.values() if it.contract is work.contract][-1]
        return status, told | {"status": self.state(last)}


@killed_by("the_polled_id_is_the_submitted_id", AIMLAPI, FAL)
class TellsOfTheLastJob(Service):
    """Every poll tells of the job that was submitted last"""

    def poll(self, work: Work) -> Reply:
        last = [it for it in self.work.values() if it.contract is work.contract][-1]
        return 200, self.describe(last)


@killed_by("the_polled_id_is_the_submitted_id", AIMLAPI)
class CutsTheModelOffTheId(Service):
    """A poll tells the id in a shorter form than the submit did"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        return status, told | {"id": work.id.partition(":")[0]}


@killed_by("a_known_job_is_found", AIMLAPI, FAL)
class ForgetsAFinishedJob(Service):
    """A job that has finished is found no more"""

    def poll(self, work: Work) -> Reply:
        if self.ended(work):
            return self.unknown(work.contract, work.id)
        return super().poll(work)


@killed_by("a_known_job_is_found", AIMLAPI)
class ForgetsTheOldest(Service):
    """Only the last two jobs are remembered"""

    def find(self, contract: Contract, id_: str) -> Work | None:
        return super().find(contract, id_) if id_ in list(self.work)[-2:] else None


@killed_by(FINAL, AIMLAPI, FAL)
class CountsThePollsOfAFinishedJob(Service):
    """The answer about a finished job counts how often it was asked for"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        return status, told | ({"seen": work.polls} if self.ended(work) else {})


@killed_by(FINAL, AIMLAPI)
class ChangesTheReason(Service):
    """A failed job gives another reason each time"""

    asked = 0

    def reason(self) -> Any:
        self.asked += 1
        return {"name": "Failed", "message": f"reason {self.asked}"}


@killed_by(FINAL, FAL)
class ChangesTheSeed(Service):
    """Each look at the result tells another seed"""

    looks = 0

    def output(self, work: Work) -> dict[str, Any]:
        self.looks += 1
        return super().output(work) | {"seed": self.looks}


@killed_by(FINAL, AIMLAPI)
class GrowsAMemberLater(Service):
    """A completed job has one member more, some minutes later"""

    def describe(self, work: Work) -> dict[str, Any]:
        later = self.now - work.submitted > 60
        return super().describe(work) | ({"archived": True} if later else {})


@killed_by("a_poll_changes_nothing", AIMLAPI, FAL)
class MovesOnWhenAsked(Service):
    """Every poll brings a job nearer to its end"""

    def poll(self, work: Work) -> Reply:
        work.submitted -= 0.2
        return super().poll(work)


@killed_by("a_poll_changes_nothing", AIMLAPI)
class MovesAnotherWhenAsked(Service):
    """Asking for one job brings all others nearer to their end"""

    def poll(self, work: Work) -> Reply:
        for it in self.work.values():
            it.submitted -= 0.0 if it is work else 0.2
        return super().poll(work)


@killed_by("a_poll_changes_nothing", FAL)
class CountsThePolls(Service):
    """The answer about a pending job counts how often it was asked for"""

    def poll(self, work: Work) -> Reply:
        status, told = super().poll(work)
        return status, told | ({} if self.ended(work) else {"seen": work.polls})


@killed_by("a_queue_position_never_rises", FAL)
class PutsNewJobsFirst(Service):
    """A job that comes later is put before those that wait"""

    def position(self, work: Work) -> int:
        initial = work.contract.lifecycle.initial
        return sum(
            it.number > work.number and self.state(it) == initial
            for it in self.work.values()
            if it.contract is work.contract
        )


@killed_by("a_job_finishes", AIMLAPI, FAL)
class NeverFinishes(Service):
    """A job stays in its second state for ever"""

    def state(self, work: Work) -> str:
        _, second, last = work.contract.lifecycle.path(work.ends_by)
        found = super().state(work)
        return second if found == last else found


@killed_by("a_job_finishes", AIMLAPI)
class FinishesTooLate(Service):
    """A job takes a minute longer than the provider's deadline"""

    def state(self, work: Work) -> str:
        late = self.now - work.submitted > work.contract.provider.polling.deadline + 60
        _, second, last = work.contract.lifecycle.path(work.ends_by)
        found = super().state(work)
        return second if found == last and not late else found


@killed_by("a_pending_job_can_be_cancelled", FAL)
class RefusesToCancel(Service):
    """A pending job cannot be cancelled"""

    def cancel(self, work: Work) -> Reply:
        return 400, {"status": "ALREADY_COMPLETED"}


@killed_by("a_finished_job_cannot_be_cancelled", FAL)
class CancelsWhatHasFinished(Service):
    """A finished job can be cancelled"""

    def cancel(self, work: Work) -> Reply:
        return 202, {"status": "CANCELLATION_REQUESTED"}


@killed_by("a_job_fails_for_a_cause", FAL)
class CancelsEveryJob(Service):
    """A cancel takes every other pending job along"""

    def cancel(self, work: Work) -> Reply:
        for it in self.work.values():
            if it is not work and self.ended(it) is None and it.contract.cancel:
                it.cancelled = self.now
        return super().cancel(work)


@killed_by("a_restart_loses_no_job", AIMLAPI, FAL)
class ForgetsEveryJobAtARestart(Service):
    """A restart loses every job"""

    def restart(self) -> None:
        super().restart()
        self.work.clear()


@killed_by("a_restart_loses_no_job", AIMLAPI)
class ForgetsPendingJobsAtARestart(Service):
    """A restart loses the jobs that have not finished"""

    def restart(self) -> None:
        super().restart()
        self.work = {key: it for key, it in self.work.items() if self.ended(it)}


@killed_by(FORWARD, FAL)
class StartsJobsAnewAtARestart(Service):
    """A restart puts every job back to its start"""

    def restart(self) -> None:
        super().restart()
        for it in self.work.values():
            it.submitted = self.now


@killed_by("ids_never_repeat", FAL)
class RepeatsIdsAfterARestart(Service):
    """A restart gives out the same ids again"""

    def restart(self) -> None:
        super().restart()
        self._random.seed(0)


@killed_by("a_video_keeps_its_address", AIMLAPI)
class MovesVideosAtARestart(Service):
    """A restart gives every video another address"""

    def video(self, work: Work) -> str | None:
        return f"{super().video(work)}?start={self.restarts}"
