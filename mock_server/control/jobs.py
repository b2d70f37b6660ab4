"""What the mock's own side says of jobs and does to them, and where their videos are."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from mock_server.answers.responses import film_of, wants_frames
from mock_server.control.asking import Asked
from mock_server.damage import inflict
from mock_server.errors import ControlBodyError, UnknownJobError
from mock_server.exchange import Reply, json_reply
from mock_server.jobs import Change, Job, Standing, Webhook
from mock_server.ledger import Ledger
from mock_server.media.library import Library
from mock_server.media.parts import answer_part
from mock_server.refusals.problems import problem
from mock_server.scenarios import Damage, scenario_of
from specs import Contract, Event

_FILE_NAME = re.compile(r"([0-9a-f-]{36})\.(mp4|zip)")


class JobControl:
    """The handlers of `/__mock__/jobs` and `/__mock__/media`."""

    def __init__(
        self, contracts: Mapping[str, Contract], *, ledger: Ledger, library: Library
    ) -> None:
        self._contracts = contracts
        self._ledger = ledger
        self._library = library

    def handlers(self) -> dict[str, Callable[[Asked], Awaitable[Reply]]]:
        """Return each handler by its name in the table of routes."""
        return {
            "list_jobs": self.list_jobs,
            "read_job": self.read_job,
            "delete_job": self.delete_job,
            "force_event": self.force_event,
            "video": self.video,
        }

    async def list_jobs(self, asked: Asked) -> Reply:
        """Answer the newest jobs and where each stands."""
        jobs = await self._ledger.newest(asked.limit())
        content = [self._describe(it) for it in jobs]
        return json_reply(200, {"count": await self._ledger.count(), "jobs": content})

    async def read_job(self, asked: Asked) -> Reply:
        """Answer one job, with what it has been through and what it will."""
        job = await self._ledger.find(asked.values["job_id"])
        detail: dict[str, Any] = {
            "schedule": [_describe_change(it) for it in job.schedule],
            "forced": [_describe_change(it) for it in job.forced],
            "history": [],
            "inputs": dict(job.inputs),
            "seed": job.seed,
        }
        if job.contract in self._contracts:
            lifecycle = self._contracts[job.contract].lifecycle
            history = job.history(lifecycle, self._ledger.clock.now())
            detail["history"] = [_describe_standing(it) for it in history]
        return json_reply(200, self._describe(job) | detail)

    async def delete_job(self, asked: Asked) -> Reply:
        """Forget a job, as if nobody had submitted it."""
        await self._ledger.delete(asked.values["job_id"])
        return json_reply(200, {"count": await self._ledger.count()})

    async def force_event(self, asked: Asked) -> Reply:
        """Have the `event` of the body happen to a job."""
        name = (await asked.members()).get("event")
        job = await self._ledger.find(asked.values["job_id"])
        known = [it.value for it in Event]
        if name not in known:
            raise ControlBodyError(
                f"event: is {name!r:.80}; known are {', '.join(known)}"
            )
        contract = self._contract(job)
        job = await self._ledger.force(job, Event(name), contract.lifecycle)
        return json_reply(200, self._describe(job))

    async def video(self, asked: Asked) -> Reply:
        """Answer the video of a job that has completed, or the part that is wanted."""
        file_name = asked.values["name"]
        name = _FILE_NAME.fullmatch(file_name)
        job = await self._ledger.store.get(name[1]) if name else None
        frames = file_name.endswith(".zip")
        if job is None or not self._has_video(job, frames=frames):
            return problem(
                404, "No such video", f"{file_name:.200}: no video has this name"
            )
        damage = scenario_of(job.scenario).downloads
        if damage is Damage.NO_VIDEO:
            return problem(
                403, "Expired", f"{file_name}: the job's scenario has its URL expire"
            )
        film = film_of(self._contract(job), job)
        fetch = self._library.fetch_frames if frames else self._library.fetch
        damage = damage if asked.call.method == "GET" else None
        reply = await answer_part(
            await fetch(film),
            asked.call.headers,
            content_type="application/zip" if frames else "video/mp4",
            whole=damage is not None,
        )
        return inflict(damage, reply)

    def _has_video(self, job: Job, *, frames: bool) -> bool:
        contract = self._contract(job)
        if frames and not wants_frames(contract, job):
            return False
        standing = job.standing(contract.lifecycle, self._ledger.clock.now())
        return standing.event is Event.COMPLETE

    def _contract(self, job: Job) -> Contract:
        if job.contract not in self._contracts:
            raise UnknownJobError(
                f"job {job.id!r}: its contract {job.contract!r} is not served any more"
            )
        return self._contracts[job.contract]

    def _describe(self, job: Job) -> dict[str, Any]:
        """Return what the list of jobs says of one."""
        described: dict[str, Any] = {
            "id": job.id,
            "contract": job.contract,
            "scenario": job.scenario,
            "submitted": job.submitted,
            "state": None,
            "webhook": _describe_webhook(job.webhook),
        }
        if job.contract in self._contracts:
            lifecycle = self._contracts[job.contract].lifecycle
            standing = job.standing(lifecycle, self._ledger.clock.now())
            described |= _describe_standing(standing)
            described["ended"] = standing.state in lifecycle.terminal
        return described


def _describe_change(change: Change) -> dict[str, Any]:
    return {"at": change.at, "event": change.event}


def _describe_webhook(webhook: Webhook | None) -> dict[str, Any] | None:
    """Return how far the deliveries of *webhook* have come."""
    if webhook is None:
        return None
    return {
        "url": webhook.url,
        "tries": webhook.tries,
        "due": webhook.due if webhook.outcome is None else None,
        "outcome": webhook.outcome,
        "attempts": [msgspec.structs.asdict(it) for it in webhook.attempts],
    }


def _describe_standing(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.state,
        "since": standing.since,
        "event": standing.event,
    }
