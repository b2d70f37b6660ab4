"""Faults of what comes of a job: the video, the reason, the bill."""

from typing import Any

from specs import Event, Outcome
from tests.contract_tests.mutants.catalogue import AIMLAPI, FAL, killed_by
from tests.contract_tests.mutants.footage import Footage
from tests.contract_tests.mutants.reference import PRICE, Reply, Service, Work


@killed_by("an_unfinished_job_has_no_video", AIMLAPI, FAL)
class ShowsTheVideoTooSoon(Service):
    """The video is told before the job has finished"""

    def ended(self, work: Work) -> Outcome | None:
        return Outcome.SUCCESS


@killed_by("a_completed_job_has_a_video", AIMLAPI, FAL)
class FinishesWithoutAVideo(Service):
    """A completed job has null for a video"""

    def video(self, work: Work) -> str | None:
        return None


@killed_by("a_completed_job_has_a_video", FAL)
class FinishesWithABrokenAddress(Service):
    """The address of the video is none"""

    def video(self, work: Work) -> str | None:
        return "http://[videos.test/"


@killed_by("a_completed_job_has_a_video", FAL)
class FinishesWithAnEmptyVideo(Service):
    """The video stands in the answer itself, and is empty"""

    def video(self, work: Work) -> str | None:
        return "data:video/mp4;base64,"


@killed_by("a_completed_job_has_a_video", AIMLAPI)
class FinishesWithAPath(Service):
    """The address of the video lacks its host"""

    def video(self, work: Work) -> str | None:
        return f"/videos/{work.id}.mp4"


@killed_by("a_completed_job_has_a_video", AIMLAPI)
class FinishesWithoutTheVideosMember(Service):
    """A completed job has no member for the video"""

    def describe(self, work: Work) -> dict[str, Any]:
        told = super().describe(work)
        told.pop("video", None)
        return told


@killed_by("a_video_keeps_its_address", AIMLAPI, FAL)
class MovesTheVideo(Service):
    """The address of the video is another one each time"""

    looks = 0

    def video(self, work: Work) -> str | None:
        self.looks += 1
        return f"{super().video(work)}?look={self.looks}"


@killed_by("a_video_belongs_to_one_job", AIMLAPI, FAL)
class ShowsAnothersVideo(Service):
    """Every job shows the video of the first"""

    def video(self, work: Work) -> str | None:
        same = (it for it in self.work.values() if it.contract is work.contract)
        return super().video(next(same, work))


@killed_by("a_completed_job_has_no_error", AIMLAPI)
class CompletesWithAnError(Service):
    """A completed job gives a reason for a failure as well"""

    def describe(self, work: Work) -> dict[str, Any]:
        ended = self.ended(work) is Outcome.SUCCESS
        return super().describe(work) | ({"error": self.reason()} if ended else {})


@killed_by("a_failed_job_says_why", AIMLAPI)
class FailsWithoutAReason(Service):
    """A failed job gives no reason"""

    def reason(self) -> Any:
        return None


@killed_by("a_failed_job_says_why", FAL)
class FailsWithAnEmptyResult(Service):
    """The result of a failed job is an empty object"""

    def result(self, work: Work) -> Reply:
        status, told = super().result(work)
        return status, {} if status == 500 else told


@killed_by("a_failed_job_has_no_video", AIMLAPI)
class FailsWithAVideo(Service):
    """A failed job shows a video"""

    def describe(self, work: Work) -> dict[str, Any]:
        failed = self.ended(work) is Outcome.FAILURE
        video = {"video": {"url": self.video(work)}}
        return super().describe(work) | (video if failed else {})


@killed_by("a_job_told_to_fail_fails", AIMLAPI, FAL)
class CompletesWhatMustFail(Service):
    """A job that was told to fail completes"""

    def failed(self, work: Work) -> bool:
        return work.cancelled is not None

    def state(self, work: Work) -> str:
        work.ends_by = Event.COMPLETE
        return super().state(work)


