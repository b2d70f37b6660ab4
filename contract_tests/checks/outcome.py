"""Claims about what comes of a job: a video or a reason, and the bill."""

from contract_tests.checks.readings import (
    POLLS,
    cost,
    error,
    has_completed,
    has_failed,
    has_outcome,
    is_completed,
    is_finished,
    is_url,
    job,
    shown,
    video,
)
from contract_tests.claims import Finding, claim
from contract_tests.downloads import INLINE
from contract_tests.evidence import Evidence, Situation
from contract_tests.videos import VideoFacts, binding, find_differences


@claim(
    *POLLS,
    Situation.FETCH,
    when=lambda it: has_outcome(it) and not is_finished(it),
)
def an_unfinished_job_has_no_video(evidence: Evidence) -> Finding | None:
    """Before a job has finished there is nothing to download."""
    if (found := video(evidence)) is None:
        return None
    return Finding(problem=f"has the video {shown(found)} already")


@claim(*POLLS, Situation.FETCH, when=has_completed)
def a_completed_job_has_a_video(evidence: Evidence) -> Finding | None:
    """A job that ended well says where its video is."""
    if is_url(found := video(evidence)):
        return None
    return Finding(problem=f"{shown(found)} is no address")


@claim(
    *POLLS, Situation.FETCH, when=lambda it: has_completed(it) and bool(job(it).video)
)
def a_video_keeps_its_address(evidence: Evidence) -> Finding | None:
    """Where a video was, it is found ever after."""
    if (found := video(evidence)) == job(evidence).video:
        return None
    return Finding(
        problem=f"was at {shown(job(evidence).video)}, now at {shown(found)}"
    )


# Two equal videos may stand in two answers, but not at one address.
@claim(*POLLS, Situation.FETCH, when=lambda it: has_completed(it) and not _inline(it))
def a_video_belongs_to_one_job(evidence: Evidence) -> Finding | None:
    """No job shows the video of another."""
    found, own = video(evidence), job(evidence).id
    for other in evidence.ids.values():
        if other.video and other.video == found and other.id != own:
            return Finding(problem=f"shows the video of the job {shown(other.id)}")
    return None


@claim(*POLLS, Situation.FETCH, when=has_completed)
def a_completed_job_has_no_error(evidence: Evidence) -> Finding | None:
    """A job that ended well gives no reason for a failure."""
    if (found := error(evidence)) is None:
        return None
    return Finding(problem=f"completed, and has the error {shown(found)}")


@claim(*POLLS, Situation.FETCH, when=has_failed)
def a_failed_job_says_why(evidence: Evidence) -> Finding | None:
    """A job that ended badly gives a reason."""
    whole = evidence.situation is Situation.FETCH
    reason = evidence.find("") if whole else error(evidence)
    return None if reason else Finding(problem=f"{shown(reason)} is no reason")


@claim(*POLLS, Situation.FETCH, when=has_failed)
def a_failed_job_has_no_video(evidence: Evidence) -> Finding | None:
    """A job that ended badly shows no video."""
    if (found := video(evidence)) is None:
        return None
    return Finding(problem=f"failed, and has the video {shown(found)}")


@claim(
    *POLLS,
    Situation.FETCH,
    when=lambda it: has_outcome(it) and is_finished(it) and job(it).is_failing,
)
def a_job_told_to_fail_fails(evidence: Evidence) -> Finding | None:
    """Where the server can be told to fail a job, it does."""
    return Finding(problem="completed") if is_completed(evidence) else None


@claim(
    *POLLS,
    Situation.FETCH,
    when=lambda it: has_failed(it) or (has_completed(it) and it.can_fail_jobs),
)
def a_job_fails_for_a_cause(evidence: Evidence) -> Finding | None:
    """Where the server can be told to fail a job, no other job fails, unless cancelled."""
    known = job(evidence)
    if not has_failed(evidence) or not evidence.can_fail_jobs:
        return None
    if known.is_failing or known.is_cancelled:
        return None
    return Finding(problem="failed, though nobody told it to or cancelled it")


@claim(*POLLS, when=lambda it: _tells_cost(it) and has_completed(it))
def a_completed_job_tells_its_cost(evidence: Evidence) -> Finding | None:
    """Where the provider bills in its answers, a completed job says what it cost."""
    if _is_amount(found := cost(evidence)) and found != 0:
        return None
    return Finding(problem=f"{shown(found)} is no amount")


@claim(*POLLS, when=lambda it: _tells_cost(it) and has_failed(it))
def a_failed_job_costs_nothing(evidence: Evidence) -> Finding | None:
    """What failed is not charged for."""
    if (found := cost(evidence)) in (None, 0):
        return None
    return Finding(problem=f"failed, and cost {shown(found)}")


@claim(
    *POLLS,
    when=lambda it: cost(it) is not None and job(it).cost is not None,
)
def a_cost_never_changes(evidence: Evidence) -> Finding | None:
    """What a job was said to cost, it costs."""
    before, now = job(evidence).cost, cost(evidence)
    if before == now or has_failed(evidence):
        return None
    return Finding(problem=f"was {shown(before)}, is now {shown(now)}")


@claim(Situation.WATCH)
def a_video_can_be_downloaded(evidence: Evidence) -> Finding | None:
    """Where a completed job says that its video is, there is a file."""
    if not evidence.exchange.broken:
        return None
    return Finding(problem=evidence.exchange.broken)


@claim(Situation.WATCH, when=lambda it: it.video is not None)
def a_video_can_be_played(evidence: Evidence) -> Finding | None:
    """The file is a video, whole to its last frame."""
    if isinstance(evidence.video, VideoFacts):
        return None
    return Finding(problem=str(evidence.video))


@claim(Situation.WATCH, when=lambda it: isinstance(it.video, VideoFacts))
def a_video_keeps_the_promise(evidence: Evidence) -> Finding | None:
    """The video has the frames, rate, short side and aspect ratio that were asked for."""
    assert isinstance(evidence.video, VideoFacts)
    asked = binding(evidence.contract, job(evidence).asked)
    differences = list(find_differences(asked, evidence.video))
    return Finding(problem="; ".join(differences)) if differences else None


def _inline(evidence: Evidence) -> bool:
    return str(video(evidence)).startswith(INLINE)


def _tells_cost(evidence: Evidence) -> bool:
    return evidence.contract.provider.job.cost is not None


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