@killed_by("a_job_fails_for_a_cause", AIMLAPI)
class FailsEveryTenthJob(Service):
    """Every tenth job fails, though nothing is wrong with it"""

    def state(self, work: Work) -> str:
        if work.number % 10 == 0:
            work.ends_by = Event.FAIL
        return super().state(work)


@killed_by("a_completed_job_tells_its_cost", AIMLAPI)
class ForgetsTheBill(Service):
    """A completed job does not say what it cost"""

    def describe(self, work: Work) -> dict[str, Any]:
        told = super().describe(work)
        told.pop("meta", None)
        return told


@killed_by("a_completed_job_tells_its_cost", AIMLAPI)
class BillsLessThanNothing(Service):
    """A job costs less than nothing"""

    def cost(self, work: Work) -> Any:
        return -PRICE


@killed_by("a_failed_job_costs_nothing", AIMLAPI)
class BillsAFailedJob(Service):
    """A failed job is charged for"""

    def describe(self, work: Work) -> dict[str, Any]:
        told = super().describe(work)
        if self.ended(work) is Outcome.FAILURE:
            told["meta"] = {"usage": {"credits_used": PRICE}}
        return told


@killed_by("a_cost_never_changes", AIMLAPI)
class BillsEveryPoll(Service):
    """Each poll of a completed job adds to what it costs"""

    def cost(self, work: Work) -> Any:
        return PRICE * max(1, work.polls)


@killed_by("a_video_can_be_downloaded", AIMLAPI, FAL)
class LosesTheFile(Service):
    """The video is not found where it is said to be"""

    def file(self, name: str) -> Reply:
        return 404, {"detail": "gone"}


@killed_by("a_video_can_be_downloaded", FAL)
class ServesAnEmptyFile(Service):
    """The video is an empty file"""

    def file(self, name: str) -> Reply:
        return 200, b""


@killed_by("a_video_can_be_played", AIMLAPI)
class ServesAPage(Service):
    """The video is a page"""

    def file(self, name: str) -> Reply:
        return 200, b"<html>soon</html>"


@killed_by("a_video_can_be_played", FAL)
class CutsTheFile(Service):
    """The video breaks off after its first half"""

    def file(self, name: str) -> Reply:
        status, content = super().file(name)
        return status, content[: len(content) // 2]


class _Other(Service):
    def other(self, **asked: Any) -> dict[str, Any]:
        return asked

    def footage(self, work: Work) -> Footage:
        found = Footage.asked(work.body)
        measures = {it: getattr(found, it) for it in Footage.__slots__}
        return Footage(**self.other(**measures))


@killed_by("a_video_keeps_the_promise", AIMLAPI, FAL)
class DrawsAFrameTooFew(_Other):
    """The video is one frame short"""

    def other(self, **asked: Any) -> dict[str, Any]:
        return asked | {"frames": asked["frames"] - 1}


@killed_by("a_video_keeps_the_promise", AIMLAPI)
class DrawsTheDefaultLength(_Other):
    """The video has 81 frames, whatever was asked"""

    def other(self, **asked: Any) -> dict[str, Any]:
        return asked | {"frames": 81}


@killed_by("a_video_keeps_the_promise", FAL)
class DrawsAtAnotherRate(_Other):
    """The video runs at 16 frames per second, whatever was asked"""

    def other(self, **asked: Any) -> dict[str, Any]:
        return asked | {"rate": 16}


@killed_by("a_video_keeps_the_promise", AIMLAPI)
class DrawsInOneSize(_Other):
    """The video is 480 pixels on its short side, whatever was asked"""

    def other(self, **asked: Any) -> dict[str, Any]:
        short = min(asked["width"], asked["height"])
        return asked | {
            it: 2 * round(asked[it] * 240 / short) for it in ("width", "height")
        }


@killed_by("a_video_keeps_the_promise", FAL)
class DrawsInOneShape(_Other):
    """The video is a square, whatever was asked"""

    def other(self, **asked: Any) -> dict[str, Any]:
        short = min(asked["width"], asked["height"])
        return asked | {"width": short, "height": short}
